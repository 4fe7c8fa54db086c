/** Laws of the ranking with repetitions, scores and languages, on made-up trials. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rankingSchema } from '../../src/flows/contracts.ts';
import { rankModels } from '../../src/flows/ranking.ts';
import type { RankingInput, TrialOutcome } from '../../src/flows/ranking-candidates.ts';
import { done, failed } from './made-trials.ts';

const seeds = [7, 8, 9].map((seed) => ({ seed, fold: null }));
const folds = [0, 1, 2].map((index) => ({ seed: 7, fold: { index, count: 3 } }));
const base = { languages: [null], score: 'mean' as const, seed: 7, resamples: 60 };

function close(actual: number | null | undefined, expected: number | null | undefined): void {
  assert.ok(typeof actual === 'number' && typeof expected === 'number' && Math.abs(actual - expected) < 1e-9);
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Three models on two categories of two labels, three seeds; answers drawn, one of them missing or not. */
const benchmark = fc
  .record({ documents: fc.integer({ min: 2, max: 20 }), missing: fc.option(fc.nat({ max: 17 })), seed: fc.nat() })
  .chain(({ documents, missing, seed }) => {
    const labels = fc.array(fc.nat({ max: 1 }), { minLength: documents, maxLength: documents });
    const answers = fc.array(labels, { minLength: 18, maxLength: 18 });
    return fc.record({ truths: fc.tuple(labels, labels), answers }).map(({ truths, answers: drawn }) => {
      const names = ['m0', 'm1', 'm2'];
      const categories = ['tone', 'theme'];
      const which = names.flatMap((model) =>
        categories.flatMap((category) => seeds.map((own) => ({ model, category, ...own }))),
      );
      const trials = which.map(({ model, category, seed: own }, index): TrialOutcome => {
        if (index === missing) return failed(model, category, 'broken', own);
        const truth = truths[category === 'tone' ? 0 : 1];
        return done({ model, category, seed: own, truth, predicted: drawn[index]!, classes: 2, floor: 0.1 });
      });
      return { categories, models: names, repetitions: seeds, seed, trials };
    });
  });

for (const score of ['mean', 'rare'] as const) {
  test(`property: with score ${score}, a score is the mean of its repetitions and of its categories, whatever the order of trials`, () => {
    fc.assert(
      fc.property(benchmark, (drawn) => {
        const input: RankingInput = { ...base, ...drawn, score };
        const ranking = rankModels(input);
        assert.deepEqual(rankingSchema.parse(ranking), ranking);
        const turned = { models: input.models.toReversed(), trials: input.trials.toReversed() };
        assert.deepEqual(rankModels({ ...input, ...turned }), ranking);
        for (const row of ranking.rows) {
          close(row.score, mean(row.categories.flatMap((own) => own.score ?? [])));
          close(row.macroF1, mean(row.categories.flatMap((own) => own.macroF1 ?? [])));
          if (score === 'mean') close(row.score, row.macroF1);
          if (row.status === 'complete') close(row.score, mean(row.repetitions.map((own) => own.score)));
          else assert.deepEqual([row.repetitions, row.pareto, row.low], [[], null, null]);
        }
      }),
      { numRuns: 40 },
    );
  });

  test(`property: with score ${score}, a model whose mistakes are mended never scores less nor ranks lower`, () => {
    fc.assert(
      fc.property(
        benchmark,
        fc.nat({ max: 2 }),
        fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
        (drawn, index, mended) => {
          const input: RankingInput = { ...base, ...drawn, score };
          const model = `m${index}`;
          const trials = input.trials.map((trial) => {
            const { predictions, result } = trial;
            if (trial.model !== model || !predictions || !result) return trial;
            const truth = predictions.truth.flat();
            const predicted = predictions.predicted
              .flat()
              .map((label, document) => (mended[document] ? truth[document]! : label));
            return done({ ...trial, truth, predicted, classes: 2, floor: 0.1 });
          });
          const place = ({ rows }: ReturnType<typeof rankModels>) => rows.find((row) => row.model === model);
          const [before, after] = [place(rankModels(input)), place(rankModels({ ...input, trials }))];
          assert.ok(before && after);
          assert.ok((after.score ?? 0) >= (before.score ?? 0) - 1e-9);
          // equal sums in another order may differ in their last digit
          if ((after.score ?? 0) > (before.score ?? 0) + 1e-9) assert.ok(after.rank <= before.rank);
        },
      ),
      { numRuns: 40 },
    );
  });
}

