import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { addToPast, readPast } from '../../src/commands/past-runs-file.ts';

const run = (factor: number) => ({ model: 'builtin/fasttext', device: 'cpu', factor });

test('runs are remembered newest first and bounded; a damaged file is as none', async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-past-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const nothing = { runs: [], estimates: [] };
  assert.deepEqual(await readPast(folder), nothing);
  const estimate = { before: 10, afterPilot: null, actualSeconds: 12 };
  await addToPast(folder, { runs: [run(1)], estimates: [estimate] });
  await addToPast(folder, { runs: [run(2)], estimates: [] });
  assert.deepEqual(await readPast(folder), { runs: [run(2), run(1)], estimates: [estimate] });
  await addToPast(folder, { runs: Array.from({ length: 500 }, () => run(3)), estimates: Array(100).fill(estimate) });
  const { runs, estimates } = await readPast(folder);
  assert.ok(runs.length <= 200 && estimates.length <= 30);
  assert.deepEqual(await readdir(folder), ['past-runs.json']);
  for (const damaged of ['{"runs": [', '{"runs": [{"model": 1}], "estimates": []}']) {
    await writeFile(path.join(folder, 'past-runs.json'), damaged);
    assert.deepEqual(await readPast(folder), nothing);
  }
});

test('a folder that cannot be made forgets, and nothing fails', async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-past-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(path.join(folder, 'file'), '');
  await addToPast(path.join(folder, 'file', 'cache'), { runs: [run(1)], estimates: [] });
  assert.deepEqual(await readdir(folder), ['file']);
});
