import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type RankReport, rankReportSchema } from '../../src/commands/rank-report.ts';
import { smallCsv } from '../support/small-csv.ts';

let folder: string;
let data: string;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'podium-rank-'));
  data = await save('data.csv', smallCsv(300));
});
after(() => rm(folder, { recursive: true, force: true }));

async function save(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const fast = ['--models', 'builtin/tfidf-logreg'];

function rank(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [main, 'rank', ...args], { cwd: folder });
  const ended: Ended = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (ended.stdout += chunk));
  child.stderr.on('data', (chunk) => (ended.stderr += chunk));
  return new Promise((resolve) => child.on('close', (code) => resolve({ ...ended, code })));
}

async function report(...args: string[]): Promise<RankReport> {
  const out = path.join(folder, `${Math.random()}.json`);
  const { code, stderr } = await rank(...args, '--json', out);
  assert.equal(code, 0, stderr);
  return rankReportSchema.parse(JSON.parse(await readFile(out, 'utf8')));
}

test('the table is printed, and the JSON holds profile, splits, trials, ranking and warnings', async () => {
  const out = path.join(folder, 'out.json');
  const { code, stdout } = await rank(
    data,
    '--categories',
    'topic,tone',
    '--models',
    'builtin/tfidf-logreg,builtin/fasttext',
    '--json',
    out,
  );
  assert.equal(code, 0);
  assert.match(stdout, /TF-IDF \+ logistic regression {2}1\.000 {5}1\.000 – 1\.000/);
  const { trials, ranking, splits, profile, warnings } = rankReportSchema.parse(
    JSON.parse(await readFile(out, 'utf8')),
  );
  assert.deepEqual(
    trials.map(({ model, category, status }) => `${model} ${category} ${status}`),
    [
      'builtin/tfidf-logreg topic done',
      'builtin/fasttext topic done',
      'builtin/tfidf-logreg tone done',
      'builtin/fasttext tone done',
    ],
  );
  assert.deepEqual(
    ranking.map(({ rank: position }) => position),
    [1, 2],
  );
  assert.equal(splits.length, 2);
  assert.equal(profile.documents, 300);
  assert.deepEqual(warnings, []);
});

test('without categories the suggested ones are taken', async () => {
  const { trials } = await report(data, ...fast);
  assert.deepEqual(
    trials.map(({ category }) => category),
    ['topic', 'urgent', 'tone'],
  );
});

test('the same seed gives the same numbers, another seed other splits', async () => {
  const numbers = async (seed: string) => {
    const { trials, ranking } = await report(
      data,
      '--categories',
      'urgent',
      '--models',
      'builtin/fasttext',
      '--seed',
      seed,
    );
    return JSON.stringify([
      trials.map(({ metrics, epochs }) => [metrics, epochs]),
      ranking.map(({ score, low, high }) => [score, low, high]),
    ]);
  };
  const first = await numbers('3');
  assert.equal(await numbers('3'), first);
  assert.notEqual(await numbers('4'), first);
});

test('a test file of its own is what is scored on, and training keeps all of the other', async () => {
  const other = await save('test.csv', smallCsv(60));
  const { splits, trials } = await report(data, '--categories', 'topic', '--test', other, ...fast);
  assert.equal(splits[0]?.test, 60);
  assert.equal(trials[0]?.metrics?.documents, 60);
});

test('with --per-language every language has models and a table of its own', async () => {
  const { ranking, trials } = await report(
    data,
    '--categories',
    'topic',
    '--language',
    'language',
    '--per-language',
    ...fast,
  );
  assert.deepEqual(
    trials.map(({ language }) => language),
    ['en', 'fr'],
  );
  assert.deepEqual(
    ranking.map(({ language, rank: position }) => [language, position]),
    [
      ['en', 1],
      ['fr', 1],
    ],
  );
});

test('an annotation column of JSON is read by its keys', async () => {
  const rows = smallCsv(120)
    .trim()
    .split('\n')
    .slice(1)
    .map((line, row) => {
      const tone = line.includes('angry') ? 'angry' : 'calm';
      return `${row},"${line.split('"')[1]}","${JSON.stringify({ tone, long: true }).replaceAll('"', '""')}"`;
    });
  const file = await save('annotated.csv', `id,text,notes\n${rows.join('\n')}\n`);
  const { trials } = await report(file, '--text', 'text', '--annotation', 'notes', '--categories', 'tone', ...fast);
  assert.equal(trials[0]?.metrics?.accuracy, 1);
});

