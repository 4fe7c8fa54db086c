import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import {
  accelerationOf,
  bcaInterval,
  bootstrapScores,
  drawScores,
  holm,
  interval95,
  probabilitiesBest,
} from '../../src/flows/bootstrap.ts';
import type { Predictions } from '../../src/flows/contracts.ts';
import { changesWithoutOne, scoreOfAll } from '../../src/flows/draw-scores.ts';
import { normalCdf, normalQuantile } from '../../src/flows/normal.ts';
import { drawDifferences, pairedPValues } from '../../src/flows/paired-test.ts';
import { fullScore, rareLabel, testSampleOf, thinLabels } from '../../src/flows/test-sample.ts';

// --- oracles --------------------------------------------------------------------------------------------------------

const numbers = z.array(z.number());
const fixtureSchema = z.object({
  holm: z.array(z.object({ pValues: numbers, corrected: numbers })),
  bootstrap: z.object({
    rows: z.record(z.string(), numbers),
    kinds: z.record(z.string(), z.enum(['single', 'multi'])),
    labels: z.record(z.string(), z.number()),
    truth: z.record(z.string(), z.array(numbers)),
    models: z.array(z.record(z.string(), z.array(numbers))),
    weights: z.array(numbers),
    scores: z.array(numbers),
    bca: z.array(numbers),
    accelerations: numbers,
    intervals: z.array(numbers),
    held: z.array(numbers),
    errors: numbers,
  }),
  normal: z.object({ x: numbers, cdf: numbers, shares: numbers, quantiles: numbers }),
});
const fixtureText = readFileSync(new URL('./fixtures/bootstrap.json', import.meta.url), 'utf8');
const fixture = fixtureSchema.parse(JSON.parse(fixtureText));

function close(actual: number | undefined, expected: number | undefined, what: string, tolerance = 1e-9): void {
  assert.ok(
    actual !== undefined && expected !== undefined && Math.abs(actual - expected) <= tolerance,
    `${what}: expected ${expected}, got ${actual}`,
  );
}

test("Holm's correction equals statsmodels' multipletests", () => {
  for (const { pValues, corrected } of fixture.holm) {
    for (const [index, value] of holm(pValues).entries()) close(value, corrected[index], `p-value ${index}`);
  }
  assert.deepEqual(holm([]), []);
});

test("the normal distribution equals SciPy's", () => {
  const { x, cdf, shares, quantiles } = fixture.normal;
  for (const [index, value] of x.entries()) close(normalCdf(value), cdf[index], `cdf of ${value}`, 1e-14);
  for (const [index, share] of shares.entries()) close(normalQuantile(share), quantiles[index], `quantile of ${share}`);
});

const given = fixture.bootstrap;

function givenModels(): Predictions[][][] {
  return given.models.map((model) => [
    Object.keys(given.rows).map((category): Predictions => {
      const rows = given.rows[category] ?? [];
      return {
        category,
        kind: given.kinds[category] ?? 'single',
        language: null,
        labels: Array.from({ length: given.labels[category] ?? 0 }, (_, index) => `label ${index}`),
        rows,
        languages: rows.map(() => null),
        truth: given.truth[category] ?? [],
        predicted: model[category] ?? [],
      };
    }),
  ]);
}

/** Fills in the draws of the fixture, one after the other. */
function givenDraws(groupOfRow: Map<number, number>): (weights: Int32Array) => void {
  let next = 0;
  return (weights) => {
    weights.fill(0);
    for (const [row, weight] of given.weights[next++]!.entries()) weights[groupOfRow.get(row)!]! += weight;
  };
}

test('on the same draws, scores equal scikit-learn and BCa intervals equal SciPy', () => {
  const sample = testSampleOf(givenModels(), 'mean');
  assert.ok(sample.groupCounts.length < sample.groupOfRow.size, 'some documents are alike');
  const draws = drawScores(sample, given.weights.length, givenDraws(sample.groupOfRow));
  for (const [model, [scores]] of draws.entries()) {
    for (const [draw, score] of scores!.entries()) close(score, given.scores[model]?.[draw], `draw ${draw}`);
    const changes = changesWithoutOne(sample.tallies[model]!, sample.groupCounts.length);
    const acceleration = accelerationOf(changes, sample.groupCounts);
    close(acceleration, given.accelerations[model], 'acceleration');
    const score = scoreOfAll(sample.tallies[model]![0]!);
    const bca = bcaInterval(score, scores!, acceleration);
    close(bca.low, given.bca[model]?.[0], 'low by BCa');
    close(bca.high, given.bca[model]?.[1], 'high by BCa');
    const bias = scores!.reduce((sum, own) => sum + own, 0) / scores!.length - score;
    const { low, high } = interval95(score, scores!, bias, acceleration);
    close(low, given.intervals[model]?.[0], 'low');
    close(high, given.intervals[model]?.[1], 'high');
  }
});

