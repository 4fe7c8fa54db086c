/**
 * How often a bootstrap resample draws each group of like documents. Drawing group by group gives the same distribution
 * as drawing D documents one by one, in far fewer steps where many documents are alike.
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Uniform in (0, 1): never an end, so that its logarithm is finite. */
export type Chance = () => number;

export function seededChance(seed: number): Chance {
  const generator = xoroshiro128plus(seed);
  // Its state begins almost empty, and the first numbers of neighbouring seeds are alike: drop them.
  for (let skipped = 0; skipped < 64; skipped++) generator.next();
  return () => ((generator.next() >>> 0) + 0.5) / 2 ** 32;
}

/** Two independent standard normal numbers (Box & Muller 1958, doi:10.1214/aoms/1177706645). */
export function normalPair(chance: Chance): [number, number] {
  const radius = Math.sqrt(-2 * Math.log(chance()));
  const angle = 2 * Math.PI * chance();
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/** Drawing one document takes about a sixth of the time of drawing one group. */
const documentsPerGroup = 6;

/**
 * Resamples of D documents out of D with replacement, group i having counts[i] of them.
 * @returns fills in how many documents of each group the next resample holds
 */
export function multinomialDraws(counts: Int32Array, chance: Chance): (weights: Int32Array) => void {
  const documents = counts.reduce((sum, count) => sum + count, 0);
  if (documents > documentsPerGroup * counts.length)
    return (weights) => drawByGroup(counts, documents, chance, weights);
  const groupOf = Int32Array.from([...counts].flatMap((count, group) => new Array<number>(count).fill(group)));
  return (weights) => {
    weights.fill(0);
    for (let drawn = 0; drawn < documents; drawn++) weights[groupOf[Math.floor(chance() * documents)]!]! += 1;
  };
}

/** Each group's number is binomial given those before it. */
function drawByGroup(counts: Int32Array, documents: number, chance: Chance, weights: Int32Array): void {
  let [left, toDraw] = [documents, documents];
  for (let group = 0; group < counts.length; group++) {
    const drawn = left === counts[group] ? toDraw : binomial(toDraw, counts[group]! / left, chance);
    weights[group] = drawn;
    toDraw -= drawn;
    left -= counts[group]!;
  }
}

/** How many of `trials` succeed with the given probability each. */
export function binomial(trials: number, probability: number, chance: Chance): number {
  if (trials === 0 || probability <= 0) return 0;
  if (probability > 0.5) return trials - binomial(trials, 1 - probability, chance);
  return trials * probability < 10
    ? byInversion(trials, probability, chance)
    : byRejection(trials, probability, chance);
}

/** Walks up the distribution function: P(k + 1) = P(k) (n - k) / (k + 1) p / (1 - p). For small means. */
function byInversion(trials: number, probability: number, chance: Chance): number {
  const odds = probability / (1 - probability);
  let term = Math.exp(trials * Math.log1p(-probability));
  let remaining = chance() - term;
  let drawn = 0;
  while (remaining > 0 && drawn < trials) {
    term *= ((trials - drawn) / (drawn + 1)) * odds;
    drawn += 1;
    remaining -= term;
  }
  return drawn;
}

/**
 * Transformed rejection, algorithm BTRS of Hörmann 1993, "The generation of binomial random variates" (Journal of
 * Statistical Computation and Simulation 46, 101-110), its constants included. For means from 10, probabilities up to 1/2.
 */
function byRejection(trials: number, probability: number, chance: Chance): number {
  const spread = Math.sqrt(trials * probability * (1 - probability));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * probability;
  const c = trials * probability + 0.5;
  const quick = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * spread;
  const mode = Math.floor((trials + 1) * probability);
  const logOdds = Math.log(probability / (1 - probability));
  const atMode = logFactorial(mode) + logFactorial(trials - mode);
  for (;;) {
    const u = chance() - 0.5;
    const v = chance();
    const us = 0.5 - Math.abs(u);
    const drawn = Math.floor(((2 * a) / us + b) * u + c);
    if (us >= 0.07 && v <= quick) return drawn;
    if (drawn < 0 || drawn > trials) continue;
    const bound = Math.log((v * alpha) / (a / (us * us) + b));
    if (bound <= atMode - logFactorial(drawn) - logFactorial(trials - drawn) + (drawn - mode) * logOdds) return drawn;
  }
}

/** Exact up to 9!, then Stirling's series, whose next term is below 1e-9 from there. */
function logFactorial(value: number): number {
  if (value < 10) {
    let product = 1;
    for (let factor = 2; factor <= value; factor++) product *= factor;
    return Math.log(product);
  }
  const x = value + 1;
  const inverse = 1 / (x * x);
  const series = (1 / 12 - inverse * (1 / 360 - inverse / 1260)) / x;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
}
