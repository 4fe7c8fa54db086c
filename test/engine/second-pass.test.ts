/** The second pass of a full training: on all documents, with the first pass's figures, and across a kill. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { openModel } from '../../src/engine/models/registry.ts';
import { runTrainJob } from '../../src/engine/train-job.ts';
import { type Progress, trialResultSchema } from '../../src/flows/contracts.ts';
import { quietHooks } from '../support/hooks.ts';
import { jobOf, openScene, signs } from './second-pass-scene.ts';

const entry = new URL('second-pass-scene.ts', import.meta.url);
const vocabularies = { 'builtin/tfidf-logreg': 'vocabulary.json', 'builtin/transformer-mini': 'tokenizer.json' };

async function scene(t: TestContext) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-passes-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const checkpoints = path.join(folder, 'cache', 'checkpoints');
  return { folder, checkpoints, ...(await openScene(folder)) };
}

for (const [model, vocabulary] of Object.entries(vocabularies))
  test(`${model}: the delivered model has read every document, and its figures are those of a training without`, async (t) => {
    const { store, settings, checkpoints } = await scene(t);
    const shares: number[] = [];
    const onProgress = ({ share }: Progress) => void shares.push(share);
    const one = await runTrainJob(store, jobOf(model, false), quietHooks({ settings }));
    const twice = await runTrainJob(store, jobOf(model, true), quietHooks({ settings, onProgress }));
    const [[first], [both]] = [one.models, twice.models];
    assert.ok(first && both);
    assert.deepEqual(both.result.metrics, first.result.metrics);
    assert.deepEqual(both.result.epochs, first.result.epochs);
    assert.deepEqual(both.result.split, first.result.split);
    assert.equal(first.secondPass, null);
    assert.deepEqual(both.secondPass, { documents: signs.length, epochs: first.result.chosenEpoch });

    const fileOf = async ({ artifactPrefix }: typeof one, name: string) =>
      new TextDecoder().decode(await store.get(`${artifactPrefix}01-answer/${name}`));
    const [readOnce, readTwice] = [await fileOf(one, vocabulary), await fileOf(twice, vocabulary)];
    assert.equal(signs.filter((sign) => readOnce.includes(sign)).length, first.result.split.train);
    assert.deepEqual(
      signs.filter((sign) => !readTwice.includes(sign)),
      [],
    );
    const opened = await openModel(store.location(`${twice.artifactPrefix}01-answer`));
    t.after(() => opened.dispose());
    const [[label] = []] = await opened.predict(['a hole in the road']);
    assert.equal(opened.labels[label ?? -1], '1');

    const card = await fileOf(twice, 'README.md');
    assert.match(card, /second pass: trained anew on all 120 documents, those to choose and to test on too/);
    assert.match(card, /On \d+ test documents.*figures of the first pass/);
    assert.doesNotMatch(await fileOf(one, 'README.md'), /pass/);

    assert.deepEqual(
      shares,
      shares.toSorted((a, b) => a - b),
      'progress never falls',
    );
    assert.ok(shares.some((share) => share > 0.1 && share < 0.5) && shares.some((share) => share > 0.6));
    assert.deepEqual(await readdir(checkpoints), []);
  });

for (const model of Object.keys(vocabularies))
  test(`${model}: a worker that is killed between the passes leaves the first one's figures, and the next goes on with the second`, async (t) => {
    const { folder, store, settings, checkpoints } = await scene(t);
    const [, signal] = await once(fork(entry, [folder, model]), 'exit');
    assert.equal(signal, 'SIGKILL');
    assert.deepEqual(await readdir(checkpoints), ['train-twice-0-all']);
    const file = path.join(checkpoints, 'train-twice-0-all', 'first-pass.json');
    const kept: unknown = JSON.parse(await readFile(file, 'utf8')).result;
    const shares: number[] = [];
    const hooks = quietHooks({ settings, onProgress: ({ share }) => void shares.push(share) });
    const { models } = await runTrainJob(store, jobOf(model, true), hooks);
    assert.deepEqual(models[0]?.result, trialResultSchema.parse(kept));
    assert.deepEqual(
      shares.filter((share) => share > 0 && share < 0.5),
      [],
      'nothing of the first pass is done again',
    );
    assert.deepEqual(await readdir(checkpoints), []);
  });

test('the figures of another training, and a damaged file of them, are not taken for this one', async (t) => {
  const { folder, store, settings, checkpoints } = await scene(t);
  const model = 'builtin/tfidf-logreg';
  const shareOf = async (job: ReturnType<typeof jobOf>): Promise<number> => {
    const shares: number[] = [];
    await runTrainJob(store, job, quietHooks({ settings, onProgress: ({ share }) => void shares.push(share) }));
    return shares.filter((share) => share > 0 && share < 0.5).length;
  };
  const job = jobOf(model, true);
  await once(fork(entry, [folder, model]), 'exit');
  assert.ok((await shareOf({ ...job, specs: job.specs.map((spec) => ({ ...spec, seed: 8 })) })) > 0);
  await once(fork(entry, [folder, model]), 'exit');
  await writeFile(path.join(checkpoints, 'train-twice-0-all', 'first-pass.json'), '{"key"');
  assert.ok((await shareOf(job)) > 0);
});
