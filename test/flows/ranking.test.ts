import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rankingSchema } from '../../src/flows/contracts.ts';
import { rankModels } from '../../src/flows/ranking.ts';
import type { TrialOutcome } from '../../src/flows/ranking-candidates.ts';
import { done, failed, oneSeed } from './made-trials.ts';

const truth = Array.from({ length: 150 }, (_, document) => document % 3);
/** wrong on every `period`-th document */
const mostly = (period: number) => truth.map((label, document) => (document % period === 0 ? (label + 1) % 3 : label));
const base = { ...oneSeed, categories: ['tone'], languages: [null], seed: 7, resamples: 300 };

// --- rules ----------------------------------------------------------------------------------------------------------

test('a perfect model is told apart from a random one, the cheaper of two tied ones is recommended', () => {
  const random = truth.map((_, document) => (document * 7 + (document >> 2)) % 3);
  const ranking = rankModels({
    ...base,
    models: ['perfect', 'nearly', 'random'],
    trials: [
      done({ model: 'perfect', truth, predicted: truth, trainSeconds: 60 }),
      done({ model: 'nearly', truth, predicted: mostly(149), trainSeconds: 5 }),
      done({ model: 'random', truth, predicted: random, trainSeconds: 1 }),
    ],
  });
  rankingSchema.parse(ranking);
  assert.deepEqual(
    ranking.rows.map((row) => [row.model, row.tiedWithFirst, row.recommended]),
    [
      ['perfect', true, false],
      ['nearly', true, true],
      ['random', false, false],
    ],
  );
  const pair = ranking.pairs.find(({ second }) => second === 'random');
  assert.ok(pair?.distinguishable && pair.difference > 0 && pair.pValueHolm < 0.05);
  for (const row of ranking.rows) {
    assert.ok(row.score !== null && row.low !== null && row.high !== null);
    assert.ok(row.low <= row.score + 1e-12 && row.score <= row.high + 1e-12, `${row.model}: score within its interval`);
  }
  const certain = ranking.rows.reduce((sum, row) => sum + (row.probabilityBest ?? 0), 0);
  assert.ok(Math.abs(certain - 1) < 1e-9);
});

test('an incomplete model says what is missing, and its score covers what it finished', () => {
  const categories = ['tone', 'theme'];
  const both = (model: string, predicted: number[]) =>
    categories.map((category) => done({ model, category, truth, predicted }));
  const ranking = rankModels({
    ...base,
    categories,
    models: ['gone', 'half', 'whole'],
    trials: [
      done({ model: 'half', truth, predicted: truth }),
      failed('half', 'theme', 'out of memory'),
      { ...failed('gone', 'tone', ''), status: 'cancelled' },
      ...both('whole', mostly(3)),
    ],
  });
  const [whole, half, gone] = ranking.rows;
  assert.deepEqual([whole?.model, half?.model, gone?.model], ['whole', 'half', 'gone']);
  assert.equal(half?.reason, '"theme" failed: out of memory');
  assert.equal(gone?.reason, '"tone" was cancelled; "theme" has no trial');
  assert.equal(half?.score, 1);
  assert.equal(half?.probabilityBest, null);
  assert.equal(gone?.score, null);
  assert.equal(gone?.beatsFloor, false);
  assert.equal(half?.categories[1]?.macroF1, null);
  assert.equal(whole?.probabilityBest, 1);
  assert.equal(whole?.trainSeconds, 20);
  assert.equal(whole?.predictDocsPerSecond, 100);
  assert.equal(ranking.pairs.length, 0);
});

test('nothing that fails to beat the floor is recommended, equal to it is not beating it', () => {
  const constant = truth.map(() => 0);
  const ranking = rankModels({
    ...base,
    models: ['constant'],
    trials: [done({ model: 'constant', truth, predicted: constant, floor: 1 / 6 })],
  });
  assert.equal(ranking.floors[0]?.score, 1 / 6);
  assert.ok(Math.abs((ranking.rows[0]?.score ?? 0) - 1 / 6) < 1e-12);
  assert.equal(ranking.rows[0]?.beatsFloor, false);
  assert.equal(ranking.rows[0]?.recommended, false);
});

test('per language: tables apart, ranks begin anew', () => {
  const trials = ['de', 'fr'].flatMap((language) => [
    done({ model: 'a', language, truth, predicted: language === 'de' ? truth : mostly(2) }),
    done({ model: 'b', language, truth, predicted: language === 'de' ? mostly(2) : truth }),
  ]);
  const ranking = rankModels({ ...base, models: ['a', 'b'], languages: ['de', 'fr'], trials });
  assert.deepEqual(
    ranking.rows.map((row) => [row.language, row.rank, row.model]),
    [
      ['de', 1, 'a'],
      ['de', 2, 'b'],
      ['fr', 1, 'b'],
      ['fr', 2, 'a'],
    ],
  );
  assert.deepEqual(
    ranking.pairs.map((pair) => pair.language),
    ['de', 'fr'],
  );
});

