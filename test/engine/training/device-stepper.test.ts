import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InferenceSession } from 'onnxruntime-node';
import { fasttextNetwork } from '../../../src/engine/models/fasttext.ts';
import { openSession } from '../../../src/engine/onnx/session.ts';
import { DeviceStepper } from '../../../src/engine/training/device-stepper.ts';
import { Stepper } from '../../../src/engine/training/stepper.ts';
import { trainsOnDevices } from '../../../src/engine/training/training-stepper.ts';
import { fixtures } from '../architectures/fixture.ts';
import { cases, networkOf, options, run, weightedWithDropout } from './device-runs.ts';

const others = [...fixtures.keys()].filter((model) => cases.every((each) => each.model !== model));
const everyArchitecture = others.map((model) => ({ ...weightedWithDropout, name: model, model }));

for (const each of [...cases, ...everyArchitecture]) {
  test(`a Loop over several steps gives the losses of as many single steps: ${each.name}`, async () => {
    const expected = await run(await Stepper.open(networkOf(each), each.objective, options), each);
    const device = await DeviceStepper.open(networkOf(each), each.objective, options, 'cpu', 'loop');
    assert.ok(device.stepsAtOnce > 1);
    const found = await run(device, each);
    assert.equal(found.results.length, expected.results.length);
    for (const [index, { loss, gradientNorm }] of expected.results.entries()) {
      const ours = found.results[index]!;
      assert.ok(Math.abs(ours.loss - loss) < 1e-5, `step ${index + 1}: loss ${ours.loss}, expected ${loss}`);
      assert.ok(Math.abs(ours.gradientNorm / gradientNorm - 1) < 1e-4, `step ${index + 1}: norm ${ours.gradientNorm}`);
    }
  });
}

const [plain] = cases;

/** The first session opened fails at its second run as ONNX Runtime does without memory. */
function shortOfMemory(): (model: Uint8Array) => Promise<InferenceSession> {
  let opened = 0;
  return async (model) => {
    const session = await openSession(model);
    if (opened++ > 0) return session;
    let runs = 0;
    const failing: Pick<InferenceSession, 'run' | 'release'> = {
      async run(feeds: InferenceSession.FeedsType, fetches?: unknown): Promise<InferenceSession.ReturnType> {
        if (runs++ > 0) throw new Error('CUDA failure 2: out of memory');
        return Reflect.apply(session.run, session, [feeds, fetches]);
      },
      release: () => session.release(),
    };
    return Object.assign(Object.create(session), failing);
  };
}

test('where the device has no memory for a step, batches go through in parts, with the same losses', async () => {
  assert.ok(plain);
  const expected = await run(await Stepper.open(networkOf(plain), plain.objective, options), plain);
  const short = { ...options, open: shortOfMemory() };
  const device = await DeviceStepper.open(networkOf(plain), plain.objective, short, 'cpu', 'loop');
  const found = await run(device, plain);
  assert.equal(found.pieces, 2);
  for (const [index, { loss }] of expected.results.entries()) {
    assert.ok(Math.abs(found.results[index]!.loss - loss) < 1e-5, `step ${index + 1}: ${found.results[index]!.loss}`);
  }
});

test('a checkpoint of a training that was short of memory goes on in parts', async () => {
  assert.ok(plain);
  const device = await DeviceStepper.open(networkOf(plain), plain.objective, options, 'cpu', 'loop');
  await device.cutInto(3);
  assert.deepEqual([device.pieces, device.stepsAtOnce], [3, 1]);
  await device.release();
});

test('a loss that is no number ends training with its step', async () => {
  assert.ok(plain);
  const device = await DeviceStepper.open(networkOf(plain), plain.objective, options, 'cpu', 'loop');
  const [weight] = device.state.weights().values();
  weight?.fill(Number.NaN);
  await assert.rejects(run(device, plain), /loss NaN.* at step 1/);
  await device.release();
});

test('a network with a table is refused: its rows go through the step of the CPU only', async () => {
  assert.ok(plain);
  const opening = DeviceStepper.open(fasttextNetwork(50, 3, 1), plain.objective, options, 'cpu', 'loop');
  await assert.rejects(opening, /fasttext: tables go through a step by rows/);
  assert.ok(!trainsOnDevices(fasttextNetwork(50, 3, 1)));
  assert.ok(trainsOnDevices(networkOf(plain)));
});
