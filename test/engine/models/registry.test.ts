import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { loadFamily, modelIds, openModel } from '../../../src/engine/models/registry.ts';
import { builtinModels } from '../../../src/flows/catalogue.ts';
import { quickRecipe } from '../../../src/flows/contracts.ts';
import { quietHooks } from '../../support/hooks.ts';

test('the catalogue offers exactly the built-in models that there is code for', () => {
  assert.deepEqual(
    builtinModels.map(({ id }) => id),
    [...modelIds],
  );
});

/** What probabilities answer, by strategy. */
const likeliest = (scores: number[]): number[] => [scores.indexOf(Math.max(...scores))];
const answers = {
  'multi-class': likeliest,
  'one-vs-rest': likeliest,
  'multi-label': (scores: number[]) => scores.flatMap((score, index) => (score >= 0.5 ? [index] : [])),
};

for (const id of modelIds)
  for (const strategy of ['multi-class', 'one-vs-rest', 'multi-label'] as const)
    test(`${id}, ${strategy}: its folder is opened by what config.json says, and labels texts as the trained model does`, async (t) => {
      const texts = Array.from({ length: 40 }, (_, index) =>
        index % 2 ? 'a hole in the road' : 'no water from the tap',
      );
      const targets = texts.map((_, index) => (strategy === 'multi-label' && index % 4 === 0 ? [0, 1] : [index % 2]));
      const task = {
        strategy,
        labels: ['water', 'road'],
        train: { texts, targets },
        validation: { texts, targets },
        recipe: { ...quickRecipe, epochs: 1 },
        classWeights: false,
        seed: 1,
      };
      const model = await (await loadFamily(id)).train(task, quietHooks());
      const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-registry-'));
      t.after(() => rm(folder, { recursive: true, force: true }));
      await model.save(folder);
      const predicted = await model.predict(texts);
      const opened = await openModel(folder);
      assert.deepEqual(opened.labels, ['water', 'road']);
      assert.deepEqual(await opened.predict(texts), predicted);
      const scores = await opened.score(texts);
      assert.deepEqual(scores.map(answers[strategy]), predicted);
      if (strategy === 'multi-class') for (const [no = 0, yes = 0] of scores) assert.ok(Math.abs(no + yes - 1) < 1e-6);
      // a folder from before there was a choice names none
      const file = path.join(folder, 'config.json');
      const { podium, ...config } = JSON.parse(await readFile(file, 'utf8'));
      assert.equal(podium.strategy, strategy);
      await writeFile(file, JSON.stringify({ ...config, podium: { ...podium, strategy: undefined } }));
      const old = await openModel(folder);
      if (strategy !== 'one-vs-rest') assert.deepEqual(await old.predict(texts), predicted);
      await Promise.all([opened.dispose(), old.dispose(), model.dispose()]);
    });

test('an unknown model, and a folder that is none, are refused with what is known', async (t) => {
  await assert.rejects(loadFamily('constructor'), /no model "constructor"\. Supported: builtin\/tfidf-logreg/);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-registry-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await assert.rejects(openModel(path.join(folder, 'none')), /can't be read/);
  await assert.rejects(openModel(folder), /config\.json is missing; found: nothing/);
  await writeFile(path.join(folder, 'config.json'), '{"model_type":"gpt"}');
  await assert.rejects(openModel(folder), /config\.json isn't that of a model that Podium trained: problem_type/);
  await writeFile(path.join(folder, 'config.json'), 'no');
  await assert.rejects(openModel(folder), /isn't a JSON object/);
});
