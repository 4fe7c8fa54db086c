import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { parse } from 'yaml';
import { bytesSource } from '../../src/engine/data/byte-source.ts';
import { type Dataset, readDataset } from '../../src/engine/data/read-dataset.ts';
import { modelCard } from '../../src/engine/model-card.ts';
import { runTrial, type TrialRun } from '../../src/engine/run-trial.ts';
import { quickRecipe, type ResolvedStrategy, type TrialSpec } from '../../src/flows/contracts.ts';
import { quietHooks } from '../support/hooks.ts';

const nasty = ['</script><b>', '| a | `b`', '# c\n---', '[x](javascript:y)'];
let dataset: Dataset;
let run: TrialRun;
const spec: TrialSpec = {
  model: 'builtin/tfidf-logreg',
  category: '# kind | of',
  language: null,
  languages: null,
  seed: 7,
  fold: null,
  strategy: 'auto',
  recipe: quickRecipe,
};

before(async () => {
  const records = Array.from({ length: 120 }, (_, index) => ({
    text: `${['water', 'road', 'noise', 'light'][index % 4]} ${index}`,
    language: index % 3 === 0 ? 'fr' : 'en',
    '# kind | of': nasty[index % 4],
  }));
  const bytes = new TextEncoder().encode(records.map((record) => JSON.stringify(record)).join('\n'));
  dataset = await readDataset(bytesSource(bytes), '<img src=x>|*.jsonl', {
    roles: { text: 'text', language: 'language', labels: ['# kind | of'] },
  });
  run = await runTrial({ dataset, test: null }, spec, quietHooks());
  await run.model.dispose();
});

const frontMatterOf = (card: string): unknown => parse(card.split('---\n')[1] ?? '');

test('the data, the recipe and every figure with its interval stand on the card', () => {
  const card = modelCard(dataset, spec, run, null);
  const { metrics, split } = run.result;
  assert.match(
    card,
    new RegExp(
      `- documents: ${split.train} to train, ${split.validation} to choose the epoch, ${split.test} to test; balanced`,
    ),
  );
  assert.match(card, /languages: en \(80\), fr \(40\)/);
  assert.match(
    card,
    new RegExp(`\\| macro-F1 \\| ${metrics.macroF1.toFixed(3)} \\[\\d\\.\\d{3}, \\d\\.\\d{3}\\] \\| \\d\\.\\d{3} \\|`),
  );
  assert.match(card, /seed 7; epochs 3, batchSize 16/);
  assert.match(card, /\| fr \| \d\.\d{3} \|/);
  const { train, validation, test: tested } = run.splits;
  const perLabel = [train, validation, tested].map(
    (part) => part.filter((document) => document.labels.get('# kind | of')?.[0] === '</script><b>').length,
  );
  assert.ok(card.includes(`| &lt;/script\\>&lt;b\\> | ${perLabel.join(' | ')} |`), card);
  assert.deepEqual(frontMatterOf(card), {
    language: ['en', 'fr'],
    pipeline_tag: 'text-classification',
    library_name: 'podium',
    tags: ['podium', 'builtin/tfidf-logreg'],
    metrics: ['f1', 'accuracy'],
  });
});

test('the card says in words how the labels are learnt and told', () => {
  const card = (strategy: ResolvedStrategy) => modelCard(dataset, spec, { ...run, strategy }, null);
  assert.match(card('multi-class'), /Gives one label of 4 per text, the most probable of all \(multi-class\)/);
  assert.match(card('one-vs-rest'), /yes\/no question of its own, the surest yes is the answer \(one-vs-rest\)/);
  assert.match(card('multi-label'), /Gives any of 4 labels per text, several or none.*\(multi-label\)/);
});

test('no label, category or file name breaks a table, makes a heading or carries HTML', () => {
  const lines = modelCard(dataset, spec, run, null).split('\n');
  assert.deepEqual(
    lines.filter((line) => line.startsWith('#')),
    ['# \\# kind \\| of classifier', '## Data', '## Training', '## Results', '## Use', '## Limits'],
  );
  assert.equal(lines.filter((line) => line === '---').length, 2);
  for (const line of lines) {
    assert.doesNotMatch(line, /<(?!$)/, line);
    assert.doesNotMatch(line, /(^|[^\\])\]\(/, line);
  }
  const cells = (line: string): number => line.replaceAll('\\|', '').split('|').length;
  const tables = lines
    .map((line, index) => ({ line, before: lines[index - 1] ?? '' }))
    .filter(({ line }) => line.startsWith('|'));
  assert.ok(tables.length > 15);
  for (const { line, before } of tables) if (before.startsWith('|')) assert.equal(cells(line), cells(before), line);
});

test('a pretrained model names its checkpoint, its licence, its long texts and how to use it elsewhere', () => {
  const checkpoint = {
    source: 'hub:owner/name@0123abc',
    modelType: 'bert',
    licence: 'mit"\ninjected: yes',
    sizeBytes: 90_000_000,
  };
  const texts = { maxTokens: 128, policy: 'windows', shareOverLimit: 0.0312 } as const;
  const card = modelCard(
    dataset,
    { ...spec, model: 'hub:owner/name' },
    { ...run, result: { ...run.result, checkpoint, texts } },
    null,
  );
  const matter = frontMatterOf(card);
  assert.ok(matter !== null && typeof matter === 'object');
  assert.deepEqual(
    { ...matter, language: null },
    {
      license: 'mit"\ninjected: yes',
      base_model: 'owner/name',
      language: null,
      pipeline_tag: 'text-classification',
      library_name: 'transformers',
      tags: ['podium'],
      metrics: ['f1', 'accuracy'],
    },
  );
  assert.match(card, /hub:owner\/name@0123abc \(bert, 90 MB\)/);
  assert.match(card, /reads 128 tokens; longer texts are read in windows .*\(3\.1 % of the texts/);
  assert.match(
    card,
    /@huggingface\/transformers[\s\S]*from transformers import pipeline[\s\S]*only the start of a long text/,
  );
});
