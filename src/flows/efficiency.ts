/** What a model costs besides its score, and which models are worth their cost. */
import { catalogueEntry } from './catalogue.ts';
import type { RankingRow, TrialResult } from './contracts.ts';
import { type Candidate, type Finished, finishedOf, mean } from './ranking-candidates.ts';

export type Cost = Pick<
  RankingRow,
  'trainSeconds' | 'predictDocsPerSecond' | 'parameters' | 'peakMemoryBytes' | 'sizeBytes'
>;

/**
 * Over the finished trials: training seconds summed over the categories (of each the mean of its repetitions), documents
 * per second overall (all documents / all seconds), the rest of the largest of its models (one is trained per category;
 * they differ in their last layer).
 */
export function costOf(candidate: Candidate): Cost {
  const results = finishedOf(candidate).map(({ result }) => result);
  let documents = 0;
  let predictSeconds = 0;
  for (const { predictDocsPerSecond, split } of results) {
    if (predictDocsPerSecond <= 0) continue;
    documents += split.test;
    predictSeconds += split.test / predictDocsPerSecond;
  }
  const perCategory = candidate.trials.flatMap(
    (trials) => mean(trials.flatMap((trial) => trial?.result.trainSeconds ?? [])) ?? [],
  );
  return {
    trainSeconds: results.length === 0 ? null : perCategory.reduce((total, seconds) => total + seconds, 0),
    predictDocsPerSecond: predictSeconds === 0 ? null : documents / predictSeconds,
    parameters: largest(results, (result) => result.parameters),
    peakMemoryBytes: largest(results, (result) => result.peakMemoryBytes),
    sizeBytes: largest(results, (result) => result.checkpoint?.sizeBytes ?? null),
  };
}

function largest(results: TrialResult[], figure: (result: TrialResult) => number | null): number | null {
  const known = results.map(figure).filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/**
 * Which points no other one dominates: is at least as good in both and better in one. Higher is better in both; points
 * that are equal in both don't dominate each other.
 */
export function paretoFront(points: readonly (readonly [number, number])[]): boolean[] {
  return points.map(
    ([x, y]) => !points.some(([otherX, otherY]) => otherX >= x && otherY >= y && (otherX > x || otherY > y)),
  );
}

export type LanguageFigures = RankingRow['perLanguage'][number];

/**
 * A model's figures for each language of the test documents, largest first. Macro-F1 and accuracy are means over
 * categories of the mean over repetitions, of those that hold the language.
 */
export function languageFigures({ trials }: Candidate): LanguageFigures[] {
  const slices = trials.map((repetitions) => repetitions.map((trial) => (trial ? languagesOf(trial) : [])));
  const languages = new Set(slices.flat(2).map(({ language }) => language));
  return [...languages]
    .map((language): LanguageFigures => {
      const own = slices.map((category) => category.flat().filter((slice) => slice.language === language));
      const figure = (read: (slice: LanguageFigures) => number) =>
        mean(own.flatMap((category) => mean(category.map(read)) ?? [])) ?? 0;
      return {
        language,
        documents: own.flat().reduce((total, { documents }) => total + documents, 0),
        macroF1: figure((slice) => slice.macroF1),
        accuracy: figure((slice) => slice.accuracy),
      };
    })
    .sort((a, b) => b.documents - a.documents || ((a.language ?? '') < (b.language ?? '') ? -1 : 1));
}

/** The metrics say nothing per language where all documents are in one. */
function languagesOf({ result: { metrics }, predictions }: Finished): LanguageFigures[] {
  if (metrics.perLanguage.length > 0) return metrics.perLanguage;
  const [language = null] = predictions.languages;
  const { documents, macroF1, accuracy } = metrics;
  return documents === 0 ? [] : [{ language, documents, macroF1, accuracy }];
}

/**
 * What part of the test documents is in languages that the catalogue doesn't name for this model.
 * @returns null for a model outside the catalogue: nobody knows
 */
export function languagesOutside(model: string, figures: readonly LanguageFigures[]): RankingRow['languagesOutside'] {
  const known = catalogueEntry(model)?.languages;
  if (known === undefined) return null;
  const total = figures.reduce((sum, { documents }) => sum + documents, 0);
  const languages: string[] = [];
  let outside = 0;
  for (const { language, documents } of figures) {
    if (known === 'many' || language === null || known.includes(language)) continue;
    languages.push(language);
    outside += documents;
  }
  return { share: total === 0 ? 0 : outside / total, languages };
}
