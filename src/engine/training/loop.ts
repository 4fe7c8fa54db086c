/** The recipe: epochs of batches, validation after each, early stopping, the best epoch's weights. */
import os from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { FinalError } from '../../errors.ts';
import type { ProviderName, Warning } from '../../flows/contracts.ts';
import type { TrainedModel, TrainHooks, TrainTask } from '../classifier.ts';
import { deviceText, providerOf } from '../onnx/providers.ts';
import { scheduledLearningRate } from './adamw.ts';
import { epochBatches, shuffledOrder, weightedOrder } from './batches.ts';
import { type BestWeights, openBestWeights } from './best-weights.ts';
import { Checkpoint, fingerprintOf, type Story } from './checkpoint.ts';
import { lossWeights } from './class-weights.ts';
import type { Objective } from './gradient-graph.ts';
import { piecesThatFit } from './memory-estimate.ts';
import { type Network, parameterCount, type Weights } from './network.ts';
import { epochSeconds, PilotEnd, validationSeconds } from './pilot-steps.ts';
import { Random } from './random.ts';
import { openStepper, type TrainingStepper, trainsOnDevices } from './training-stepper.ts';
import { validate } from './validation.ts';

export interface TrainingData<Document> {
  train: readonly Document[];
  validation: readonly Document[];
}

export interface TrainingOutcome {
  weights: Weights;
  chosenEpoch: number;
  epochs: TrainedModel['epochs'];
  paused: boolean;
  secondsBefore: number;
  /** what training had to change, or could not use */
  warnings: Warning[];
  /** where it was done, in words */
  device: string;
  provider: ProviderName;
}

/** How many times training reports its progress, besides at the end of each epoch. */
const progressReports = 100;

/**
 * Trains a network by the task's recipe. The same task, seed and machine kind give the same numbers, also when a
 * training goes on from the checkpoint of one that was killed or paused. With an empty validation set the last epoch is kept.
 * Aborting takes effect before the next step, on a device that takes several at once within about a second.
 */
export async function trainNetwork<Document>(
  network: Network<Document>,
  data: TrainingData<Document>,
  task: TrainTask,
  peakLearningRate: number,
  hooks: TrainHooks,
): Promise<TrainingOutcome> {
  hooks.signal.throwIfAborted();
  const { recipe, strategy, labels } = task;
  const objective: Objective = {
    strategy,
    classes: labels.length,
    weights: task.classWeights ? lossWeights(strategy, task.train.targets, labels.length) : null,
  };
  const { weightDecay, gradientClipNorm } = recipe;
  const { checkpoints, settings } = hooks;
  const { name: provider, note } = trainsOnDevices(network) ? await providerOf(settings) : onCpu;
  const pieces = provider === 'cpu' ? affordablePieces(network, objective, data, task, hooks) : recipe.accumulation;
  const options = { weightDecay, gradientClipNorm, seed: task.seed, pieces };
  const checkpoint = checkpoints ? new Checkpoint(checkpoints, fingerprintOf(network, task, peakLearningRate)) : null;
  const best = await openBestWeights(checkpoint, parameterCount(network.parameters) * 4, settings.cacheFolder);
  const stepper = await openStepper(network, objective, options, provider);
  try {
    const run = { network, data, task, peakLearningRate, hooks, provider, stepper, checkpoint, best };
    if (hooks.pilot) throw await timed(run, performance.now());
    const { story, secondsBefore } = await runEpochs(run);
    // native memory goes back before the weights are copied out
    await stepper.release();
    const weights = await best.take(story.best.epoch, stepper.state.weights());
    return {
      weights,
      chosenEpoch: story.best.epoch,
      epochs: story.epochs,
      paused: !isOver(story, task),
      secondsBefore,
      warnings: [...story.warnings, ...providerWarnings(note)],
      device: deviceText(provider),
      provider,
    };
  } finally {
    await stepper.release();
    await best.dispose();
  }
}