test('trials that do not fit are errors, each naming the trial', () => {
  const one = done({ model: 'a', truth, predicted: truth });
  const rank = (trials: TrialOutcome[]) => () => rankModels({ ...base, models: ['a', 'b'], trials });
  assert.throws(rank([{ ...one, model: 'c' }]), /"c".*belong/);
  assert.throws(rank([one, one]), /twice/);
  const shorter = done({ model: 'b', truth: truth.slice(1), predicted: truth.slice(1) });
  assert.throws(rank([one, shorter]), /different documents/);
  const mixedUp = { ...one, predictions: done({ model: 'a', truth, predicted: mostly(2) }).predictions };
  assert.throws(rank([mixedUp]), /metrics say/);
});

test('no trials at all still gives a table', () => {
  const ranking = rankModels({ ...base, models: ['b', 'a'], trials: [] });
  assert.deepEqual(
    ranking.rows.map((row) => [row.rank, row.model, row.tiedWithFirst]),
    [
      [1, 'a', false],
      [2, 'b', false],
    ],
  );
  assert.equal(ranking.floors[0]?.score, null);
});

// --- properties -----------------------------------------------------------------------------------------------------

const label = fc.integer({ min: 0, max: 3 });
/** Up to four models on up to two categories of some documents; some trials failed. */
const benchmark = fc
  .record({ documents: fc.integer({ min: 1, max: 25 }), models: fc.integer({ min: 1, max: 4 }), seed: fc.integer() })
  .chain(({ documents, models, seed }) => {
    const labels = fc.array(label, { minLength: documents, maxLength: documents });
    const trial = fc.record({ predicted: labels, fails: fc.boolean(), trainSeconds: fc.integer({ min: 0, max: 3 }) });
    const trials = fc.array(trial, { minLength: models * 2, maxLength: models * 2 });
    return fc.record({ truths: fc.tuple(labels, labels), trials }).map(({ truths, trials: drawn }) => ({
      seed,
      names: Array.from({ length: models }, (_, index) => `m${index}`),
      trials: drawn.map((own, index) => {
        const model = `m${index >> 1}`;
        const category = index % 2 === 0 ? 'tone' : 'theme';
        if (own.fails && index % 3 === 0) return failed(model, category, 'broken');
        const wanted = truths[index % 2 === 0 ? 0 : 1];
        return done({ ...own, model, category, truth: wanted, classes: 4 });
      }),
    }));
  });

function rankBenchmark(models: string[], trials: TrialOutcome[], seed: number) {
  return rankModels({
    ...oneSeed,
    categories: ['tone', 'theme'],
    languages: [null],
    models,
    trials,
    seed,
    resamples: 40,
  });
}

test('property: the order in which models and trials come changes nothing; the same seed gives the same table', () => {
  fc.assert(
    fc.property(benchmark, ({ names, trials, seed }) => {
      const ranking = rankBenchmark(names, trials, seed);
      assert.deepEqual(rankBenchmark(names.toReversed(), trials.toReversed(), seed), ranking);
      assert.deepEqual(rankingSchema.parse(ranking), ranking);
    }),
    { numRuns: 150 },
  );
});

test('property: an incomplete model never ranks above a complete one; ranks, ties and recommendation fit together', () => {
  fc.assert(
    fc.property(benchmark, ({ names, trials, seed }) => {
      const { rows, pairs } = rankBenchmark(names, trials, seed);
      const states = rows.map((row) => row.status);
      assert.deepEqual(states, states.toSorted(), '"complete" sorts before "incomplete"');
      assert.deepEqual(
        rows.map((row) => row.rank),
        rows.map((_, position) => position + 1),
      );
      const complete = rows.filter((row) => row.status === 'complete');
      assert.equal(2 * pairs.length, complete.length ** 2 - complete.length);
      for (const [position, row] of complete.entries()) {
        assert.ok(position === 0 || (row.score ?? 0) <= (complete[position - 1]?.score ?? 0));
        assert.ok(row.score !== null && row.low !== null && row.high !== null);
        assert.ok(row.low <= row.score && row.score <= row.high);
      }
      const recommended = rows.filter((row) => row.recommended);
      assert.ok(recommended.length <= 1 && recommended.every((row) => row.tiedWithFirst && row.beatsFloor));
      for (const pair of pairs) assert.ok(pair.pValue > 0 && pair.pValueHolm >= pair.pValue && pair.pValueHolm <= 1);
    }),
    { numRuns: 150 },
  );
});

test('property: identical predictions are tied, never distinguishable, and share the chance of being best', () => {
  const labels = fc.array(fc.tuple(label, label), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(labels, fc.integer(), (documents, seed) => {
      const wanted = documents.map(([own]) => own);
      const predicted = documents.map(([, given]) => given);
      const trials = ['x', 'y'].map((model) => done({ model, truth: wanted, predicted, classes: 4 }));
      const { rows, pairs } = rankModels({ ...base, models: ['y', 'x'], trials, seed, resamples: 50 });
      assert.equal(pairs[0]?.pValue, 1);
      assert.equal(pairs[0]?.distinguishable, false);
      assert.ok(rows.every((row) => row.tiedWithFirst && row.probabilityBest === 0.5));
      assert.deepEqual(
        rows.map((row) => row.model),
        ['x', 'y'],
      );
    }),
    { numRuns: 50 },
  );
});
