/**
 * What several repetitions (seeds or folds) tell of the chance in training, for the bootstrap. Pure.
 *
 * R repetitions whose scores have the sample variance S^2, of which W comes from their documents, leave for training
 * S^2 - W, known on R - 1 degrees of freedom only. So each draw takes a variance that could have led to S^2,
 * S^2 / (chi-square / (R - 1)), and adds a normal number of variance max(0, that - W) / R: a generalised confidence
 * interval (Weerahandi 1993, doi:10.1080/01621459.1993.10476355). The number is made of the repetitions' deviations from
 * their mean, by the same random weights for all models: what moves two models alike from seed to seed cancels in their
 * difference.
 */
import { mean } from './mean.ts';
import { type Chance, normalPair } from './multinomial.ts';

/** A score's, or a difference's, variation from document to document, and from repetition to repetition. */
interface Variation {
  /** of each repetition, on its full test set */
  repetitions: number[];
  /** of each repetition, on every draw of the documents */
  draws: Float64Array[];
}

/** For one draw: standard normal numbers, one for each repetition, and a chi-square over its degrees of freedom. */
interface Noise {
  normals: Float64Array;
  chiSquare: number;
}

/** For every draw; the same for all models. */
export function trainingNoise(repetitions: number, draws: number, chance: Chance): Noise[] {
  return Array.from({ length: draws }, () => {
    const normals = Float64Array.from({ length: repetitions }, () => normalPair(chance)[0]);
    const degrees = repetitions - 1;
    let squares = 0;
    for (let degree = 0; degree < degrees; degree++) squares += normalPair(chance)[0] ** 2;
    return { normals, chiSquare: squares / degrees };
  });
}

/** What chance in training adds to every draw of the documents: nothing with one repetition, or with all the same. */
export function trainingShifts({ repetitions, draws }: Variation, noise: Noise[]): Float64Array {
  const total = repetitions.length < 2 ? 0 : varianceOf(repetitions);
  // Below that it is rounding: the same sums in another order.
  if (total < 1e-24) return new Float64Array(noise.length);
  const ofDocuments = documentVariance(draws);
  const centre = mean(repetitions);
  const squares = total * (repetitions.length - 1);
  return Float64Array.from(noise, ({ normals, chiSquare }) => {
    const ofTraining = Math.max(0, total / chiSquare - ofDocuments) / repetitions.length;
    const shift = repetitions.reduce((sum, score, index) => sum + (score - centre) * normals[index]!, 0);
    return shift * Math.sqrt(ofTraining / squares);
  });
}

/** The mean over the repetitions on every draw of the documents. */
export function meanDraws(draws: Float64Array[]): Float64Array {
  return Float64Array.from(draws[0] ?? [], (_, draw) => mean(draws.map((own) => own[draw]!)));
}

/**
 * Variance of the repetitions' scores that comes from their documents alone, on average over the draws. Repetitions that
 * share documents vary less by those, and the draws know it.
 */
function documentVariance(draws: Float64Array[]): number {
  const centres = draws.map(mean);
  const resamples = draws[0]?.length ?? 0;
  let variance = 0;
  for (let draw = 0; draw < resamples; draw++) {
    variance += varianceOf(draws.map((own, repetition) => own[draw]! - centres[repetition]!)) / resamples;
  }
  return variance;
}

/** Of a sample: over n - 1. */
function varianceOf(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}
