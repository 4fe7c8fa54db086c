/**
 * The test documents of a benchmark as the bootstrap draws them, and what every model scores on a draw. Pure.
 *
 * Everything is counted per label: 2 both / (2 both + either) is its F1, where `both` counts documents with the label in
 * truth and answer, `either` those with it in one of the two. A score is a weighted sum of F1s:
 * - `mean`: each category the plain mean of its labels' F1 (macro-F1), the categories averaged;
 * - `rare`: as `mean`, but in a category of two labels 0.7 x F1 of the rarer label + 0.3 x macro-F1. Rarer is the label of
 *   fewer documents in that test set; where both have as many, macro-F1 stands. A category of sets of labels is never one
 *   of two labels: it asks a question for each.
 *
 * Which labels macro-F1 runs over, in a draw too: always those of the full test set, by the convention of the engine's
 * metrics. A label that a draw doesn't hold at all (rare ones often aren't drawn) says nothing about the model, so its F1
 * stays what it is on the full test set; counting it 0 would pull the whole interval under the score, leaving it out would
 * let each draw average over other labels.
 */
import { FinalError } from '../errors.ts';
import type { Predictions, ScoreName } from './contracts.ts';

const rareShare = 0.7;

/**
 * One model's predictions of one category in one repetition, as what a drawn document adds to the counts. Code of label l:
 * 2l = in the truth or in the answer, not both; 2l + 1 = in both.
 */
export interface Tally {
  /** group g adds codes[offsets[g]..offsets[g + 1]] */
  offsets: Int32Array;
  codes: Int32Array;
  /** per label: what its F1 weighs in the category's score */
  coefficients: Float64Array;
  /** per code: on the full test set */
  fullCounts: Int32Array;
  fullF1: Float64Array;
}

export interface TestSample {
  /** documents that every model answered alike, in all categories and repetitions, are one group: how many in each */
  groupCounts: Int32Array;
  /** row of each document -> its group */
  groupOfRow: Map<number, number>;
  /** model, repetition, category */
  tallies: Tally[][][];
}

/** A label with too few test documents for the intervals of its scores to be trusted. */
export interface ThinLabel {
  category: string;
  label: string;
  /** test documents with it, over all repetitions */
  documents: number;
}

/** F1 of a label, or `empty` where the counts hold nothing of it. */
export function f1(counts: Int32Array, label: number, empty: number): number {
  const twiceBoth = 2 * counts[2 * label + 1]!;
  const either = counts[2 * label]!;
  return twiceBoth + either === 0 ? empty : twiceBoth / (twiceBoth + either);
}

/** The codes that each document adds. */
function codesOf({ category, labels, rows, truth, predicted }: Predictions): number[][] {
  return rows.map((row, position) => {
    const wanted = truth[position];
    const given = predicted[position];
    if (!wanted || !given)
      throw new FinalError(`predictions of "${category}": row ${row} lacks its truth or its answer`);
    if ([...wanted, ...given].some((label) => !(label >= 0 && label < labels.length))) {
      throw new FinalError(`predictions of "${category}" hold a label index beyond its ${labels.length} labels`);
    }
    return [
      ...wanted.map((label) => 2 * label + (given.includes(label) ? 1 : 0)),
      ...given.flatMap((label) => (wanted.includes(label) ? [] : [2 * label])),
    ].sort((a, b) => a - b);
  });
}

function countCodes(labelCount: number, codes: number[][]): Int32Array {
  const counts = new Int32Array(2 * labelCount);
  for (const own of codes) for (const code of own) counts[code]! += 1;
  return counts;
}

/** Test documents with each label, over all repetitions; labels without any are absent. */
function supportOf(repetitions: Predictions[]): Map<string, number> {
  const support = new Map<string, number>();
  for (const { labels, truth } of repetitions) {
    for (const index of truth.flat()) {
      const label = labels[index] ?? '';
      support.set(label, (support.get(label) ?? 0) + 1);
    }
  }
  return support;
}

/** The label that counts most in the score `rare`, or null where that is macro-F1. */
export function rareLabel({ kind, labels, truth }: Predictions): string | null {
  if (kind !== 'single' || labels.length !== 2) return null;
  const seconds = truth.filter(([label]) => label === 1).length;
  return (2 * seconds === truth.length ? null : labels[2 * seconds < truth.length ? 1 : 0]) ?? null;
}

/** What each label's F1 weighs in the category's score. */
function coefficientsOf(predictions: Predictions, fullCounts: Int32Array, score: ScoreName): Float64Array {
  const { kind, labels } = predictions;
  const rare = score === 'rare' ? rareLabel(predictions) : null;
  const counts = (label: number) => kind === 'multi' || fullCounts[2 * label]! + fullCounts[2 * label + 1]! > 0;
  const counted = labels.filter((_, label) => counts(label)).length;
  const rest = rare === null ? 1 : 1 - rareShare;
  return Float64Array.from(labels, (name, label) =>
    counts(label) ? rest / counted + (name === rare ? rareShare : 0) : 0,
  );
}

