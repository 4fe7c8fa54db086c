import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Document, truthOf } from '../../../src/engine/data/document.ts';
import { prepareDataset, prepareTestDataset } from '../../../src/engine/data/prepare.ts';
import type { Dataset } from '../../../src/engine/data/read-dataset.ts';
import { UserError } from '../../../src/errors.ts';
import { type Preparation, preparationSchema } from '../../../src/flows/contracts.ts';
import { read } from './support.ts';

type Choices = Partial<Preparation['categories'][number]>;

/** Nothing is detected unless a test asks for it. */
const preparationOf = (choices: Choices[], languages: Partial<Preparation['languages']> = {}): Preparation =>
  preparationSchema.parse({ languages: { detect: 'off', ...languages }, categories: choices });
const topic = (choices: Choices): Preparation => preparationOf([{ category: 'topic', ...choices }]);

/** Categories `topic` (single) and `tags` (multi); `-` is no value. */
async function file(rows: readonly (readonly [topic: string, tags: string, language?: string])[]): Promise<Dataset> {
  const lines = rows.map(([own, tags, language = ''], index) => {
    const annotation: Record<string, unknown> = {};
    if (own !== '-') annotation.topic = own;
    if (tags !== '-') annotation.tags = tags.split('+');
    return JSON.stringify({ text: `these are the words of text ${index}`, language, annotation });
  });
  return read(lines.join('\n'), 'data.jsonl', {
    roles: { text: 'text', language: 'language', annotation: 'annotation' },
  });
}

const truths = ({ documents }: { documents: readonly Document[] }, category: 'topic' | 'tags') =>
  documents.map((document) => truthOf(document, category, category === 'tags' ? 'multi' : 'single'));
const codes = ({ warnings }: Dataset) =>
  warnings.map(({ code }) => code).filter((code) => /^(label|language)_/.test(code));
const refused = (preparation: Preparation, dataset: Dataset, message: RegExp) =>
  assert.rejects(
    prepareDataset(dataset, preparation),
    (error) => error instanceof UserError && message.test(error.message),
  );

const small = await file([
  ['calm', 'roads+waste', 'en'],
  ['angry', 'roads', 'fr'],
  ['Angry', 'noise', 'fr'],
  ['neutral', 'noise+roads', 'de'],
  ['-', '-', ''],
]);

test('nothing chosen and nothing to detect changes nothing', async () => {
  const prepared = await prepareDataset(small, preparationOf([]));
  assert.equal(prepared.documents, small.documents);
  assert.deepEqual(prepared.warnings, small.warnings);
});

test('labels are renamed, then excluded, then counted', async () => {
  const prepared = await prepareDataset(
    small,
    topic({ rename: [{ from: 'Angry', to: 'angry' }], exclude: ['neutral'], minExamples: 2 }),
  );
  assert.deepEqual(truths(prepared, 'topic'), [null, ['angry'], ['angry'], null, null]);
  assert.deepEqual(truths(prepared, 'tags'), truths(small, 'tags'));
  assert.deepEqual(codes(prepared), ['label_renamed', 'label_excluded', 'label_too_rare']);
  const said = prepared.warnings.map(({ message }) => message);
  assert.ok(said.includes('Category "topic": read as chosen: "Angry" (1) as "angry".'), said.join('\n'));
  assert.ok(said.includes('Category "topic": counted as no value, as chosen: "neutral" (1).'));
  assert.ok(
    said.includes('Category "topic": dropped, under 2 texts: "calm" (1); their texts are left out of the category.'),
  );
  assert.deepEqual(truths(small, 'topic'), [['calm'], ['angry'], ['Angry'], ['neutral'], null], 'the given one stays');
});

test('in a multi category an excluded label says nothing known, a rare one is a class less', async () => {
  const excluded = await prepareDataset(small, preparationOf([{ category: 'tags', exclude: ['noise'] }]));
  assert.deepEqual(truths(excluded, 'tags'), [['roads', 'waste'], ['roads'], null, ['roads'], []]);
  const rare = await prepareDataset(small, preparationOf([{ category: 'tags', minExamples: 3 }]));
  assert.deepEqual(truths(rare, 'tags'), [['roads'], ['roads'], [], ['roads'], []]);
  assert.deepEqual([...(rare.rareLabels.get('tags') ?? [])].sort(), ['noise', 'waste']);
  const merged = await prepareDataset(
    small,
    preparationOf([{ category: 'tags', rename: [{ from: 'waste', to: 'roads' }] }]),
  );
  assert.deepEqual(truths(merged, 'tags')[0], ['roads'], 'two labels read as one are one');
});

test('all renames happen at once: chains are not followed, and two labels can be swapped', async () => {
  const rename = [
    { from: 'calm', to: 'angry' },
    { from: 'angry', to: 'neutral' },
    { from: 'neutral', to: 'calm' },
    { from: 'calm', to: 'angry' },
  ];
  const prepared = await prepareDataset(small, topic({ rename }));
  assert.deepEqual(truths(prepared, 'topic'), [['angry'], ['neutral'], ['Angry'], ['calm'], null]);
});

