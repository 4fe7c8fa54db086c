import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openCheckpointFolder } from '../../../src/engine/pretrained/checkpoint-source.ts';
import { plainSettings } from '../../support/hooks.ts';
import { assertWhole, failing, name, rangesOf, requestsFor, type Scene, scene, sideFiles } from './checkpoint-scene.ts';

/** A real process that opens a checkpoint, and what it has told. */
interface Job {
  child: ChildProcess;
  notes: string[];
  /** until a note matches; rejects when the process ends before */
  noted: (pattern: RegExp) => Promise<void>;
  /** the folder */
  done: Promise<string>;
}

function startJob(t: TestContext, { hub, cacheFolder }: Scene): Job {
  const script = fileURLToPath(new URL('./checkpoint-job.ts', import.meta.url));
  const child = fork(script, [`hub:${name}`, cacheFolder, hub.url]);
  t.after(() => child.kill('SIGKILL'));
  const notes: string[] = [];
  const folder = Promise.withResolvers<string>();
  child.on('message', (message) => {
    if (typeof message !== 'object' || message === null) return;
    if ('note' in message) notes.push(String(message.note));
    if ('folder' in message) folder.resolve(String(message.folder));
  });
  child.on('exit', (code, signal) => folder.reject(new Error(`The job ended: ${code ?? signal}`)));
  folder.promise.catch(() => undefined);
  const noted = async (pattern: RegExp): Promise<void> => {
    while (!notes.some((note) => pattern.test(note))) await Promise.race([once(child, 'message'), folder.promise]);
  };
  return { child, notes, noted, done: folder.promise };
}

describe('several jobs', () => {
  test('six at once make one download; those who wait say so', async (t) => {
    const here = await scene(t);
    const release = Promise.withResolvers<undefined>();
    here.hub.fault = ({ kind, file }) =>
      kind === 'storage' && file === 'model.safetensors' ? release.promise : undefined;
    const jobs = Array.from({ length: 6 }, () => startJob(t, here));
    await Promise.all(jobs.map((job) => job.noted(/^(Downloading|Waiting for another job of this machine)/)));
    const waiting = jobs.filter((job) => job.notes.some((note) => note.startsWith('Waiting')));
    assert.equal(waiting.length, 5);
    release.resolve(undefined);
    const folders = await Promise.all(jobs.map((job) => job.done));
    assert.equal(new Set(folders).size, 1);
    await assertWhole(folders[0] ?? '');
    assert.equal(requestsFor(here.hub, 'info').length, 1);
    const asked = here.hub.seen.filter(({ kind }) => kind === 'resolve').map(({ file }) => file);
    assert.deepEqual(asked.sort(), [...Object.keys(sideFiles), 'model.safetensors'].sort());
  });

  test('one that is killed is followed by one that waited, which goes on from there', async (t) => {
    const here = await scene(t);
    here.hub.fault = failing('model.safetensors', { stallAfterBytes: 210_000 });
    const killed = startJob(t, here);
    await killed.noted(/^Downloading acme\/tiny-encoder: 70 %/);
    const next = startJob(t, here);
    await next.noted(/^Waiting for another job .*: 70 %$/);
    killed.child.kill('SIGKILL');
    await assertWhole(await next.done);
    assert.deepEqual(rangesOf(here.hub), [null, 'bytes=210000-']);
  });

  test('one that is cancelled while it loads ends with the reason, and the next goes on', async (t) => {
    const { hub, cacheFolder, patience, open } = await scene(t);
    hub.fault = failing('model.safetensors', { stallAfterBytes: 210_000 });
    const controller = new AbortController();
    const reason = new Error('cancelled by somebody');
    const onNote = (note: string): void => {
      if (/: 70 %/.test(note)) controller.abort(reason);
    };
    const settings = { ...plainSettings, cacheFolder, hubUrl: hub.url };
    const cancelled = openCheckpointFolder(`hub:${name}`, settings, { signal: controller.signal, onNote }, patience);
    await assert.rejects(cancelled, reason);
    await assertWhole((await open()).folder);
    assert.deepEqual(rangesOf(hub), [null, 'bytes=210000-']);
  });

  test('one that is cancelled while it waits ends with the reason', async (t) => {
    const { hub, cacheFolder, patience, open } = await scene(t);
    const [asked, release] = [Promise.withResolvers<void>(), Promise.withResolvers<undefined>()];
    hub.fault = ({ kind }) => {
      if (kind !== 'storage') return undefined;
      asked.resolve();
      return release.promise;
    };
    const first = open();
    await asked.promise;
    const controller = new AbortController();
    const reason = new Error('cancelled by somebody');
    const hooks = { signal: controller.signal, onNote: () => controller.abort(reason) };
    const settings = { ...plainSettings, cacheFolder, hubUrl: hub.url };
    await assert.rejects(openCheckpointFolder(`hub:${name}`, settings, hooks, patience), reason);
    release.resolve(undefined);
    await assertWhole((await first).folder);
  });
});