export function scoreOf(coefficients: Float64Array, fullF1: Float64Array): number {
  return coefficients.reduce((sum, coefficient, label) => sum + coefficient * fullF1[label]!, 0);
}

/** Score of one category on its full test set. 0 without documents. */
export function fullScore(predictions: Predictions, score: ScoreName): number {
  const counts = countCodes(predictions.labels.length, codesOf(predictions));
  const fullF1 = Float64Array.from(predictions.labels, (_, label) => f1(counts, label, 0));
  return scoreOf(coefficientsOf(predictions, counts, score), fullF1);
}

/**
 * @param models model, repetition, category; categories and repetitions in the same order for every model
 * @throws FinalError when two models were tested on different rows of a category: nothing would be paired then
 */
export function testSampleOf(models: Predictions[][][], score: ScoreName): TestSample {
  const [reference = []] = models;
  for (const repetitions of models) checkSameDocuments(reference, repetitions);
  const coded = models.map((repetitions) => repetitions.map((categories) => categories.map(codesOf)));
  const { groupCounts, groupOfRow, representatives } = groupsOf(reference, coded);
  const tallies = models.map((repetitions, model) =>
    repetitions.map((categories, repetition) =>
      categories.map((predictions, category): Tally => {
        const codes = coded[model]![repetition]![category]!;
        const fullCounts = countCodes(predictions.labels.length, codes);
        const positionOfRow = new Map(predictions.rows.map((row, position) => [row, position]));
        const own = representatives.map((row) => codes[positionOfRow.get(row) ?? -1] ?? []);
        const offsets = new Int32Array(own.length + 1);
        for (const [group, list] of own.entries()) offsets[group + 1] = offsets[group]! + list.length;
        return {
          offsets,
          codes: Int32Array.from(own.flat()),
          coefficients: coefficientsOf(predictions, fullCounts, score).map((weight) => weight / categories.length),
          fullCounts,
          fullF1: Float64Array.from(predictions.labels, (_, label) => f1(fullCounts, label, 0)),
        };
      }),
    ),
  );
  return { groupCounts, groupOfRow, tallies };
}

/** Documents of the same codes everywhere, tested in the same places; each group with one row that stands for it. */
function groupsOf(reference: Predictions[][], coded: number[][][][][]) {
  const answersOfRow = new Map<number, string[]>();
  for (const [repetition, categories] of reference.entries()) {
    for (const [category, { rows }] of categories.entries()) {
      for (const [position, row] of rows.entries()) {
        const answers = coded.map((own) => own[repetition]![category]![position]!.join());
        const all = answersOfRow.get(row) ?? [];
        all.push(`${repetition} ${category} ${answers.join(' ')}`);
        answersOfRow.set(row, all);
      }
    }
  }
  const groups = new Map<string, number>();
  const counts: number[] = [];
  const representatives: number[] = [];
  const groupOfRow = new Map<number, number>();
  for (const [row, answers] of [...answersOfRow].sort(([a], [b]) => a - b)) {
    const key = answers.join('\n');
    const group = groups.get(key) ?? groups.size;
    if (group === groups.size) {
      groups.set(key, group);
      representatives.push(row);
    }
    counts[group] = (counts[group] ?? 0) + 1;
    groupOfRow.set(row, group);
  }
  return { groupCounts: Int32Array.from(counts), groupOfRow, representatives };
}

function checkSameDocuments(reference: Predictions[][], repetitions: Predictions[][]): void {
  if (repetitions.length !== reference.length) {
    throw new FinalError(`${reference.length} repetitions of one model, but ${repetitions.length} of another`);
  }
  for (const [repetition, categories] of reference.entries()) {
    for (const [position, expected] of categories.entries()) {
      const given = repetitions[repetition]![position];
      const same =
        given !== undefined &&
        given.rows.length === expected.rows.length &&
        given.rows.every((row, document) => row === expected.rows[document]);
      if (!same) throw new FinalError(`category "${expected.category}": two models were tested on different documents`);
      if (new Set(expected.rows).size !== expected.rows.length) {
        throw new FinalError(`category "${expected.category}": the same row stands twice in its test documents`);
      }
    }
  }
}

/**
 * A label of fewer test documents can't be measured: intervals of scores that it takes part in are too narrow or lie too
 * low, whatever the method (`npm run bench -- method coverage`).
 */
export const fewestTestDocuments = 5;

/** Labels with fewer test documents than that, over all repetitions, in the order of the categories. */
export function thinLabels(repetitions: Predictions[][]): ThinLabel[] {
  const [first = []] = repetitions;
  return first.flatMap(({ category }, position) => {
    const own = repetitions.flatMap((categories) => categories[position] ?? []);
    const support = supportOf(own);
    const labels = new Set(own.flatMap((predictions) => predictions.labels));
    return [...labels].flatMap((label) => {
      const documents = support.get(label) ?? 0;
      return documents < fewestTestDocuments ? [{ category, label, documents }] : [];
    });
  });
}
