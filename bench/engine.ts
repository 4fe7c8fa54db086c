/**
 * Fine-tuning beside PyTorch and transformers on the same machine, threads, batches and lengths: seconds per step,
 * documents per second over an epoch of real lengths, peak memory, and where our step's time goes. The comparison needs a
 * Python that can import torch, transformers and accelerate ($PYTHON, else python3); without one, ours alone is printed.
 * Weights are random: speed doesn't depend on them. What comes before the first step (our session, Trainer's model) isn't
 * counted. `npm run bench -- engine [shape]` measures one shape only.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { engineThreads } from '../src/engine/onnx/session.ts';
import { errorText, UserError } from '../src/errors.ts';
import { type Documents, fixedDocuments, realDocuments } from './engine-data.ts';

export interface Shape {
  name: string;
  modelType: 'bert' | 'xlm-roberta';
  config: Record<string, number | string>;
  /** steps of 16 x 64 tokens, the first of which only warm up */
  steps: number;
  /** documents of an epoch; large models get fewer, the rate is per document */
  documents: number;
}

const bert = { max_position_embeddings: 512, type_vocab_size: 2, pad_token_id: 0 };
const shapes: readonly Shape[] = [
  {
    name: 'MiniLM-L6',
    modelType: 'bert',
    config: {
      ...bert,
      vocab_size: 30_522,
      hidden_size: 384,
      num_hidden_layers: 6,
      num_attention_heads: 12,
      intermediate_size: 1536,
    },
    steps: 14,
    documents: 1024,
  },
  {
    name: 'BERT-base',
    modelType: 'bert',
    config: {
      ...bert,
      vocab_size: 30_522,
      hidden_size: 768,
      num_hidden_layers: 12,
      num_attention_heads: 12,
      intermediate_size: 3072,
    },
    steps: 6,
    documents: 256,
  },
  {
    name: 'XLM-R-base',
    modelType: 'xlm-roberta',
    config: {
      max_position_embeddings: 514,
      type_vocab_size: 1,
      pad_token_id: 1,
      vocab_size: 250_002,
      hidden_size: 768,
      num_hidden_layers: 12,
      num_attention_heads: 12,
      intermediate_size: 3072,
    },
    steps: 6,
    documents: 256,
  },
];

export const classes = 77;
export const batchSize = 16;
export const stepTokens = 64;
const warmUp = 2;
const epochSets = ['xlmt_sentiment', 'banking77'];

const sideSchema = z.object({
  seconds: z.array(z.number()),
  peakBytes: z.number(),
  baselineBytes: z.number(),
  /** of all its threads, since it began */
  cpuSeconds: z.number(),
  operators: z
    .array(z.object({ operator: z.string(), calls: z.number(), milliseconds: z.number(), flops: z.number() }))
    .optional(),
});
export type Side = z.infer<typeof sideSchema> & {
  /** share of the machine's processors that others took meanwhile */
  others: number;
};

type Mode = 'step' | 'padded' | 'epoch' | 'profile' | 'gemm';
export interface Job {
  mode: Mode;
  shape: Shape;
  data: Documents;
  batches: number[][];
  padTo: number;
  products: number[][];
  /** where it runs: a provider of ours, a device of PyTorch's */
  device: string;
}

const run = promisify(execFile);
const scripts = {
  podium: fileURLToPath(new URL('./engine-podium.ts', import.meta.url)),
  torch: fileURLToPath(new URL('./engine_torch.py', import.meta.url)),
};
const commands = { podium: process.execPath, torch: process.env['PYTHON'] ?? 'python3' };

/** What all processors together have computed so far. */
const busySeconds = (): number =>
  sum(os.cpus().map(({ times: { user, nice, sys, irq } }) => (user + nice + sys + irq) / 1e3));

