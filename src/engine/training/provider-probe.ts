/**
 * Process entry: tries one execution provider (the argument). It tells its parent how long a few matrix products took, or
 * why they or a few training steps failed. A process of its own, because a broken driver may end or hang the one that
 * loads it.
 */

import { errorText } from '../../errors.ts';
import { type ProviderName, providerNames } from '../../flows/contracts.ts';
import { encoderFor } from '../architectures/registry.ts';
import { encoderNetwork } from '../models/encoder-network.ts';
import { Graph } from '../onnx/graph.ts';
import { matMul } from '../onnx/linear.ts';
import { engineThreads, type Feeds, on, openSession, realData, tensor } from '../onnx/session.ts';
import { elementCount } from '../onnx/shapes.ts';
import { Random } from './random.ts';
import { openStepper } from './training-stepper.ts';

/** Matrices of [size, size] multiplied one after the other: enough work that copying in and out doesn't decide. */
const size = 512;
const products = 8;
/** A first try, whose numbers are checked. A provider that takes so long for it won't do better with more. */
const smallSize = 128;
const hopelessMs = 50;
const runs = 4;
const runsMs = 2000;
/** of the numbers' root mean square; TF32 and half precision stay far below, a wrong kernel does not */
const allowedError = 0.05;
const allowedLossError = 0.02;

/** Uniform in (-1, 1), the same on every machine. */
function numbers(count: number, seed: number): Float32Array {
  const random = new Random(seed, 'probe');
  return Float32Array.from({ length: count }, () => 2 * random.uniform() - 1);
}

function chain(): Graph {
  const graph = new Graph('probe');
  const [x, w] = [graph.input('x', 'float', ['N', 'N']), graph.input('w', 'float', ['N', 'N'])];
  let y = x;
  for (let product = 0; product < products; product++) y = matMul(y, w);
  graph.output('y', y);
  return graph;
}

function feedsOf(n: number): { x: Float32Array; w: Float32Array; feeds: Feeds } {
  const x = numbers(n * n, 1);
  // variance 1/3 each: products keep the size of the numbers
  const w = numbers(n * n, 2).map((value) => value * Math.sqrt(3 / n));
  return { x, w, feeds: { x: tensor(x, [n, n]), w: tensor(w, [n, n]) } };
}

/** The first row of the result, in double. */
function expectedRow(x: Float32Array, w: Float32Array, n: number): Float64Array {
  let row = Float64Array.from(x.subarray(0, n));
  for (let product = 0; product < products; product++) {
    row = Float64Array.from(row, (_, column) => row.reduce((sum, value, at) => sum + value * w[at * n + column]!, 0));
  }
  return row;
}

/** Largest difference, in units of the expected numbers' root mean square. */
function relativeError(found: ArrayLike<number>, expected: Float64Array): number {
  const scale = Math.sqrt(expected.reduce((sum, value) => sum + value * value, 0) / expected.length);
  return expected.reduce((most, value, index) => Math.max(most, Math.abs(found[index]! - value)), 0) / scale;
}

async function measure(name: ProviderName): Promise<{ ms: number } | { reason: string }> {
  const session = await openSession(chain().encode(), engineThreads, on(name));
  const timed = async (feeds: Feeds): Promise<number> => {
    const startMs = performance.now();
    await session.run(feeds);
    return performance.now() - startMs;
  };
  const small = feedsOf(smallSize);
  const error = relativeError(realData(await session.run(small.feeds), 'y'), expectedRow(small.x, small.w, smallSize));
  if (!(error < allowedError)) return { reason: `its matrix products are wrong (by ${error.toPrecision(2)})` };
  const smallMs = await timed(small.feeds);
  if (smallMs > hopelessMs) return { ms: smallMs * (size / smallSize) ** 3 };
  const { feeds } = feedsOf(size);
  const endMs = performance.now() + runsMs;
  let ms = Number.POSITIVE_INFINITY;
  // the first run compiles kernels for this size
  for (let run = 0; run < runs && (run < 2 || performance.now() < endMs); run++) ms = Math.min(ms, await timed(feeds));
  await session.release();
  const fault = name === 'cpu' ? null : await trainingFault(name);
  return fault === null ? { ms } : { reason: fault };
}

/** Losses of a few steps of a tiny encoder. They need every kind of operator that training has. */
async function lossesOn(provider: ProviderName): Promise<number[]> {
  const classes = 2;
  const sizes = {
    vocab_size: 20,
    hidden_size: 16,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    intermediate_size: 24,
  };
  const encoder = encoderFor({ model_type: 'bert', max_position_embeddings: 8, ...sizes }, classes);
  const values = encoder.parameters.map(({ name, shape }) => {
    const count = elementCount(shape, name);
    return [name, new Random(1, name).normals(count, 0.3)] as const;
  });
  const options = { weightDecay: 0.01, gradientClipNorm: 1, seed: 1 };
  const objective = { strategy: 'multi-class' as const, classes, weights: null };
  const stepper = await openStepper(encoderNetwork(encoder, new Map(values)), objective, options, provider);
  const batch = { documents: [Uint32Array.of(2, 5, 9, 3), Uint32Array.of(2, 7, 3)], targets: [[0], [1]] };
  stepper.startEpoch(1);
  const losses: number[] = [];
  for (let step = 1; step <= 3; step++)
    losses.push(...(await stepper.steps([batch], step, [3e-3])).map(({ loss }) => loss));
  await stepper.settle();
  await stepper.release();
  return losses;
}

/** What is wrong with training on this provider; null when it gives the losses of the CPU. */
async function trainingFault(name: ProviderName): Promise<string | null> {
  const [found, expected] = [await lossesOn(name), await lossesOn('cpu')];
  const right = expected.every((loss, index) => Math.abs((found[index] ?? Number.NaN) - loss) < allowedLossError);
  const text = (losses: number[]): string => losses.map((loss) => loss.toFixed(4)).join(', ');
  return right ? null : `training on it goes wrong (losses ${text(found)}; on the CPU ${text(expected)})`;
}

const name = providerNames.find((known) => known === process.argv[2]);
const outcome = name
  ? await measure(name).catch((error: unknown) => ({ reason: errorText(error) }))
  : { reason: 'unknown provider' };
process.send?.(outcome, () => process.exit(0));
