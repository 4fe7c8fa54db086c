/** One trial from documents to numbers: split, train, predict the test split, score. */
import { FinalError, UserError } from '../errors.ts';
import type { CategoryKind, Predictions, SplitSizes, TrialResult, TrialSpec } from '../flows/contracts.ts';
import type { LabelledTexts, TrainedModel, TrainHooks } from './classifier.ts';
import { type Document, labelsOf } from './data/document.ts';
import { imbalanceOf } from './data/imbalance.ts';
import type { Dataset } from './data/read-dataset.ts';
import { type Splits, splitDocuments, splitWithTestSet } from './data/splits.ts';
import { computeMetrics, majorityFloor } from './metrics.ts';
import { loadFamily } from './models/registry.ts';

export interface TrialRun {
  result: TrialResult;
  predictions: Predictions;
  /** the caller saves or disposes it */
  model: TrainedModel;
  labels: string[];
  kind: CategoryKind;
  /** which documents were learnt from, chosen on and scored */
  splits: Splits;
}

/** What is learnt from: the team's file, and a test file of its own where there is one. */
export interface TrialData {
  dataset: Dataset;
  test: Dataset | null;
}

/**
 * Trains and scores one model on one category. Every model gets the same rows in the same splits: they depend on the
 * data, the category, the language and the seed only.
 * @throws UserError when the category can't be learnt from this file, saying why
 */
export async function runTrial(data: TrialData, spec: TrialSpec, hooks: TrainHooks): Promise<TrialRun> {
  const report = (share: number, stage: 'preparing' | 'scoring') =>
    hooks.onProgress({ stage, share, epoch: null, epochs: null, note: null });
  report(0.02, 'preparing');
  const kind = kindOf(data.dataset, spec.category);
  const splits = splitFor(data, spec, kind);
  const labels = labelsOf(spec.category, splits.train, splits.validation, splits.test);
  checkSplits(splits, labels, spec);
  const [train, validation, test] = [splits.train, splits.validation, splits.test].map((documents) =>
    toTargets(documents, spec.category, labels),
  );
  if (!train || !validation || !test) throw new FinalError('A split is missing');

  const family = await loadFamily(spec.model);
  const startMs = performance.now();
  const model = await family.train(
    {
      kind,
      labels,
      train,
      validation,
      recipe: spec.recipe,
      classWeights: weighsClasses(spec, kind, train, labels),
      seed: spec.seed,
    },
    {
      signal: hooks.signal,
      checkpoints: hooks.checkpoints,
      settings: hooks.settings,
      corpus: [...data.dataset.documents, ...(data.test?.documents ?? [])].map(({ text }) => text),
      onProgress: (progress) => hooks.onProgress({ ...progress, share: 0.05 + 0.9 * progress.share }),
    },
  );
  const trainedMs = performance.now();
  report(0.96, 'scoring');
  const predicted = await model.predict(test.texts, hooks.signal);
  const predictSeconds = (performance.now() - trainedMs) / 1000;
  const languages = splits.test.map((document) => document.language);
  const floor = majorityFloor(kind, labels.length, train.targets, test.targets);
  const sizes: SplitSizes = { train: train.texts.length, validation: validation.texts.length, test: test.texts.length };
  const result: TrialResult = {
    metrics: computeMetrics({ kind, labels, truth: test.targets, predicted, languages }),
    floor: { ...floor, labels: floor.labels.map((index) => labels[index] ?? '') },
    split: sizes,
    chosenEpoch: model.chosenEpoch,
    epochs: model.epochs,
    trainSeconds: (trainedMs - startMs) / 1000,
    predictDocsPerSecond: test.texts.length / Math.max(predictSeconds, 1e-6),
    parameters: model.parameters,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    device: model.device,
    warnings: [...splits.warnings, ...model.warnings],
    texts: model.texts,
    checkpoint: model.checkpoint,
  };
  const rows = splits.test.map((document) => document.row);
  const { category, language } = spec;
  return {
    result,
    predictions: { category, kind, language, labels, rows, truth: test.targets, predicted },
    model,
    labels,
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
  const options = { category: spec.category, kind, seed: spec.seed };
  const documents = keptDocuments(dataset, spec);
  return test ? splitWithTestSet(documents, keptDocuments(test, spec), options) : splitDocuments(documents, options);
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
 * `auto`: DESIGN weighs classes when the profile is imbalanced. In a `multi` category each label is a yes/no question of
 * its own, nearly always imbalanced, so there `auto` means on.
 */
function weighsClasses(spec: TrialSpec, kind: CategoryKind, train: LabelledTexts, labels: string[]): boolean {
  if (spec.recipe.classWeights !== 'auto') return spec.recipe.classWeights === 'on';
  if (kind === 'multi') return true;
  const counts = new Array<number>(labels.length).fill(0);
  for (const target of train.targets.flat()) counts[target] = (counts[target] ?? 0) + 1;
  return imbalanceOf(counts.filter((count) => count > 0))?.profile === 'imbalanced';
}
