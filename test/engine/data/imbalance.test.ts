import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { imbalanceOf } from '../../../src/engine/data/imbalance.ts';

const measures = ['ratio', 'gini', 'normalisedEntropy', 'coefficientOfVariation'] as const;
const caseSchema = z.object({
  counts: z.array(z.number()),
  ratio: z.number(),
  gini: z.number(),
  normalisedEntropy: z.number(),
  coefficientOfVariation: z.number(),
});
const fixture: unknown = JSON.parse(readFileSync(new URL('./fixtures/imbalance.json', import.meta.url), 'utf8'));

test("the four measures equal NumPy's and SciPy's", () => {
  for (const expected of z.array(caseSchema).parse(fixture)) {
    const actual = imbalanceOf(expected.counts);
    assert.ok(actual);
    for (const measure of measures) {
      const distance = Math.abs(actual[measure] - expected[measure]);
      assert.ok(
        distance < 1e-9 * Math.max(1, expected[measure]),
        `${measure} of ${expected.counts}: ${actual[measure]}`,
      );
    }
  }
});

test('the profile follows the thresholds, not the order: 90/10, 95/5 and 99/1 are all imbalanced', () => {
  const profiles = (...cases: number[][]) => cases.map((counts) => imbalanceOf(counts)?.profile);
  assert.deepEqual(profiles([90, 10], [95, 5], [99, 1]), ['imbalanced', 'imbalanced', 'imbalanced']);
  assert.deepEqual(profiles([50, 50], [60, 40], [66, 34]), ['balanced', 'balanced', 'balanced']);
  // a ratio of exactly 2 and of exactly 5 lie outside
  assert.deepEqual(profiles([20, 10], [79, 21], [50, 10], [49, 10]), [
    'moderate',
    'moderate',
    'imbalanced',
    'moderate',
  ]);
});

test('fewer than two labels have no imbalance', () => {
  assert.equal(imbalanceOf([]), null);
  assert.equal(imbalanceOf([12]), null);
});

test('measures stay in their ranges, and neither order nor scale changes them', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 2, maxLength: 60 }), (counts) => {
      const own = imbalanceOf(counts);
      const other = imbalanceOf(counts.toReversed().map((count) => count * 3));
      assert.ok(own && other);
      assert.ok(own.ratio >= 1 && own.gini >= 0 && own.gini < 1);
      assert.ok(own.normalisedEntropy > 0 && own.normalisedEntropy <= 1 + 1e-12);
      for (const measure of measures)
        assert.ok(Math.abs(own[measure] - other[measure]) < 1e-9 * Math.max(1, own[measure]));
    }),
    { seed: 43 },
  );
});
