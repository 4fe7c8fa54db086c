import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { metricIntervals } from '../../src/engine/metric-intervals.ts';
import { computeMetrics } from '../../src/engine/metrics.ts';
import { bootstrapScores, interval95, seededDraw } from '../../src/flows/bootstrap.ts';

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
      const predictions = { category: 'c', kind, language: null, labels, rows, truth, predicted };
      const [scores] = bootstrapScores([[predictions]], 2000, seededDraw(seed));
      const expected = interval95(scores ?? new Float64Array());
      const { macroF1 } = metricIntervals({ kind, labelCount: 4, truth, predicted }, seed);
      assert.ok(Math.abs(macroF1.low - expected.low) < 1e-12 && Math.abs(macroF1.high - expected.high) < 1e-12);
    }),
    { numRuns: 20 },
  );
});

test('the figures lie inside their intervals; a model that is always right has none to speak of', () => {
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
  assert.deepEqual(metricIntervals({ kind: 'single', labelCount: 3, truth, predicted: truth }, 7).accuracy, {
    low: 1,
    high: 1,
  });
});
