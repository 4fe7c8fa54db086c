/**
 * How far one model's figures can be trusted: 95 % percentile intervals from 2,000 resamples of the test documents. The
 * same draws and conventions as the ranking's paired bootstrap (flows/bootstrap.ts; a test holds them together).
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { CategoryKind } from '../flows/contracts.ts';

interface Interval {
  low: number;
  high: number;
}

export interface MetricIntervals {
  accuracy: Interval;
  macroF1: Interval;
}

const resamples = 2000;

/** Truth and prediction are label indices per test document, as the metrics get them. */
export interface Scored {
  kind: CategoryKind;
  labelCount: number;
  truth: readonly (readonly number[])[];
  predicted: readonly (readonly number[])[];
}

/** Deterministic in the seed. Without documents everything is 0. */
export function metricIntervals(scored: Scored, seed: number): MetricIntervals {
  const documents = scored.truth.length;
  const once = new Int32Array(documents).fill(1);
  const fullF1 = labelF1(scored, once, null);
  const accuracies = new Float64Array(resamples);
  const macroF1s = new Float64Array(resamples);
  const right = scored.truth.map((truth, document) => sameSet(truth, scored.predicted[document] ?? []));
  const draw = drawer(seed, documents);
  const weights = new Int32Array(documents);
  for (let resample = 0; resample < resamples; resample++) {
    draw(weights);
    const hits = right.reduce((sum, isRight, document) => sum + (isRight ? weights[document]! : 0), 0);
    accuracies[resample] = documents === 0 ? 0 : hits / documents;
    macroF1s[resample] = mean(labelF1(scored, weights, fullF1));
  }
  return { accuracy: interval95(accuracies), macroF1: interval95(macroF1s) };
}

/**
 * F1 of every label that the macro-F1 runs over: all of them in a `multi` category, else those of the full test set. A
 * label that a draw doesn't hold keeps what it has on the full test set (`full`).
 */
function labelF1({ kind, labelCount, truth, predicted }: Scored, weights: Int32Array, full: number[] | null): number[] {
  const both = new Int32Array(labelCount);
  const either = new Int32Array(labelCount);
  for (const [document, wanted] of truth.entries()) {
    const weight = weights[document]!;
    if (weight === 0) continue;
    const given = predicted[document] ?? [];
    for (const label of wanted) if (given.includes(label)) both[label]! += weight;
    for (const label of wanted) either[label]! += weight;
    for (const label of given) either[label]! += weight;
  }
  return Array.from({ length: labelCount }, (_, label) => {
    if (either[label]! > 0) return (2 * both[label]!) / either[label]!;
    return full?.[label] ?? (kind === 'multi' ? 0 : Number.NaN);
  });
}

/** NaN marks a label that doesn't count. */
function mean(values: readonly number[]): number {
  const counted = values.filter((value) => !Number.isNaN(value));
  return counted.length === 0 ? 0 : counted.reduce((sum, value) => sum + value, 0) / counted.length;
}

function sameSet(first: readonly number[], second: readonly number[]): boolean {
  return first.length === second.length && first.every((label) => second.includes(label));
}

/** Fills `weights` with how often each document is drawn, D out of D with replacement. */
function drawer(seed: number, documents: number): (weights: Int32Array) => void {
  const generator = xoroshiro128plus(seed);
  // Its state begins almost empty, and the first numbers of neighbouring seeds are alike: drop them.
  for (let skipped = 0; skipped < 64; skipped++) generator.next();
  return (weights) => {
    weights.fill(0);
    for (let drawn = 0; drawn < documents; drawn++)
      weights[Math.floor(((generator.next() >>> 0) / 2 ** 32) * documents)]! += 1;
  };
}

/** Quantiles with linear interpolation, NumPy's default. */
function interval95(values: Float64Array): Interval {
  const ascending = values.toSorted();
  const quantile = (share: number): number => {
    const position = share * (ascending.length - 1);
    const below = Math.floor(position);
    const low = ascending[below]!;
    return low + (ascending[Math.min(below + 1, ascending.length - 1)]! - low) * (position - below);
  };
  return { low: quantile(0.025), high: quantile(0.975) };
}
