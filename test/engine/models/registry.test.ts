import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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

for (const id of modelIds) {
  test(`the folder of ${id} is opened by what its config.json says, and labels texts as the trained model does`, async (t) => {
    const family = await loadFamily(id);
    const texts = Array.from({ length: 40 }, (_, index) =>
      index % 2 ? 'a hole in the road' : 'no water from the tap',
    );
    const part = { texts, targets: texts.map((_, index) => [index % 2]) };
    const task = {
      kind: 'single',
      labels: ['water', 'road'],
      train: part,
      validation: part,
      recipe: quickRecipe,
      classWeights: false,
      seed: 1,
    } as const;
    const model = await family.train({ ...task, labels: [...task.labels] }, quietHooks());
    const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-registry-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    await model.save(folder);
    const opened = await openModel(folder);
    assert.deepEqual(opened.labels, ['water', 'road']);
    assert.deepEqual(await opened.predict(texts), await model.predict(texts));
    await Promise.all([opened.dispose(), model.dispose()]);
  });
}

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