test('a label renamed onto an excluded one is excluded with it', async () => {
  const prepared = await prepareDataset(
    small,
    topic({ rename: [{ from: 'Angry', to: 'neutral' }], exclude: ['neutral'] }),
  );
  assert.deepEqual(truths(prepared, 'topic'), [['calm'], ['angry'], null, null, null]);
});

test('labels are compared composed and without blanks around', async () => {
  const dataset = await file([
    ['né\u0301gatif'.normalize('NFD'), 'a'],
    ['autre', 'a'],
  ]);
  const prepared = await prepareDataset(dataset, topic({ exclude: [' né\u0301gatif '] }));
  assert.deepEqual(truths(prepared, 'topic'), [null, ['autre']]);
});

test('a choice about what is not there, or against another one, names it and what there is', async () => {
  await refused(preparationOf([{ category: 'nope', exclude: ['a'] }]), small, /no category "nope". Found: topic, tags/);
  await refused(
    topic({ exclude: ['sad'] }),
    small,
    /category "topic": there is no label "sad" to exclude. Found: "calm"/,
  );
  await refused(topic({ rename: [{ from: 'sad', to: 'calm' }] }), small, /no label "sad" to rename. Found: "calm"/);
  const gone = topic({ rename: [{ from: 'Angry', to: 'angry' }], exclude: ['Angry'] });
  await refused(gone, small, /no label "Angry" to exclude/);
  const two = [
    { from: 'calm', to: 'angry' },
    { from: 'calm', to: 'neutral' },
  ];
  await refused(topic({ rename: two }), small, /"calm" is renamed to both "angry" and "neutral"/);
  await refused(topic({ rename: [{ from: 'calm', to: ' ' }] }), small, /can't be renamed to nothing; exclude it/);
  await refused(preparationOf([{ category: 'topic' }, { category: 'topic' }]), small, /"topic" is decided about twice/);
  await refused(
    preparationOf([], { changes: [{ from: 'es', to: null }] }),
    small,
    /no text is in Spanish. Found: English 1/,
  );
  await refused(
    preparationOf([], { changes: [{ from: 'fr', to: 'french!' }] }),
    small,
    /"french!": that is no language/,
  );
  const against = [
    { from: 'fr', to: 'en' },
    { from: 'fr', to: null },
  ];
  await refused(preparationOf([], { changes: against }), small, /two different decisions about the texts in French/);
  const all = ['en', 'fr', 'de', null].map((from) => ({ from, to: null }));
  await refused(preparationOf([], { changes: all }), small, /every text is in a language that is left out/);
});

test('languages are set and left out, all at once, before labels are counted', async () => {
  const changes = [
    { from: 'fr', to: 'en' },
    { from: 'en', to: 'de' },
    { from: 'de', to: null },
    { from: null, to: 'fr' },
  ];
  const prepared = await prepareDataset(small, preparationOf([], { changes }));
  assert.deepEqual(
    prepared.documents.map(({ row, language }) => [row, language]),
    [
      [1, 'de'],
      [2, 'en'],
      [3, 'en'],
      [5, 'fr'],
    ],
  );
  assert.deepEqual(codes(prepared), ['language_set', 'language_set', 'language_excluded', 'language_set']);
  const known = await prepareDataset(small, preparationOf([], { changes: [{ from: null, to: null }] }));
  assert.equal(known.documents.length, 4, 'those of unknown language can be left out');
  const counted = await prepareDataset(
    small,
    preparationOf([{ category: 'tags', minExamples: 2 }], { changes: [{ from: 'fr', to: null }] }),
  );
  assert.deepEqual([...(counted.rareLabels.get('tags') ?? [])].sort(), ['noise', 'waste'], 'noise stood in French too');
});

const french = 'Tous les êtres humains naissent libres et égaux en dignité et en droits';
const english = 'All human beings are born free and equal in dignity and rights';

test('languages are detected where the column names none, everywhere, or nowhere', async () => {
  const dataset = await read(`text,language\n${french},de\n${french},\n${english},\n12345 67890,\n`);
  const of = async (detect: Preparation['languages']['detect'], minConfidence = 0.7) => {
    const prepared = await prepareDataset(dataset, preparationOf([], { detect, minConfidence }));
    return [prepared.documents.map(({ language }) => language), Object.fromEntries(prepared.detected)];
  };
  assert.deepEqual(await of('off'), [['de', null, null, null], {}]);
  assert.deepEqual(await of('missing'), [['de', 'fr', 'en', null], { fr: 1, en: 1, null: 1 }]);
  assert.deepEqual(await of('all'), [['fr', 'fr', 'en', null], { fr: 2, en: 1, null: 1 }]);
  assert.deepEqual(await of('all', 1), [[null, null, null, null], { null: 4 }]);
  const prepared = await prepareDataset(dataset, preparationSchema.parse({}));
  const said = prepared.warnings.find(({ code }) => code === 'language_detected')?.message;
  assert.equal(said, 'Languages of 3 texts detected from the text: French 1, English 1; 1 too uncertain.');
  const set = await prepareDataset(
    dataset,
    preparationSchema.parse({ languages: { changes: [{ from: null, to: 'fr' }] } }),
  );
  assert.deepEqual(
    set.documents.map(({ language }) => language),
    ['de', 'fr', 'en', 'fr'],
  );
});

test('a test file follows the training file: it need not hold every label, and what was too rare there is dropped here', async () => {
  const preparation = topic({ rename: [{ from: 'Angry', to: 'angry' }], exclude: ['neutral'], minExamples: 2 });
  const training = await prepareDataset(small, preparation);
  const testFile = await file([
    ['calm', 'roads', 'es'],
    ['calm', 'roads', 'es'],
    ['calm', 'roads', 'es'],
    ['angry', 'roads', 'es'],
    ['other', 'roads', 'es'],
  ]);
  const prepared = await prepareTestDataset(testFile, preparation, training);
  // never seen in training: it stays a label, and missing it costs the model
  assert.deepEqual(truths(prepared, 'topic'), [null, null, null, ['angry'], ['other']]);
});

test('equal combinations of labels are shared, and documents that do not change are the same objects', async () => {
  const dataset = await file(
    Array.from({ length: 100 }, (_, index) => [`label ${index % 2}`, index % 4 ? 'a+b' : 'b']),
  );
  const prepared = await prepareDataset(dataset, preparationOf([{ category: 'tags', exclude: ['a'] }]));
  assert.ok(new Set(prepared.documents.map(({ labels }) => labels)).size <= 2 + 25);
  for (const [index, document] of prepared.documents.entries())
    assert.equal(document === dataset.documents[index], index % 4 === 0);
});

const label = fc.constantFrom('a', 'b', 'c', 'd');
const rowsOf = fc.array(
  fc.tuple(
    fc.constantFrom('a', 'b', 'c', 'd', '-'),
    fc.array(label, { maxLength: 3 }).map((tags) => (tags.length > 0 ? tags.join('+') : '-')),
    fc.constantFrom('en', 'fr', ''),
  ),
  { minLength: 1, maxLength: 20 },
);
const choices = fc.record({
  rename: fc.uniqueArray(fc.record({ from: label, to: fc.constantFrom('a', 'b', 'new') }), {
    selector: ({ from }) => from,
    maxLength: 3,
  }),
  exclude: fc.uniqueArray(fc.constantFrom<string>('a', 'b', 'c', 'd', 'new'), { maxLength: 2 }),
  minExamples: fc.integer({ min: 1, max: 4 }),
});

test('laws: no label is invented, none too rare or excluded is left, multi-label negatives stay, nothing is touched twice', async () => {
  await fc.assert(
    fc.asyncProperty(rowsOf, choices, choices, async (rows, ofTopic, ofTags) => {
      const first = [
        ['a', 'a+b+c+d'],
        ['b', 'a'],
        ['c', 'a'],
        ['d', 'a'],
        ['-', '-'],
      ] as const;
      const dataset = await file([...first, ...rows]);
      const there = new Set(['a', 'b', 'c', 'd']);
      const renamed = ({ rename, exclude, minExamples }: typeof ofTopic) => {
        const after = new Set([...there].map((own) => rename.find(({ from }) => from === own)?.to ?? own));
        return { rename, exclude: exclude.filter((own) => after.has(own)), minExamples };
      };
      const own = { topic: renamed(ofTopic), tags: renamed(ofTags) };
      const preparation = preparationOf([
        { category: 'topic', ...own.topic },
        { category: 'tags', ...own.tags },
      ]);
      const prepared = await prepareDataset(dataset, preparation);
      assert.equal(prepared.documents.length, dataset.documents.length);
      for (const category of ['topic', 'tags'] as const) {
        const { rename, exclude, minExamples } = own[category];
        const read = (labels: readonly string[]) =>
          new Set(labels.map((one) => rename.find(({ from }) => from === one)?.to ?? one));
        const counts = new Map<string, number>();
        for (const [index, truth] of truths(prepared, category).entries()) {
          const before = truths(dataset, category)[index] ?? null;
          for (const one of truth ?? []) counts.set(one, (counts.get(one) ?? 0) + 1);
          assert.ok((truth ?? []).every((one) => read(before ?? []).has(one) && !exclude.includes(one)));
          if (before?.length === 0) assert.deepEqual(truth, [], 'a negative stays one');
          if (truth?.length === 0 && before) assert.ok([...read(before)].every((one) => !exclude.includes(one)));
        }
        for (const [one, count] of counts) assert.ok(count >= minExamples, `${one} ${count}`);
      }
      const kept = preparationOf(
        (['topic', 'tags'] as const).map((category) => ({ category, ...own[category], rename: [] })),
      );
      const again = await prepareTestDataset(prepared, kept, prepared);
      assert.deepEqual(again.documents, prepared.documents);
    }),
    { seed: 15, numRuns: 200 },
  );
});
