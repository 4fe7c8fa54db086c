import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { averagedLogits, decide, probabilityRows } from '../../../src/engine/training/decisions.ts';

const strategies = fc.constantFrom('multi-class' as const, 'one-vs-rest' as const, 'multi-label' as const);
const classes = 3;
/** without ties, which rounding may break */
const row = fc
  .uniqueArray(fc.integer({ min: -300, max: 300 }), { minLength: classes, maxLength: classes })
  .map((numbers) => numbers.map((number) => number / 10 + 0.05));

test('windows that say the same decide as one of them does', () => {
  fc.assert(
    fc.property(strategies, row, fc.integer({ min: 2, max: 5 }), (strategy, logits, count) => {
      const windows = Float32Array.from(Array.from({ length: count }, () => logits).flat());
      const averaged = averagedLogits(strategy, windows, classes, [count]);
      assert.deepEqual(decide(strategy, averaged, classes), decide(strategy, Float32Array.from(logits), classes));
    }),
  );
});

test('probabilities are averaged, not logits: one window that is sure of it outweighs two that lean away', () => {
  // softmax: (0.999, 0.001) and twice (0.45, 0.55): mean 0.633
  const logit = (share: number): number => Math.log(share / (1 - share));
  const single = Float32Array.of(logit(0.999), 0, logit(0.45), 0, logit(0.45), 0, 0, 1);
  const averaged = averagedLogits('multi-class', single, 2, [3, 1]);
  assert.ok(Math.abs(Math.exp(averaged[0]!) - (0.999 + 0.45 + 0.45) / 3) < 1e-6);
  assert.deepEqual(decide('multi-class', averaged, 2), [[0], [1]]);
  // sigmoid, one label: 0.9 and 0.2 have the mean 0.55
  const multi = averagedLogits('multi-label', Float32Array.of(logit(0.9), logit(0.2)), 1, [2]);
  assert.ok(Math.abs(multi[0]! - logit(0.55)) < 1e-6);
  assert.deepEqual(decide('multi-label', multi, 1), [[0]]);
});

test('documents of one window keep their logits untouched', () => {
  const logits = Float32Array.of(1, 2, 3, 4);
  assert.equal(averagedLogits('multi-class', logits, 2, [1, 1]), logits);
});

test('probabilities of windows are their mean, also where a window is certain', () => {
  fc.assert(
    fc.property(strategies, row, row, (strategy, first, second) => {
      const rows = (...logits: number[][]) => Float32Array.from(logits.flat());
      const [one = [], two = []] = probabilityRows(strategy, rows(first, second), classes);
      const [both = []] = probabilityRows(
        strategy,
        averagedLogits(strategy, rows(first, second), classes, [2]),
        classes,
      );
      for (const [label, share] of both.entries())
        assert.ok(Math.abs(share - ((one[label] ?? 0) + (two[label] ?? 0)) / 2) < 1e-5);
    }),
  );
  const certain = averagedLogits('multi-class', Float32Array.of(2000, 0, 2000, 0), 2, [2]);
  assert.deepEqual(probabilityRows('multi-class', certain, 2), [[1, 0]]);
});