test('on the same draws, standard errors of a difference equal NumPy, by finite differences', () => {
  const sample = testSampleOf(givenModels(), 'mean');
  const draw = givenDraws(sample.groupOfRow);
  const { draws, errors } = drawDifferences(sample, [[0, 1]], given.weights.length, draw);
  for (const [index, error] of errors[0]!.entries()) close(error, given.errors[index], `draw ${index}`, 1e-7);
  for (const [model, [held]] of draws.entries()) {
    for (const [index, score] of held!.entries()) close(score, given.held[model]?.[index], `draw ${index}`);
  }
});

// --- scores ---------------------------------------------------------------------------------------------------------

function predictionsOf(truth: number[], answers: number[], labels = 2, kind: Predictions['kind'] = 'single') {
  return {
    category: 'tone',
    kind,
    language: null,
    labels: Array.from({ length: labels }, (_, label) => `label ${label}`),
    rows: truth.map((_, document) => document + 2),
    languages: truth.map(() => null),
    truth: truth.map((label) => [label]),
    predicted: answers.map((label) => [label]),
  };
}

test('rare: 0.7 of the rarer label and 0.3 of macro-F1 with two labels, else macro-F1', () => {
  const truth = [0, 0, 0, 0, 1, 1];
  const answers = [0, 0, 0, 1, 1, 0];
  const [often, seldom] = [6 / 8, 2 / 4];
  const two = predictionsOf(truth, answers);
  close(fullScore(two, 'mean'), (often + seldom) / 2, 'mean');
  close(fullScore(two, 'rare'), 0.7 * seldom + 0.3 * ((often + seldom) / 2), 'rare');
  assert.equal(rareLabel(two), 'label 1');
  const renamed = { ...two, labels: ['b', 'a'] };
  close(fullScore(renamed, 'rare'), fullScore(two, 'rare'), 'whatever the names');
  const swap = (list: number[]) => list.map((label) => 1 - label);
  close(fullScore(predictionsOf(swap(truth), swap(answers)), 'rare'), fullScore(two, 'rare'), 'whatever the order');
  for (const other of [
    predictionsOf([0, 0, 1, 1], [0, 1, 1, 0]),
    predictionsOf(truth, answers, 3),
    predictionsOf(truth, answers, 2, 'multi'),
  ]) {
    assert.equal(rareLabel(other), null);
    assert.equal(fullScore(other, 'rare'), fullScore(other, 'mean'));
  }
});

test('labels with fewer than five test documents are named, over all repetitions', () => {
  const truth = [...new Array<number>(9).fill(0), 1, 1, 1];
  const one = predictionsOf(truth, truth, 3);
  assert.deepEqual(
    thinLabels([[one]]).map(({ label, documents }) => [label, documents]),
    [
      ['label 1', 3],
      ['label 2', 0],
    ],
  );
  assert.deepEqual(
    thinLabels([[one], [one]]).map(({ label }) => label),
    ['label 2'],
  );
});

// --- laws -----------------------------------------------------------------------------------------------------------

const label = fc.nat(3);
const someModels = fc.integer({ min: 1, max: 40 }).chain((documents) => {
  const list = fc.array(label, { minLength: documents, maxLength: documents });
  return fc.record({ truth: list, answers: fc.array(list, { minLength: 2, maxLength: 4 }), seed: fc.integer() });
});
const options = { resamples: 60, score: 'mean' } as const;

test('property: intervals hold the score, chances of being best sum to 1, equal answers are never told apart', () => {
  fc.assert(
    fc.property(someModels, ({ truth, answers, seed }) => {
      const models = [...answers, answers[0]!].map((own) => [[predictionsOf(truth, own, 4)]]);
      const resampled = bootstrapScores(models, { ...options, seed });
      for (const { score, low, high } of resampled) assert.ok(0 <= low && low <= score && score <= high && high <= 1);
      const certain = probabilitiesBest(resampled).reduce((sum, chance) => sum + chance, 0);
      close(certain, 1, 'sum');
      assert.equal(pairedPValues(models, { ...options, seed })[answers.length - 1], 1);
      assert.deepEqual(resampled[0]!.scores, resampled.at(-1)!.scores);
    }),
    { seed: 61, numRuns: 100 },
  );
});

test('property: the same seed gives the same numbers, and the order of models no others', () => {
  fc.assert(
    fc.property(someModels, ({ truth, answers, seed }) => {
      const models = answers.map((own) => [[predictionsOf(truth, own, 4)]]);
      const resampled = bootstrapScores(models, { ...options, seed });
      assert.deepEqual(bootstrapScores(models, { ...options, seed }), resampled);
      const turned = bootstrapScores(models.toReversed(), { ...options, seed }).toReversed();
      for (const [index, { score, low, high }] of resampled.entries()) {
        assert.deepEqual([turned[index]?.score, turned[index]?.low, turned[index]?.high], [score, low, high]);
      }
      const pValues = pairedPValues(models, { ...options, seed });
      assert.deepEqual(pairedPValues(models, { ...options, seed }), pValues);
      const reversed = pairedPValues(models.toReversed(), { ...options, seed });
      assert.deepEqual(reversed.toSorted(), pValues.toSorted());
      // First and last stand at the ends whichever way round.
      assert.equal(reversed[models.length - 2], pValues[models.length - 2]);
    }),
    { seed: 62, numRuns: 60 },
  );
});

