import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runTrial } from '../../src/engine/run-trial.ts';
import { UserError } from '../../src/errors.ts';
import { quickRecipe, trialSpecSchema } from '../../src/flows/contracts.ts';
import { quietHooks } from '../support/hooks.ts';
import { read } from './data/support.ts';

const records = Array.from({ length: 60 }, (_, index) =>
  JSON.stringify({ text: `number ${index} is ${index % 2 ? 'calm' : 'angry'}`, tone: index % 2 ? 'calm' : 'angry' }),
);
const dataset = () => read(records.join('\n'), 'data.jsonl');
const specOf = (index: number) =>
  trialSpecSchema.parse({
    ...{
      model: 'builtin/tfidf-logreg',
      category: 'tone',
      language: null,
      languages: null,
      seed: 3,
      recipe: quickRecipe,
    },
    fold: { index, count: 4 },
  });

test('the trials of four folds test every document once', async () => {
  const data = { dataset: await dataset(), test: null };
  const tested: number[] = [];
  for (const index of [0, 1, 2, 3]) {
    const { model, predictions, result } = await runTrial(data, specOf(index), quietHooks());
    await model.dispose();
    assert.ok(predictions.rows.length >= 14 && predictions.rows.length <= 16);
    assert.ok(result.split.train > 5 * result.split.validation, 'validation is 15 % of the rest');
    tested.push(...predictions.rows);
  }
  assert.deepEqual(
    tested.toSorted((a, b) => a - b),
    data.dataset.documents.map(({ row }) => row),
  );
});

test('folds and a test file of its own are refused: both say what test is', async () => {
  const data = { dataset: await dataset(), test: await read(records.slice(0, 9).join('\n'), 'held-out.jsonl') };
  await assert.rejects(runTrial(data, specOf(0), quietHooks()), (error) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /held-out\.jsonl is a test file of its own/);
    return true;
  });
});
