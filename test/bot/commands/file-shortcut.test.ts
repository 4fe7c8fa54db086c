import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dataFiles } from '../../../src/bot/commands/file-shortcut.ts';
import { getBenchmark } from '../../../src/flows/records.ts';
import { findDataset } from '../../../src/storage/benchmark-queries.ts';
import { smallCsv } from '../../support/small-csv.ts';
import { webClient } from '../../workspace/support.ts';
import { channel, userId } from '../thread-support.ts';
import { type Desk, startDesk } from './support.ts';

let desk: Desk;
before(async () => {
  desk = await startDesk();
});
after(() => desk[Symbol.asyncDispose]());

/** A message with these files. @returns its ts */
async function share(...names: string[]): Promise<string> {
  const { driver, workspace } = desk;
  const file_uploads = names.map((filename) => ({ file: Buffer.from(smallCsv(30)), filename }));
  await webClient(workspace).filesUploadV2({ channel_id: channel, file_uploads });
  return driver.waitFor('the files', { user: 'Bo', channel }, ({ messages }) => {
    const last = messages.at(-1);
    return last?.files?.length === names.length && last.files.every(({ name }) => names.includes(name)) && last.ts;
  });
}

const press = async (user: string, ts: string) => {
  const seen = await desk.driver.shortcut({ user, channel, ts, callback_id: 'benchmark_file' });
  assert.equal(seen.error, undefined);
  return desk.driver.waitFor('a modal', { user }, ({ view }) => view);
};

test('the wizard begins with the file of the message, for whoever pressed, in this channel', async () => {
  const view = await press('Bo', await share('feedback.csv'));
  assert.match(view.callback_id, /^wizard_/);
  const { database } = desk.flow;
  const draft = await desk.driver.waitUntil('the file to be taken', async () => {
    const benchmark = getBenchmark(database, view.private_metadata);
    return benchmark?.state === 'profiling' && benchmark;
  });
  assert.deepEqual([draft.owner, draft.channel], [userId('Bo'), channel]);
  assert.equal(findDataset(database, draft.datasetHash ?? '')?.fileName, 'feedback.csv');
  await desk.driver.close('Bo', { all: true });
});

test('of several data files the first is taken, and that is said', async () => {
  await press('Bo', await share('notes.pdf', 'first.csv', 'second.xlsx'));
  await desk.driver.waitFor('a word', { user: 'Bo', channel }, ({ messages }) =>
    messages.some(({ text }) => /has 2 data files; the first is taken: first\.csv/.test(text ?? '')),
  );
  await desk.driver.close('Bo', { all: true });
});

test('without a data file it is said what is expected, in the reader’s language', async () => {
  assert.match(JSON.stringify(await press('Bo', await share('notes.pdf'))), /There is no data file in this message/);
  await desk.driver.close('Bo', { all: true });
  await desk.driver.message({ user: 'Ana', channel, text: 'no file at all' });
  const [last] = (await desk.driver.messages({ user: 'Dee', channel })).filter(({ text }) => text === 'no file at all');
  assert.match(JSON.stringify(await press('Dee', last?.ts ?? '')), /Il n'y a pas de fichier de données/);
});

test('data files are told by their names, in any case', () => {
  const files = ['A.CSV', 'b.parquet', 'c.json.gz', 'csv', 'd.png', null].map((name, id) => ({ id: `F${id}`, name }));
  assert.deepEqual(
    dataFiles({ files }).map(({ id }) => id),
    ['F0', 'F1', 'F2'],
  );
  for (const message of [{}, { files: 'none' }, null]) assert.deepEqual(dataFiles(message), []);
});
