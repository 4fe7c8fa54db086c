import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { profileDataset } from '../../../src/engine/data/profile.ts';
import { profileSchema } from '../../../src/flows/contracts.ts';
import { read } from './support.ts';

const rows = Array.from({ length: 100 }, (_, index) => {
  const tone = ['calm', 'calm', 'calm', 'angry'][index % 4];
  const annotation = JSON.stringify({ tone, urgent: index < 10, once: index < 15 ? 'x' : null }).replaceAll('"', '""');
  return `m${index},"${'word '.repeat(index + 1)}",${index === 99 ? '' : index % 2 ? 'en' : 'FR'},"${annotation}"`;
});
const content = `id,text,language,annotation\n${rows.join('\n')}\n`;
const profile = profileDataset(read(content, 'messages.csv'));

test('a profile is what the contract between the processes says', () => {
  profileSchema.parse(profile);
  assert.equal(profile.datasetHash, createHash('sha256').update(content).digest('hex'));
  assert.deepEqual([profile.rows, profile.documents, profile.sizeBytes], [100, 100, content.length]);
});

test('documents are counted per label and language, most frequent first', () => {
  const counts = profile.categories.map(({ name, documents, labels }) => [
    name,
    documents,
    labels.map(({ label, documents: own }) => [label, own]),
  ]);
  assert.deepEqual(counts, [
    [
      'tone',
      100,
      [
        ['calm', 75],
        ['angry', 25],
      ],
    ],
    [
      'urgent',
      100,
      [
        ['false', 90],
        ['true', 10],
      ],
    ],
    ['once', 15, [['x', 15]]],
  ]);
  assert.deepEqual(
    profile.languages.map(({ code, documents }) => [code, documents]),
    [
      ['fr', 50],
      ['en', 49],
      [null, 1],
    ],
  );
  assert.deepEqual(profile.textCharacters, { median: 255, p90: 455, p99: 500, max: 500 });
});

test('a category that nothing can be learnt from says why', () => {
  assert.equal(profile.categories.find(({ name }) => name === 'once')?.unusable, 'it has one label only (x)');
  const few = profileDataset(read('text,tone\nsome words here,a\nmore words here,b\n'));
  assert.equal(few.categories[0]?.unusable, 'only 2 texts have a value; at least 20 are needed');
  const labels = Array.from({ length: 40 }, (_, index) => `words number ${index},label ${index % 22}`).join('\n');
  assert.match(profileDataset(read(`text,tone\n${labels}\n`)).categories[0]?.unusable ?? '', /22 labels for 40 texts/);
});

test('conflicting duplicates, rare labels, rare languages and look-alike labels are warned of', () => {
  const lines = Array.from(
    { length: 60 },
    (_, index) => `these are words number ${index},${index % 2 ? 'Angry' : 'calm'},en`,
  );
  lines.push('THESE are  words number 1,calm,en', 'a last sentence,angry,fr', 'one more sentence,so-so,en');
  const { warnings } = profileDataset(read(`text,tone,language\n${lines.join('\n')}\n`));
  assert.deepEqual(
    warnings.map(({ code, row }) => [code, row]),
    [
      ['language_rare', null],
      ['label_variants', null],
      ['label_rare', null],
      ['duplicate_conflict', 3],
    ],
  );
  assert.match(warnings.at(-1)?.message ?? '', /1 text\(s\) occur more than once.*rows 3, 62/);
});