const refused: [what: string, args: () => string[], said: RegExp][] = [
  ['a file that is not there', () => ['nowhere.csv'], /^nowhere\.csv can't be read/],
  ['a column that is not there', () => [data, '--text', 'nope'], /no column "nope".*id, language, text/],
  [
    'a category that is not there',
    () => [data, '--categories', 'nope'],
    /no column or annotation key "nope".*topic, tone, urgent/,
  ],
  ['a model that is not there', () => [data, '--models', 'nope'], /expected one of builtin\/tfidf-logreg.*got "nope"/],
  ['too many epochs', () => [data, '--epochs', '99'], /Expected a whole number from 1 to 50/],
  ['a JSON file in a folder that is not there', () => [data, '--json', 'no/where.json'], /folder doesn't exist/],
  ['no file at all', () => [], /missing required argument 'file'/],
];
for (const [what, args, said] of refused) {
  test(`${what} ends with exit code 2 and one message`, async () => {
    const { code, stdout, stderr } = await rank(...args());
    assert.equal(code, 2);
    assert.match(stderr, said);
    assert.equal(stderr.trim().split('\n').length, 1);
    assert.equal(stdout, '');
  });
}

test('Ctrl-C ends it at once with exit code 130', async () => {
  const child = spawn(
    process.execPath,
    [main, 'rank', data, '--models', 'builtin/transformer-mini', '--epochs', '50'],
    { cwd: folder },
  );
  setTimeout(() => child.kill('SIGINT'), 2500);
  assert.equal(await new Promise((resolve) => child.on('close', resolve)), 130);
});

const dirty = new URL('../../../shared/datasets/dirty/', import.meta.url);
const skip = existsSync(dirty) ? false : 'the dirty files are not on this machine';

/** What each dirty file must say; null: nothing, and it is ranked. */
const remarks: Record<string, { code: 0 | 2; said: RegExp | null; documents?: number }> = {
  '01_bom_semicolon_crlf.csv': { code: 0, said: null, documents: 300 },
  '02_latin1.csv': { code: 0, said: /not UTF-8/, documents: 245 },
  '03_missing_and_null_strings.csv': { code: 0, said: /row 5: no text/, documents: 270 },
  '04_conflicting_duplicates.csv': { code: 0, said: /different labels.*rows 2, 181/, documents: 354 },
  '05_degenerate_classes.csv': { code: 0, said: /one label only \(direct\)/, documents: 243 },
  '06_malformed_json.csv': { code: 0, said: /cut-off annotation/, documents: 198 },
  '07_newlines_quotes_formulas.csv': { code: 0, said: null, documents: 240 },
  '08_emoji_rtl_unicode.csv': { code: 0, said: /40 cells count as having no value/, documents: 274 },
  '09_chat_markup_labels.csv': { code: 0, said: null, documents: 320 },
  '10_300_classes.csv': { code: 0, said: /different labels/, documents: 1797 },
  '11_huge_text.csv': { code: 2, said: /no category can be compared/ },
  '12_empty.csv': { code: 2, said: /is empty \(0 bytes\)/ },
  '13_header_only.csv': { code: 2, said: /has a header .* and no rows/ },
  '14_ragged_unclosed_quote.csv': { code: 0, said: /row 6: 6 cells instead of 4/, documents: 59 },
  '15_mixed.jsonl': { code: 0, said: /10 lines left out: not a JSON object/, documents: 80 },
  '16_language_chaos.csv': { code: 0, said: /a language nobody knows.*"xx" 20/, documents: 183 },
};

test('every dirty file is ranked with its remarks, or refused with one message that names the trouble', {
  skip,
}, async (t) => {
  const files = (await readdir(dirty)).filter((name) => /^\d/.test(name)).toSorted();
  assert.deepEqual(files, Object.keys(remarks));
  for (const name of files) {
    await t.test(name, async () => {
      const { code: expected, said, documents } = remarks[name]!;
      const out = path.join(folder, `${name}.json`);
      const { code, stderr } = await rank(fileURLToPath(new URL(name, dirty)), ...fast, '--json', out);
      assert.equal(code, expected, stderr);
      if (said) assert.match(stderr, said);
      else assert.doesNotMatch(stderr, new RegExp(`^${name}:`, 'm'));
      if (expected === 2) assert.equal(stderr.trim().split('\n').length, 1);
      else assert.equal(rankReportSchema.parse(JSON.parse(await readFile(out, 'utf8'))).profile.documents, documents);
    });
  }
});
