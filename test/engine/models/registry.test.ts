import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadFamily, modelIds, openModel } from '../../../src/engine/models/registry.ts';
import { catalogue } from '../../../src/flows/catalogue.ts';
import { quickRecipe } from '../../../src/flows/contracts.ts';

test('the catalogue offers exactly the models that there is code for', () => {
  assert.deepEqual(
    catalogue.map(({ id }) => id),
    [...modelIds],
  );
});

for (const id of modelIds) {
  test(`the folder of ${id} is opened by what its config.json says, and labels texts as the trained model does`, async () => {
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
    const model = await family.train(
      { ...task, labels: [...task.labels] },
      { signal: new AbortController().signal, onProgress: () => undefined },
    );
    const opened = await openModel(await model.files());
    assert.deepEqual(opened.labels, ['water', 'road']);
    assert.deepEqual(await opened.predict(texts), await model.predict(texts));
    await Promise.all([opened.dispose(), model.dispose()]);
  });
}

test('an unknown model, and a folder that is none, are refused with what is known', async () => {
  await assert.rejects(loadFamily('constructor'), /no model "constructor"\. Supported: builtin\/tfidf-logreg/);
  await assert.rejects(openModel(new Map()), /config\.json is missing; found: nothing/);
  const config = (text: string) => new Map([['config.json', new TextEncoder().encode(text)]]);
  await assert.rejects(openModel(config('{"model_type":"gpt"}')), /expected a model_type of .*got "gpt"/);
  await assert.rejects(openModel(config('no')), /isn't a JSON object/);
});
