/**
 * Dropout by windows into a pool of draws. The pool is drawn anew each epoch; at each step every place of the network
 * that drops numbers multiplies by a window of it at an offset of its own. A mask per place and step would cost
 * JavaScript more than the step: 20 million draws for a batch of 16 x 128 tokens in a six-layer encoder.
 */
import { FinalError } from '../../errors.ts';
import { add, multiply } from '../onnx/elementwise.ts';
import type { Graph, Value } from '../onnx/graph.ts';
import { reshapeLike, sizeOf, sliceAt } from '../onnx/layout.ts';
import { type Feeds, tensor } from '../onnx/session.ts';
import { boundCount, type Shape } from '../onnx/shapes.ts';
import type { Dropout } from './dropout.ts';
import { Random } from './random.ts';

/** One place where a network drops numbers. */
export interface DropoutSite {
  rate: number;
  shape: Shape;
}

const poolName = (rate: number): string => `dropout_pool_${rate}`;
const offsetName = (index: number): string => `dropout_offset_${index}`;

/** Dropout while the graph of a step is built: input `dropout_pool_<rate>` [P], and an offset [1] for each place. */
export class PooledDropout implements Dropout {
  readonly sites: DropoutSite[] = [];
  private readonly graph: Graph;
  private readonly pools = new Map<number, Value>();

  constructor(graph: Graph) {
    this.graph = graph;
  }

  apply(x: Value, rate: number): Value {
    if (rate === 0) return x;
    const offset = this.graph.input(offsetName(this.sites.length), 'int64', [1]);
    this.sites.push({ rate, shape: x.shape });
    const window = sliceAt(this.pool(rate), offset, add(offset, sizeOf(x)), 'dropped');
    return multiply(x, reshapeLike(window, x));
  }

  private pool(rate: number): Value {
    const known = this.pools.get(rate);
    if (known) return known;
    const made = this.graph.input(poolName(rate), this.graph.real, [`P_${rate}`]);
    this.pools.set(rate, made);
    return made;
  }
}

/** A pool has so many numbers more than its largest window, in multiples of the window and at least: room for offsets. */
const spareWindows = 1;
const spareNumbers = 65_536;

/**
 * The draws of a training: the same seed, epoch and batches give the same masks, whatever came in earlier epochs.
 * Numbers are 0 with probability `rate` (rounded to 1/65536), else 1 / (1 - rate).
 */
export class DropoutDraws {
  private readonly seed: number;
  private readonly sites: readonly DropoutSite[];
  private readonly pools = new Map<number, Float32Array>();
  private epoch = 0;
  private offsets: Random;

  constructor(seed: number, sites: readonly DropoutSite[]) {
    this.seed = seed;
    this.sites = sites;
    this.offsets = new Random(seed, 'dropout offsets 0');
  }

  startEpoch(epoch: number): void {
    this.epoch = epoch;
    this.pools.clear();
    this.offsets = new Random(this.seed, `dropout offsets ${epoch}`);
  }

  /** Pools and offsets for one run, where the symbols of shapes have these values. */
  feeds(symbols: ReadonlyMap<string, number>): Feeds {
    const feeds: Feeds = {};
    const sizes = this.sites.map(({ shape }) => boundCount(shape, symbols, 'dropout'));
    const taken = new Map<number, Set<number>>();
    for (const [index, { rate }] of this.sites.entries()) {
      const largest = Math.max(...sizes.filter((_, other) => this.sites[other]?.rate === rate));
      const pool = this.pool(rate, largest);
      feeds[poolName(rate)] ??= tensor(pool, [pool.length]);
      const offsets = taken.get(rate) ?? new Set();
      taken.set(rate, offsets);
      feeds[offsetName(index)] = tensor(BigInt64Array.of(this.offset(pool.length - sizes[index]!, offsets)), [1]);
    }
    return feeds;
  }

  private offset(end: number, taken: Set<number>): bigint {
    let offset = this.offsets.below(end);
    while (taken.has(offset)) offset = this.offsets.below(end);
    taken.add(offset);
    return BigInt(offset);
  }

  private pool(rate: number, largest: number): Float32Array {
    const known = this.pools.get(rate);
    const needed = largest * (1 + spareWindows) + spareNumbers;
    if (known && known.length >= needed) return known;
    // more than needed, so that slightly longer batches don't each draw it anew
    const pool = new Float32Array(Math.ceil(needed * 1.25));
    if (pool.length > 2 ** 31)
      throw new FinalError(`Dropout: a batch of ${largest} numbers at one place is too large.`);
    new Random(this.seed, `dropout ${rate} ${this.epoch}`).fillDropout(pool, rate);
    this.pools.set(rate, pool);
    return pool;
  }
}
