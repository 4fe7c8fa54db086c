import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { epochBatches, predictionBatches, shuffledOrder, weightedOrder } from '../../../src/engine/training/batches.ts';
import { Random } from '../../../src/engine/training/random.ts';

const lengths = fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 300 });
const sorted = (batches: number[][]): number[] => batches.flat().toSorted((a, b) => a - b);
const all = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

function anEpoch(of: number[], size: number, seed: number): number[][] {
  const random = new Random(seed, 'order');
  return epochBatches(shuffledOrder(of.length, random), of, size, random);
}

test('an epoch holds every document once, in batches of the size asked for, by the seed alone', () => {
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 40 }), fc.integer(), (of, size, seed) => {
      const batches = anEpoch(of, size, seed);
      assert.deepEqual(sorted(batches), all(of.length));
      assert.ok(batches.every((batch) => batch.length <= size && batch.length > 0));
      assert.equal(batches.length, Math.ceil(of.length / size));
      assert.deepEqual(batches, anEpoch(of, size, seed));
    }),
  );
});

test('prediction takes every document once and keeps to both limits, but for a single long document', () => {
  fc.assert(
    fc.property(
      lengths,
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 2000 }),
      (of, documents, tokens) => {
        const batches = predictionBatches(of, documents, tokens);
        assert.deepEqual(sorted(batches), all(of.length));
        for (const batch of batches) {
          const padded = batch.length * Math.max(...batch.map((index) => of[index]!));
          assert.ok(batch.length <= documents && (batch.length === 1 || padded <= tokens));
        }
      },
    ),
  );
});

test('batches of one bucket hold texts of similar length, so little is padded', () => {
  const of = Array.from({ length: 800 }, (_, index) => 1 + ((index * 37) % 200));
  const batches = anEpoch(of, 16, 1);
  const padded = batches.reduce((sum, batch) => sum + batch.length * Math.max(...batch.map((index) => of[index]!)), 0);
  assert.ok(padded < 1.1 * of.reduce((sum, length) => sum + length, 0));
});

test('weighted draws bring rare labels as often as frequent ones, those without a label too', () => {
  const targets = Array.from({ length: 4000 }, (_, index) => (index % 20 === 0 ? [1] : index % 20 === 1 ? [] : [0]));
  const drawn = weightedOrder(targets, new Random(5, 'order'));
  assert.equal(drawn.length, targets.length);
  for (const label of [[0], [1], []]) {
    const share = drawn.filter((index) => targets[index]!.join() === label.join()).length / drawn.length;
    assert.ok(Math.abs(share - 1 / 3) < 0.03, `[${label}]: ${share}`);
  }
});
