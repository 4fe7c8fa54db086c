/** One trial from documents to numbers: split, train, predict the test split, score. */
import { UserError } from '../errors.ts';
import type {
  CategoryKind,
  Predictions,
  ResolvedStrategy,
  SplitSizes,
  TrialResult,
  TrialSpec,
} from '../flows/contracts.ts';
import type { LabelledTexts, TrainedModel, TrainHooks } from './classifier.ts';
import { type Document, labelsOf } from './data/document.ts';
import { imbalanceOf } from './data/imbalance.ts';
import type { Dataset } from './data/read-dataset.ts';
import { type Splits, splitDocuments, splitWithTestSet } from './data/splits.ts';
import { computeMetrics, majorityFloor } from './metrics.ts';
import { loadFamily } from './models/registry.ts';
import { answerKind, resolveStrategy } from './strategy.ts';

export interface TrialRun {
  result: TrialResult;
  predictions: Predictions;
  /** the caller saves or disposes it */
  model: TrainedModel;
  labels: string[];
  strategy: ResolvedStrategy;
  /** what is answered, which decides how it is scored */
  kind: CategoryKind;
  /** which documents were learnt from, chosen on and scored */
  splits: Splits;
}

/** A trial whose model is gone. */
export type ScoredTrial = Omit<TrialRun, 'model'>;

/** What is learnt from: the team's file, and a test file of its own where there is one. */
export interface TrialData {
  dataset: Dataset;
  test: Dataset | null;
}

/** A trial's documents in their parts, and how they are learnt: follows from data and spec alone. */
interface Prepared {
  labels: string[];
  strategy: ResolvedStrategy;
  kind: CategoryKind;
  splits: Splits;
  train: LabelledTexts;
  validation: LabelledTexts;
  test: LabelledTexts;
}

/** A model after its training, with what it was trained, is chosen and will be scored on. */
export interface Learnt extends Prepared {
  model: TrainedModel;
  /** of earlier runs too, where training went on from a checkpoint */
  trainSeconds: number;
}

/**
 * Trains and scores one model on one category. Every model gets the same rows in the same splits: they depend on the
 * data, the category, the language, the seed, the fold and the ratios only.
 * @throws UserError when the category can't be learnt from this file, saying why
 */
export async function runTrial(data: TrialData, spec: TrialSpec, hooks: TrainHooks): Promise<TrialRun> {
  return scoreLearnt(await learn(data, spec, hooks), spec, hooks);
}

/** The first half of a trial: splits and trains. @throws UserError as `runTrial` */
export async function learn(data: TrialData, spec: TrialSpec, hooks: TrainHooks): Promise<Learnt> {
  hooks.onProgress({ stage: 'preparing', share: 0.02, epoch: null, epochs: null, note: null });
  const prepared = prepareTrial(data, spec);
  return { ...prepared, ...(await trainOn(prepared, data, spec, hooks)) };
}

/** What a trial's scores leave to a second pass. */
export interface SecondPass {
  model: TrainedModel;
  /** that it learnt from: all there are */
  documents: number;
  trainSeconds: number;
}

/**
 * Trains anew on all of a trial's documents, those to choose and to test on too. Nothing is left to choose the epoch on:
 * training lasts as many as the trial chose (null: the model has none), and the last one is kept.
 * @throws UserError as `runTrial`
 */
export async function learnAll(
  data: TrialData,
  spec: TrialSpec,
  epochs: number | null,
  hooks: TrainHooks,
): Promise<SecondPass> {
  hooks.onProgress({ stage: 'preparing', share: 0.02, epoch: null, epochs: null, note: null });
  const prepared = prepareTrial(data, spec);
  const parts = [prepared.train, prepared.validation, prepared.test];
  const all = { texts: parts.flatMap(({ texts }) => texts), targets: parts.flatMap(({ targets }) => targets) };
  const recipe = epochs === null ? spec.recipe : { ...spec.recipe, epochs, patienceEpochs: epochs };
  const none = { texts: [], targets: [] };
  const learnt = await trainOn({ ...prepared, train: all, validation: none }, data, { ...spec, recipe }, hooks);
  return { ...learnt, documents: all.texts.length };
}

/** @throws UserError as `runTrial` */
export function prepareTrial(data: TrialData, spec: TrialSpec): Prepared {
  const own = kindOf(data.dataset, spec.category);
  const taking = [data.dataset, ...(data.test ? [data.test] : [])].flatMap((from) => keptDocuments(from, spec));
  const strategy = resolveStrategy(spec.strategy, spec.category, own, taking);
  const kind = answerKind(strategy);
  // A document without a value is a negative only where sets of labels were annotated: the strategy doesn't make it one.
  const splits = splitFor(data, spec, own === 'multi' ? kind : 'single');
  const labels = labelsOf(spec.category, splits.train, splits.validation, splits.test);
  checkSplits(splits, labels, spec);
  const targetsOf = (documents: Document[]): LabelledTexts => toTargets(documents, spec.category, labels);
  const [train, validation, test] = [targetsOf(splits.train), targetsOf(splits.validation), targetsOf(splits.test)];
  return { labels, strategy, kind, splits, train, validation, test };
}