/** What a training would take, from a few of its steps. */
async function timed<Document>(run: Run<Document>, readyMs: number): Promise<PilotEnd> {
  const { provider, stepper, hooks } = run;
  const timing = { ...run, signal: hooks.signal };
  const epoch = await epochSeconds(timing);
  await stepper.settle();
  const validation = await validationSeconds(timing, provider);
  return new PilotEnd({ epoch, ...validation, device: deviceText(provider) }, readyMs);
}

interface Run<Document> {
  network: Network<Document>;
  data: TrainingData<Document>;
  task: TrainTask;
  peakLearningRate: number;
  hooks: TrainHooks;
  provider: ProviderName;
  stepper: TrainingStepper<Document>;
  checkpoint: Checkpoint | null;
  best: BestWeights;
}

const onCpu: { name: ProviderName; note: string | null } = { name: 'cpu', note: null };

const beginning: Story = {
  epochs: [],
  step: 0,
  pieces: 1,
  best: { epoch: 0, score: -1, crc: 0 },
  warnings: [],
  seconds: 0,
};

async function runEpochs<Document>(run: Run<Document>): Promise<{ story: Story; secondsBefore: number }> {
  const { network, task, hooks, stepper, checkpoint } = run;
  const startMs = performance.now();
  let story = (await checkpoint?.read(stepper.state.saved())) ?? { ...beginning, pieces: stepper.pieces };
  const secondsBefore = story.seconds;
  await stepper.cutInto(story.pieces);
  while (story.epochs.length < (hooks.untilEpoch ?? Number.POSITIVE_INFINITY) && !isOver(story, task)) {
    const after = await runEpoch(run, story);
    story = { ...after, seconds: secondsBefore + (performance.now() - startMs) / 1000 };
    await checkpoint?.write(story, stepper.state.saved());
  }
  if (story.best.epoch === 0) throw new FinalError(`Training ${network.name}: the recipe has no epochs.`);
  return { story, secondsBefore };
}

/** All epochs done, or too many without a better one. */
function isOver({ epochs, best }: Story, { recipe }: TrainTask): boolean {
  return epochs.length >= recipe.epochs || (epochs.length > 0 && epochs.length - best.epoch >= recipe.patienceEpochs);
}

/** One epoch and its validation; gives the story with it. */
async function runEpoch<Document>(run: Run<Document>, before: Story): Promise<Story> {
  const { network, data, task, hooks, provider, stepper, checkpoint, best } = run;
  const { epochs } = task.recipe;
  const { signal } = hooks;
  const epoch = before.epochs.length + 1;
  const steps = epochs * Math.ceil(data.train.length / task.recipe.batchSize);
  // of the last epoch that was validated, until this one is
  let validationMacroF1 = data.validation.length > 0 ? (before.epochs.at(-1)?.validationMacroF1 ?? null) : null;
  const report = (step: number, note: string | null) =>
    hooks.onProgress({ stage: 'training', share: step / Math.max(1, steps), epoch, epochs, note, validationMacroF1 });
  const { trainLoss, step } = await runBatches(run, epoch, before.step, steps, report);
  await stepper.settle();
  const weights = stepper.state.weights();
  const validates = data.validation.length > 0;
  const asked = validates ? await validate(network, data.validation, task, { weights, provider, signal }) : null;
  if (asked) hooks.onValidated?.(epoch, asked.predicted);
  const score = asked?.score ?? 0;
  if (asked) validationMacroF1 = asked.score;
  report(step, `epoch ${epoch}: loss ${trainLoss.toFixed(3)}, validation macro-F1 ${score.toFixed(3)}`);
  const better = score > before.best.score || !validates;
  if (better) await best.keep(epoch, weights);
  return {
    epochs: [...before.epochs, { epoch, trainLoss, validationMacroF1: score }],
    step,
    pieces: stepper.pieces,
    best: better ? { epoch, score, crc: checkpoint?.keptCrc ?? 0 } : before.best,
    warnings: halvedWarnings(before.warnings, task, stepper.pieces),
    seconds: before.seconds,
  };
}

