import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { trainNetwork } from '../../../src/engine/training/loop.ts';
import type { Progress } from '../../../src/flows/contracts.ts';
import { quietHooks } from '../../support/hooks.ts';
import { epochs, tinyTask, trainTiny } from './resumable-training.ts';
import { tinyBatch, tinyNetwork } from './tiny-network.ts';

const toldSchema = z.object({ epoch: z.number(), outcome: z.string().nullable() });
const entry = new URL('resumable-training.ts', import.meta.url);

let unbroken = '';
const folders: string[] = [];

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(os.tmpdir(), 'podium-checkpoint-'));
  folders.push(made);
  return made;
}

before(async () => {
  unbroken = await trainTiny(null);
});
after(async () => {
  for (const made of folders) await rm(made, { recursive: true, force: true });
});

/** Trains in a process of its own, killed when it tells of an epoch, if so asked. Gives the epochs told and the outcome. */
function inChild(checkpoints: string, killAtEpoch: number | null): Promise<{ told: number[]; outcome: string | null }> {
  const child = fork(entry, [checkpoints]);
  const told: number[] = [];
  let outcome: string | null = null;
  child.on('message', (raw) => {
    const message = toldSchema.parse(raw);
    if (message.outcome === null) told.push(message.epoch);
    outcome = message.outcome;
    if (message.epoch === killAtEpoch) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => resolve({ told, outcome }));
  });
}

test('a training killed in epoch 2, and again in epoch 4, goes on from the epoch before with the same result', async () => {
  const checkpoints = await folder();
  const first = await inChild(checkpoints, 2);
  assert.deepEqual(first, { told: [1, 2], outcome: null });
  const second = await inChild(checkpoints, 4);
  assert.equal(second.outcome, null);
  assert.ok(second.told[0] === 2 || second.told[0] === 3, `went on in epoch ${second.told[0]}`);
  const third = await inChild(checkpoints, null);
  assert.ok(third.told[0]! >= 4);
  assert.equal(third.outcome, unbroken);
});

test('a training that pauses after epochs gives what one without breaks gives, bit for bit', async () => {
  const checkpoints = await folder();
  const pausedSchema = z.object({ paused: z.boolean(), epochs: z.array(z.unknown()), chosenEpoch: z.number() });
  const told: number[] = [];
  for (const until of [1, 3, 3]) {
    const outcome = await trainTiny(checkpoints, tinyTask(), (epoch) => told.push(epoch), until);
    const { paused, epochs: done, chosenEpoch } = pausedSchema.parse(JSON.parse(outcome));
    assert.deepEqual([paused, done.length], [true, until]);
    assert.ok(chosenEpoch <= until);
  }
  assert.equal(await trainTiny(checkpoints, tinyTask(), (epoch) => told.push(epoch)), unbroken);
  assert.deepEqual(told, [1, 2, 3, 4, 5], 'no epoch was trained twice');
});

test('a training that is out of patience is over, however far it might have gone', async () => {
  const impatient = tinyTask({ patienceEpochs: 1, epochs: 50 });
  const whole = z.object({ epochs: z.array(z.unknown()) }).parse(JSON.parse(await trainTiny(null, impatient)));
  const last = whole.epochs.length;
  assert.ok(last < 50, 'the task never stops early');
  const outcome = await trainTiny(await folder(), impatient, undefined, last);
  assert.equal(z.object({ paused: z.boolean() }).parse(JSON.parse(outcome)).paused, false);
});

test('a checkpoint folder changes nothing, and a finished training is not trained again', async () => {
  const checkpoints = await folder();
  assert.equal(await trainTiny(checkpoints), unbroken);
  const told: number[] = [];
  assert.equal(await trainTiny(checkpoints, tinyTask(), (epoch) => told.push(epoch)), unbroken);
  assert.deepEqual(told, []);
  const best = z.object({ chosenEpoch: z.number() }).parse(JSON.parse(unbroken)).chosenEpoch;
  assert.deepEqual((await readdir(checkpoints)).sort(), [`best-${best}.weights`, 'epoch.checkpoint']);
});

test('the checkpoint of another recipe or seed is not taken', async () => {
  const checkpoints = await folder();
  await trainTiny(checkpoints);
  for (const other of [tinyTask({ batchSize: 9 }), tinyTask({}, 8)]) {
    const expected = await trainTiny(null, other);
    const told: number[] = [];
    assert.equal(await trainTiny(checkpoints, other, (epoch) => told.push(epoch)), expected);
    assert.equal(told.length, epochs);
  }
});

test('a damaged checkpoint, or one whose best weights are damaged, is ignored', async () => {
  const checkpoints = await folder();
  await trainTiny(checkpoints);
  const names = await readdir(checkpoints);
  const whole = new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(path.join(checkpoints, name))] as const)),
  );
  const damages: ((bytes: Buffer) => Buffer)[] = [
    (bytes) => bytes.subarray(0, bytes.length - 4),
    (bytes) => Buffer.concat([bytes, Buffer.alloc(4)]),
    (bytes) => Buffer.from(bytes.map((byte, index) => (index === bytes.length - 9 ? byte ^ 4 : byte))),
    () => Buffer.alloc(0),
    () => Buffer.from('{"fingerprint":1}\n'),
  ];
  for (const name of names) {
    for (const damage of damages) {
      for (const [other, bytes] of whole) await writeFile(path.join(checkpoints, other), bytes);
      await writeFile(path.join(checkpoints, name), damage(whole.get(name)!));
      const told: number[] = [];
      assert.equal(await trainTiny(checkpoints, tinyTask(), (epoch) => told.push(epoch)), unbroken);
      assert.equal(told.length, epochs, `${name}: ${damage}`);
    }
  }
});

test('progress tells the score of the last epoch that was validated, before the first none', async () => {
  const told: [number | null, number | null | undefined][] = [];
  const task = tinyTask();
  const data = {
    train: tinyBatch(60, 'multi-class', 1).documents,
    validation: tinyBatch(30, 'multi-class', 2).documents,
  };
  const onProgress = ({ epoch, validationMacroF1 }: Progress) => told.push([epoch, validationMacroF1]);
  const { epochs: scored } = await trainNetwork(tinyNetwork(0.1), data, task, 1e-2, quietHooks({ onProgress }));
  assert.equal(told[0]?.[1], null);
  for (const { epoch, validationMacroF1 } of scored) {
    const own = told.filter(([of]) => of === epoch);
    assert.equal(own.at(-1)?.[1], validationMacroF1);
    if (epoch > 1) assert.equal(own[0]?.[1], scored[epoch - 2]?.validationMacroF1);
  }
});
