/**
 * What a person decided about languages and labels, applied to a dataset right after it was read: the same function for
 * profile, trials and full training, so that all of them see the same data. The file and the given dataset stay as they are.
 */
import { UserError } from '../../errors.ts';
import type { EngineSettings, Preparation, Warning } from '../../flows/contracts.ts';
import { prepareLabels, type RareLabels } from './prepare-labels.ts';
import { prepareLanguages } from './prepare-languages.ts';
import type { Dataset } from './read-dataset.ts';

export interface PreparedDataset extends Dataset {
  /** documents whose language was told from their text, by language; null: it couldn't be told. Empty where none was tried */
  detected: ReadonlyMap<string | null, number>;
  /** the labels that were dropped as too rare, by category */
  rareLabels: RareLabels;
}

/** Where the languages told of texts are kept for the next one who asks; left out: nowhere. */
export type DetectionsKept = Pick<EngineSettings, 'cacheFolder'>;

/**
 * Languages first, then the labels of each category: renamed, excluded, counted.
 *
 * An excluded label counts as no known value: a document with no other label in that category is left out of it, be
 * it `single` or `multi`. A label of fewer than `minExamples` documents is dropped as a class: its documents are left out of
 * a `single` category, and stay in a `multi` one, as negatives of its other labels. Documents are counted after those of
 * left-out languages are gone.
 * @throws UserError for a choice that names a category, label or language that isn't there, that contradicts another
 *   one, or that leaves no document
 */
export async function prepareDataset(
  dataset: Dataset,
  preparation: Preparation,
  kept?: DetectionsKept,
): Promise<PreparedDataset> {
  return prepare(dataset, preparation, null, kept);
}

/**
 * The same for a test file of its own: it needn't hold every language and label that was decided about, and the labels
 * too rare in the training file are dropped, however many documents they have here.
 */
export async function prepareTestDataset(
  test: Dataset,
  preparation: Preparation,
  training: PreparedDataset,
  kept?: DetectionsKept,
): Promise<PreparedDataset> {
  return prepare(test, preparation, training.rareLabels, kept);
}

async function prepare(
  dataset: Dataset,
  preparation: Preparation,
  rareInTraining: RareLabels | null,
  kept: DetectionsKept | undefined,
): Promise<PreparedDataset> {
  const warnings: Warning[] = [];
  const inLanguages = await prepareLanguages(
    dataset,
    preparation.languages,
    rareInTraining === null,
    warnings,
    kept?.cacheFolder ?? null,
  );
  const { documents, rareLabels } = prepareLabels(
    dataset,
    inLanguages.documents,
    preparation.categories,
    rareInTraining,
    warnings,
  );
  if (documents.length === 0)
    throw new UserError(`${dataset.fileName}: every text is in a language that is left out; nothing remains.`);
  return {
    ...dataset,
    documents,
    warnings: [...dataset.warnings, ...warnings],
    detected: inLanguages.detected,
    rareLabels,
  };
}
