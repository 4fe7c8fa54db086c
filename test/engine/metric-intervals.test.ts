import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { metricIntervals, wilson } from '../../src/engine/metric-intervals.ts';
import { computeMetrics } from '../../src/engine/metrics.ts';
import { bootstrapScores } from '../../src/flows/bootstrap.ts';

const fixture = z
  .array(z.object({ right: z.number(), documents: z.number(), low: z.number(), high: z.number() }))
  .parse(JSON.parse(readFileSync(new URL('./fixtures/wilson.json', import.meta.url), 'utf8')));

const kinds = fc.constantFrom('single', 'multi');
const scored = kinds.chain((kind) => {
  const set = kind === 'single' ? fc.nat(3).map((label) => [label]) : fc.subarray([0, 1, 2, 3]);
  return fc.record({
    kind: fc.constant(kind),
    documents: fc.array(fc.tuple(set, set), { minLength: 1, maxLength: 20 }),
    seed: fc.nat(1000),
  });
});

test('the interval of macro-F1 is the one that the ranking gives', () => {
  fc.assert(
    fc.property(scored, ({ kind, documents, seed }) => {
      const truth = documents.map(([wanted]) => wanted);
      const predicted = documents.map(([, given]) => given);
      const labels = ['a', 'b', 'c', 'd'];
      const rows = documents.map((_, row) => row);
      const predictions = {
        category: 'c',
        kind,
        language: null,
        labels,
        rows,
        languages: rows.map(() => null),
        truth,
        predicted,
      };
      const [expected] = bootstrapScores([[[predictions]]], { resamples: 2000, seed, score: 'mean' });
      const { macroF1 } = metricIntervals({ kind, labelCount: 4, truth, predicted }, seed);
      assert.deepEqual(macroF1, { low: expected?.low, high: expected?.high });
    }),
    { numRuns: 20 },
  );
});

test('the figures lie inside their intervals; of a model that is always right, both may still be less', () => {
  const truth = Array.from({ length: 200 }, (_, index) => [index % 3]);
  const predicted = truth.map(([label = 0], index) => [index % 5 === 0 ? (label + 1) % 3 : label]);
  const metrics = computeMetrics({
    kind: 'single',
    labels: ['a', 'b', 'c'],
    truth,
    predicted,
    languages: truth.map(() => null),
  });
  const { accuracy, macroF1 } = metricIntervals({ kind: 'single', labelCount: 3, truth, predicted }, 7);
  for (const [{ low, high }, value] of [
    [accuracy, metrics.accuracy],
    [macroF1, metrics.macroF1],
  ] as const) {
    assert.ok(low < value && value < high);
    assert.ok(high - low > 0.05 && high - low < 0.2, `${low} to ${high}`);
  }
  const perfect = metricIntervals({ kind: 'single', labelCount: 3, truth, predicted: truth }, 7);
  for (const { low, high } of [perfect.accuracy, perfect.macroF1]) {
    assert.equal(high, 1);
    assert.ok(low > 0.98 && low < 0.985, `${low}`);
  }
});

test("Wilson's interval equals statsmodels' proportion_confint", () => {
  for (const { right, documents, low, high } of fixture) {
    const interval = wilson(right, documents);
    assert.ok(
      Math.abs(interval.low - low) < 1e-12 && Math.abs(interval.high - high) < 1e-12,
      `${right} of ${documents}`,
    );
  }
});
