/** Every problem of every row, as a file: from the reader, in the store after a profile job, and from `podium rank`. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Command } from 'commander';
import { parse } from 'csv-parse/sync';
import { readInput } from '../../src/commands/rank-input.ts';
import { type RankOptions, withRankOptions } from '../../src/commands/rank-options.ts';
import { createProblemFile } from '../../src/engine/data/problem-file.ts';
import { runProfileJob } from '../../src/engine/jobs.ts';
import { UserError } from '../../src/errors.ts';
import { noPreparation, profileSchema } from '../../src/flows/contracts.ts';
import { createArtifactStore } from '../../src/storage/artifacts.ts';
import { quietHooks } from '../support/hooks.ts';
import { read } from './data/support.ts';

const good = Array.from({ length: 60 }, (_, index) => `some words number ${index},${index % 2 ? 'calm' : 'angry'}`);
/** 700 rows without a text, 30 too short, one too long. */
const rows = [...good, ...Array(700).fill('null,calm'), ...Array(30).fill('only a text'), 'words here,calm,=1+1'];
const content = `text,label\n${rows.join('\n')}\n`;

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-problems-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const listed = async (bytes: Uint8Array | string): Promise<Record<string, string>[]> =>
  parse(Buffer.from(bytes), { columns: true });

test('every problem is written, also beyond the twenty that a profile shows', async (t) => {
  const file = path.join(await temporaryFolder(t), 'problems.csv');
  const problems = createProblemFile(file, 'data.csv');
  const dataset = await read(content, 'data.csv', { onProblem: problems.add });
  problems.close();
  const all = await listed(await readFile(file));
  assert.equal(problems.rows, 731);
  assert.equal(all.length, 731);
  assert.deepEqual(all[0], {
    file: 'data.csv',
    row: '762',
    line: '762',
    column: '',
    problem: 'row_short',
    what: '1 cells instead of 2; missing: label',
    done: 'the missing cells count as empty',
  });
  const missing = all.filter(({ problem }) => problem === 'text_missing');
  assert.deepEqual(missing.at(-1), {
    file: 'data.csv',
    row: '761',
    line: '761',
    column: 'text',
    problem: 'text_missing',
    what: 'no text in text (got "null")',
    done: 'left out',
  });
  assert.equal(all.find(({ problem }) => problem === 'row_long')?.['done'], 'ignored: =1+1');
  assert.equal(dataset.warnings.filter(({ code }) => code === 'text_missing').length, 21);
});

test('a cell that a spreadsheet would take for a formula is prefixed, quotes and line breaks are kept', async (t) => {
  const file = path.join(await temporaryFolder(t), 'problems.csv');
  const problems = createProblemFile(file, 'data.csv');
  const cells = ['=1+1', '+1', '-1', '@a', '\ta', '\ra', 'a "b", c\nd', 'a=b'];
  for (const [index, cell] of cells.entries())
    problems.add({ row: index + 2, line: null, column: cell, code: 'text_missing', what: cell, done: cell });
  problems.close();
  const columns = (await listed(await readFile(file))).map(({ column }) => column);
  assert.deepEqual(columns, ["'=1+1", "'+1", "'-1", "'@a", "'\ta", "'\ra", 'a "b", c\nd', 'a=b']);
});

test('a profile job keeps the problems in the store, apart for other roles; without problems there is no file', async (t) => {
  const store = createArtifactStore(await temporaryFolder(t));
  await store.put('some', Buffer.from(content));
  await store.put('none', Buffer.from(`text,label\n${good.join('\n')}\n`));
  const profileOf = async (artifactKey: string, labels: string[]) =>
    profileSchema.parse(
      await runProfileJob(
        store,
        {
          dataset: { datasetHash: 'hash', artifactKey, fileName: 'data.csv' },
          roles: { text: 'text', id: null, language: null, annotation: null, labels },
          preparation: noPreparation,
        },
        quietHooks(),
      ),
    );
  const { problems, datasetHash } = await profileOf('some', ['label']);
  assert.equal(problems?.rows, 731);
  assert.ok(problems.artifactKey.startsWith(`problems/${datasetHash}-`));
  assert.equal((await listed(await store.get(problems.artifactKey))).length, 731);
  assert.notEqual((await profileOf('some', [])).problems?.artifactKey, problems.artifactKey);
  assert.equal((await profileOf('none', ['label'])).problems, null);
});

test('podium rank --problems writes them before anything is trained, and never over a file that it reads', async (t) => {
  const folder = await temporaryFolder(t);
  const [file, problems] = [path.join(folder, 'data.csv'), path.join(folder, 'problems.csv')];
  await writeFile(file, content);
  const command = withRankOptions(new Command('rank').argument('<file>'));
  command.parse([file, '--categories', 'label', '--models', 'builtin/tfidf-logreg'], { from: 'user' });
  const options = command.opts<RankOptions>();
  await readInput(file, { ...options, problems });
  assert.equal((await listed(await readFile(problems))).length, 731);
  const test = path.join(folder, 'test.csv');
  await writeFile(test, `text,label\n${good.join('\n')}\nnull,calm\n`);
  await readInput(file, { ...options, problems, test });
  const ofBoth = Map.groupBy(await listed(await readFile(problems)), (problem) => problem['file']);
  assert.deepEqual(
    [...ofBoth].map(([name, own]) => [name, own.length]),
    [
      ['data.csv', 731],
      ['test.csv', 1],
    ],
  );
  await assert.rejects(
    readInput(file, { ...options, problems: file }),
    (error) => error instanceof UserError && /^--problems .*: that is the file to read/.test(error.message),
  );
});
