/** A few steps of a training, timed: what all of it would take. */
import type { TrainTask } from '../classifier.ts';
import { epochBatches, shuffledOrder } from './batches.ts';
import { openInference } from './inference-session.ts';
import type { TrainingData } from './loop.ts';
import type { Network } from './network.ts';
import { predictDocuments } from './prediction.ts';
import { Random } from './random.ts';
import type { TrainingStepper } from './training-stepper.ts';

export interface PilotSeconds {
  /** one epoch's steps */
  epoch: number;
  /** one validation, which opens a session of its own */
  validation: number;
  /** opening that session, once for all documents; then each document */
  opening: number;
  perDocument: number;
  device: string;
}

/** Ends a training that was only to be timed; it carries what was found. */
export class PilotEnd extends Error {
  override readonly name = 'PilotEnd';
  readonly seconds: PilotSeconds;
  /** `performance.now()` when texts were ready and training would have begun */
  readonly readyMs: number;

  constructor(seconds: PilotSeconds, readyMs: number) {
    super('The pilot is done');
    this.seconds = seconds;
    this.readyMs = readyMs;
  }
}

/** Batches that are timed, by their place among an epoch's batches in order of length: the usual one, a long and a short one. */
const places = [0.5, 0.95, 0.05];
/** Each is repeated for this long at least: a step of a small model takes milliseconds. */
const placeMs = 400;
/** In turns, and their median counts: another process may take the machine for a moment. */
const rounds = 3;
const mostDocuments = 128;

interface Timed<Document> {
  network: Network<Document>;
  data: TrainingData<Document>;
  task: TrainTask;
  stepper: TrainingStepper<Document>;
  signal: AbortSignal;
}

/** Seconds of an epoch's batches, from steps on batches of three lengths out of the very batches that it would have. */
export async function epochSeconds<Document>({
  network,
  data,
  task,
  stepper,
  signal,
}: Timed<Document>): Promise<number> {
  const documents = data.train;
  const lengths = documents.map((document) => network.length(document));
  const random = new Random(task.seed, 'order 1');
  const batches = epochBatches(shuffledOrder(documents.length, random), lengths, task.recipe.batchSize, random);
  const tokensOf = (batch: number[]): number => batch.length * Math.max(...batch.map((index) => lengths[index]!));
  const sorted = batches.toSorted((a, b) => tokensOf(a) - tokensOf(b));
  let steps = 0;
  const timeOf = async (batch: number[]): Promise<number> => {
    const one = {
      documents: batch.map((index) => documents[index]!),
      targets: batch.map((index) => task.train.targets[index]!),
    };
    const group = new Array<typeof one>(stepper.stepsAtOnce).fill(one);
    const startMs = performance.now();
    await stepper.steps(group, steps + 1, new Array<number>(group.length).fill(0));
    steps += group.length;
    return (performance.now() - startMs) / 1000 / group.length;
  };
  stepper.startEpoch(1);
  const timed = places.flatMap((place) => {
    const batch = sorted[Math.min(sorted.length - 1, Math.floor(place * sorted.length))];
    return batch ? [{ batch, times: [] as number[] }] : [];
  });
  // the first of a length makes room and compiles
  for (const { batch } of timed) await timeOf(batch);
  for (let round = 0; round < rounds; round++) {
    for (const { batch, times } of timed) {
      const endMs = performance.now() + placeMs / rounds;
      do {
        signal.throwIfAborted();
        times.push(await timeOf(batch));
      } while (performance.now() < endMs);
    }
  }
  const points = timed.map(({ batch, times }): [number, number] => [tokensOf(batch), median(times)]);
  const curve = points.sort(([a], [b]) => a - b);
  return batches.reduce((sum, batch) => sum + onCurve(curve, tokensOf(batch)), 0);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** Linear between the points and beyond them, never below zero. */
function onCurve(points: readonly [number, number][], at: number): number {
  const after = points.findIndex(([tokens]) => tokens >= at);
  const right = Math.max(1, after < 0 ? points.length - 1 : after);
  const [low, high] = [points[right - 1], points[right]];
  if (!low) return 0;
  if (!high || high[0] === low[0]) return (low[1] * at) / low[0];
  return Math.max(0, low[1] + ((high[1] - low[1]) * (at - low[0])) / (high[0] - low[0]));
}

/** Seconds of a validation, from documents spread evenly over its lengths. */
export async function validationSeconds<Document>(
  { network, data, task, stepper, signal }: Timed<Document>,
  provider: Parameters<typeof openInference>[2],
): Promise<Pick<PilotSeconds, 'validation' | 'opening' | 'perDocument'>> {
  const pool = data.validation.length > 0 ? data.validation : data.train;
  const sorted = pool.toSorted((a, b) => network.length(a) - network.length(b));
  const every = Math.max(1, sorted.length / mostDocuments);
  const sample = Array.from(
    { length: Math.ceil(sorted.length / every) },
    (_, index) => sorted[Math.floor(index * every)]!,
  );
  const startMs = performance.now();
  const opened = await openInference(network, stepper.state.weights(), provider);
  const inference = { ...opened, strategy: task.strategy, classes: task.labels.length };
  try {
    await predictDocuments(network, inference, sample.slice(0, 1), signal);
    const openedMs = performance.now();
    await predictDocuments(network, inference, sample, signal);
    const opening = (openedMs - startMs) / 1000;
    const perDocument = (performance.now() - openedMs) / 1000 / Math.max(1, sample.length);
    return { validation: opening + perDocument * data.validation.length, opening, perDocument };
  } finally {
    await opened.session.release();
  }
}
