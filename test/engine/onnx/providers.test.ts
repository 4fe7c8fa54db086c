import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { test } from 'node:test';
import {
  chooseProvider,
  deviceText,
  type Probe,
  probeProvider,
  withProvider,
} from '../../../src/engine/onnx/providers.ts';
import { type ProviderName, providerNames } from '../../../src/flows/contracts.ts';
import { plainSettings } from '../../support/hooks.ts';
import { missing, softwareVulkan, withoutVulkan } from './software-vulkan.ts';

/** What a process tells that chooses by this setting in this environment. */
function chosenIn(setting: string, env: NodeJS.ProcessEnv): Promise<unknown> {
  const child = fork(new URL('choose-provider.ts', import.meta.url), [setting], { env });
  return new Promise((resolve, reject) => {
    child.on('message', resolve);
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`exit code ${code} and nothing told`)));
  });
}

/** Probes as a machine would answer them. */
const machine =
  (answers: Partial<Record<ProviderName, Probe>>) =>
  async (name: ProviderName): Promise<Probe> =>
    answers[name] ?? { reason: 'not on this machine' };

test('the CPU multiplies matrices here, and its time is told', async () => {
  const found = await probeProvider('cpu');
  assert.ok('ms' in found && found.ms > 0);
});

test('a driver that ends its process is a reason, and ends nothing else', async () => {
  const found = await probeProvider('cpu', new URL('aborting-process.ts', import.meta.url));
  assert.ok('reason' in found);
  assert.match(found.reason, /ended the process \(SIGABRT\)/);
});

test('without a driver `auto` is the CPU, and says of every other why not', async () => {
  const found = await chosenIn('auto', withoutVulkan());
  assert.ok(typeof found === 'object' && found !== null && 'name' in found && 'passedOver' in found);
  assert.equal(found.name, 'cpu');
  const others = providerNames.filter((name) => name !== 'cpu');
  const told = Array.isArray(found.passedOver) ? found.passedOver.map(String) : [];
  assert.deepEqual(told.map((reason) => reason.split(':')[0]).sort(), [...others].sort());
});

test('a provider that is set but has no driver is refused with the reason', async () => {
  const found = await chosenIn('webgpu', withoutVulkan());
  assert.ok(typeof found === 'object' && found !== null && 'kind' in found && 'message' in found);
  assert.equal(found.kind, 'UserError');
  assert.match(String(found.message), /^PODIUM_PROVIDER is webgpu, which doesn't start here: .*adapter/);
});

test('a driver that computes in software is never chosen automatically', { skip: missing ?? false }, async () => {
  const found = await chosenIn('auto', softwareVulkan());
  assert.ok(typeof found === 'object' && found !== null && 'name' in found && 'passedOver' in found);
  assert.equal(found.name, 'cpu');
  assert.match(String(found.passedOver), /webgpu: slower than the CPU/);
});

test('the first of the preferred providers that beats the CPU is taken, others are passed over with the reason', async () => {
  const answers = { cpu: { ms: 20 }, webgpu: { ms: 5 }, cuda: { ms: 1 } };
  assert.equal((await chooseProvider('auto', machine(answers))).name, 'cuda');
  const slow = await chooseProvider('auto', machine({ ...answers, cuda: { ms: 25 } }));
  assert.equal(slow.name, 'webgpu');
  assert.deepEqual(slow.passedOver, ['cuda: slower than the CPU (25 ms, 20 ms)']);
  const broken = await chooseProvider('auto', machine({ ...answers, cuda: { reason: 'no libraries' } }));
  assert.deepEqual([broken.name, broken.passedOver], ['webgpu', ['cuda: no libraries']]);
  const software = await chooseProvider('auto', machine({ ...answers, webgpu: { ms: 900 }, cuda: { reason: 'none' } }));
  assert.equal(software.name, 'cpu');
});

test('what ONNX Runtime says is told without its source paths, in one line', async () => {
  const reason =
    '/src/webgpu_context.cc:136 Initialize() status == Success was false. Failed to get\nan adapter: none. \n';
  const { passedOver } = await chooseProvider('auto', machine({ webgpu: { reason } }));
  assert.ok(passedOver.includes('webgpu: Failed to get an adapter: none'));
});

test('settings that name a provider keep it, and its device is told in words', async () => {
  assert.deepEqual(await withProvider(plainSettings), plainSettings);
  assert.match(deviceText('cpu'), /^cpu \(onnxruntime, 2 threads\)$/);
  await assert.rejects(
    withProvider({ ...plainSettings, provider: 'coreml' === platformProvider() ? 'dml' : 'coreml' }),
    {
      name: 'UserError',
    },
  );
});

/** CoreML is on macOS only, DirectML on Windows only. */
function platformProvider(): ProviderName {
  return process.platform === 'darwin' ? 'coreml' : 'dml';
}
