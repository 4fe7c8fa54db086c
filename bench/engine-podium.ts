/**
 * Podium's side of bench/engine.ts. Usage: engine-podium.ts JOB.json; prints one JSON object. The job is that of
 * engine_torch.py. Modes:
 *   step      a training step on each of the job's batches: seconds of each
 *   epoch     all documents once, in the product's batches of similar length: seconds of the epoch
 *   profile   steps with ONNX Runtime's profiler: seconds of each, and milliseconds of a step by operator
 *   gemm      seconds of the matrix products of the shapes in `products` ([M, K, N])
 * Peak memory is the process's highest resident size; `baselineBytes` is the one before the model was made.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { z } from 'zod';
import { encoderFor } from '../src/engine/architectures/registry.ts';
import { encoderNetwork } from '../src/engine/models/encoder-network.ts';
import { Graph } from '../src/engine/onnx/graph.ts';
import { matMul } from '../src/engine/onnx/linear.ts';
import { markForRunInto, runInto } from '../src/engine/onnx/run-into.ts';
import { openSession, tensor } from '../src/engine/onnx/session.ts';
import { epochBatches, shuffledOrder } from '../src/engine/training/batches.ts';
import type { Network } from '../src/engine/training/network.ts';
import { Random } from '../src/engine/training/random.ts';
import type { StepperOptions } from '../src/engine/training/stepper.ts';
import { openStepper } from '../src/engine/training/training-stepper.ts';
import { providerNames } from '../src/flows/contracts.ts';
import { operatorTimes, type ProfiledOperator } from './engine-profile.ts';

const jobSchema = z.object({
  mode: z.enum(['step', 'epoch', 'profile', 'gemm']),
  modelType: z.string(),
  config: z.record(z.string(), z.union([z.string(), z.number()])),
  classes: z.number(),
  batchSize: z.number(),
  threads: z.number(),
  device: z.enum(providerNames),
  warmUp: z.number(),
  documents: z.array(z.array(z.number())),
  labels: z.array(z.number()),
  batches: z.array(z.array(z.number())),
  products: z.array(z.tuple([z.number(), z.number(), z.number()])),
});
type Job = z.infer<typeof jobSchema>;

/** Bytes; Linux and macOS differ in what they count in, Node in this doesn't. */
const peakBytes = (): number => process.resourceUsage().maxRSS * 1024;
const cpuSeconds = (): number => (process.cpuUsage().user + process.cpuUsage().system) / 1e6;
const now = (): number => performance.now() / 1e3;

/** The job's model with random weights and only the vocabulary rows that occur, and its documents in those rows. */
function prepare({ modelType, config, classes, documents }: Job): {
  network: Network<Uint32Array>;
  ids: Uint32Array[];
} {
  const encoder = encoderFor({ ...config, model_type: modelType }, classes);
  const used = [...new Set(documents.flat())].sort((a, b) => a - b);
  const position = new Map(used.map((id, index) => [id, index]));
  const noise = new Random(1, 'weights').normals(2 ** 20, 0.02);
  const values = encoder.parameters.map(({ name, shape, vocabulary }): [string, Float32Array] => {
    const rows = vocabulary ? [used.length, ...shape.slice(1)] : shape;
    const numbers = new Float32Array(rows.reduce((product, length) => product * length, 1));
    if (/norm\.weight$/.test(name)) return [name, numbers.fill(1)];
    if (shape.length === 1) return [name, numbers];
    for (let at = 0; at < numbers.length; at += noise.length) numbers.set(noise.subarray(0, numbers.length - at), at);
    return [name, numbers];
  });
  const ids = documents.map((document) => Uint32Array.from(document, (id) => position.get(id) ?? 0));
  return { network: encoderNetwork(encoder, new Map(values)), ids };
}

