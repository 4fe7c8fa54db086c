/**
 * DeBERTa's attention as graph. Heads come first, [A, B, T, D] (Q as in blocks.ts): the vectors of the distances are the
 * same for every document, so all documents' products with them are one product per head.
 */
import { add, multiply } from '../onnx/elementwise.ts';
import type { Value } from '../onnx/graph.ts';
import { reshape, split, transpose, unsqueeze } from '../onnx/layout.ts';
import { matMul, reduceSum, softmax } from '../onnx/linear.ts';
import type { EncoderInputs } from './architecture.ts';
import { type Blocks, paddingBias } from './blocks.ts';
import { parts } from './post-norm.ts';
import { type DistanceRows, Distances } from './relative-positions.ts';

/** word to distance, and distance to word */
export const positionTerms = ['c2p', 'p2c'] as const;
export type PositionTerm = (typeof positionTerms)[number];

export interface DisentangledSettings {
  hidden: number;
  heads: number;
  terms: readonly PositionTerm[];
  /** vectors of the distances, [2 S, H] */
  table: Value;
  rows: DistanceRows;
  maxTokens: number;
  /** of the vectors of the distances, in each layer anew */
  positionDropout: number;
  dropout: { attention: number };
}

export class DisentangledAttention {
  private readonly blocks: Blocks;
  private readonly settings: DisentangledSettings;
  private readonly distances: Distances;
  private readonly padding: Value;
  /** of each of the terms: sqrt(D x number of terms), transformers' scaled_size_sqrt */
  private readonly scale: number;

  constructor(blocks: Blocks, inputs: EncoderInputs, settings: DisentangledSettings) {
    const { hidden, heads, terms, rows, maxTokens } = settings;
    this.blocks = blocks;
    this.settings = settings;
    this.distances = new Distances(inputs.ids, rows, maxTokens);
    this.padding = transpose(paddingBias(blocks.graph, inputs), [1, 0, 2, 3]); // [1, B, 1, T]
    this.scale = 1 / Math.sqrt((hidden / heads) * (1 + new Set(terms).size));
  }

  /** What the heads of a layer give: x [B, T, H] -> [B, T, H], or [B, 1, H] with `firstOnly`. */
  mixed(x: Value, layer: string, firstOnly: boolean): Value {
    const { hidden, dropout } = this.settings;
    const [q, k, v] = this.blocks
      .queriesKeysValues(x, `${layer}.${parts.qkv}`, hidden, firstOnly)
      .map((each) => this.inHeads(each));
    if (!q || !k || !v) throw new RangeError('Attention needs queries, keys and values.');
    const words = multiply(matMul(q, transpose(k, [0, 1, 3, 2])), this.scale); // [A, B, Q, T]
    const scores = this.positionScores(q, k, layer, firstOnly).reduce((sum, term) => add(sum, term), words);
    const shares = softmax(add(scores, this.padding));
    const mixed = matMul(this.blocks.dropout.apply(shares, dropout.attention), v);
    return reshape(transpose(mixed, [1, 2, 0, 3]), ['B', q.shape[2] ?? 'T', hidden]);
  }

  /** Of each term the scores [A, B, Q, T]. */
  private positionScores(q: Value, k: Value, layer: string, firstOnly: boolean): Value[] {
    const { keys, queries } = this.projected(layer);
    const { distances } = this;
    const perHead = (x: Value): Value => transpose(this.rowsInHeads(x), [0, 2, 1]); // [2T, H] -> [A, D, 2T]
    if (firstOnly) {
      // every pair of the first token and another has its own distance: nothing to skew
      const [toKeys, toQueries] = [keys, queries].map((each) => each && distances.ofFirstToken(each));
      return [
        ...(toKeys ? [unsqueeze(matMul(this.flat(q), perHead(toKeys)), [2])] : []),
        ...(toQueries
          ? [unsqueeze(reduceSum(multiply(k, unsqueeze(this.rowsInHeads(toQueries), [1])), [3]), [2])]
          : []),
      ];
    }
    const skewed = (x: Value, rows: Value): Value => distances.skewed(matMul(this.flat(x), perHead(rows)));
    return [
      // q_i . keys of the distance i - j
      ...(keys ? [skewed(q, distances.each(keys, 'down'))] : []),
      // k_j . queries of the distance i - j, computed with j as row
      ...(queries ? [transpose(skewed(k, distances.each(queries, 'up')), [0, 1, 3, 2])] : []),
    ];
  }

  /** The vectors of the distances as keys and as queries, [W, H] each and scaled; null where no term asks for them. */
  private projected(layer: string): { keys: Value | null; queries: Value | null } {
    const { table, terms, positionDropout, hidden } = this.settings;
    const { blocks } = this;
    const used = this.distances.used(blocks.dropout.apply(table, positionDropout));
    const wants = positionTerms.filter((term) => terms.includes(term));
    const own = `${layer}.attention.positions`;
    // without projections of their own, distances share those of words; values are computed along with them, which
    // saves cutting the weight and joining its gradient
    const shared = !blocks.has(`${own}.weight`);
    const names = shared ? ['p2c', 'c2p', 'values'] : wants;
    const pieces = split(
      blocks.linear(used, shared ? `${layer}.${parts.qkv}` : own),
      1,
      names.map(() => hidden),
    );
    const piece = (term: PositionTerm): Value | null => {
      const found = wants.includes(term) ? pieces[names.indexOf(term)] : undefined;
      return found ? multiply(found, this.scale) : null;
    };
    return { keys: piece('c2p'), queries: piece('p2c') };
  }

  /** [B, Q, H] -> [A, B, Q, D] */
  private inHeads(x: Value): Value {
    const { hidden, heads } = this.settings;
    return transpose(reshape(x, ['B', x.shape[1] ?? 'T', heads, hidden / heads]), [2, 0, 1, 3]);
  }

  /** [A, B, Q, D] -> [A, B Q, D] */
  private flat(x: Value): Value {
    const { hidden, heads } = this.settings;
    return reshape(x, [heads, x.shape[2] === 1 ? 'B' : 'BT', hidden / heads]);
  }

  /** [R, H] -> [A, R, D] */
  private rowsInHeads(x: Value): Value {
    const { hidden, heads } = this.settings;
    return transpose(reshape(x, [x.shape[0] ?? 1, heads, hidden / heads]), [1, 0, 2]);
  }
}
