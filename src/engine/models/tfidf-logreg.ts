/**
 * `builtin/tfidf-logreg`: words and character n-grams by TF-IDF, and logistic regression: one softmax over the labels
 * (multi-class; of two labels one question), or a question per label (one-vs-rest, multi-label).
 * Quick, deterministic, needs nothing but the training texts, and is hard to beat on short texts with many labels.
 *
 * Class weights: a question of its own nearly always has its label on the rare side, however even the labels are among
 * themselves, and in multi-label the fixed threshold of 0.5 then misses it (macro-F1 0.61 instead of 0.64 on 4 fairly even
 * labels). So multi-label balances unless the recipe says `off`; the others, which only compare labels, do as the task says.
 *
 * The validation split isn't used: there is no epoch to choose, and its documents aren't trained on.
 * Shapes: N texts, F features, K labels.
 */
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { resolvedStrategySchema } from '../../flows/contracts.ts';
import type { ModelFamily, TrainedModel, TrainHooks, TrainTask } from '../classifier.ts';
import { problemTypeOf, problemTypeSchema, strategyOf } from '../export/exported-config.ts';
import { balancedWeights, fitBinary } from '../linear/logistic.ts';
import { readCharacters } from '../linear/ngrams.ts';
import { balancedByLabel, fitSoftmax } from '../linear/softmax.ts';
import type { SparseMatrix } from '../linear/sparse.ts';
import { featureSettings, type Pause, Vectorizer, vocabularySchema } from '../linear/vectorizer.ts';
import { writeFolder } from './model-folder.ts';
import type { OpenedModel } from './neural-model.ts';
import { breathe, isOneSoftmax, predict, score, type TfidfModel } from './tfidf-answers.ts';

const id = 'builtin/tfidf-logreg';
/** how config.json names the kind of model, as Hugging Face's do */
const modelType = 'podium-tfidf-logreg';
const inverseRegularisation = 10;
const gradientTolerance = 1e-4;
const maxIterations = 300;
/** passes over the labels in multi-class; 77 labels take 7 */
const maxSweeps = 100;
/** share of a training's progress that goes to cutting n-grams */
const vectorisingShare = 0.2;

const configSchema = z.object({
  model_type: z.literal(modelType),
  format_version: z.literal(1),
  problem_type: problemTypeSchema,
  id2label: z.record(z.string(), z.string()),
  features: z.number().int(),
  podium: z.object({ strategy: resolvedStrategySchema.optional() }).optional(),
});

export const tfidfLogreg: ModelFamily = { id, train };

async function train(task: TrainTask, hooks: TrainHooks): Promise<TrainedModel> {
  const { signal, onProgress } = hooks;
  const { texts } = task.train;
  if (texts.length === 0) throw new UserError('There is no training document, so nothing can be learnt.');
  const { vectorizer, matrix } = await Vectorizer.fit(texts, async (share) => {
    await breathe(signal);
    onProgress({ stage: 'preparing', share: share * vectorisingShare, epoch: null, epochs: null, note: null });
  });
  const pause = async (share: number, note: string): Promise<void> => {
    await breathe(signal);
    const whole = vectorisingShare + (1 - vectorisingShare) * share;
    onProgress({ stage: 'training', share: whole, epoch: null, epochs: null, note });
  };
  const learnt = await (isOneSoftmax(task.strategy, task.labels)
    ? fitTogether(matrix, task, pause)
    : fitApart(matrix, task, pause));
  return trainedModel({ strategy: task.strategy, labels: task.labels, vectorizer, ...learnt });
}

type Learnt = Pick<TfidfModel, 'weights' | 'biases'>;
type NotedPause = (share: number, note: string) => Promise<void>;

/** One softmax over the labels. */
async function fitTogether(matrix: SparseMatrix, task: TrainTask, pause: NotedPause): Promise<Learnt> {
  const labelCount = task.labels.length;
  const labels = Int32Array.from(task.train.targets, ([label]) => label ?? 0);
  const documentWeights = task.classWeights
    ? balancedByLabel(labels, labelCount)
    : new Float64Array(labels.length).fill(1);
  const settings = { inverseRegularisation, gradientTolerance, maxSweeps };
  const fit = fitSoftmax({ matrix, labels, labelCount, documentWeights, ...settings });
  let step = fit.next();
  while (!step.done) {
    const { sweep, label } = step.value;
    const done = sweep + label / labelCount;
    // How many sweeps it takes isn't known: halfway after one, never falling, never quite done.
    await pause(done / (done + 1), `pass ${sweep + 1}, label ${label + 1} of ${labelCount}`);
    step = fit.next();
  }
  return step.value;
}

/** A yes/no question for each label. */
async function fitApart(matrix: SparseMatrix, task: TrainTask, pause: NotedPause): Promise<Learnt> {
  const { strategy, recipe, classWeights } = task;
  const labelCount = task.labels.length;
  const weights = new Float32Array(matrix.columns * labelCount);
  const biases = new Float32Array(labelCount);
  const balanced = strategy === 'multi-label' ? recipe.classWeights !== 'off' : classWeights;
  // Two labels that exclude each other are one problem; the other's weights are its negatives.
  const mirrored = strategy !== 'multi-label' && labelCount === 2;
  for (let label = mirrored ? 1 : 0; label < labelCount; label++) {
    const fitted = await fitLabel(matrix, task.train.targets, label, balanced, (share) =>
      pause((label + share) / labelCount, `label ${label + 1} of ${labelCount}`),
    );
    for (const [feature, weight] of fitted.weights.entries()) weights[feature * labelCount + label] = weight;
    biases[label] = fitted.bias;
  }
  if (mirrored) {
    for (let feature = 0; feature < matrix.columns; feature++) weights[2 * feature] = -weights[2 * feature + 1]!;
    biases[0] = -biases[1]!;
  }
  return { weights, biases };
}