async function trainOn(
  { labels, strategy, kind, train, validation }: Omit<Prepared, 'splits' | 'test'>,
  data: TrialData,
  spec: TrialSpec,
  hooks: TrainHooks,
): Promise<Pick<Learnt, 'model' | 'trainSeconds'>> {
  const family = await loadFamily(spec.model);
  const startMs = performance.now();
  const model = await family.train(
    {
      strategy,
      labels,
      train,
      validation,
      recipe: spec.recipe,
      classWeights: weighsClasses(spec, kind, train, labels),
      seed: spec.seed,
    },
    {
      ...hooks,
      // asked for by encoders alone: texts are decoded when they are read
      corpus: () => [...data.dataset.documents, ...(data.test?.documents ?? [])].map(({ text }) => text),
      onProgress: (progress) => hooks.onProgress({ ...progress, share: 0.05 + 0.9 * progress.share }),
    },
  );
  return { model, trainSeconds: model.secondsBefore + (performance.now() - startMs) / 1000 };
}

/** The second half: predicts the test split and scores that. */
export async function scoreLearnt(learnt: Learnt, spec: TrialSpec, hooks: TrainHooks): Promise<TrialRun> {
  const { model, labels, strategy, kind, splits, train, validation, test, trainSeconds } = learnt;
  hooks.onProgress({ stage: 'scoring', share: 0.96, epoch: null, epochs: null, note: null });
  const startMs = performance.now();
  const predicted = await model.predict(test.texts, hooks.signal);
  const predictSeconds = (performance.now() - startMs) / 1000;
  const languages = splits.test.map((document) => document.language);
  const floor = majorityFloor(kind, labels.length, train.targets, test.targets);
  const sizes: SplitSizes = { train: train.texts.length, validation: validation.texts.length, test: test.texts.length };
  const result: TrialResult = {
    metrics: computeMetrics({ kind, labels, truth: test.targets, predicted, languages }),
    floor: { ...floor, labels: floor.labels.map((index) => labels[index] ?? '') },
    split: sizes,
    chosenEpoch: model.chosenEpoch,
    epochs: model.epochs,
    trainSeconds,
    predictDocsPerSecond: test.texts.length / Math.max(predictSeconds, 1e-6),
    parameters: model.parameters,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    device: model.device,
    warnings: [...splits.warnings, ...model.warnings],
    texts: model.texts,
    checkpoint: model.checkpoint,
    strategy,
  };
  const rows = splits.test.map((document) => document.row);
  const { category, language } = spec;
  return {
    result,
    predictions: { category, kind, language, labels, rows, languages, truth: test.targets, predicted },
    model,
    labels,
    strategy,
    kind,
    splits,
  };
}

/** @throws UserError when the file has no such category, listing those it has */
function kindOf(dataset: Dataset, category: string): CategoryKind {
  const found = dataset.categories.find(({ name }) => name === category);
  if (found) return found.kind;
  const known = dataset.categories.map(({ name }) => name).join(', ') || 'none';
  throw new UserError(`${dataset.fileName}: there is no category ${JSON.stringify(category)}. Found: ${known}.`);
}

function splitFor({ dataset, test }: TrialData, spec: TrialSpec, kind: CategoryKind): Splits {
  const { category, seed, ratios, fold } = spec;
  const documents = keptDocuments(dataset, spec);
  if (!test) return splitDocuments(documents, { category, kind, seed, fold, ...(ratios && { ratios }) });
  if (fold)
    throw new UserError(`Folds take turns as test documents; ${test.fileName} is a test file of its own. Use seeds.`);
  return splitWithTestSet(documents, keptDocuments(test, spec), { category, kind, seed, ...(ratios && { ratios }) });
}

function keptDocuments(dataset: Dataset, { language, languages }: TrialSpec): Document[] {
  return dataset.documents.filter((document) =>
    language === null ? languages === null || languages.includes(document.language) : document.language === language,
  );
}

function checkSplits({ train, test }: Splits, labels: string[], { category, language }: TrialSpec): void {
  const where = `${JSON.stringify(category)}${language === null ? '' : ` in ${language}`}`;
  if (labels.length < 2)
    throw new UserError(
      `${where} has ${labels.length} label(s) (${labels.join(', ')}); a classifier needs at least two.`,
    );
  if (train.length < 2 || test.length < 1)
    throw new UserError(`${where}: ${train.length} documents to train on and ${test.length} to test on are too few.`);
}

/** Indices instead of names. A test label that training never saw stays a label: missing it costs the model. */
function toTargets(documents: Document[], category: string, labels: string[]): LabelledTexts {
  const index = new Map(labels.map((label, position) => [label, position]));
  const targets = documents.map((document) =>
    (document.labels.get(category) ?? []).flatMap((label) => index.get(label) ?? []).sort((a, b) => a - b),
  );
  return { texts: documents.map((document) => document.text), targets };
}

/**
 * `auto`: DESIGN weighs classes when the profile is imbalanced. In multi-label each label is a yes/no question of its
 * own, nearly always imbalanced, and judged by itself: there `auto` means on. (One-vs-rest only compares its questions.)
 */
function weighsClasses(spec: TrialSpec, kind: CategoryKind, train: LabelledTexts, labels: string[]): boolean {
  if (spec.recipe.classWeights !== 'auto') return spec.recipe.classWeights === 'on';
  if (kind === 'multi') return true;
  const counts = new Array<number>(labels.length).fill(0);
  for (const target of train.targets.flat()) counts[target] = (counts[target] ?? 0) + 1;
  return imbalanceOf(counts.filter((count) => count > 0))?.profile === 'imbalanced';
}
