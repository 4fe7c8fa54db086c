import assert from 'node:assert/strict';
import { test } from 'node:test';
import { binomial, multinomialDraws, normalPair, seededChance } from '../../src/flows/multinomial.ts';

/** P(k) of the binomial distribution, by its recursion. */
function probabilities(trials: number, probability: number): number[] {
  const terms = [(1 - probability) ** trials];
  for (let k = 0; k < trials; k++) {
    terms.push(terms[k]! * ((trials - k) / (k + 1)) * (probability / (1 - probability)));
  }
  return terms;
}

/** Pearson's chi-square over cells of at least 20 expected draws, as a z-score (Wilson & Hilferty 1931). */
function misfit(counts: number[], expected: number[]): number {
  let [statistic, cells, gathered, gatheredExpected] = [0, 0, 0, 0];
  for (const [k, count] of counts.entries()) {
    gathered += count;
    gatheredExpected += expected[k]!;
    if (gatheredExpected < 20) continue;
    statistic += (gathered - gatheredExpected) ** 2 / gatheredExpected;
    cells += 1;
    [gathered, gatheredExpected] = [0, 0];
  }
  const degrees = cells - 1;
  return (Math.cbrt(statistic / degrees) - (1 - 2 / (9 * degrees))) / Math.sqrt(2 / (9 * degrees));
}

for (const [trials, probability] of [
  [7, 0.3],
  [400, 0.005],
  [60, 0.5],
  [150, 0.9],
  [6000, 0.02],
  [6000, 0.47],
] as const) {
  test(`binomial numbers of ${trials} trials at ${probability} are distributed as they should be`, () => {
    const chance = seededChance(trials);
    const draws = 40_000;
    const counts = new Array<number>(trials + 1).fill(0);
    for (let draw = 0; draw < draws; draw++) counts[binomial(trials, probability, chance)]! += 1;
    const less = Math.min(probability, 1 - probability);
    const expected = probabilities(trials, less).map((share) => share * draws);
    // At 0.47 of 6,000 the recursion begins below the smallest number: start from the other moments instead.
    if (expected[0] === 0) {
      const mean = counts.reduce((sum, count, k) => sum + count * k, 0) / draws;
      const variance = counts.reduce((sum, count, k) => sum + count * (k - mean) ** 2, 0) / draws;
      assert.ok(Math.abs(mean - trials * probability) < 4 * Math.sqrt(variance / draws), `mean ${mean}`);
      assert.ok(Math.abs(variance / (trials * probability * (1 - probability)) - 1) < 0.03, `variance ${variance}`);
      return;
    }
    const z = misfit(less === probability ? counts : counts.toReversed(), expected);
    assert.ok(Math.abs(z) < 4, `z = ${z}`);
  });
}

test('a resample holds as many documents, each group as often as it is large, drawn either way', () => {
  // few large groups: drawn group by group; many small ones: document by document
  for (const counts of [
    Int32Array.of(120, 30, 1, 249),
    Int32Array.from({ length: 40 }, (_, group) => 1 + (group % 3)),
  ]) {
    const documents = counts.reduce((sum, count) => sum + count, 0);
    const draw = multinomialDraws(counts, seededChance(8));
    const weights = new Int32Array(counts.length);
    const draws = 20_000;
    const totals = new Float64Array(counts.length);
    let together = 0;
    for (let index = 0; index < draws; index++) {
      draw(weights);
      assert.equal(
        weights.reduce((sum, weight) => sum + weight, 0),
        documents,
      );
      for (const [group, weight] of weights.entries()) totals[group]! += weight / draws;
      together += ((weights[0]! - counts[0]!) * (weights[1]! - counts[1]!)) / draws;
    }
    for (const [group, total] of totals.entries()) {
      assert.ok(Math.abs(total - counts[group]!) < 5 * Math.sqrt(counts[group]! / draws), `group ${group}: ${total}`);
    }
    // Cov(W_i, W_j) = -n_i n_j / D
    const covariance = (-counts[0]! * counts[1]!) / documents;
    const error = Math.sqrt((counts[0]! * counts[1]!) / draws);
    assert.ok(Math.abs(together - covariance) < 5 * error, `covariance ${together}, expected ${covariance}`);
  }
});

test('normal numbers have mean 0, variance 1 and fourth moment 3', () => {
  const chance = seededChance(4);
  const values = Array.from({ length: 50_000 }, () => normalPair(chance)).flat();
  const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / values.length;
  assert.ok(Math.abs(moment(1)) < 0.015);
  assert.ok(Math.abs(moment(2) - 1) < 0.02);
  assert.ok(Math.abs(moment(4) - 3) < 0.15);
});