async function runBatches<Document>(
  { network, data, task, peakLearningRate, hooks, stepper }: Run<Document>,
  epoch: number,
  stepsBefore: number,
  steps: number,
  report: (step: number, note: null) => void,
): Promise<{ trainLoss: number; step: number }> {
  const documents = data.train;
  const { sampling, batchSize, warmupShare } = task.recipe;
  const { targets } = task.train;
  const random = new Random(task.seed, `order ${epoch}`);
  const order = sampling === 'weighted' ? weightedOrder(targets, random) : shuffledOrder(documents.length, random);
  const lengths = documents.map((document) => network.length(document));
  const reportEvery = Math.max(1, Math.floor(steps / progressReports));
  const batches = epochBatches(order, lengths, batchSize, random);
  stepper.startEpoch(epoch);
  let done = 0;
  let lossSum = 0;
  while (done < batches.length) {
    hooks.signal.throwIfAborted();
    const group = batches.slice(done, done + stepper.stepsAtOnce);
    const first = stepsBefore + done + 1;
    const results = await stepper.steps(
      group.map((indices) => ({
        documents: indices.map((index) => documents[index]!),
        targets: indices.map((index) => targets[index]!),
      })),
      first,
      group.map((_, index) => scheduledLearningRate(first + index, steps, warmupShare, peakLearningRate)),
    );
    for (const [index, { loss }] of results.entries()) lossSum += group[index]!.length * loss;
    const before = stepsBefore + done;
    done += group.length;
    const step = stepsBefore + done;
    if (Math.floor(step / reportEvery) > Math.floor(before / reportEvery)) report(step, null);
    // without this a signal sent by a timer or a socket would wait for the whole training
    await nextTurn();
  }
  return { trainLoss: lossSum / Math.max(1, documents.length), step: stepsBefore + done };
}

/** of the memory that is free */
const worthTelling = 0.25;

/**
 * Into how many parts a batch is cut: as the recipe says, or more where its longest texts wouldn't fit into what the
 * machine has free now. (What a device has free isn't known; there an out-of-memory cuts the batch.)
 */
function affordablePieces<Document>(
  network: Network<Document>,
  objective: Objective,
  { train }: TrainingData<Document>,
  { recipe: { batchSize, accumulation } }: TrainTask,
  { onProgress }: TrainHooks,
): number {
  const longest = train.reduce((most, document) => Math.max(most, network.length(document)), 1);
  // elsewhere what the system would give back for the asking isn't counted as free
  const availableBytes = process.platform === 'linux' ? process.availableMemory() : os.totalmem();
  const batch = { size: Math.min(batchSize, train.length), longest };
  const { pieces, neededBytes } = piecesThatFit(network, objective, batch, accumulation, availableBytes);
  const [needed, available] = [neededBytes, availableBytes].map((bytes) => (bytes / 1e9).toFixed(1));
  const note = `about ${needed} GB of memory needed at most, ${available} GB free`;
  // a small need is nothing that anybody has to know
  if (neededBytes > availableBytes * worthTelling)
    onProgress({ stage: 'preparing', share: 0, epoch: null, epochs: null, note });
  return pieces;
}

/** Says, once, that batches had to be cut into more parts than the recipe asks for. */
function halvedWarnings(before: readonly Warning[], { recipe }: TrainTask, pieces: number): Warning[] {
  const code = 'batch_halved';
  const others = before.filter((warning) => warning.code !== code);
  if (pieces <= recipe.accumulation) return others;
  const each = Math.ceil(recipe.batchSize / pieces);
  const message = `Memory was short: batches of ${recipe.batchSize} texts went through in parts of ${each}, whose gradients were added up.`;
  return [...others, { code, message, row: null, column: null }];
}

function providerWarnings(note: string | null): Warning[] {
  return note === null ? [] : [{ code: 'gpu_not_used', message: note, row: null, column: null }];
}
