import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Predictions, quickRecipe } from '../../src/flows/contracts.ts';
import {
  droppedReason,
  isRaced,
  type Racer,
  raceDecision,
  raceEntrants,
  raceRungs,
  raceSummary,
} from '../../src/flows/race.ts';

const labels = ['a', 'b', 'c'];
const draws = 300;

function predictions(truth: number[], predicted: number[], category = 'theme'): Predictions {
  const rows = truth.map((_, index) => index + 2);
  const alone = (values: number[]) => values.map((value) => [value]);
  const about = { category, kind: 'single' as const, language: null, labels };
  return { ...about, rows, languages: rows.map(() => null), truth: alone(truth), predicted: alone(predicted) };
}

const models = ['builtin/tfidf-logreg', 'builtin/fasttext', 'builtin/transformer-mini', 'hub:some/encoder'];
const left = fc.constantFrom<Racer['left']>(null, { epoch: 1, epochs: 3 }, { epoch: 2, epochs: 3 });

/** Models that answer the same documents each in its own way. */
const race = fc
  .record({ documents: fc.integer({ min: 30, max: 80 }), count: fc.integer({ min: 1, max: 6 }) })
  .chain(({ documents, count }) => {
    const answers = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: documents, maxLength: documents });
    return fc.record({
      truth: answers,
      models: fc.array(
        fc.record({
          model: fc.constantFrom(...models),
          left,
          answers,
          skill: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        {
          minLength: count,
          maxLength: count,
        },
      ),
      seed: fc.integer({ min: 0, max: 1000 }),
    });
  })
  .map(({ truth, models: given, seed }) => ({
    seed,
    truth,
    racers: given.map(({ answers, skill, ...racer }): Racer => {
      // right on the first part of the documents
      const right = Math.floor(skill * truth.length);
      return { ...racer, validation: [[predictions(truth, [...truth.slice(0, right), ...answers.slice(right)])]] };
    }),
  }));

const decide = (racers: Racer[], seed: number) => raceDecision({ racers, risk: 0, score: 'mean', seed, draws });

test('the chances sum to 1, who is first now or has run to its end stays, and nobody goes who has 2 %', () => {
  fc.assert(
    fc.property(race, ({ racers, seed }) => {
      const judged = decide(racers, seed);
      const sum = judged.reduce((total, { chance }) => total + chance, 0);
      assert.ok(Math.abs(sum - 1) < 1e-9, `sum ${sum}`);
      const best = Math.max(...judged.map(({ score }) => score));
      for (const [index, { chance, score, dropped }] of judged.entries()) {
        if (!dropped) continue;
        assert.ok(chance < 0.02);
        assert.ok(score < best);
        assert.notEqual(racers[index]?.left, null);
      }
    }),
    { numRuns: 150 },
  );
});

test('the order in which models are given changes nothing', () => {
  fc.assert(
    fc.property(race, fc.infiniteStream(fc.nat()), ({ racers, seed }, keys) => {
      const order = racers.map((_, index) => ({ index, key: keys.next().value ?? 0 })).sort((a, b) => a.key - b.key);
      const judged = decide(racers, seed);
      const shuffled = decide(
        order.map(({ index }) => racers[index]!),
        seed,
      );
      for (const [position, { index }] of order.entries()) {
        assert.equal(shuffled[position]?.dropped, judged[index]?.dropped);
        assert.ok(Math.abs((shuffled[position]?.chance ?? -1) - (judged[index]?.chance ?? 1)) < 1e-9);
      }
    }),
    { numRuns: 100 },
  );
});

test('models of a kind with the same answers have the same chance and the same fate', () => {
  fc.assert(
    fc.property(race, ({ racers, seed }) => {
      const twins = racers.flatMap((racer) => [racer, { ...racer }]);
      const judged = decide(twins, seed);
      for (let index = 0; index < twins.length; index += 2) {
        assert.equal(judged[index]?.dropped, judged[index + 1]?.dropped);
        assert.ok(Math.abs((judged[index]?.chance ?? -1) - (judged[index + 1]?.chance ?? 1)) < 1e-9);
      }
    }),
    { numRuns: 100 },
  );
});

test('a model that answers everything right is never dropped, whatever the others may still learn', () => {
  fc.assert(
    fc.property(race, ({ racers, truth, seed }) => {
      const perfect: Racer = {
        model: 'builtin/fasttext',
        left: { epoch: 1, epochs: 3 },
        validation: [[predictions(truth, truth)]],
      };
      assert.equal(decide([...racers, perfect], seed).at(-1)?.dropped, false);
    }),
    { numRuns: 100 },
  );
});

const alternating = Array.from({ length: 200 }, (_, index) => index % 3);
const right = (share: number) => alternating.map((label, index) => (index < share * 200 ? label : (label + 1) % 3));
const at = (model: string, share: number, epoch: number): Racer => ({
  model,
  left: { epoch, epochs: 3 },
  validation: [[predictions(alternating, right(share))]],
});

