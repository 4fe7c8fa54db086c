/**
 * Process entry: measures how fast this machine computes with one execution provider (the argument) and tells its parent.
 * In a process of its own, since a run blocks its thread and takes memory that only the end of a process gives back.
 */
import { errorText } from '../errors.ts';
import { type MachineSpeed, type ProviderName, providerNames } from '../flows/contracts.ts';
import { features } from './models/ngram-features.ts';
import { add, multiply } from './onnx/elementwise.ts';
import { Graph } from './onnx/graph.ts';
import { matMul } from './onnx/linear.ts';
import { engineThreads, type Feeds, on, openSession, tensor } from './onnx/session.ts';
import { Random } from './training/random.ts';

/** [tokens, hidden, feed-forward]: a batch of 16 texts of 64 tokens in layers of a small and of a base encoder. */
const productShapes = [
  [1024, 384, 1536],
  [1024, 768, 3072],
] as const;
/** 2^24 numbers are 64 MB: no cache holds them. A device copies them over its bus once, so it does many passes. */
const passNumbers = 2 ** 24;
const passes = { cpu: 2, device: 32 };
const sampleCharacters = 200_000;
/** Each of the figures is the best of as many tries as fit: what others take from the machine isn't its speed. */
const tryForMs = 200;
const fewestTries = 3;

/** Milliseconds of the quickest try; the first isn't counted, it compiles and allocates. */
async function quickest(work: () => unknown): Promise<number> {
  await work();
  const endMs = performance.now() + tryForMs;
  let best = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < fewestTries || performance.now() < endMs; tries++) {
    const startMs = performance.now();
    await work();
    best = Math.min(best, performance.now() - startMs);
  }
  return best;
}

async function timeOf(graph: Graph, feeds: Feeds, provider: ProviderName): Promise<number> {
  const session = await openSession(graph.encode(), engineThreads, on(provider));
  const ms = await quickest(() => session.run(feeds));
  await session.release();
  return ms;
}

/** Up and down again, as a feed-forward layer does; a device does it often, so that copying in and out doesn't decide. */
async function gigaflops(provider: ProviderName): Promise<number> {
  const repeats = provider === 'cpu' ? 1 : 16;
  let operations = 0;
  let ms = 0;
  for (const [tokens, hidden, feedForward] of productShapes) {
    const graph = new Graph('products');
    const [up, down] = [[hidden, feedForward] as const, [feedForward, hidden] as const];
    const [u, d] = [graph.input('u', 'float', up), graph.input('d', 'float', down)];
    let x = graph.input('x', 'float', [tokens, hidden]);
    for (let repeat = 0; repeat < repeats; repeat++) x = matMul(matMul(x, u), d);
    graph.output('y', x);
    const random = new Random(1, 'speed');
    const feeds = {
      x: tensor(random.normals(tokens * hidden, 1), [tokens, hidden]),
      u: tensor(random.normals(hidden * feedForward, 0.02), up),
      d: tensor(random.normals(hidden * feedForward, 0.02), down),
    };
    operations += repeats * 4 * tokens * hidden * feedForward;
    ms += await timeOf(graph, feeds, provider);
  }
  return operations / ms / 1e6;
}

/** y = x * c + y and so on: each pass reads two lists of numbers and writes one, as an optimizer's do. */
async function gigabytesPerSecond(provider: ProviderName): Promise<number> {
  const count = provider === 'cpu' ? passes.cpu : passes.device;
  const graph = new Graph('passes');
  const x = graph.input('x', 'float', [passNumbers]);
  let y = x;
  for (let pass = 0; pass < count; pass++) y = pass % 2 === 0 ? multiply(x, y) : add(x, y);
  graph.output('y', y);
  const ms = await timeOf(graph, { x: tensor(new Float32Array(passNumbers).fill(0.5), [passNumbers]) }, provider);
  return (count * passNumbers * 3 * 4) / ms / 1e6;
}

/** The n-grams of made-up words, counted in a map: what the models in JavaScript spend their time on. */
async function megacharactersPerSecond(): Promise<number> {
  const random = new Random(1, 'words');
  const letters = 'etaoinshrdlucmfwypvbg';
  let text = '';
  while (text.length < sampleCharacters) {
    const length = 2 + random.below(8);
    for (let index = 0; index < length; index++) text += letters[Math.min(random.below(21), random.below(21))];
    text += ' ';
  }
  const texts = Array.from({ length: sampleCharacters / 200 }, (_, index) =>
    text.slice(index * 200, index * 200 + 200),
  );
  const ms = await quickest(() => {
    const counts = new Map<number, number>();
    for (const one of texts) for (const hash of features(one, 512)) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  });
  return sampleCharacters / ms / 1e3;
}

async function measure(provider: ProviderName): Promise<MachineSpeed> {
  return {
    gigaflops: await gigaflops(provider),
    gigabytesPerSecond: await gigabytesPerSecond(provider),
    megacharactersPerSecond: await megacharactersPerSecond(),
  };
}

const provider = providerNames.find((known) => known === process.argv[2]) ?? 'cpu';
const answer = await measure(provider).catch((error: unknown) => ({ reason: errorText(error) }));
process.send?.(answer, () => process.exit(0));
