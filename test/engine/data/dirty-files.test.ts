import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { profileDataset } from '../../../src/engine/data/profile.ts';
import type { Dataset } from '../../../src/engine/data/read-dataset.ts';
import { splitDocuments } from '../../../src/engine/data/splits.ts';
import type { Profile } from '../../../src/flows/contracts.ts';
import { countOf, labelsIn, read, refusal } from './support.ts';

/** Beside the repository; its README says what is wrong with each file. None of its texts stands here. */
const folder = fileURLToPath(new URL('../../../../shared/datasets/dirty/', import.meta.url));
const skip = existsSync(folder) ? false : `${folder} is not here`;

interface Expected {
  /** counted in the file by other means: Python's csv module, `grep -c .` */
  rows: number;
  documents: number;
  /** kinds of warning, in order, each once */
  warnings: string[];
  more?: (dataset: Dataset, profile: Profile) => void;
}

const labelsOf = (profile: Profile, category: string) =>
  Object.fromEntries(
    profile.categories
      .find(({ name }) => name === category)
      ?.labels.map(({ label, documents }) => [label, documents]) ?? [],
  );
const languagesOf = (profile: Profile) =>
  Object.fromEntries(profile.languages.map(({ code, documents }) => [String(code), documents]));

const readable: Record<string, Expected> = {
  '01_bom_semicolon_crlf.csv': {
    rows: 300,
    documents: 300,
    warnings: [],
    more: ({ delimiter, columns }) => assert.deepEqual([delimiter, columns[0]], [';', 'id']),
  },
  '02_latin1.csv': {
    rows: 245,
    documents: 245,
    warnings: ['encoding'],
    more: (dataset, profile) => {
      assert.deepEqual(dataset.columns, ['texte', 'thème', 'langue']);
      assert.deepEqual(Object.values(labelsOf(profile, 'thème')), [35, 35, 35, 35, 35, 35, 35]);
      assert.ok(dataset.documents.some(({ text }) => text.includes('é')));
      assert.deepEqual(languagesOf(profile), { fr: 245 });
    },
  },
  '03_missing_and_null_strings.csv': {
    rows: 300,
    documents: 270,
    warnings: ['values_missing', 'text_missing'],
    more: (_, profile) => {
      assert.deepEqual(Object.keys(labelsOf(profile, 'label')).sort(), ['negative', 'neutral', 'positive']);
      assert.deepEqual(languagesOf(profile), { en: 240, null: 30 });
    },
  },
  '04_conflicting_duplicates.csv': {
    rows: 354,
    documents: 354,
    warnings: ['label_rare', 'duplicate_conflict'],
    more: (_, { warnings }) => assert.match(warnings.at(-1)?.message ?? '', /: 80 text\(s\) occur more than once/),
  },
  '05_degenerate_classes.csv': {
    rows: 243,
    documents: 243,
    warnings: ['category_unusable', 'label_rare'],
    more: (dataset, profile) => {
      assert.deepEqual(labelsOf(profile, 'directness'), { direct: 243 });
      const target = labelsOf(profile, 'target');
      assert.deepEqual([target.disability, target.gender], [1, 2]);
      const splits = splitDocuments(dataset.documents, { category: 'target', kind: 'single', seed: 1 });
      assert.match(splits.warnings[0]?.message ?? '', /"disability" \(1, .*"gender" \(2, /);
    },
  },
  '06_malformed_json.csv': {
    rows: 198,
    documents: 198,
    warnings: [
      'values_missing',
      'annotation_cut_off',
      'annotation_python',
      'annotation_trailing_comma',
      'annotation_fenced',
      'annotation_not_object',
      'annotation_prose',
      'annotation_wrapped',
      'value_nested',
      'annotation_key_twice',
      'label_rare',
    ],
    more: (dataset, profile) => {
      // 20 are empty or null, 10 are a bare string: all the others can be read
      assert.deepEqual(labelsIn(dataset, 'directness').filter((labels) => labels === null).length, 30);
      assert.equal(dataset.documents.filter(({ incomplete }) => incomplete).length, 10);
      assert.equal(profile.categories.length, 5);
    },
  },
  '07_newlines_quotes_formulas.csv': {
    rows: 240,
    documents: 240,
    warnings: [],
    more: (dataset, profile) => {
      assert.equal(labelsOf(profile, 'polarity')['=1+1'], 6);
      assert.ok(dataset.documents.some(({ text }) => text.startsWith('=cmd|')));
      assert.ok(dataset.documents.some(({ text }) => text.includes('\n')));
    },
  },
  '08_emoji_rtl_unicode.csv': {
    rows: 274,
    documents: 274,
    warnings: ['values_missing', 'duplicate_conflict'],
    more: (_, profile) => {
      assert.deepEqual(labelsOf(profile, 'sentiment'), { négatif: 78, positif: 78, 'neutre 😐': 78 });
      assert.deepEqual(languagesOf(profile), { ar: 78, fr: 78, hi: 78, he: 40 });
    },
  },
  '09_chat_markup_labels.csv': {
    rows: 320,
    documents: 320,
    warnings: [],
    more: (_, profile) => {
      const labels = labelsOf(profile, 'category');
      assert.deepEqual(Object.values(labels), [40, 40, 40, 40, 40, 40, 40, 40]);
      assert.ok('<https://example.invalid|click me>' in labels && 'a & b &amp; c' in labels);
    },
  },
  '10_300_classes.csv': {
    rows: 1797,
    documents: 1797,
    warnings: ['duplicate_conflict'],
    more: (_, profile) => assert.equal(profile.categories[0]?.labels.length, 300),
  },
  '11_huge_text.csv': {
    rows: 77,
    documents: 77,
    warnings: ['category_not_labels', 'no_category', 'text_huge'],
    more: (dataset) => assert.equal(Math.max(...dataset.documents.map(({ text }) => text.length)), 1_000_000),
  },
  '14_ragged_unclosed_quote.csv': {
    rows: 60,
    documents: 59,
    warnings: ['values_missing', 'row_unreadable', 'row_long', 'row_short'],
    more: ({ warnings }) => {
      const rows = warnings.flatMap(({ code, row }) => (row === null ? [] : [[code, row]]));
      assert.deepEqual(rows, [
        ['row_unreadable', 14],
        ['row_long', 6],
        ['row_short', 10],
      ]);
    },
  },
  '15_mixed.jsonl': {
    rows: 110,
    documents: 80,
    warnings: ['values_missing', 'line_repaired', 'line_unreadable', 'text_missing', 'category_unusable', 'label_rare'],
    more: (dataset, profile) => {
      assert.equal(dataset.documents.filter(({ incomplete }) => incomplete).length, 10);
      const target = labelsOf(profile, 'target');
      assert.deepEqual([target['3'], target.true, target.null], [10, 10, undefined]);
    },
  },
  '16_language_chaos.csv': {
    rows: 183,
    documents: 183,
    warnings: ['language_unknown', 'language_rare'],
    more: (_, profile) => assert.deepEqual(languagesOf(profile), { fr: 120, null: 40, tlh: 20, en: 3 }),
  },
};
const refused: Record<string, RegExp> = {
  '12_empty.csv': /^12_empty\.csv is empty \(0 bytes\)\. Expected a header line/,
  '13_header_only.csv': /^13_header_only\.csv has a header \(text, label, language\) and no rows below it/,
};

test('the dirty files that are expected are there', { skip }, () => {
  const here = new Set(readdirSync(folder));
  const missing = [...Object.keys(readable), ...Object.keys(refused)].filter((name) => !here.has(name));
  assert.deepEqual(missing, []);
});

const names = skip ? [] : readdirSync(folder).filter((name) => name !== 'README.md');
for (const name of names.sort()) {
  const bytes = () => readFileSync(`${folder}${name}`);
  const message = refused[name];
  if (message) {
    test(`${name} is refused, saying what is wrong`, async () => assert.match(await refusal(bytes(), name), message));
    continue;
  }
  test(`${name} is read with the right counts and warnings, no record lost`, async () => {
    const dataset = await read(bytes(), name);
    const profile = profileDataset(dataset);
    const lost = countOf(dataset, 'text_missing', 'row_unreadable', 'line_unreadable');
    assert.equal(dataset.rows, dataset.documents.length + lost);
    for (const { name: category, kind } of dataset.categories) {
      splitDocuments(dataset.documents, { category, kind, seed: 1 });
    }
    const expected = readable[name];
    if (!expected) return;
    assert.deepEqual([dataset.rows, dataset.documents.length], [expected.rows, expected.documents]);
    assert.deepEqual([...new Set(profile.warnings.map(({ code }) => code))], expected.warnings);
    expected.more?.(dataset, profile);
  });
}
