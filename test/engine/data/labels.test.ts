import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barsJoinLabels } from '../../../src/engine/data/labels.ts';
import { languageCode, languageName } from '../../../src/engine/data/languages.ts';
import { labelsIn, read, refusal } from './support.ts';

test('a language is known by code, tag and name in several languages', () => {
  for (const written of [
    'fr',
    'FR',
    'fr-CA',
    'fr_FR',
    'fra',
    'fre',
    'fra_Latn',
    'French',
    'français',
    'FRANÇAIS',
    'Francés',
    'Französisch',
    'French (Canada)',
  ]) {
    assert.equal(languageCode(written), 'fr', written);
  }
  for (const [written, code] of [
    ['English', 'en'],
    ['Deutsch', 'de'],
    ['español', 'es'],
    ['العربية', 'ar'],
    ['zh-Hans', 'zh'],
    ['日本語', 'ja'],
  ] as const) {
    assert.equal(languageCode(written), code, written);
  }
  for (const written of ['', ' ', 'xx', 'und', 'mul', 'not a language', 'x'.repeat(100)])
    assert.equal(languageCode(written), null, written);
  assert.deepEqual([languageName('fr'), languageName(null)], ['French', 'unknown']);
});

test('languages of a file come together, the unknown ones are named', async () => {
  const written = ['fr', 'FR', 'French', '', 'qqqq', 'null', 'es-MX'];
  const rows = written.map((language, index) => `these are words number ${index},${language},a`);
  const dataset = await read(`text,language,label\n${rows.join('\n')}\n`);
  assert.deepEqual(
    dataset.documents.map(({ language }) => language),
    ['fr', 'fr', 'fr', null, null, null, 'es'],
  );
  assert.match(dataset.warnings.find(({ code }) => code === 'language_unknown')?.message ?? '', /^1 row .*"qqqq" 1\./);
});

test('bars join labels when the parts come back, and belong to them when not', async () => {
  assert.ok(barsJoinLabels(['roads', 'roads|waste', 'waste|parks', 'parks']));
  assert.ok(!barsJoinLabels(['<https://x|here>', 'a | b', 'plain']));
  const dataset = await read(
    `text,topics\n${'some words here,roads|waste\nmore words here,waste\nother words here,roads| \n'.repeat(4)}`,
  );
  assert.deepEqual(labelsIn(dataset, 'topics').slice(0, 3), [['roads', 'waste'], ['waste'], ['roads']]);
  assert.equal(dataset.categories[0]?.kind, 'multi');
});

test('a cell with a JSON list is a set of labels', async () => {
  const dataset = await read(`text,topics\n${`some words here,"[""a"", ""b""]"\nmore words here,"['b']"\n`.repeat(4)}`);
  assert.deepEqual(labelsIn(dataset, 'topics').slice(0, 2), [['a', 'b'], ['b']]);
});

test('labels compare with composed accents and without blanks around, but keep their case', async () => {
  const spellings = ['négatif', 'négatif'.normalize('NFD'), ' négatif ', 'Négatif'];
  const dataset = await read(
    `text,tone\n${spellings.map((label, index) => `words number ${index},${label}`).join('\n')}\n`,
  );
  assert.deepEqual(labelsIn(dataset, 'tone'), [['négatif'], ['négatif'], ['négatif'], ['Négatif']]);
});

test('a text of zero-width characters only is no text', async () => {
  assert.match(
    await refusal('text,tone\n\u200b\u200e\ufeff,a\n', 'data.csv', { roles: { text: 'text' } }),
    /no row has a text/,
  );
});
