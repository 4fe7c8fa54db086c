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
/** without languages and urgency */
let plain: string;
/** its topics are lists */
let lists: string;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'podium-rank-'));
  data = await save('data.csv', smallCsv(300));
  const records = smallCsv(60).trim().split('\n').slice(1);
  const textOf = (record: string) => record.split('"')[1] ?? '';
  const rows = records.map((record) => `"${textOf(record)}",${record.includes('angry') ? 'angry' : 'calm'}`);
  plain = await save('plain.csv', `text,tone\n${rows.join('\n')}\n`);
  const listed = records.map((record) => JSON.stringify({ text: textOf(record), topic: ['roads', 'water'] }));
  lists = await save('lists.jsonl', listed.join('\n'));
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
  assert.match(stdout, /TF-IDF \+ logistic regression {2}1\.000 {5}0\.956 – 1\.000 /);
  assert.match(stdout, /score by category +topic +tone\n(?:.*\n)?TF-IDF \+ logistic regression +1\.000 +1\.000\n/);
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

/** Names of all fields, however deep; what is keyed by a role (`reasons`) has no fields of its own. */
function fieldsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(fieldsOf);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === 'reasons' ? [key] : [key, ...fieldsOf(inner)]));
}

test('docs/rank-json.md names every field', async () => {
  const documented = await readFile(new URL('../../docs/rank-json.md', import.meta.url), 'utf8');
  const other = await save('small.csv', smallCsv(40));
  const models = 'builtin/tfidf-logreg,builtin/fasttext';
  const written = await report(data, '--categories', 'urgent', '--models', models, '--test', other);
  const missing = new Set(fieldsOf(written).filter((field) => !documented.includes(`\`${field}\``)));
  assert.deepEqual([...missing], []);
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

test('a test file of its own is what is scored on, and nothing of it is trained on', async () => {
  const other = await save('test.csv', smallCsv(60));
  const {
    splits,
    trials,
    test: tested,
    warnings,
  } = await report(data, '--categories', 'topic', '--test', other, ...fast);
  assert.equal(tested?.documents, 60);
  const [split] = splits;
  // its 60 texts stand in the other file too
  assert.deepEqual([split?.test, (split?.train ?? 0) + (split?.validation ?? 0)], [60, 240]);
  assert.match(warnings.map(({ message }) => message).join(), /60 training text\(s\) also stand in the test file/);
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
  [
    'a model that cannot be trained here',
    () => [data, '--models', 'microsoft/deberta-v3-base'],
    /no tokenizer\.json there\. Take .*mDeBERTa.* instead/,
  ],
  ['a folder that is not there', () => [data, '--models', 'folder:./none'], /\.\/none: expected a folder/],
  ['a model that is not there', () => [data, '--models', 'nope'], /expected one of builtin\/tfidf-logreg.*got "nope"/],
  ['too many epochs', () => [data, '--epochs', '99'], /Expected a whole number from 1 to 50/],
  ['a folder instead of a file', () => ['.'], /^\. can't be read: expected a file, got a folder\.$/m],
  ['categories without a name', () => [data, '--categories', ','], /expected at least one of topic, tone, urgent/],
  ['a result that would replace the data', () => [data, '--json', data], /the result would replace it/],
  ['a result that would replace a folder', () => [data, '--json', '.'], /expected a file, got a folder/],
  ['an empty number', () => [data, '--seed', ''], /Expected a whole number from 0 to 2147483647/],
  ['an option that is not there', () => [data, '--nonsense', '3'], /unknown option '--nonsense'/],
  [
    'a model for each language without languages',
    () => [plain, '--per-language', '--detect-languages', 'off'],
    /found: no languages/,
  ],
  ['a test file without the category', () => [data, '--categories', 'urgent', '--test', plain], /no column "urgent"/],
  [
    'a test file with lists of labels',
    () => [data, '--categories', 'topic', '--test', lists],
    /expected one label per text for "topic"/,
  ],
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

test('Ctrl-C in the middle of a training ends it with exit code 130, without a table', async () => {
  const models = 'builtin/tfidf-logreg,builtin/transformer-mini';
  const child = spawn(process.execPath, [main, 'rank', data, '--models', models, '--epochs', '50'], { cwd: folder });
  let stdout = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  // The first model has ended, so the second one, which takes far longer, is under way.
  child.stderr.once('data', () => child.kill('SIGINT'));
  assert.equal(await new Promise((resolve) => child.on('close', resolve)), 130);
  assert.equal(stdout, '');
});

test('a trial that fails leaves its model incomplete, and the others go on', async () => {
  const rows = Array.from({ length: 40 }, (_, row) => `"text number ${row} of the file",${row % 2 ? 'a' : 'b'},x`);
  const training = await save('half.csv', `text,good,poor\n${rows.join('\n')}\n"one more of them",a,y\n`);
  const empty = await save('empty-test.csv', 'text,good,poor\n"a new text here",,x\n"and another new one",,x\n');
  const out = path.join(folder, 'failed.json');
  const both = ['--text', 'text', '--categories', 'good,poor', '--test', empty, '--json', out, ...fast];
  const { code, stdout } = await rank(training, ...both);
  assert.equal(code, 0);
  assert.match(stdout, /incomplete: "good" failed: "good": \d+ documents to train on and 0 to test on are too few/);
  const failed = rankReportSchema.parse(JSON.parse(await readFile(out, 'utf8')));
  assert.deepEqual(
    failed.trials.map(({ status, metrics, trainSeconds, error }) => [status, metrics, trainSeconds, typeof error]),
    [
      ['failed', null, null, 'string'],
      ['done', failed.trials[1]?.metrics, failed.trials[1]?.trainSeconds, 'object'],
    ],
  );
  assert.equal(failed.ranking[0]?.status, 'incomplete');
});

test('where no trial finishes, one message says why and the JSON holds it', async () => {
  const rows = Array.from({ length: 40 }, (_, row) => `"text number ${row} of the file",${row % 2 ? 'a' : 'b'}`);
  const training = await save('all.csv', `text,good\n${rows.join('\n')}\n`);
  const empty = await save('none-test.csv', 'text,good\n"a new text here",\n');
  const out = path.join(folder, 'none.json');
  const { code, stdout, stderr } = await rank(training, '--text', 'text', '--test', empty, '--json', out, ...fast);
  assert.equal(code, 2);
  assert.equal(stdout, '');
  assert.match(stderr, /\nNo trial could be finished: "good": \d+ documents to train on and 0 to test on are too few/);
  const { trials, ranking } = rankReportSchema.parse(JSON.parse(await readFile(out, 'utf8')));
  assert.deepEqual([trials[0]?.status, ranking[0]?.score], ['failed', null]);
});

test('a category whose name holds a comma is taken whole; the same name or model twice counts once', async () => {
  const file = await save('comma.csv', smallCsv(120).replace('topic,tone', '"topic, main",tone'));
  const models = 'builtin/tfidf-logreg,builtin/tfidf-logreg';
  const { trials } = await report(file, '--categories', 'topic, main', '--categories', 'tone,tone', '--models', models);
  assert.deepEqual(
    trials.map(({ category }) => category),
    ['topic, main', 'tone'],
  );
});

test('no name or value of a file reaches the terminal with its control characters', async () => {
  const file = await save('evil.csv', smallCsv(120).replace('topic,tone', 'to\u001b[31mpic\u202e,tone'));
  const names = await rank(file, '--categories', 'nope', ...fast);
  const { code, stdout, stderr } = await rank(file, ...fast);
  assert.equal(code, 0, stderr);
  for (const text of [names.stderr, stdout, stderr]) assert.doesNotMatch(text, /(?!\n)\p{Cc}|\p{Bidi_Control}/u);
  const args = await rank(data, '--text', 'a\u001b[2J\nb');
  assert.equal(args.stderr.trim().split('\n').length, 1);
  assert.ok(!args.stderr.includes('\u001b'));
});

test('what is decided about languages and labels reaches trials, test file and JSON', async () => {
  const sentences = [
    'nous avons bien reçu votre demande',
    'we have received your request',
    'hemos recibido su solicitud',
  ];
  const tones = ['calm', 'angry', 'Angry', 'calm', 'angry', 'unsure'];
  const rows = Array.from({ length: 240 }, (_, index) => {
    const [sentence, tone] = [sentences[index % 20 === 0 ? 2 : index % 2], tones[index % tones.length]];
    return `"${sentence}, ${tone} ${index}",${index === 7 ? 'odd' : tone}`;
  });
  const file = await save('choices.csv', `text,tone\n${rows.join('\n')}\n`);
  const other = await save(
    'choices-test.csv',
    `text,tone\n${rows
      .slice(0, 60)
      .join(' again\n')
      .replace(/ again$/gm, '')}\n`,
  );
  const decisions = ['--set-language', 'Spanish=exclude', '--rename', 'tone:Angry=angry', '--exclude', 'tone=unsure'];
  const options = [...decisions, '--min-examples', '5', '--per-language', '--test', other, ...fast];
  const { preparation, profile, trials, warnings } = await report(file, ...options);
  assert.deepEqual(preparation.languages.changes, [{ from: 'es', to: null }]);
  assert.deepEqual(preparation.categories, [
    {
      category: 'tone',
      rename: [{ from: 'Angry', to: 'angry' }],
      exclude: ['unsure'],
      minExamples: 5,
      strategy: 'auto',
    },
  ]);
  assert.equal(profile.languageSource, 'detected');
  assert.deepEqual(trials.map(({ language }) => language).toSorted(), ['en', 'fr']);
  for (const { metrics } of trials)
    assert.deepEqual(
      metrics?.perClass.map(({ label }) => label),
      ['angry', 'calm'],
    );
  const codes = warnings.filter(({ file: own }) => own === 'choices.csv').map(({ code }) => code);
  for (const code of ['language_detected', 'language_excluded', 'label_renamed', 'label_excluded', 'label_too_rare'])
    assert.ok(codes.includes(code), `${code} among ${codes.join()}`);
  const { code, stderr } = await rank(file, '--set-language', 'Polish=exclude', ...fast);
  assert.deepEqual(
    [code, stderr.split('\n')[0]?.replace(/Found.*/, '')],
    [2, '--set-language: choices.csv: no text is in Polish. '],
  );
});

test('languages that get no model of their own are named', async () => {
  const lines = smallCsv(200).trim().split('\n');
  const file = await save(
    'rare.csv',
    [...lines, ...lines.slice(1, 11).map((line) => line.replace(/,(en|fr),/, ',de,'))].join('\n'),
  );
  const { warnings } = await report(file, '--categories', 'tone', '--per-language', ...fast);
  const [left] = warnings.filter(({ code }) => code === 'language_left_out');
  assert.match(left?.message ?? '', /French \(50\), German \(10\)/);
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
  '07_newlines_quotes_formulas.csv': { code: 0, said: /Languages of 240 texts detected/, documents: 240 },
  '08_emoji_rtl_unicode.csv': { code: 0, said: /40 cells count as having no value/, documents: 274 },
  '09_chat_markup_labels.csv': { code: 0, said: /320 texts detected from the text: English 320\./, documents: 320 },
  '10_300_classes.csv': { code: 0, said: /different labels/, documents: 1797 },
  '11_huge_text.csv': { code: 2, said: /no category can be compared/ },
  '12_empty.csv': { code: 2, said: /is empty \(0 bytes\)/ },
  '13_header_only.csv': { code: 2, said: /has a header .* and no rows/ },
  '14_ragged_unclosed_quote.csv': { code: 0, said: /row 6: 6 cells instead of 4/, documents: 59 },
  '15_mixed.jsonl': { code: 0, said: /10 lines left out: not a JSON object/, documents: 80 },
  '16_language_chaos.csv': { code: 0, said: /a language nobody knows.*"xx" 20/, documents: 183 },
};

test('every trial says its strategy, and one that a category cannot have ends before any training', async () => {
  const { trials } = await report(data, '--categories', 'tone,urgent', '--strategy', 'tone=one-vs-rest', ...fast);
  assert.deepEqual(
    trials.map(({ category, strategy }) => [category, strategy]),
    [
      ['tone', 'one-vs-rest'],
      ['urgent', 'multi-class'],
    ],
  );
  const { code, stderr } = await rank(lists, '--categories', 'topic', '--strategy', 'multi-class', ...fast);
  assert.equal(code, 2);
  assert.match(stderr, /^"topic" can't be learnt as multi-class, .* 60 of its documents have several/m);
});

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

const raced = ['--categories', 'topic', '--max-tokens', '16', '--race', 'on'];

test('a race that drops nobody gives the numbers of a run without one', async () => {
  const models = ['--models', 'builtin/tfidf-logreg,builtin/fasttext'];
  const alone = await report(data, ...models, '--categories', 'topic', '--max-tokens', '16');
  const { race, trials } = await report(data, ...models, ...raced);
  assert.equal(alone.race, null);
  assert.deepEqual(
    race?.rungs.map(({ epoch }) => epoch),
    [1, 2],
  );
  assert.deepEqual(race?.dropped, []);
  for (const [index, { status, metrics, epochs }] of trials.entries()) {
    assert.equal(status, 'done');
    assert.deepEqual([metrics, epochs], [alone.trials[index]?.metrics, alone.trials[index]?.epochs]);
  }
});

test('a race drops models that learn nothing, ranks them last, and says when and what that saved', async () => {
  const models = 'builtin/transformer-mini,builtin/fasttext,builtin/tfidf-logreg';
  const out = path.join(folder, 'race.json');
  const { code, stdout, stderr } = await rank(
    ...[data, '--models', models, ...raced, '--learning-rate', '0.000001', '--json', out],
  );
  assert.equal(code, 0, stderr);
  const { race, ranking, trials } = rankReportSchema.parse(JSON.parse(await readFile(out, 'utf8')));
  assert.deepEqual(
    race?.dropped.map(({ model, epoch, epochs }) => [model, epoch, epochs]),
    [
      ['builtin/transformer-mini', 1, 3],
      ['builtin/fasttext', 1, 3],
    ],
  );
  assert.deepEqual(race.rungs.length, 1, 'nobody was left to race in the second rung');
  assert.ok(race.savedSeconds > 0 && race.savedSeconds < race.totalSeconds);
  assert.deepEqual(
    trials.map(({ status }) => status),
    ['dropped', 'dropped', 'done'],
  );
  assert.deepEqual([ranking[0]?.model, ranking[0]?.status], ['builtin/tfidf-logreg', 'complete']);
  assert.match(ranking[1]?.reason ?? '', /^dropped after epoch 1 of 3 \(chance of being best (under )?[01]\.\d %\)$/);
  assert.match(stderr, /Transformer, mini on topic.*: dropped after epoch 1 of 3/);
  assert.match(stdout, /The race saved about \d+ of \d+ seconds; the chance that it dropped the best model is/);
  assert.deepEqual(await readdir(path.join(folder, '.podium', 'cache', 'checkpoints')), []);
});