test('a model far behind near the end is dropped, one about as good is not', () => {
  const judged = decide([at('a', 0.9, 2), at('builtin/fasttext', 0.88, 2), at('builtin/transformer-mini', 0.4, 2)], 7);
  assert.deepEqual(
    judged.map(({ dropped }) => dropped),
    [false, false, true],
  );
  assert.ok(judged[2]!.chance < 0.02);
});

test('after the first epoch a model may be further behind than after the second and stay', () => {
  const fate = (epoch: number) => decide([at('a', 0.9, epoch), at('hub:some/encoder', 0.5, epoch)], 7)[1]?.dropped;
  assert.deepEqual([fate(1), fate(2)], [false, true]);
});

test('what a race drops never comes to more than a chance of 5 %, however many models take part', () => {
  // each a little better than the last on documents of its own: nobody stands out, nobody has a large chance
  const crowd = Array.from({ length: 60 }, (_, index): Racer => {
    const predicted = alternating.map((label, position) =>
      (position * 7 + index * 13) % 10 < 7 ? label : (label + 1) % 3,
    );
    return {
      model: 'builtin/fasttext',
      left: { epoch: 2, epochs: 3 },
      validation: [[predictions(alternating, predicted)]],
    };
  });
  const risked = (risk: number) => {
    const judged = raceDecision({ racers: crowd, risk, score: 'mean', seed: 7, draws });
    return judged.reduce((sum, { chance, dropped }) => sum + (dropped ? chance : 0), 0);
  };
  assert.ok(risked(0) <= 0.05);
  assert.ok(risked(0.04) <= 0.01 + 1e-9);
});

test('on a handful of validation documents, or none, nobody is dropped', () => {
  for (const documents of [0, 1, 29]) {
    const truth = alternating.slice(0, documents);
    const answering = (answers: number[]): Racer => {
      return { model: 'builtin/fasttext', left: { epoch: 2, epochs: 3 }, validation: [[predictions(truth, answers)]] };
    };
    const judged = decide([answering(truth), answering(truth.map((label) => (label + 1) % 3))], 7);
    assert.ok(judged.every(({ dropped }) => !dropped));
  }
});

test('trials pause after each epoch of a few, and at most four times of many', () => {
  assert.deepEqual([1, 2, 3, 5].map(raceRungs), [[], [1], [1, 2], [1, 2, 3, 4]]);
  for (let epochs = 1; epochs <= 50; epochs++) {
    const rungs = raceRungs(epochs);
    assert.ok(rungs.length <= 4 && rungs.every((epoch, index) => epoch < epochs && epoch > (rungs[index - 1] ?? 0)));
    assert.ok(epochs === 1 || rungs.length > 0);
  }
});

test('left to itself a race is on from four models, and never for one epoch', () => {
  const raced = (mode: 'auto' | 'on' | 'off', count: number, epochs = 3) => {
    const recipe = { ...quickRecipe, epochs };
    return isRaced({ race: mode, models: models.slice(0, count), recipe });
  };
  assert.deepEqual(
    [raced('auto', 3), raced('auto', 4), raced('on', 2), raced('off', 4), raced('on', 4, 1)],
    [false, true, true, false, false],
  );
});

test('models with a failed trial, or one without a leg, are left alone', () => {
  const leg = (model: string, category: string, status: string, epoch: number | null) => ({
    spec: { model, category, seed: 7, fold: null },
    status,
    race: epoch === null ? null : { epoch, epochs: epoch === 0 ? 0 : 3 },
  });
  const trials = [
    leg('a', 'theme', 'paused', 2),
    leg('b', 'theme', 'paused', 1),
    leg('c', 'theme', 'done', null),
    leg('d', 'theme', 'done', 0),
    leg('a', 'tone', 'paused', 1),
    leg('b', 'tone', 'failed', 1),
    leg('c', 'tone', 'paused', 1),
    leg('d', 'tone', 'done', 0),
  ];
  const entrants = raceEntrants(trials, ['theme', 'tone']);
  assert.deepEqual(
    entrants.map(({ model, left: own }) => [model, own]),
    [
      ['a', { epoch: 1, epochs: 3 }],
      ['d', null],
    ],
  );
  assert.deepEqual(entrants[0]?.trials, [[trials[0], trials[4]]]);
});

test('the summary counts what the epochs that were not trained would have taken', () => {
  const trial = (model: string, trainSeconds: number | null, dropped: boolean) => ({
    ...{ model, language: null, dropped, trainSeconds },
    race: { epoch: 1, epochs: 3, trainSeconds: 10, chance: 0.004 },
  });
  const summary = raceSummary([trial('a', 30, false), trial('b', null, true), trial('b', null, true)]);
  assert.deepEqual(summary, {
    dropped: [{ model: 'b', language: null, epoch: 1, epochs: 3, chance: 0.004 }],
    savedSeconds: 40,
    totalSeconds: 90,
  });
  assert.equal(raceSummary([{ ...trial('a', 30, false), race: null }]), null);
  assert.equal(
    droppedReason({ epoch: 1, epochs: 3 }, 0.004),
    'dropped after epoch 1 of 3 (chance of being best 0.4 %)',
  );
});
