import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { cityFeedbackCsv } from '../../sample/generate.ts';
import { bytesSource } from '../../src/engine/data/byte-source.ts';
import { profileDataset } from '../../src/engine/data/profile.ts';
import { readDataset } from '../../src/engine/data/read-dataset.ts';
import { suggestCategories } from '../../src/flows/suggestion.ts';

const committed = readFileSync(new URL('../../sample/city-feedback.csv', import.meta.url));
const dataset = await readDataset(bytesSource(committed), 'city-feedback.csv');
const profile = profileDataset(dataset);

test('generating the sample again gives the committed bytes', () => {
  assert.ok(Buffer.from(cityFeedbackCsv()).equals(committed), 'run `node sample/generate.ts` and commit the file');
});

test('the sample reads without a warning, its columns are found', () => {
  assert.deepEqual(profile.warnings, []);
  assert.deepEqual(profile.roles, {
    text: 'text',
    id: 'id',
    language: 'language',
    annotation: 'annotation',
    labels: [],
  });
  assert.ok(committed.length < 1_000_000);
});

test('its languages and labels hold their proportions', () => {
  const languages = profile.languages
    .filter(({ code }) => code !== null)
    .map(({ code, documents }) => [code, documents]);
  for (const [code, wanted] of [
    ['en', 700],
    ['fr', 450],
    ['es', 350],
  ] as const) {
    const documents = languages.find(([own]) => own === code)?.[1];
    assert.ok(Math.abs(Number(documents) - wanted) <= 10, `${code}: ${documents}`);
  }
  const shapes = profile.categories.map(({ name, kind, labels, imbalance }) => [
    name,
    kind,
    labels.length,
    imbalance?.profile,
  ]);
  assert.deepEqual(shapes, [
    ['theme', 'multi', 6, 'moderate'],
    ['tone', 'single', 3, 'moderate'],
    ['urgency', 'single', 2, 'imbalanced'],
    ['channel', 'single', 4, 'balanced'],
    ['needs_reply', 'single', 2, 'balanced'],
  ]);
  const urgent = profile.categories[2]?.labels[1];
  assert.equal(urgent?.label, 'urgent');
  assert.ok(Math.abs(urgent.documents / profile.documents - 0.1) < 0.005);
});

test('every text has 8 to 40 words, and some stand twice', () => {
  for (const { text, row } of dataset.documents) {
    const words = text.split(' ').length;
    assert.ok(words >= 8 && words <= 40, `row ${row}: ${words} words`);
  }
  assert.equal(profile.documents - new Set(dataset.documents.map(({ text }) => text)).size, 9);
});

test('three categories of three different profiles are suggested for it', () => {
  const suggested = suggestCategories(profile.categories).map(({ category }) => category);
  assert.deepEqual(suggested, ['channel', 'theme', 'urgency']);
});
