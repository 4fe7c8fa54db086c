import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { preparationOf } from '../../src/commands/rank-preparation.ts';
import { UserError } from '../../src/errors.ts';
import { noPreparation, preparationSchema } from '../../src/flows/contracts.ts';
import { read } from '../engine/data/support.ts';

type Options = Parameters<typeof preparationOf>[0];

const rows = [
  { tone: 'calm', 'a=b': 'x=1', 'a:c': 'one:two' },
  { tone: 'Angry', 'a=b': 'y', 'a:c': 'three' },
  { tone: 'a=b', 'a=b': 'y', 'a:c': 'x=1' },
];
const lines = rows.map((annotation, index) => JSON.stringify({ text: `the words of text ${index}`, annotation }));
const dataset = await read(lines.join('\n'), 'data.jsonl');

const prepare = (options: Options, categories: string[] | null = null) => preparationOf(options, dataset, categories);
const choices = async (options: Options) =>
  (await prepare(options)).categories.map(({ category, rename, exclude, minExamples }) => ({
    category,
    rename: rename.map(({ from, to }) => [from, to]),
    exclude,
    minExamples,
  }));
const refused = (options: Options, message: RegExp) =>
  assert.rejects(prepare(options), (error) => error instanceof UserError && message.test(error.message));

test('nothing typed is nothing chosen', async () => {
  assert.deepEqual(await prepare({}), noPreparation);
});

test('languages are typed by code or name, unknown ones by that word, and left out by "exclude"', async () => {
  const { languages } = await prepare({
    detectLanguages: 'all',
    setLanguage: ['unknown=French', 'Spanish = exclude', 'pt-BR=pt', 'Bokmål=no'],
  });
  assert.deepEqual(languages, {
    detect: 'all',
    minConfidence: 0.7,
    changes: [
      { from: null, to: 'fr' },
      { from: 'es', to: null },
      { from: 'pt', to: 'pt' },
      { from: 'nb', to: 'no' },
    ],
  });
  await refused({ setLanguage: ['french'] }, /^--set-language french: expected from=to, such as unknown=fr/);
  await refused({ setLanguage: ['qqqq=fr'] }, /^--set-language qqqq=fr: "qqqq" is no language/);
  await refused({ setLanguage: ['fr=unknown'] }, /^--set-language fr=unknown: "unknown" is no language/);
});

test('labels and categories may hold the signs between them: what is in the file decides', async () => {
  assert.deepEqual(await choices({ exclude: ['tone=calm', 'a=b=x=1', 'a:c=one:two', 'tone=a=b'] }), [
    { category: 'tone', rename: [], exclude: ['calm', 'a=b'], minExamples: 1 },
    { category: 'a=b', rename: [], exclude: ['x=1'], minExamples: 1 },
    { category: 'a:c', rename: [], exclude: ['one:two'], minExamples: 1 },
  ]);
  assert.deepEqual(await choices({ rename: ['tone:Angry=angry', 'a=b:x=1=x=2', 'a:c:one:two=one', 'tone:a=b=both'] }), [
    {
      category: 'tone',
      rename: [
        ['Angry', 'angry'],
        ['a=b', 'both'],
      ],
      exclude: [],
      minExamples: 1,
    },
    { category: 'a=b', rename: [['x=1', 'x=2']], exclude: [], minExamples: 1 },
    { category: 'a:c', rename: [['one:two', 'one']], exclude: [], minExamples: 1 },
  ]);
  assert.deepEqual(await choices({ rename: ['tone:Angry=bad'], exclude: ['tone=bad'] }), [
    { category: 'tone', rename: [['Angry', 'bad']], exclude: ['bad'], minExamples: 1 },
  ]);
});

test('a number alone is meant for every category that was asked for', async () => {
  const numbers = ({ categories }: typeof noPreparation) => categories.map((own) => [own.category, own.minExamples]);
  assert.deepEqual(numbers(await prepare({ minExamples: ['5'] }, ['tone', 'no such'])), [['tone', 5]]);
  assert.deepEqual(numbers(await prepare({ minExamples: ['5', 'a=b=7'] })), [
    ['tone', 5],
    ['a=b', 7],
    ['a:c', 5],
  ]);
  for (const typed of ['0', '-1', 'x', '1.5', 'tone=', 'tone=many'])
    await refused({ minExamples: [typed] }, /^--min-examples .*: expected a whole number from 1 on/);
  await refused(
    { minExamples: ['nope=5'] },
    /^--min-examples nope=5: there is no such category in data.jsonl. Found: tone/,
  );
});

test('what is not there is refused by the name of the option, with what there is', async () => {
  await refused({ exclude: ['tone'] }, /^--exclude tone: expected category=label: there is no such category/);
  await refused(
    { exclude: ['mood=calm'] },
    /^--exclude mood=calm: .*no such category in data.jsonl. Found: tone, a=b, a:c\.$/,
  );
  await refused({ exclude: ['tone=sad'] }, /^--exclude tone=sad: .*The labels of "tone" are: calm, Angry, a=b\.$/);
  await refused(
    { rename: ['tone:sad=calm'] },
    /^--rename tone:sad=calm: expected category:from=to\. The labels of "tone"/,
  );
  await refused({ rename: ['tone=calm=sad'] }, /^--rename tone=calm=sad: expected category:from=to: there is no such/);
});

test('everything can be given as a file of JSON, alone, and a misspelt field is not passed over', async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-preparation-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'preparation.json');
  const given = { languages: { minConfidence: 0.9 }, categories: [{ category: 'tone', exclude: ['calm'] }] };
  await writeFile(file, JSON.stringify(given));
  assert.deepEqual(await prepare({ preparation: file }), preparationSchema.parse(given));
  await refused({ preparation: file, exclude: ['tone=calm'] }, /^--preparation: expected it alone/);
  await writeFile(file, JSON.stringify({ categories: [{ category: 'tone', excludes: ['calm'] }] }));
  await refused({ preparation: file }, /there is no field "categories\.0\.excludes"\.$/);
  await writeFile(file, JSON.stringify({ categories: [{ category: 'tone', minExamples: 'many' }] }));
  await refused({ preparation: file }, /^--preparation .*: categories\.0\.minExamples: /);
  await writeFile(file, '{');
  await refused({ preparation: file }, /^--preparation .*: expected JSON: /);
  await refused({ preparation: path.join(folder, 'none.json') }, /^--preparation .*: it can't be read: /);
});

test('a strategy is typed for all categories or for one, the last one counts', async () => {
  const strategies = async (...strategy: string[]) =>
    (await prepare({ strategy })).categories.map((choices) => [choices.category, choices.strategy]);
  assert.deepEqual(await strategies('one-vs-rest', 'a=b=multi-label'), [
    ['tone', 'one-vs-rest'],
    ['a=b', 'multi-label'],
    ['a:c', 'one-vs-rest'],
  ]);
  assert.deepEqual((await prepare({ strategy: ['auto'] }, ['tone'])).categories.length, 1);
  await refused(
    { strategy: ['tone=ovr'] },
    /^--strategy tone=ovr: expected auto, multi-class, one-vs-rest, multi-label/,
  );
  await refused({ strategy: ['mood=auto'] }, /^--strategy mood=auto/);
});
