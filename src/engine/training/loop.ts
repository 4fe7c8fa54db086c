/** The recipe: epochs of batches, validation after each, early stopping, the best epoch's weights. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { InferenceSession } from 'onnxruntime-node';
import { FinalError } from '../../errors.ts';
import type { TrainedModel, TrainHooks, TrainTask } from '../classifier.ts';
import { macroF1 } from '../metrics.ts';
import { openSession, realData, tensor } from '../onnx/session.ts';
import { scheduledLearningRate, stepScalars } from './adamw.ts';
import { epochBatches } from './batches.ts';
import { lossWeights, targetMatrix } from './class-weights.ts';
import type { Network, Weights } from './network.ts';
import { ParameterState } from './parameter-state.ts';
import { predictDocuments } from './prediction.ts';
import { Random } from './random.ts';
import { buildInference, buildTrainingStep } from './training-step.ts';

export interface TrainingData<Document> {
  train: readonly Document[];
  validation: readonly Document[];
}

export interface TrainingOutcome {
  weights: Weights;
  chosenEpoch: number;
  epochs: TrainedModel['epochs'];
}

/** How many times training reports its progress, besides at the end of each epoch. */
const progressReports = 100;

/** A training step that is open in ONNX Runtime, with its state. */
class Stepper<Document> {
  readonly state: ParameterState;
  private readonly network: Network<Document>;
  private readonly session: InferenceSession;
  private readonly classes: number;

  constructor(network: Network<Document>, session: InferenceSession, classes: number) {
    this.network = network;
    this.session = session;
    this.classes = classes;
    this.state = new ParameterState(network.parameters);
  }

  /** One batch; gives its loss. `step` counts from 1. */
  async run(
    documents: readonly Document[],
    targets: readonly (readonly number[])[],
    step: number,
    learningRate: number,
    random: Random,
  ): Promise<number> {
    const { feeds, rows } = this.network.trainingBatch(documents, random);
    const state = this.state.tensors(rows);
    for (const [name, value] of Object.entries(stepScalars(step, learningRate))) {
      feeds[name] = tensor(Float32Array.of(value), []);
    }
    feeds['target'] = tensor(targetMatrix(targets, this.classes), [targets.length, this.classes]);
    const results = await this.session.run({ ...feeds, ...state.feeds }, { ...state.fetches, loss: null });
    this.state.advance(rows);
    const loss = realData(results, 'loss')[0] ?? Number.NaN;
    if (!Number.isFinite(loss)) {
      throw new FinalError(
        `Training ${this.network.name}: the loss is ${loss} at step ${step}; lower the learning rate.`,
      );
    }
    return loss;
  }
}

/** The weights copied, so that later steps don't change them. */
function snapshot(weights: Weights): Weights {
  return new Map([...weights].map(([name, data]) => [name, data.slice()]));
}

/** Macro-F1 on the validation documents, with the weights as they are. */
class Validator<Document> {
  private readonly network: Network<Document>;
  private readonly session: InferenceSession;
  private readonly documents: readonly Document[];
  private readonly task: TrainTask;

  constructor(network: Network<Document>, session: InferenceSession, documents: readonly Document[], task: TrainTask) {
    this.network = network;
    this.session = session;
    this.documents = documents;
    this.task = task;
  }

  async score(weights: Weights, signal: AbortSignal): Promise<number> {
    const { kind, labels, validation } = this.task;
    const classes = labels.length;
    const predicted = await predictDocuments(
      this.network,
      { session: this.session, weights, kind, classes },
      this.documents,
      signal,
    );
    return macroF1(kind, classes, validation.targets, predicted);
  }
}

/**
 * Trains a network by the task's recipe. The same task, seed and machine kind give the same numbers.
 * With an empty validation set the last epoch is kept. Aborting takes effect before the next step.
 */
export async function trainNetwork<Document>(
  network: Network<Document>,
  data: TrainingData<Document>,
  task: TrainTask,
  peakLearningRate: number,
  hooks: TrainHooks,
): Promise<TrainingOutcome> {
  hooks.signal.throwIfAborted();
  const classes = task.labels.length;
  const step = buildTrainingStep(network, {
    kind: task.kind,
    classes,
    weights: task.classWeights ? lossWeights(task.kind, task.train.targets, classes) : null,
    weightDecay: task.recipe.weightDecay,
    gradientClipNorm: task.recipe.gradientClipNorm,
  });
  const training = await openSession(step);
  let inference: InferenceSession | null = null;
  try {
    if (data.validation.length > 0) inference = await openSession(buildInference(network, null));
    const validator = inference ? new Validator(network, inference, data.validation, task) : null;
    const stepper = new Stepper(network, training, classes);
    return await runEpochs({ network, documents: data.train, task, peakLearningRate, hooks, stepper, validator });
  } finally {
    await training.release();
    await inference?.release();
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
}

async function runEpochs<Document>(run: Run<Document>): Promise<TrainingOutcome> {
  const { network, documents, task, hooks, stepper, validator } = run;
  const { recipe } = task;
  const lengths = documents.map((document) => network.length(document));
  const order = new Random(task.seed, 'order');
  const noise = new Random(task.seed, 'dropout');
  const steps = recipe.epochs * Math.ceil(documents.length / recipe.batchSize);
  const reportEvery = Math.max(1, Math.floor(steps / progressReports));
  const epochs: TrainedModel['epochs'] = [];
  let best: { epoch: number; score: number; weights: Weights } | null = null;
  let step = 0;
  const report = (epoch: number, note: string | null) =>
    hooks.onProgress({ stage: 'training', share: step / Math.max(1, steps), epoch, epochs: recipe.epochs, note });
  for (let epoch = 1; epoch <= recipe.epochs; epoch++) {
    let lossSum = 0;
    for (const batch of epochBatches(lengths, recipe.batchSize, order)) {
      hooks.signal.throwIfAborted();
      step++;
      const rate = scheduledLearningRate(step, steps, recipe.warmupShare, run.peakLearningRate);
      const chosen = batch.map((index) => documents[index]!);
      const targets = batch.map((index) => task.train.targets[index]!);
      lossSum += batch.length * (await stepper.run(chosen, targets, step, rate, noise));
      if (step % reportEvery === 0) report(epoch, null);
      // without this a signal sent by a timer or a socket would wait for the whole training
      await nextTurn();
    }
    const trainLoss = lossSum / Math.max(1, documents.length);
    const weights = stepper.state.weights();
    const score = validator ? await validator.score(weights, hooks.signal) : 0;
    epochs.push({ epoch, trainLoss, validationMacroF1: score });
    report(epoch, `epoch ${epoch}: loss ${trainLoss.toFixed(3)}, validation macro-F1 ${score.toFixed(3)}`);
    if (!best || score > best.score || !validator) best = { epoch, score, weights: snapshot(weights) };
    if (epoch - best.epoch >= recipe.patienceEpochs) break;
  }
  if (!best) throw new FinalError(`Training ${network.name}: the recipe has no epochs.`);
  return { weights: best.weights, chosenEpoch: best.epoch, epochs };
}
