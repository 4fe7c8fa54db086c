/** What the numbers of `builtin/tfidf-logreg` say of a text: margins, labels, probabilities. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ResolvedStrategy } from '../../flows/contracts.ts';
import type { Vectorizer } from '../linear/vectorizer.ts';
import { decide, probabilities } from '../training/decisions.ts';

/** The learnt numbers: label k's margin of a text x is x . weights[:, k] + biases[k]. */
export interface TfidfModel {
  strategy: ResolvedStrategy;
  labels: string[];
  vectorizer: Vectorizer;
  /** F x K, a feature's labels side by side: one pass over a text's features serves all labels */
  weights: Float32Array;
  /** K */
  biases: Float32Array;
}

/** Lets the event loop run, then throws the signal's reason when it was aborted. */
export async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await nextTurn();
  signal?.throwIfAborted();
}

export async function predict(model: TfidfModel, texts: string[], signal?: AbortSignal): Promise<number[][]> {
  const { strategy, labels } = model;
  return answers(model, texts, signal, (margins) => decide(strategy, margins, labels.length)[0] ?? []);
}

/** The probabilities that training fitted: of two labels that exclude each other, one question's yes and no. */
export async function score(model: TfidfModel, texts: string[], signal?: AbortSignal): Promise<number[][]> {
  const { strategy, labels } = model;
  const fitted = isOneSoftmax(strategy, labels) ? 'multi-class' : 'one-vs-rest';
  return answers(model, texts, signal, (margins) => [...probabilities(fitted, margins)]);
}

/** Is it one softmax over the labels that was fitted? Of two labels that exclude each other it is one question. */
export const isOneSoftmax = (strategy: ResolvedStrategy, labels: readonly string[]): boolean =>
  strategy === 'multi-class' && labels.length > 2;

/** @param answerOf gets each text's margins, in an array that the next text overwrites */
async function answers<Answer>(
  { vectorizer, weights, biases }: TfidfModel,
  texts: string[],
  signal: AbortSignal | undefined,
  answerOf: (margins: Float64Array) => Answer,
): Promise<Answer[]> {
  const labelCount = biases.length;
  const matrix = await vectorizer.transform(texts, () => breathe(signal));
  const margins = new Float64Array(labelCount);
  const given: Answer[] = [];
  for (let row = 0; row < matrix.rows; row++) {
    margins.set(biases);
    for (let entry = matrix.offsets[row]!; entry < matrix.offsets[row + 1]!; entry++) {
      const value = matrix.values[entry]!;
      const first = matrix.indices[entry]! * labelCount;
      for (let label = 0; label < labelCount; label++) margins[label]! += value * weights[first + label]!;
    }
    given.push(answerOf(margins));
  }
  return given;
}