test('property: a model that is right wherever another one is, and elsewhere too, never stands below it', () => {
  fc.assert(
    fc.property(benchmark, (drawn) => {
      const better = drawn.trials.flatMap((trial): TrialOutcome[] => {
        const { predictions, result } = trial;
        if (trial.model !== 'm1' || !predictions || !result) return [];
        const truth = predictions.truth.flat();
        const predicted = predictions.predicted.flat().map((label, document) => (document === 0 ? truth[0]! : label));
        return [done({ ...trial, model: 'a better one', truth, predicted, classes: 2 })];
      });
      const models = [...drawn.models, 'a better one'];
      const { rows } = rankModels({ ...base, ...drawn, models, trials: [...drawn.trials, ...better] });
      const rankOf = (model: string) => rows.find((row) => row.model === model);
      const [above, below] = [rankOf('a better one'), rankOf('m1')];
      assert.ok(above && below && (above.rank < below.rank || (above.score ?? 0) + 1e-9 >= (below.score ?? 0)));
    }),
    { numRuns: 40 },
  );
});

const truth = Array.from({ length: 60 }, (_, document) => document % 3);
const wrongOn = (period: number) => truth.map((label, document) => (document % period === 0 ? (label + 1) % 3 : label));

test('a model is complete only when every repetition of every category is there; what is missing is named', () => {
  const ofSeeds = rankModels({
    ...base,
    ...{ categories: ['tone'], models: ['a', 'b'], repetitions: seeds },
    trials: [
      ...[7, 8, 9].map((seed) => done({ model: 'a', seed, truth, predicted: wrongOn(2) })),
      done({ model: 'b', seed: 7, truth, predicted: truth }),
      failed('b', 'tone', 'out of memory', 8),
      failed('b', 'tone', 'out of memory', 9),
    ],
  });
  assert.deepEqual(
    ofSeeds.rows.map(({ model, status, reason }) => [model, status, reason]),
    [
      ['a', 'complete', null],
      ['b', 'incomplete', '"tone" with seeds 8, 9 failed: out of memory'],
    ],
  );
  const rows = [0, 1, 2].map((fold) => truth.flatMap((_, document) => (document % 3 === fold ? document + 2 : [])));
  const third = truth.slice(0, 20);
  const ofFolds = rankModels({
    ...base,
    ...{ categories: ['tone'], models: ['a', 'b'], repetitions: folds },
    trials: folds.flatMap(({ fold }, index) => [
      done({ model: 'a', fold, truth: third, predicted: third, rows: rows[index]! }),
      ...(index === 1 ? [] : [done({ model: 'b', fold, truth: third, predicted: third, rows: rows[index]! })]),
    ]),
  });
  assert.equal(ofFolds.rows[1]?.reason, '"tone" on fold 2 has no trial');
  assert.deepEqual(
    ofFolds.rows[0]?.repetitions.map(({ fold }) => fold?.index),
    [0, 1, 2],
  );
});

test('a trial of a repetition that nobody planned, and one tested on other documents than its like, are errors', () => {
  const one = done({ model: 'a', truth, predicted: truth });
  const input = { ...base, categories: ['tone'], models: ['a', 'b'], repetitions: seeds.slice(0, 1) };
  assert.throws(() => rankModels({ ...input, trials: [{ ...one, seed: 5 }] }), /with seed 5\) doesn't belong/);
  const elsewhere = done({ model: 'b', truth, predicted: truth, rows: truth.map((_, document) => document + 100) });
  assert.throws(() => rankModels({ ...input, trials: [one, elsewhere] }), /different documents/);
});