/** Runs one side in a process of its own, so that peak memory is its own. */
export async function side(job: Job, who: 'podium' | 'torch'): Promise<Side> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-bench-'));
  try {
    const file = path.join(folder, 'job.json');
    const { shape, data, ...rest } = job;
    const { config, modelType } = shape;
    const same = {
      ...rest,
      config,
      modelType,
      classes,
      batchSize,
      warmUp,
      threads: engineThreads,
      documents: data.ids,
      labels: data.labels,
    };
    const mode = who === 'torch' && job.mode === 'epoch' ? 'trainer' : job.mode;
    await writeFile(file, JSON.stringify({ ...same, mode }));
    const [start, before] = [performance.now(), busySeconds()];
    const { stdout } = await run(commands[who], [scripts[who], file], { maxBuffer: 2 ** 26 });
    const own = sideSchema.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
    const whole = ((performance.now() - start) / 1e3) * os.cpus().length;
    return { ...own, others: (busySeconds() - before - own.cpuSeconds) / whole };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function row(...cells: string[]): void {
  const widths = [12, 34, 14, 14, 10];
  console.log(
    cells.map((cell, index) => (index < 2 ? cell.padEnd(widths[index]!) : cell.padStart(widths[index]!))).join(' '),
  );
}

interface Pair {
  ours: Side[];
  theirs: Side[];
}

/** Ours and theirs in turns, so that a change of the machine's mood meets both. */
async function inTurns(job: Job, rounds: number, torch: boolean): Promise<Pair> {
  const [ours, theirs]: [Side[], Side[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    ours.push(await side(job, 'podium'));
    if (torch) theirs.push(await side(job, 'torch'));
  }
  return { ours, theirs };
}

const seconds = (sides: readonly Side[], skip: number): number =>
  median(sides.flatMap((one) => one.seconds.slice(skip)));
const peak = (sides: readonly Side[]): number => median(sides.map(({ peakBytes }) => peakBytes));
const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MB`;
const ratio = (numerator: number, denominator: number): string => `${(numerator / denominator).toFixed(2)}x`;

/** Others' work on the machine beyond this share makes times doubtful; PyTorch's threads suffer more from it than ours. */
const tolerated = 0.05;

/** One row; `value` takes a side's runs to what is compared, where less is better. */
function tell(
  shape: string,
  what: string,
  { ours, theirs }: Pair,
  value: (sides: readonly Side[]) => number,
  format: (value: number) => string,
): void {
  const others = Math.max(...[...ours, ...theirs].map((one) => one.others));
  const note = others > tolerated ? [`(busy machine: others took ${(100 * others).toFixed(0)} %)`] : [];
  const mine = value(ours);
  const compared = theirs.length > 0 ? [format(value(theirs)), ratio(value(theirs), mine)] : ['-', '-'];
  row(shape, what, format(mine), ...compared, ...note);
}

export const chunks = (count: number): number[][] =>
  Array.from({ length: Math.ceil(count / batchSize) }, (_, batch) =>
    Array.from({ length: Math.min(batchSize, count - batch * batchSize) }, (_, index) => batch * batchSize + index),
  );

async function benchShape(shape: Shape, torch: boolean): Promise<void> {
  const vocabulary = Number(shape.config['vocab_size']);
  const job = (mode: Mode, data: Documents, padTo = 0): Job => ({
    mode,
    shape,
    data,
    batches: chunks(data.ids.length),
    padTo,
    products: [],
    device: 'cpu',
  });
  const fixed = fixedDocuments(shape.steps * batchSize, stepTokens, vocabulary, classes);
  const steps = await inTurns(job('step', fixed), 2, torch);
  const perStep = `s a step, ${batchSize} x ${stepTokens} tokens`;
  tell(
    shape.name,
    perStep,
    steps,
    (sides) => seconds(sides, warmUp),
    (value) => value.toFixed(3),
  );
  tell(shape.name, 'peak memory of those steps', steps, peak, megabytes);
  for (const set of epochSets) {
    const data = await realDocuments(set, shape.documents, vocabulary, classes);
    const epoch = await inTurns(job('epoch', data), 1, torch);
    const perDocument = (sides: readonly Side[]): number => seconds(sides, 0) / data.ids.length;
    const rate = (value: number): string => `${(1 / value).toFixed(1)} docs/s`;
    tell(shape.name, `epoch of ${data.name}, Trainer`, epoch, perDocument, rate);
    if (!torch) continue;
    const longest = Math.max(...data.ids.map((ids) => ids.length));
    const few = { ...data, ids: data.ids.slice(0, 3 * batchSize), labels: data.labels.slice(0, 3 * batchSize) };
    for (const padTo of [longest, 512]) {
      const padded = await side(job('padded', few, padTo), 'torch');
      // its steps stand for an epoch of such steps
      const asEpoch = { ...padded, seconds: [(seconds([padded], 1) * data.ids.length) / batchSize] };
      tell(shape.name, `  padding everything to ${padTo}`, { ...epoch, theirs: [asEpoch] }, perDocument, rate);
    }
  }
  await tellOperators(shape, job('profile', fixed), torch);
}

/** What a step's time goes to, and how fast its matrix products are beside one alone, ours and PyTorch's. */
async function tellOperators(shape: Shape, job: Job, torch: boolean): Promise<void> {
  const { operators = [], seconds: times } = await side(job, 'podium');
  const total = sum(operators.map(({ milliseconds }) => milliseconds));
  const [hidden, inner] = [Number(shape.config['hidden_size']), Number(shape.config['intermediate_size'])];
  const products = [[batchSize * stepTokens, hidden, inner]];
  const alone = await inTurns({ ...job, mode: 'gemm', products }, 1, torch);
  const rate = (sides: readonly Side[]): string =>
    `${((2 * batchSize * stepTokens * hidden * inner) / seconds(sides, 0) / 1e9).toFixed(0)} GFLOP/s`;
  console.log(`\n${shape.name}: where a step's time goes (${median(times).toFixed(3)} s with the profiler on)`);
  for (const { operator, calls, milliseconds, flops } of operators.slice(0, 20)) {
    const cells = [
      operator.padEnd(22),
      `${calls.toFixed(0).padStart(5)} calls`,
      `${milliseconds.toFixed(1).padStart(9)} ms`,
    ];
    const speed = flops > 0 ? `${(flops / milliseconds / 1e6).toFixed(0)} GFLOP/s` : '';
    console.log(
      `  ${cells.join(' ')} ${((100 * milliseconds) / total).toFixed(1).padStart(6)} % ${speed.padStart(12)}`,
    );
  }
  const inProducts = operators.filter(({ flops }) => flops > 0);
  const [flops, milliseconds] = [
    sum(inProducts.map((one) => one.flops)),
    sum(inProducts.map((one) => one.milliseconds)),
  ];
  console.log(
    `  matrix products: ${(flops / 1e9).toFixed(1)} GFLOP a step at ${(flops / milliseconds / 1e6).toFixed(0)} GFLOP/s; one of ` +
      `${products[0]?.join(' x ')} alone: ${rate(alone.ours)}${torch ? `, PyTorch's ${rate(alone.theirs)}` : ''}\n`,
  );
}

/** PyTorch's and transformers' versions, or null where Python hasn't got them. */
export async function torchVersion(): Promise<string | null> {
  const code = 'import torch, transformers, accelerate; print(torch.__version__, transformers.__version__)';
  return run(commands.torch, ['-c', code]).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  );
}

/** All shapes, or the one of this name. */
export function chosenShapes(only: string | undefined): Shape[] {
  const chosen = shapes.filter(({ name }) => only === undefined || name === only);
  const names = shapes.map(({ name }) => name).join(', ');
  if (chosen.length === 0) throw new UserError(`There is no shape ${JSON.stringify(only)}. There are: ${names}.`);
  return chosen;
}

export async function benchEngine(only: string | undefined): Promise<void> {
  const chosen = chosenShapes(only);
  const version = await torchVersion();
  console.log(
    `${os.cpus()[0]?.model ?? 'unknown processor'}, ${engineThreads} threads; PyTorch and transformers: ${version ?? 'not found, ours alone'}`,
  );
  row('shape', 'what', 'Podium', 'PyTorch', 'ratio');
  for (const shape of chosen) {
    await benchShape(shape, version !== null).catch((error: unknown) =>
      console.error(`${shape.name}: ${errorText(error)}`),
    );
  }
}
