/**
 * What a model's predictions are worth. All numbers come from the label indices alone, never from a text.
 *
 * Shapes: N documents, K labels. `truth` and `predicted` are N lists of label indices below K; `single` has exactly one
 * in each list, `multi` any number, none included.
 *
 * **Macro-F1** is the plain mean of the labels' F1, a label without truth and prediction counting 0:
 * - `single`: over the labels that occur in the truth or in the prediction, which is what scikit-learn's `f1_score` does
 *   when it isn't told the labels;
 * - `multi`: over all K labels, which is what it does with an indicator matrix.
 *
 * Both equal `f1_score(labels=<that set>, average='macro', zero_division=0)`.
 */
import { FinalError } from '../errors.ts';
import type { CategoryKind, Metrics } from '../flows/contracts.ts';

interface Counts {
  /** per label: truth and prediction both hold it */
  hits: Int32Array;
  /** per label: documents whose truth holds it (support) */
  support: Int32Array;
  /** per label: documents whose prediction holds it */
  claimed: Int32Array;
  /** documents predicted exactly, as a set */
  exact: number;
}

/** An empty denominator gives 0, as scikit-learn's zero_division=0 does. */
function ratio(numerator: number, denominator: number): number {
  return denominator === 0 ? 0 : numerator / denominator;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function checkLabel(label: number, labelCount: number, document: number): void {
  if (!Number.isInteger(label) || label < 0 || label >= labelCount) {
    throw new FinalError(`document ${document} has label index ${label}; expected 0 to ${labelCount - 1}`);
  }
}

/** Counts over the documents `chosen` (null: all). Lists are sets: order doesn't matter. */
function countLabels(
  labelCount: number,
  truth: number[][],
  predicted: number[][],
  chosen: number[] | null = null,
): Counts {
  if (truth.length !== predicted.length) {
    throw new FinalError(`${truth.length} true label lists, but ${predicted.length} predicted ones`);
  }
  const counts: Counts = {
    hits: new Int32Array(labelCount),
    support: new Int32Array(labelCount),
    claimed: new Int32Array(labelCount),
    exact: 0,
  };
  const total = chosen === null ? truth.length : chosen.length;
  for (let position = 0; position < total; position++) {
    const document = chosen === null ? position : chosen[position]!;
    const wanted = truth[document]!;
    const given = predicted[document]!;
    let shared = 0;
    for (const label of wanted) {
      checkLabel(label, labelCount, document);
      counts.support[label]! += 1;
    }
    for (const label of given) {
      checkLabel(label, labelCount, document);
      counts.claimed[label]! += 1;
      if (wanted.includes(label)) {
        counts.hits[label]! += 1;
        shared += 1;
      }
    }
    if (shared === wanted.length && shared === given.length) counts.exact += 1;
  }
  return counts;
}

/** F1 = 2 hits / (support + claimed), the harmonic mean of precision and recall without their empty cases. */
function f1Of(counts: Counts, label: number): number {
  return ratio(2 * counts.hits[label]!, counts.support[label]! + counts.claimed[label]!);
}

function macroOf(kind: CategoryKind, counts: Counts): number {
  let total = 0;
  let labels = 0;
  for (let label = 0; label < counts.hits.length; label++) {
    if (kind === 'single' && counts.support[label]! + counts.claimed[label]! === 0) continue;
    total += f1Of(counts, label);
    labels += 1;
  }
  return ratio(total, labels);
}

/** Macro-F1 by the convention at the head of this file; 0 without documents. Cheap enough for every epoch. */
export function macroF1(kind: CategoryKind, labelCount: number, truth: number[][], predicted: number[][]): number {
  return macroOf(kind, countLabels(labelCount, truth, predicted));
}

/**
 * Matthews correlation of K classes, Gorodkin's R_K: with c right of s documents, t_k true and p_k predicted per class,
 * (c s - sum t_k p_k) / sqrt((s^2 - sum p_k^2)(s^2 - sum t_k^2)). 0 where either side knows one class only.
 * Source: Gorodkin 2004, doi:10.1016/j.compbiolchem.2004.09.006; the same form as scikit-learn's matthews_corrcoef.
 */
function matthews(counts: Counts, documents: number): number {
  let both = 0;
  let truthSquares = 0;
  let claimedSquares = 0;
  for (let label = 0; label < counts.hits.length; label++) {
    both += counts.support[label]! * counts.claimed[label]!;
    truthSquares += counts.support[label]! ** 2;
    claimedSquares += counts.claimed[label]! ** 2;
  }
  const spread = (documents ** 2 - claimedSquares) * (documents ** 2 - truthSquares);
  return spread === 0 ? 0 : (counts.exact * documents - both) / Math.sqrt(spread);
}

function confusionMatrix(labelCount: number, truth: number[][], predicted: number[][]): number[][] {
  const matrix = Array.from({ length: labelCount }, () => new Array<number>(labelCount).fill(0));
  for (const [document, [wanted]] of truth.entries()) {
    const given = predicted[document]?.[0];
    if (wanted === undefined || given === undefined) throw new FinalError(`document ${document} has no label`);
    matrix[wanted]![given]! += 1;
  }
  return matrix;
}

/** One entry per language, largest first, by the same convention on that language's documents; [] with one language. */
function metricsPerLanguage(
  kind: CategoryKind,
  labelCount: number,
  truth: number[][],
  predicted: number[][],
  languages: (string | null)[],
): Metrics['perLanguage'] {
  const groups = new Map<string | null, number[]>();
  for (const [document, language] of languages.entries()) {
    const group = groups.get(language);
    if (group) group.push(document);
    else groups.set(language, [document]);
  }
  if (groups.size < 2) return [];
  return [...groups]
    .map(([language, documents]) => {
      const counts = countLabels(labelCount, truth, predicted, documents);
      return {
        language,
        documents: documents.length,
        accuracy: ratio(counts.exact, documents.length),
        macroF1: macroOf(kind, counts),
      };
    })
    .sort((a, b) => b.documents - a.documents || ((a.language ?? '') < (b.language ?? '') ? -1 : 1));
}

/**
 * Everything a trial reports about its test predictions.
 * `accuracy` is the share of documents whose label set is exactly right (for `multi`: subset accuracy); micro-F1 of
 * `single` equals it. `languages[i]` is the language of document i, null when unknown (unknown is a group of its own).
 * Without documents every number is 0.
 * @throws FinalError when the lists' lengths differ or an index isn't below the number of labels
 */
export function computeMetrics(input: {
  kind: CategoryKind;
  labels: string[];
  truth: number[][];
  predicted: number[][];
  languages: (string | null)[];
}): Metrics {
  const { kind, labels, truth, predicted, languages } = input;
  if (languages.length !== truth.length) {
    throw new FinalError(`${truth.length} documents, but ${languages.length} languages`);
  }
  if (kind === 'single') {
    const odd = truth.findIndex((list, document) => list.length !== 1 || predicted[document]?.length !== 1);
    if (odd >= 0) throw new FinalError(`document ${odd} of a single-label category needs exactly one label`);
  }
  const counts = countLabels(labels.length, truth, predicted);
  return {
    documents: truth.length,
    accuracy: ratio(counts.exact, truth.length),
    macroF1: macroOf(kind, counts),
    microF1: ratio(2 * sum(counts.hits), sum(counts.support) + sum(counts.claimed)),
    mcc: kind === 'single' ? matthews(counts, truth.length) : null,
    perClass: labels.map((label, index) => ({
      label,
      precision: ratio(counts.hits[index]!, counts.claimed[index]!),
      recall: ratio(counts.hits[index]!, counts.support[index]!),
      f1: f1Of(counts, index),
      support: counts.support[index]!,
    })),
    confusion: kind === 'single' ? confusionMatrix(labels.length, truth, predicted) : null,
    perLanguage: metricsPerLanguage(kind, labels.length, truth, predicted, languages),
  };
}

/**
 * The floor: what always answering the most frequent training label (`multi`: the most frequent label *set*, which may
 * be the empty one) scores on test. Of equally frequent ones, the one with the smaller indices.
 * @throws FinalError without training documents
 */
export function majorityFloor(
  kind: CategoryKind,
  labelCount: number,
  trainTargets: number[][],
  testTruth: number[][],
): { labels: number[]; accuracy: number; macroF1: number } {
  const frequencies = new Map<string, { labels: number[]; documents: number }>();
  for (const target of trainTargets) {
    const labels = target.toSorted((a, b) => a - b);
    const entry = frequencies.get(labels.join());
    if (entry) entry.documents += 1;
    else frequencies.set(labels.join(), { labels, documents: 1 });
  }
  const [most] = [...frequencies.values()].sort(
    (a, b) => b.documents - a.documents || compareIndices(a.labels, b.labels),
  );
  if (!most) throw new FinalError('a majority floor needs at least one training document');
  const counts = countLabels(
    labelCount,
    testTruth,
    testTruth.map(() => most.labels),
  );
  return {
    labels: most.labels,
    accuracy: ratio(counts.exact, testTruth.length),
    macroF1: macroOf(kind, counts),
  };
}

/** Lexicographic: [] before [0] before [0, 2] before [1]. */
function compareIndices(a: number[], b: number[]): number {
  for (let position = 0; position < Math.min(a.length, b.length); position++) {
    if (a[position] !== b[position]) return a[position]! - b[position]!;
  }
  return a.length - b.length;
}
