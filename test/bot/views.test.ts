import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { blocks } from '../../src/bot/ids.ts';
import { choicesView } from '../../src/bot/wizard/choices-step.ts';
import { columnsView } from '../../src/bot/wizard/columns-step.ts';
import { datasetView } from '../../src/bot/wizard/dataset-step.ts';
import type { Profile } from '../../src/flows/contracts.ts';
import { aBenchmark, aProfile, modelIds } from './support.ts';

test('what was wrong with a file is shown above the first step, and formats nothing', () => {
  const shown = JSON.stringify(datasetView('b1', [], '<!channel> is empty').blocks[0]);
  assert.match(shown, /&lt;!channel&gt; is empty/);
});

const modelsOf = (view: ModalView): string[][] =>
  ['models', 'hub_models', 'other_models'].map((id) => {
    const block = view.blocks.find(({ block_id }) => block_id === id);
    const [, values = ''] = /"initial_(?:options|value)":(\[.*?\}\]|".*?")/s.exec(JSON.stringify(block)) ?? [];
    return [...values.matchAll(/"value":"(.*?)"/g)]
      .map(([, value = '']) => value)
      .concat(values.startsWith('"') ? [values.slice(1, -1)] : []);
  });

test('the quick built-in models are chosen beforehand; a kept plan comes back in all three fields', () => {
  assert.deepEqual(modelsOf(choicesView('b1', aProfile(), null)), [modelIds, [], []]);
  const models = ['builtin/fasttext', 'hub:FacebookAI/xlm-roberta-base', 'hub:someone/else@v2', 'hub:a/b'];
  assert.deepEqual(modelsOf(choicesView('b1', aProfile(), { ...aBenchmark().plan!, models })), [
    ['builtin/fasttext'],
    ['hub:FacebookAI/xlm-roberta-base'],
    ['hub:someone/else@v2, hub:a/b'],
  ]);
});

const text = z.object({ text: z.string() });
const optionSchema = z.object({ value: z.string(), description: text.optional() });
const groupedSchema = z.object({
  element: z.object({ option_groups: z.array(z.object({ label: text, options: z.array(optionSchema) })) }),
});

test('models that suit the texts stand first with why, each option once', () => {
  const languages = [{ code: 'fr', name: 'French', documents: 100, detected: 0 }];
  const view = choicesView('b1', { ...aProfile(), documents: 100, languages }, null);
  const block = view.blocks.find(({ block_id }) => block_id === blocks.hubModels);
  const groups = groupedSchema.parse(block).element.option_groups;
  assert.equal(groups[0]?.label.text, 'Recommended for these texts');
  for (const { description, value } of groups[0]?.options ?? []) {
    assert.match(description?.text ?? '', /^(Made for French|For many languages|For \d+ languages)/);
    assert.match(value, /^hub:/);
  }
  const values = groups.flatMap(({ options }) => options.map(({ value }) => value));
  assert.equal(new Set(values).size, values.length);
});

test('the three suggested categories are chosen beforehand, and a kept plan instead when there is one', () => {
  const chosen = (view: ModalView) =>
    /"initial_options":(\[.*?\])/s.exec(
      JSON.stringify(view.blocks.find((block) => block.block_id === 'categories')),
    )?.[1] ?? '';
  assert.equal(JSON.parse(chosen(choicesView('b1', aProfile({ categories: 5 }), null))).length, 3);
  const plan = { ...aBenchmark().plan!, categories: ['category4'] };
  assert.deepEqual(
    JSON.parse(chosen(choicesView('b1', aProfile({ categories: 5 }), plan))).map(
      (option: { value: string }) => option.value,
    ),
    ['4'],
  );
});

test('the columns step says when languages were detected', () => {
  const languagesSaid = (languageSource: Profile['languageSource']) => {
    const view = columnsView('b1', { ...aProfile({ languages: 1, name: () => 'French' }), languageSource });
    return JSON.stringify(view.blocks[0]).match(/Languages: (.*?)\\n/)?.[1];
  };
  assert.equal(languagesSaid('column'), 'French 490');
  assert.equal(languagesSaid('detected'), 'detected: French 490');
  assert.equal(languagesSaid('mixed'), 'partly detected: French 490');
});
