/** A benchmark's ranking through the flow's own door: rows and Parquet predictions in, the ranking in the database. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { encodePredictions } from '../../src/flows/predictions-file.ts';
import { rankBenchmark } from '../../src/flows/rank.ts';
import type { TrialOutcome } from '../../src/flows/ranking-candidates.ts';
import { type Plan, requireBenchmark } from '../../src/flows/records.ts';
import { insertTrials } from '../../src/storage/benchmark-queries.ts';
import { aBenchmark, aTrial } from '../bot/support.ts';
import { done, failed } from './made-trials.ts';
import { startFlow } from './support.ts';

const truth = Array.from({ length: 120 }, (_, document) => document % 2);
/** wrong on every `period`-th document */
const answers = (period: number) => truth.map((label, document) => (document % period === 0 ? 1 - label : label));

/** A running benchmark whose trials have ended so. */
function scene(t: TestContext, outcomes: TrialOutcome[], changes: Partial<Plan>) {
  const { plan } = aBenchmark();
  assert.ok(plan);
  const started = startFlow({ state: 'running', plan: { ...plan, ...changes } });
  t.after(() => started[Symbol.dispose]());
  const artifacts = new Map<string, Uint8Array>();
  const trials = outcomes.map(({ status, error, result, predictions, ...which }, index) => {
    const trial = aTrial(index);
    const key = `predictions/${index}.parquet`;
    if (predictions) artifacts.set(key, encodePredictions(predictions, which));
    const spec = { ...trial.spec, ...which };
    return { ...trial, spec, status, error, result, predictionsKey: predictions && key };
  });
  insertTrials(started.flow.database, trials);
  const readArtifact = async (key: string): Promise<Uint8Array> => artifacts.get(key) ?? assert.fail(key);
  const rank = async () => {
    await rankBenchmark(started.flow, 'b1', readArtifact);
    return requireBenchmark(started.flow.database, 'b1');
  };
  return { rank };
}

test('two seeds, a chosen score and what the catalogue knows of languages reach the stored ranking', async (t) => {
  const languages = truth.map((_, document) => (document % 4 === 0 ? 'en' : 'fr'));
  const models = ['builtin/tfidf-logreg', 'hub:almanach/camembert-base'];
  const outcomes = [7, 8].flatMap((seed) =>
    models.map((model, index) =>
      done({ model, seed, category: 'theme', truth, predicted: answers(20 + index), languages, classes: 2 }),
    ),
  );
  const plan: Partial<Plan> = {
    ...{ models, categories: ['theme'], seed: 7 },
    ...{ repeats: { kind: 'seeds', count: 2 }, score: 'rare' },
  };
  const { state, ranking } = await scene(t, outcomes, plan).rank();
  assert.equal(state, 'ranked');
  assert.equal(ranking?.scoreName, 'rare');
  assert.deepEqual(
    ranking?.rows.map(({ status, repetitions }) => [status, repetitions.map(({ seed }) => seed)]),
    [
      ['complete', [7, 8]],
      ['complete', [7, 8]],
    ],
  );
  const outside = new Map(ranking?.rows.map((row) => [row.model, row.languagesOutside]));
  assert.deepEqual(outside.get('hub:almanach/camembert-base'), { share: 0.25, languages: ['en'] });
  assert.deepEqual(outside.get('builtin/tfidf-logreg'), { share: 0, languages: [] });
  assert.equal(ranking?.recommendations.length, 1);
});

test('a language whose trials all failed has a table without a winner beside the others', async (t) => {
  const models = ['builtin/tfidf-logreg', 'builtin/fasttext'];
  const own = { category: 'theme', language: 'fr', classes: 2, truth };
  const outcomes = models.flatMap((model, index) => [
    done({ ...own, model, predicted: answers(3 + 17 * index) }),
    { ...failed(model, 'theme', 'one label only'), language: 'de' },
  ]);
  const plan: Partial<Plan> = { models, categories: ['theme'], mode: 'per-language' };
  const { state, ranking } = await scene(t, outcomes, plan).rank();
  assert.equal(state, 'ranked');
  assert.deepEqual(
    ranking?.rows.map(({ language, status, recommended }) => `${language} ${status} ${recommended}`),
    ['fr complete true', 'fr complete false', 'de incomplete false', 'de incomplete false'],
  );
  assert.deepEqual(
    ranking?.recommendations.map(({ language, model }) => [language, model]),
    [
      ['fr', 'builtin/fasttext'],
      ['de', null],
    ],
  );
  assert.deepEqual(
    ranking?.floors.map(({ score }) => score),
    [0.2, null],
  );
});

test('where no trial finished, the benchmark fails and says why', async (t) => {
  const outcomes = ['builtin/tfidf-logreg', 'builtin/fasttext'].map((model) => failed(model, 'theme', 'no room left'));
  const { state, error } = await scene(t, outcomes, { categories: ['theme'] }).rank();
  assert.deepEqual([state, error], ['failed', 'No trial finished: no room left']);
});