test('repetitions that agree say what one says; those that differ widen the interval', () => {
  const truth = Array.from({ length: 300 }, (_, document) => document % 3);
  const wrongEvery = (period: number) => truth.map((own, document) => (document % period ? own : (own + 1) % 3));
  const of = (...periods: number[]) => periods.map((period) => [predictionsOf(truth, wrongEvery(period), 3)]);
  const [once, thrice, apart] = [of(5), of(5, 5, 5), of(4, 5, 7)].map(
    (repetitions) => bootstrapScores([repetitions], { resamples: 500, seed: 3, score: 'mean' })[0]!,
  );
  for (const end of ['low', 'high', 'score'] as const) close(thrice![end], once![end], end);
  assert.ok(apart!.high - apart!.low > 1.2 * (once!.high - once!.low), `${apart!.low} to ${apart!.high}`);
  close(apart!.score, apart!.repetitions.reduce((sum, own) => sum + own, 0) / 3, 'the mean');
});

test('what moves two models alike from seed to seed cancels in their difference', () => {
  const truth = Array.from({ length: 600 }, (_, document) => document % 3);
  const wrong = (every: number, shift: number) =>
    truth.map((own, document) => ((document + shift) % every === 0 || document % 10 === 0 ? (own + 1) % 3 : own));
  // The second is right wherever the first is, and a little more often, in each of three seeds that differ much.
  const good = [4, 6, 9].map((every) => [predictionsOf(truth, wrong(every, 0), 3)]);
  const better = [4, 6, 9].map((every) => {
    const answers = wrong(every, 0).map((answer, document) => (document % 12 === 0 ? truth[document]! : answer));
    return [predictionsOf(truth, answers, 3)];
  });
  const drawn = { resamples: 1000, seed: 9, score: 'mean' } as const;
  const [first, second] = bootstrapScores([good, better], drawn);
  assert.ok(first && second && first.high > second.low, 'the intervals overlap');
  const [pValue] = pairedPValues([good, better], drawn);
  assert.ok(pValue && pValue < 0.05, `p = ${pValue}`);
});

test('a label of one document tells no two models apart', () => {
  const truth = [...new Array<number>(60).fill(0), ...new Array<number>(60).fill(1), 2];
  const missed = truth.map((own) => (own === 2 ? 0 : own));
  const models = [truth, missed].map((answers) => [[predictionsOf(truth, answers, 3)]]);
  const drawn = { resamples: 500, seed: 5, score: 'mean' } as const;
  const [right, wrong] = bootstrapScores(models, drawn);
  assert.ok(right && wrong && right.score - wrong.score > 0.3);
  const [pValue] = pairedPValues(models, drawn);
  assert.ok(pValue && pValue > 0.3, `p = ${pValue}: a third of the draws lacks the document`);
});

test('two models of which one is always right and one never are told apart', () => {
  const truth = Array.from({ length: 40 }, (_, document) => document % 2);
  const models = [truth, truth.map((own) => 1 - own)].map((answers) => [[predictionsOf(truth, answers)]]);
  assert.deepEqual(pairedPValues(models, { ...options, seed: 1 }), [1 / 61]);
});

test('a model without an error is certain to be good only as far as its rarest label goes', () => {
  const lowOf = (...counts: number[]) => {
    const truth = counts.flatMap((count, own) => new Array<number>(count).fill(own));
    const model = [[predictionsOf(truth, truth, counts.length)]];
    const [{ low, high, score } = { low: 0, high: 0, score: 0 }] = bootstrapScores([model], { ...options, seed: 1 });
    assert.deepEqual([score, high], [1, 1]);
    return low;
  };
  const squared = 1.959963984540054 ** 2;
  close(lowOf(100), 100 / (100 + squared), 'one label: as for the accuracy');
  close(lowOf(90, 10), 1 - (0.5 * squared) / (10 + squared), '90/10');
  assert.ok(lowOf(50, 50) > 0.96 && lowOf(500, 500) > 0.996);
});

test('models tested on other documents, or repeated more often, are errors', () => {
  const one = predictionsOf([0, 1, 1], [0, 1, 0]);
  const run =
    (...models: Predictions[][][]) =>
    () =>
      bootstrapScores(models, { ...options, seed: 1 });
  assert.throws(run([[one]], [[predictionsOf([0, 1], [0, 1])]]), /different documents/);
  assert.throws(run([[one]], [[one], [one]]), /1 repetitions of one model, but 2/);
  assert.throws(run([[{ ...one, rows: [2, 2, 3] }]]), /stands twice/);
  assert.throws(run([[{ ...one, predicted: [[0], [1], [2]] }]]), /label index beyond/);
});
