/** `podium rank` with repetitions, the other score and stored predictions, as a script uses it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rankReportSchema } from '../../src/commands/rank-report.ts';
import { decodePredictions } from '../../src/flows/predictions-file.ts';
import { fullScore } from '../../src/flows/test-sample.ts';
import { smallCsv } from '../support/small-csv.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'podium-rank-method-'));
  await writeFile(path.join(folder, 'data.csv'), smallCsv(300));
});
after(() => rm(folder, { recursive: true, force: true }));

function rank(...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) =>
    execFile(process.execPath, [main, 'rank', 'data.csv', ...args], { cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    ),
  );
}

async function report(...args: string[]) {
  const out = path.join(folder, `${args.join('').replace(/\W/g, '')}.json`);
  const { code, stdout, stderr } = await rank(...args, '--json', out);
  assert.equal(code, 0, stderr);
  return { stdout, ...rankReportSchema.parse(JSON.parse(await readFile(out, 'utf8'))) };
}

const two = ['--models', 'builtin/tfidf-logreg,builtin/fasttext'];

test('two seeds: other splits, a file of predictions for each trial, and a readable table with its advice', async () => {
  const { stdout, trials, splits, ranking, recommendations } = await report(
    ...['--categories', 'topic,urgent', ...two, '--seeds', '2', '--predictions', 'answers'],
  );
  assert.equal(trials.length, 8);
  assert.deepEqual(
    splits.map(({ category, seed, fold }) => [category, seed, fold]),
    ['topic', 'urgent'].flatMap((category) => [
      [category, 7, null],
      [category, 8, null],
    ]),
  );
  assert.deepEqual(
    ranking.map(({ status, repetitions }) => [status, repetitions.length]),
    [
      ['complete', 2],
      ['complete', 2],
    ],
  );
  const files = trials.map(({ predictionsFile }) => predictionsFile ?? '');
  assert.deepEqual(await readdir(path.join(folder, 'answers')), files.toSorted());
  const rows = new Map<string, string>();
  for (const { predictionsFile, category, seed, metrics } of trials) {
    assert.match(predictionsFile ?? '', /^\d{3}-[a-z0-9-]+-seed-[78]\.parquet$/);
    const stored = await decodePredictions(await readFile(path.join(folder, 'answers', predictionsFile ?? '')));
    assert.ok(Math.abs(fullScore(stored, 'mean') - (metrics?.macroF1 ?? Number.NaN)) < 1e-9);
    assert.equal(stored.languages.length, metrics?.documents);
    rows.set(`${category} ${seed}`, stored.rows.join());
  }
  assert.notEqual(rows.get('topic 7'), rows.get('topic 8'));
  assert.ok(stdout.includes(recommendations[0]?.sentence ?? '(none)'));
  const table = stdout.split('\n').filter((line) => !line.includes('. ') && !line.includes(': '));
  assert.ok(table.length > 8 && table.every((line) => line.length <= 120), stdout);
  for (const part of [/score by category +topic +urgent/, /macro-F1 by language +en +fr/, /cost +texts\/s +parameters/])
    assert.match(stdout, part);
});

test('three folds test every document once, and the rarer label counts with --score rare', async () => {
  const { splits, ranking, rareLabels, score, stdout } = await report(
    ...['--categories', 'urgent', ...two, '--folds', '3', '--score', 'rare'],
  );
  assert.deepEqual(
    splits.map(({ seed, fold }) => [seed, fold]),
    [0, 1, 2].map((index) => [7, { index, count: 3 }]),
  );
  assert.equal(
    splits.reduce((sum, { test: tested }) => sum + tested, 0),
    300,
  );
  assert.deepEqual([score, rareLabels], ['rare', [{ language: null, category: 'urgent', label: 'yes' }]]);
  for (const row of ranking) {
    assert.equal(row.repetitions.length, 3);
    assert.equal(row.score, row.categories[0]?.score);
    assert.equal(row.macroF1, row.categories[0]?.macroF1);
  }
  assert.match(stdout, /rare score {2}macro-F1/);
  assert.match(stdout, /Rare score: 0\.7 x F1 of the rarer label \+ 0\.3 x macro-F1 \(urgent: yes\)/);
});

const refused: [what: string, args: string[], said: RegExp][] = [
  ['folds and seeds together', ['--folds', '3', '--seeds', '2'], /'--folds <number>' cannot be used with .*--seeds/],
  [
    'folds of a file with a test file',
    ['--folds', '3', '--test', 'data.csv'],
    /--folds.* cannot be used with .*--test/,
  ],
  ['one fold', ['--folds', '1'], /Expected a whole number from 2 to 20/],
  ['an unknown score', ['--score', 'accuracy'], /Allowed choices are mean, rare/],
  ['predictions into a file', ['--predictions', 'data.csv'], /--predictions data\.csv: expected a folder, got a file/],
  [
    'predictions below nothing',
    ['--predictions', 'no/where'],
    /--predictions no\/where: the folder it is in doesn't exist/,
  ],
];
for (const [what, args, said] of refused) {
  test(`${what} ends with exit code 2 and one message, and nothing is written`, async () => {
    const { code, stdout, stderr } = await rank(...args);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, said);
    assert.equal(stderr.trim().split('\n').length, 1);
    assert.equal(await stat(path.join(folder, 'no')).catch(() => null), null);
  });
}
