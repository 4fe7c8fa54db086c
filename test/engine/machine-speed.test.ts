import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { machineSpeed } from '../../src/engine/machine-speed.ts';
import { plainSettings } from '../support/hooks.ts';

async function settingsOf(t: TestContext) {
  const cacheFolder = await mkdtemp(path.join(os.tmpdir(), 'podium-speed-'));
  t.after(() => rm(cacheFolder, { recursive: true, force: true }));
  return { ...plainSettings, cacheFolder, provider: 'cpu' as const };
}

test('the speed is measured once and remembered, also over a damaged file', async (t) => {
  const settings = await settingsOf(t);
  await writeFile(path.join(settings.cacheFolder, 'machine-speed.json'), '{"half');
  const measured = await machineSpeed(settings, undefined, false);
  assert.ok(measured);
  for (const [figure, value] of Object.entries(measured)) assert.ok(value > 0.01, `${figure} ${value}`);
  // measured again it would hardly be the same to the last digit
  assert.deepEqual(await machineSpeed(settings, undefined, false), measured);
  assert.deepEqual(await readdir(settings.cacheFolder), ['machine-speed.json']);
});

test('what was measured while others used the machine is not remembered', async (t) => {
  const settings = await settingsOf(t);
  assert.ok(await machineSpeed(settings, undefined, true));
  assert.deepEqual(await readdir(settings.cacheFolder), []);
});

test('a provider that cannot compute is said, and gives no speed', async (t) => {
  const lines: string[] = [];
  const settings = { ...(await settingsOf(t)), provider: 'coreml' as const };
  if (process.platform === 'darwin') return t.skip('CoreML is here');
  assert.equal(await machineSpeed(settings, (line) => lines.push(line)), null);
  assert.match(lines.join(), /speed could not be measured: /);
});
