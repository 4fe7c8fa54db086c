/** How far one model's figures can be trusted: 95 % intervals for its model card. */
import { bootstrapScores } from '../flows/bootstrap.ts';
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
/** 97.5 % of the standard normal distribution lie below. */
const normal95 = 1.959963984540054;

/** Truth and prediction are label indices per test document, as the metrics get them. */
export interface Scored {
  kind: CategoryKind;
  labelCount: number;
  truth: number[][];
  predicted: number[][];
}

/** Macro-F1 as the ranking gives it, accuracy as a share of documents. Deterministic in the seed. Without documents 0. */
export function metricIntervals({ kind, labelCount, truth, predicted }: Scored, seed: number): MetricIntervals {
  const predictions = {
    category: '',
    kind,
    language: null,
    labels: Array.from({ length: labelCount }, (_, label) => String(label)),
    rows: truth.map((_, document) => document),
    languages: truth.map(() => null),
    truth,
    predicted,
  };
  const [model] = bootstrapScores([[[predictions]]], { resamples, seed, score: 'mean' });
  const right = truth.filter((wanted, document) => sameSet(wanted, predicted[document] ?? [])).length;
  return {
    accuracy: wilson(right, truth.length),
    macroF1: { low: model?.low ?? 0, high: model?.high ?? 0 },
  };
}

/**
 * Interval of a share, by Wilson's score (Wilson 1927, "Probable Inference, the Law of Succession, and Statistical
 * Inference", doi:10.1080/01621459.1927.10502953). Not empty where all are right: 200 of 200 say "at least 98 %".
 */
export function wilson(right: number, documents: number): Interval {
  if (documents === 0) return { low: 0, high: 0 };
  const share = right / documents;
  const shrink = normal95 ** 2 / documents;
  const centre = (share + shrink / 2) / (1 + shrink);
  const half = (normal95 / (1 + shrink)) * Math.sqrt((share * (1 - share)) / documents + shrink / (4 * documents));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

function sameSet(first: readonly number[], second: readonly number[]): boolean {
  return first.length === second.length && first.every((label) => second.includes(label));
}
