/**
 * Made-up models whose quality is known exactly. A model is a confusion process: how often each label occurs, and how
 * often it is answered rightly; a wrong answer is any other label, as often as that label occurs. Its macro-F1 on all
 * documents follows in closed form, and a test set is a draw from it.
 */
import type { Predictions } from '../src/flows/contracts.ts';
import type { Chance } from '../src/flows/multinomial.ts';

/** One model on one category of one label per document. Both sum or average over the labels, in order. */
interface Process {
  shares: number[];
  /** P(right answer | label) */
  accuracies: number[];
}

/** Documents are of two kinds, and every model finds the same ones hard: that is what correlates models and categories. */
const hardShare = 0.3;
const mostOfRange = 0.8;

/** Macro-F1 over all documents: the mean over labels of 2 P(both) / (P(label) + P(answered)). */
export function trueMacroF1({ shares, accuracies }: Process): number {
  const answered = shares.map((share, label) =>
    shares.reduce((sum, other, truth) => {
      const accuracy = accuracies[truth]!;
      return sum + other * (truth === label ? accuracy : ((1 - accuracy) * share) / (1 - other));
    }, 0),
  );
  const f1s = shares.map((share, label) => (2 * share * accuracies[label]!) / (share + answered[label]!));
  return f1s.reduce((sum, f1) => sum + f1, 0) / f1s.length;
}

/**
 * The process of a given macro-F1. `tilt` makes even labels better and odd ones worse by so much, the macro-F1 staying:
 * a model of the same quality with other errors.
 */
export function processOf(shares: number[], macroF1: number, tilt = 0): Process {
  const at = (accuracy: number): Process => ({
    shares,
    accuracies: shares.map((_, label) => Math.min(1, Math.max(0, accuracy + (label % 2 === 0 ? tilt : -tilt)))),
  });
  let [low, high] = [-Math.abs(tilt), 1 + Math.abs(tilt)];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (trueMacroF1(at(middle)) < macroF1) low = middle;
    else high = middle;
  }
  return at(low);
}

export function skewedShares(labels: number, ratio: number): number[] {
  const weights = Array.from({ length: labels }, (_, label) => ratio ** (-label / Math.max(1, labels - 1)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** How often each label occurs. */
export interface Shape {
  name: string;
  shares: number[];
}

export const shapes: Shape[] = [
  { name: '2 labels, even', shares: [0.5, 0.5] },
  { name: '2 labels, 90/10', shares: [0.9, 0.1] },
  { name: '3 labels', shares: [0.5, 0.3, 0.2] },
  { name: '6 labels, skewed 25:1', shares: skewedShares(6, 25) },
  { name: '20 labels, skewed 4:1', shares: skewedShares(20, 4) },
  { name: '77 labels, even', shares: skewedShares(77, 1) },
];

/** Which of a test set's documents are hard. */
export function drawHardness(documents: number, chance: Chance): boolean[] {
  return Array.from({ length: documents }, () => chance() < hardShare);
}

function pick(shares: number[], chance: Chance): number {
  let left = chance() * shares.reduce((sum, share) => sum + share, 0);
  const found = shares.findIndex((share) => {
    left -= share;
    return left <= 0;
  });
  return found < 0 ? shares.length - 1 : found;
}

export function drawTruth(shares: number[], documents: number, chance: Chance): number[] {
  return Array.from({ length: documents }, () => pick(shares, chance));
}

/** One model's answers. `copied`: with `share` of the documents the same answer as that other model of the same process. */
export function drawAnswers(
  { shares, accuracies }: Process,
  truth: number[],
  hard: boolean[],
  chance: Chance,
  copied?: { answers: number[]; share: number },
): number[] {
  return truth.map((label, document) => {
    if (copied && chance() < copied.share) return copied.answers[document]!;
    const right = accuracies[label]!;
    // Averages to `right` over hard and easy documents, and stays within 0 and 1.
    const spread = mostOfRange * Math.min(right / (1 - hardShare), (1 - right) / hardShare);
    if (chance() < right + (hard[document] ? -(1 - hardShare) : hardShare) * spread) return label;
    return pick(
      shares.map((share, other) => (other === label ? 0 : share)),
      chance,
    );
  });
}

export function singlePredictions(category: string, labels: number, truth: number[], answers: number[]): Predictions {
  return predictionsOf(
    category,
    'single',
    labels,
    truth.map((label) => [label]),
    answers.map((label) => [label]),
  );
}

function predictionsOf(
  category: string,
  kind: Predictions['kind'],
  labels: number,
  truth: number[][],
  predicted: number[][],
): Predictions {
  return {
    category,
    kind,
    language: null,
    labels: Array.from({ length: labels }, (_, label) => `label ${label}`),
    rows: truth.map((_, document) => document + 2),
    languages: truth.map(() => null),
    truth,
    predicted,
  };
}

/** Sets of labels, each a yes/no question of its own: P(label), P(yes | label), P(yes | not label). */
interface Question {
  share: number;
  recall: number;
  falseAlarm: number;
}

/** Each as often falsely claimed as missed, so that its F1 is its recall. */
export function questionsOf(shares: number[], f1: number): Question[] {
  return shares.map((share) => ({ share, recall: f1, falseAlarm: ((1 - f1) * share) / (1 - share) }));
}

export function drawSets(questions: Question[], documents: number, chance: Chance): Predictions {
  const truth = Array.from({ length: documents }, () =>
    questions.flatMap(({ share }, label) => (chance() < share ? [label] : [])),
  );
  const predicted = truth.map((own) =>
    questions.flatMap(({ recall, falseAlarm }, label) =>
      chance() < (own.includes(label) ? recall : falseAlarm) ? [label] : [],
    ),
  );
  return predictionsOf('sets', 'multi', questions.length, truth, predicted);
}