async function fitLabel(
  matrix: SparseMatrix,
  targets: number[][],
  label: number,
  balanced: boolean,
  pause: Pause,
): Promise<{ weights: Float64Array; bias: number }> {
  const positive = Uint8Array.from(targets, (labels) => (labels.includes(label) ? 1 : 0));
  const documentWeights = balanced ? balancedWeights(positive) : new Float64Array(positive.length).fill(1);
  const fit = fitBinary({
    matrix,
    positive,
    documentWeights,
    inverseRegularisation,
    gradientTolerance,
    maxIterations,
  });
  let step = fit.next();
  while (!step.done) {
    // How many iterations it takes isn't known: halfway after 10, never falling, never quite done.
    await pause(step.value.iteration / (step.value.iteration + 10));
    step = fit.next();
  }
  return step.value;
}

function trainedModel(parameters: TfidfModel): TrainedModel {
  return {
    parameters: parameters.weights.length + parameters.biases.length,
    device: 'cpu',
    chosenEpoch: null,
    paused: false,
    secondsBefore: 0,
    epochs: [],
    predict: (texts, signal) => predict(parameters, texts, signal),
    texts: null,
    checkpoint: null,
    warnings: [],
    save: (folder) => writeFolder(folder, modelFiles(parameters)),
    dispose: async () => {},
  };
}

/**
 * config.json (labels as Hugging Face's `id2label`, kind, what the features are), vocabulary.json (terms and idf, in
 * column order) and weights.bin (the numbers). Plain data: loading a model runs no code of its maker.
 */
function modelFiles({ strategy, labels, vectorizer, weights, biases }: TfidfModel): Map<string, Uint8Array> {
  const config: z.infer<typeof configSchema> & Record<string, unknown> = {
    model_type: modelType,
    format_version: 1,
    problem_type: problemTypeOf(strategy),
    id2label: Object.fromEntries(labels.entries()),
    label2id: Object.fromEntries(labels.map((label, index) => [label, index])),
    features: weights.length / labels.length,
    feature_settings: featureSettings,
    characters_read_per_text: readCharacters,
    weights_layout:
      'little-endian float32: features x labels row by row, then one bias per label; feature order = vocabulary.json, words then characters',
    decision: strategy === 'multi-label' ? 'every x.w + b >= 0' : 'largest x.w + b',
    podium: { strategy },
  };
  return new Map([
    ['config.json', jsonBytes(config)],
    ['vocabulary.json', jsonBytes(vectorizer.vocabulary())],
    ['weights.bin', littleEndian(weights, biases)],
  ]);
}

/** A model from files also says what its label indices mean, and how sure it is. */
export type LoadedTfidfLogreg = TrainedModel & OpenedModel;

/**
 * The model that `save` wrote, back from its files; predicts identically.
 * @throws UserError when a file is missing, isn't what it should be, or doesn't fit the others
 */
export function loadTfidfLogreg(files: ReadonlyMap<string, Uint8Array>): LoadedTfidfLogreg {
  const config = readJson(files, 'config.json', configSchema);
  const vocabulary = readJson(files, 'vocabulary.json', vocabularySchema);
  const labels = Object.entries(config.id2label).map((_, index) => config.id2label[index] ?? '');
  const features = vocabulary.words.terms.length + vocabulary.characters.terms.length;
  const bytes = files.get('weights.bin') ?? new Uint8Array();
  const expected = 4 * (features + 1) * labels.length;
  if (features !== config.features || bytes.length !== expected) {
    throw new UserError(
      `This model's files don't fit together: weights.bin should have ${expected} bytes for ${features} features (config.json: ${config.features}) and ${labels.length} labels; it has ${bytes.length}.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const read = (from: number, count: number) =>
    Float32Array.from({ length: count }, (_, index) => view.getFloat32(4 * (from + index), true));
  const strategy = strategyOf(config);
  const parameters = {
    strategy,
    labels,
    vectorizer: Vectorizer.restore(vocabulary),
    weights: read(0, features * labels.length),
    biases: read(features * labels.length, labels.length),
  };
  return {
    ...trainedModel(parameters),
    strategy,
    labels,
    score: (texts, signal) => score(parameters, texts, signal),
  };
}

function readJson<T>(files: ReadonlyMap<string, Uint8Array>, name: string, schema: z.ZodType<T>): T {
  const bytes = files.get(name);
  if (!bytes) throw new UserError(`This isn't a ${id} model: ${name} is missing.`);
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new UserError(`This isn't a ${id} model: ${name} isn't what it should be.`, { cause });
  }
}

function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`);
}

function littleEndian(...parts: Float32Array[]): Uint8Array {
  const bytes = new Uint8Array(4 * parts.reduce((total, part) => total + part.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of parts) {
    for (let index = 0; index < part.length; index++, at += 4) view.setFloat32(at, part[index]!, true);
  }
  return bytes;
}
