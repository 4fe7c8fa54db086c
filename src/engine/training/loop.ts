/** The recipe: epochs of batches, validation after each, early stopping, the best epoch's weights. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { FinalError } from '../../errors.ts';
import type { Warning } from '../../flows/contracts.ts';
import type { TrainedModel, TrainHooks, TrainTask } from '../classifier.ts';
import { openSession } from '../onnx/session.ts';
import { scheduledLearningRate } from './adamw.ts';
import { epochBatches, shuffledOrder, weightedOrder } from './batches.ts';
import { type BestWeights, openBestWeights } from './best-weights.ts';
import { Checkpoint, fingerprintOf, type Story } from './checkpoint.ts';
import { lossWeights } from './class-weights.ts';
import { buildInference } from './inference-graph.ts';
import { type Network, parameterCount, type Weights } from './network.ts';
import { Random } from './random.ts';
import { Stepper } from './stepper.ts';
import { Validator } from './validation.ts';

export interface TrainingData<Document> {
  train: readonly Document[];
  validation: readonly Document[];
}

export interface TrainingOutcome {
  weights: Weights;
  chosenEpoch: number;
  epochs: TrainedModel['epochs'];
  /** what training had to change */
  warnings: Warning[];
}

/** How many times training reports its progress, besides at the end of each epoch. */
const progressReports = 100;

/**
 * Trains a network by the task's recipe. The same task, seed and machine kind give the same numbers, also when a
 * training goes on from the checkpoint of one that was killed. With an empty validation set the last epoch is kept.
 * Aborting takes effect before the next step.
 */
export async function trainNetwork<Document>(
  network: Network<Document>,
  data: TrainingData<Document>,
  task: TrainTask,
  peakLearningRate: number,
  hooks: TrainHooks,
): Promise<TrainingOutcome> {
  hooks.signal.throwIfAborted();
  const { recipe, kind, labels } = task;
  const objective = {
    kind,
    classes: labels.length,
    weights: task.classWeights ? lossWeights(kind, task.train.targets, labels.length) : null,
  };
  const { weightDecay, gradientClipNorm, accumulation } = recipe;
  const options = { weightDecay, gradientClipNorm, seed: task.seed, pieces: accumulation };
  const { checkpoints, settings } = hooks;
  const checkpoint = checkpoints ? new Checkpoint(checkpoints, fingerprintOf(network, task, peakLearningRate)) : null;
  const best = await openBestWeights(checkpoint, parameterCount(network.parameters) * 4, settings.cacheFolder);
  const stepper = await Stepper.open(network, objective, options);
  const inference = data.validation.length > 0 ? await openSession(buildInference(network, null)) : null;
  try {
    const validator = inference ? new Validator(network, inference, data.validation, task) : null;
    const run = { network, documents: data.train, task, peakLearningRate, hooks, stepper, validator, checkpoint, best };
    const story = await runEpochs(run);
    // native memory goes back before the weights are copied out
    await stepper.release();
    const weights = await best.take(story.best.epoch, stepper.state.weights());
    return { weights, chosenEpoch: story.best.epoch, epochs: story.epochs, warnings: story.warnings };
  } finally {
    await stepper.release();
    await inference?.release();
    await best.dispose();
  }
}

interface Run<Document> {
  network: Network<Document>;
  documents: readonly Document[];
  task: TrainTask;
  peakLearningRate: number;
  hooks: TrainHooks;
  stepper: Stepper<Document>;
  validator: Validator<Document> | null;
  checkpoint: Checkpoint | null;
  best: BestWeights;
}

const beginning: Story = {
  epochs: [],
  step: 0,
  pieces: 1,
  best: { epoch: 0, score: -1, crc: 0 },
  warnings: [],
};

async function runEpochs<Document>(run: Run<Document>): Promise<Story> {
  const { network, task, stepper, checkpoint } = run;
  const { epochs, patienceEpochs } = task.recipe;
  let story = (await checkpoint?.read(stepper.state.saved())) ?? { ...beginning, pieces: stepper.pieces };
  await stepper.cutInto(story.pieces);
  while (story.epochs.length < epochs) {
    const last = story.epochs.at(-1);
    if (last && last.epoch - story.best.epoch >= patienceEpochs) break;
    story = await runEpoch(run, story);
    await checkpoint?.write(story, stepper.state.saved());
  }
  if (story.best.epoch === 0) throw new FinalError(`Training ${network.name}: the recipe has no epochs.`);
  return story;
}

/** One epoch and its validation; gives the story with it. */
async function runEpoch<Document>(run: Run<Document>, before: Story): Promise<Story> {
  const { documents, task, hooks, stepper, validator, checkpoint, best } = run;
  const { epochs } = task.recipe;
  const epoch = before.epochs.length + 1;
  const steps = epochs * Math.ceil(documents.length / task.recipe.batchSize);
  const report = (step: number, note: string | null) =>
    hooks.onProgress({ stage: 'training', share: step / Math.max(1, steps), epoch, epochs, note });
  const { trainLoss, step } = await runBatches(run, epoch, before.step, steps, report);
  const weights = stepper.state.weights();
  const score = validator ? await validator.score(weights, hooks.signal) : 0;
  report(step, `epoch ${epoch}: loss ${trainLoss.toFixed(3)}, validation macro-F1 ${score.toFixed(3)}`);
  const better = score > before.best.score || !validator;
  if (better) await best.keep(epoch, weights);
  return {
    epochs: [...before.epochs, { epoch, trainLoss, validationMacroF1: score }],
    step,
    pieces: stepper.pieces,
    best: better ? { epoch, score, crc: checkpoint?.keptCrc ?? 0 } : before.best,
    warnings: halvedWarnings(before.warnings, task, stepper.pieces),
  };
}

async function runBatches<Document>(
  { network, documents, task, peakLearningRate, hooks, stepper }: Run<Document>,
  epoch: number,
  stepsBefore: number,
  steps: number,
  report: (step: number, note: null) => void,
): Promise<{ trainLoss: number; step: number }> {
  const { sampling, batchSize, warmupShare } = task.recipe;
  const { targets } = task.train;
  const random = new Random(task.seed, `order ${epoch}`);
  const order = sampling === 'weighted' ? weightedOrder(targets, random) : shuffledOrder(documents.length, random);
  const lengths = documents.map((document) => network.length(document));
  const reportEvery = Math.max(1, Math.floor(steps / progressReports));
  stepper.startEpoch(epoch);
  let step = stepsBefore;
  let lossSum = 0;
  for (const indices of epochBatches(order, lengths, batchSize, random)) {
    hooks.signal.throwIfAborted();
    step++;
    const batch = {
      documents: indices.map((index) => documents[index]!),
      targets: indices.map((index) => targets[index]!),
    };
    const rate = scheduledLearningRate(step, steps, warmupShare, peakLearningRate);
    const { loss } = await stepper.step(batch, step, rate);
    lossSum += indices.length * loss;
    if (step % reportEvery === 0) report(step, null);
    // without this a signal sent by a timer or a socket would wait for the whole training
    await nextTurn();
  }
  return { trainLoss: lossSum / Math.max(1, documents.length), step };
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
