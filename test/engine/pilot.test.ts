import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { bytesSource } from '../../src/engine/data/byte-source.ts';
import { readDataset } from '../../src/engine/data/read-dataset.ts';
import { runPilotJob } from '../../src/engine/jobs.ts';
import { pilotTrial } from '../../src/engine/pilot.ts';
import { noPreparation, quickRecipe, type TrialSpec } from '../../src/flows/contracts.ts';
import { createArtifactStore } from '../../src/storage/artifacts.ts';
import { quietHooks } from '../support/hooks.ts';
import { smallCsv } from '../support/small-csv.ts';
import { readFixture, writeCheckpoint } from './export/support.ts';

const spec = (model: string, epochs = 3): TrialSpec => ({
  ...{ model, category: 'topic', language: null, languages: null, seed: 7, fold: null, strategy: 'auto' },
  recipe: { ...quickRecipe, epochs },
});

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-pilot-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('a few steps tell the seconds of a whole trial: some for every part, and those of training for each epoch', async () => {
  const dataset = await readDataset(bytesSource(new TextEncoder().encode(smallCsv())), 'small.csv');
  for (const model of ['builtin/fasttext', 'builtin/transformer-mini']) {
    const figure = await pilotTrial({ dataset, test: null }, spec(model), quietHooks());
    assert.ok(figure, model);
    assert.deepEqual([figure.model, figure.category, figure.language], [model, 'topic', null]);
    assert.match(figure.device, /cpu/);
    for (const [part, seconds] of Object.entries(figure.seconds)) assert.ok(seconds > 0, `${model}: ${part}`);
  }
});

test('a model without steps has nothing to time', async () => {
  const dataset = await readDataset(bytesSource(new TextEncoder().encode(smallCsv())), 'small.csv');
  assert.equal(await pilotTrial({ dataset, test: null }, spec('builtin/tfidf-logreg'), quietHooks()), null);
});

test('the job times a pretrained encoder, leaves out what cannot be opened, and leaves no checkpoint', async (t) => {
  const folder = await folderOf(t);
  const checkpoint = path.join(folder, 'tiny');
  await writeCheckpoint(checkpoint, await readFixture('bert'));
  const store = createArtifactStore(path.join(folder, 'store'));
  await store.put('dataset', new TextEncoder().encode(smallCsv()));
  const cacheFolder = path.join(folder, 'cache');
  const hooks = quietHooks();
  const { figures } = await runPilotJob(
    store,
    {
      benchmarkId: 'b1',
      dataset: { datasetHash: 'hash', artifactKey: 'dataset', fileName: 'small.csv' },
      roles: { text: 'text', id: 'id', language: 'language', annotation: null, labels: ['topic'] },
      preparation: noPreparation,
      specs: [spec(`folder:${folder}/nothing`), spec(`folder:${checkpoint}`)],
    },
    { ...hooks, settings: { ...hooks.settings, cacheFolder } },
  );
  assert.deepEqual(
    figures.map(({ model }) => model),
    [`folder:${checkpoint}`],
  );
  assert.ok(!existsSync(path.join(cacheFolder, 'checkpoints')));
});

test('a cancelled pilot ends, with the reason', async () => {
  const dataset = await readDataset(bytesSource(new TextEncoder().encode(smallCsv())), 'small.csv');
  const controller = new AbortController();
  controller.abort(new Error('cancelled by the team'));
  const hooks = quietHooks({ signal: controller.signal });
  await assert.rejects(pilotTrial({ dataset, test: null }, spec('builtin/fasttext'), hooks), /cancelled by the team/);
});
