import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { blocks } from '../../src/bot/ids.ts';
import { manualChoiceView } from '../../src/bot/manual-choice.ts';
import { choicesView } from '../../src/bot/wizard/choices-step.ts';
import { columnsView } from '../../src/bot/wizard/columns-step.ts';
import { datasetView, readingView } from '../../src/bot/wizard/dataset-step.ts';
import { reviewView } from '../../src/bot/wizard/review-step.ts';
import type { Profile } from '../../src/flows/contracts.ts';
import { estimateTrials } from '../../src/flows/estimate.ts';
import { planTrials } from '../../src/flows/plan.ts';
import { aBenchmark, aProfile, aRanking, aRow, assertOpenable, modelIds, nasty } from './support.ts';

const warning = (row: number) => ({ code: 'x', message: `${nasty} ${row}`, row, column: 'text' });
const extreme: Profile = {
  ...aProfile({ categories: 300, languages: 150, name: (index) => `${index} ${nasty}` }),
  fileName: `${nasty}.csv`,
  reasons: { text: nasty.repeat(5), labels: nasty.repeat(5) },
  warnings: Array.from({ length: 500 }, (_, row) => warning(row)),
};
const none: Profile = { ...aProfile({ categories: 0, languages: 0 }), categories: [] };

function review(profile: Profile): ModalView {
  const categories = profile.categories.slice(0, 100).map(({ name }) => name);
  const plan = { ...aBenchmark().plan!, categories };
  const machines = [{ device: 'cpu', speed: null }];
  const known = { machines, pastRuns: [], pastEstimates: [], pilot: [], secondsPerTrial: 1, testDocuments: null };
  const estimate = estimateTrials(planTrials(plan, profile), profile, { ...known, atMost: false });
  return reviewView({ benchmarkId: 'b1', profile, plan, specs: planTrials(plan, profile), estimate, workers: 0 });
}

test('every step can be opened for a plain file, for one with nothing in it, and for one with everything at its extreme', () => {
  for (const profile of [aProfile(), none, extreme]) assertOpenable(columnsView('b1', profile));
  for (const profile of [aProfile(), extreme]) {
    assertOpenable(choicesView('b1', profile, null));
    assertOpenable(choicesView('b1', profile, aBenchmark().plan));
    assertOpenable(review(profile));
  }
  assertOpenable(readingView('b1', nasty.repeat(20)));
});

test('the first step offers at most as many known files as Slack allows, and shows what was wrong', () => {
  const row = (index: number) => ({
    hash: index.toString(16).padStart(64, '0'),
    fileName: `${nasty}${index}.csv`,
    artifactKey: 'x',
    sizeBytes: 1,
    uploadedBy: 'U1',
    createdMs: 0,
  });
  assertOpenable(
    datasetView(
      'b1',
      Array.from({ length: 100 }, (_, index) => row(index)),
      nasty.repeat(30),
    ),
  );
  assertOpenable(datasetView('b1', [], null));
  const shown = JSON.stringify(datasetView('b1', [], '<!channel> is empty').blocks[0]);
  assert.match(shown, /&lt;!channel&gt; is empty/);
});

test('choosing by hand offers every ranked model, per language', () => {
  const rows = ['en', 'fr'].flatMap((language) =>
    Array.from({ length: 60 }, (_, index) => aRow(index + 1, { language })),
  );
  const view = manualChoiceView(aBenchmark({ ranking: aRanking(rows) }));
  assertOpenable(view);
  assert.equal(view.blocks.length, 3);
  assertOpenable(manualChoiceView(aBenchmark()));
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
