import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { test } from 'node:test';
import { missing, softwareVulkan } from './software-vulkan.ts';
import { type Told, toldSchema } from './webgpu-training.ts';

function trainedOn(provider: string, env: NodeJS.ProcessEnv): Promise<Told> {
  const child = fork(new URL('webgpu-training.ts', import.meta.url), [provider], { env });
  return new Promise((resolve, reject) => {
    child.on('message', (raw) => resolve(toldSchema.parse(raw)));
    child.on('error', reject);
    child.on('exit', (code, signal) => reject(new Error(`It ended with ${signal ?? code} and told nothing.`)));
  });
}

const close = (found: number | undefined, expected: number): boolean =>
  found !== undefined && Math.abs(found - expected) < 1e-3;

test('training on the WebGPU provider gives the losses of the CPU', { skip: missing ?? false }, async () => {
  const expected = await trainedOn('cpu', process.env);
  const found = await trainedOn('webgpu', softwareVulkan());
  assert.match(found.device, /^webgpu/);
  assert.equal(found.steps.length, expected.steps.length);
  for (const [index, { loss, gradientNorm }] of expected.steps.entries()) {
    const ours = found.steps[index];
    assert.ok(close(ours?.loss, loss), `step ${index + 1}: loss ${ours?.loss}, on the CPU ${loss}`);
    assert.ok(close(ours?.gradientNorm, gradientNorm), `step ${index + 1}: gradient norm ${ours?.gradientNorm}`);
  }
  assert.equal(found.epochs.length, 2);
  for (const [index, { trainLoss, validationMacroF1 }] of expected.epochs.entries()) {
    const ours = found.epochs[index];
    assert.ok(
      close(ours?.trainLoss, trainLoss),
      `epoch ${index + 1}: loss ${ours?.trainLoss}, on the CPU ${trainLoss}`,
    );
    assert.equal(ours?.validationMacroF1, validationMacroF1);
  }
});