test('with score rare the rarer label counts most, both numbers are said, and the floor is scored alike', () => {
  const rarely = Array.from({ length: 100 }, (_, document) => (document % 10 === 0 ? 1 : 0));
  const constant = rarely.map(() => 0);
  const { rows, rareLabels, floors } = rankModels({
    ...base,
    ...{ score: 'rare', categories: ['urgent'], models: ['always', 'finds'], repetitions: seeds.slice(0, 1) },
    trials: [
      done({ model: 'always', category: 'urgent', truth: rarely, predicted: constant, classes: 2 }),
      done({ model: 'finds', category: 'urgent', truth: rarely, predicted: rarely, classes: 2 }),
    ],
  });
  assert.deepEqual(rareLabels, [{ language: null, category: 'urgent', label: 'label 1' }]);
  const [finds, always] = rows;
  assert.deepEqual([finds?.model, finds?.score, always?.beatsFloor], ['finds', 1, false]);
  const majority = (2 * 90) / (2 * 90 + 10) / 2;
  close(always?.macroF1, majority);
  close(always?.score, 0.3 * majority);
  close(floors[0]?.score, 0.3 * majority);
});

test('languages of one table: each with its figures, and what a model is not made for', () => {
  const languages = truth.map((_, document) => (document % 4 === 0 ? 'en' : 'fr'));
  const camembert = 'hub:almanach/camembert-base';
  const { rows } = rankModels({
    ...base,
    ...{ categories: ['tone'], models: [camembert, 'folder:/models/mine'], repetitions: seeds.slice(0, 2) },
    trials: [7, 8].flatMap((seed) => [
      done({ model: camembert, seed, truth, predicted: wrongOn(seed), languages }),
      done({ model: 'folder:/models/mine', seed, truth, predicted: truth, languages }),
    ]),
  });
  const [mine, french] = rows;
  assert.deepEqual(mine?.perLanguage, [
    { language: 'fr', documents: 90, macroF1: 1, accuracy: 0.5 },
    { language: 'en', documents: 30, macroF1: 1, accuracy: 0.5 },
  ]);
  assert.equal(mine?.languagesOutside, null);
  assert.deepEqual(french?.languagesOutside, { share: 0.25, languages: ['en'] });
  const oneLanguage = rankModels({
    ...base,
    ...{ categories: ['tone'], models: [camembert], repetitions: seeds.slice(0, 1) },
    trials: [done({ model: camembert, truth, predicted: truth, languages: truth.map(() => 'de') })],
  });
  assert.deepEqual(oneLanguage.rows[0]?.perLanguage, []);
  assert.deepEqual(oneLanguage.rows[0]?.languagesOutside, { share: 1, languages: ['de'] });
});

test('costs are of training once on each category, and of the largest of its models', () => {
  const trial = (category: string, seed: number, trainSeconds: number, parameters: number) =>
    done({
      model: 'a',
      category,
      seed,
      truth,
      predicted: truth,
      trainSeconds,
      parameters,
      predictDocsPerSecond: 10 * seed,
    });
  const { rows } = rankModels({
    ...base,
    ...{ categories: ['tone', 'theme'], models: ['a'], repetitions: seeds.slice(0, 2) },
    trials: [trial('tone', 7, 10, 5), trial('tone', 8, 20, 5), trial('theme', 7, 3, 6), trial('theme', 8, 5, 6)],
  });
  assert.equal(rows[0]?.trainSeconds, 15 + 4);
  assert.equal(rows[0]?.parameters, 6);
  close(rows[0]?.predictDocsPerSecond, 240 / (120 / 70 + 120 / 80));
  assert.deepEqual(rows[0]?.pareto, { trainSeconds: true, predictDocsPerSecond: true });
});