/** Steps over these batches; gives the seconds of each, or of a run's steps on average where a device does several. */
async function steps(job: Job, ofEpoch: boolean, open?: StepperOptions['open']): Promise<number[]> {
  const { network, ids } = prepare(job);
  const objective = { strategy: 'multi-class' as const, classes: job.classes, weights: null };
  const options = { weightDecay: 0.01, gradientClipNorm: 1, seed: 1, ...(open ? { open } : {}) };
  const stepper = await openStepper(network, objective, options, job.device);
  const batches = ofEpoch ? ownBatches(job, ids) : job.batches;
  const seconds: number[] = [];
  while (seconds.length < batches.length) {
    const done = seconds.length;
    const next = batches.slice(done, done + stepper.stepsAtOnce);
    const start = now();
    const documents = next.map((indices) => ({
      documents: indices.map((document) => ids[document]!),
      targets: indices.map((document) => [job.labels[document]!]),
    }));
    await stepper.steps(documents, done + 1, new Array<number>(next.length).fill(2e-5));
    const each = (now() - start) / next.length;
    seconds.push(...next.map(() => each));
  }
  return seconds;
}

function ownBatches({ batchSize }: Job, ids: readonly Uint32Array[]): number[][] {
  const random = new Random(1, 'order');
  const lengths = ids.map(({ length }) => length);
  return epochBatches(shuffledOrder(ids.length, random), lengths, batchSize, random);
}

/** Steps with the profiler on, and what it wrote. */
async function profile(job: Job): Promise<{ seconds: number[]; operators: ProfiledOperator[] }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-profile-'));
  try {
    const profiling = { enableProfiling: true, profileFilePrefix: path.join(folder, 'step') };
    let session: InferenceSession | undefined;
    const open = async (model: Uint8Array): Promise<InferenceSession> => {
      session = await openSession(model, job.threads, profiling);
      return session;
    };
    const seconds = (await steps(job, false, open)).slice(job.warmUp);
    session?.endProfiling();
    const [file] = await readdir(folder);
    if (file === undefined) throw new RangeError('ONNX Runtime wrote no profile.');
    const events: unknown = JSON.parse(await readFile(path.join(folder, file), 'utf8'));
    return { seconds, operators: operatorTimes(events, job.warmUp, seconds) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The median time of each product alone. */
async function products({ products: shapes, threads }: Job): Promise<number[]> {
  const seconds: number[] = [];
  for (const [rows, inner, columns] of shapes) {
    const graph = new Graph('product');
    markForRunInto(graph);
    graph.output('c', matMul(graph.input('a', 'float', [rows, inner]), graph.input('b', 'float', [inner, columns])));
    const session = await openSession(graph.encode(), threads);
    const random = new Random(1, 'product');
    const feeds = {
      a: tensor(random.normals(rows * inner, 1), [rows, inner]),
      b: tensor(random.normals(inner * columns, 1), [inner, columns]),
    };
    const into = { c: tensor(new Float32Array(rows * columns), [rows, columns]) };
    const times: number[] = [];
    for (let repeat = 0; repeat < 30; repeat++) {
      const start = now();
      await runInto(session, feeds, into);
      times.push(now() - start);
    }
    await session.release();
    seconds.push(times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN);
  }
  return seconds;
}

async function measure(job: Job): Promise<{ seconds: number[]; operators?: ProfiledOperator[] }> {
  if (job.mode === 'profile') return profile(job);
  if (job.mode === 'gemm') return { seconds: await products(job) };
  const seconds = await steps(job, job.mode === 'epoch');
  return { seconds: job.mode === 'epoch' ? [seconds.reduce((sum, one) => sum + one, 0)] : seconds };
}

const [jobFile = ''] = process.argv.slice(2);
const job = jobSchema.parse(JSON.parse(await readFile(jobFile, 'utf8')));
const baselineBytes = peakBytes();
const result = await measure(job);
console.log(JSON.stringify({ ...result, peakBytes: peakBytes(), baselineBytes, cpuSeconds: cpuSeconds() }));
