import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { clippingFactor, updateFactors } from '../../../src/engine/training/adamw.ts';
import { optimizerKernel } from '../../../src/engine/training/optimizer-kernel.ts';
import { ParameterState } from '../../../src/engine/training/parameter-state.ts';
import { Random } from '../../../src/engine/training/random.ts';

const numbers = z.array(z.number());
const both = z.object({ weight: numbers, bias: numbers });
const fixture = z
  .object({
    settings: z.object({ clip: z.number(), decay: z.number() }),
    start: both,
    steps: z.array(z.object({ gradients: both, norm: z.number(), rate: z.number(), after: both })),
  })
  .parse(JSON.parse(readFileSync(new URL('fixtures/adamw.json', import.meta.url), 'utf8')));

const parameter = (name: string, shape: number[], initial: ArrayLike<number>, decay = false, table = false) => ({
  name,
  shape,
  initial: Float32Array.from(initial),
  decay,
  table,
  learningRateScale: 1,
});

function close(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(found.length, expected.length);
  for (let index = 0; index < expected.length; index++) {
    assert.ok(
      Math.abs(found[index]! - expected[index]!) < tolerance,
      `[${index}] is ${found[index]}, not ${expected[index]}`,
    );
  }
}

test("the kernel's twelve steps with clipping and decay give the parameters of PyTorch", () => {
  const { settings, start, steps } = fixture;
  const state = new ParameterState([
    parameter('weight', [3, 2], start.weight, true),
    parameter('bias', [2], start.bias),
  ]);
  for (const [index, step] of steps.entries()) {
    for (const name of ['weight', 'bias'] as const) {
      const data = state.gradients[`g/${name}`]?.data;
      assert.ok(data instanceof Float32Array);
      data.set(step.gradients[name]);
    }
    const norm = state.gradientNorm();
    close([norm], [step.norm], 1e-6 * step.norm);
    const scale = clippingFactor(norm, settings.clip);
    state.update(({ decay }) => updateFactors(index + 1, step.rate, decay ? settings.decay : 0, scale));
    const weights = state.weights();
    for (const name of ['weight', 'bias'] as const) close(weights.get(name)!, step.after[name], 2e-6);
  }
});

test('the sum of squares is exact to double precision whatever the length', () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536 });
  const kernel = optimizerKernel(memory);
  for (const length of [0, 4, 8, 100, 4096]) {
    const data = new Float32Array(memory.buffer, 64, length);
    data.set(new Random(length, 'squares').normals(length, 3));
    const expected = data.reduce((sum, value) => sum + value * value, 0);
    assert.ok(Math.abs(kernel.squares(64, 64 + 4 * length) - expected) <= 1e-12 * expected);
  }
});

test('neighbours of a parameter stay as they are, whatever its length', () => {
  const lengths = [1, 3, 16, 17, 64];
  const parameters = lengths.map((length) => parameter(`x${length}`, [length], new Array(length).fill(1)));
  const state = new ParameterState(parameters);
  const data = state.gradients['g/x17']?.data;
  assert.ok(data instanceof Float32Array);
  data.fill(1);
  state.update(() => updateFactors(1, 0.1, 0, 1));
  for (const [name, values] of state.weights())
    close(values, new Array(values.length).fill(name === 'x17' ? 0.9 : 1), 1e-6);
});

test('of a table only the touched rows change, with the sum of their gradients over the parts of a step', () => {
  const initial = Array.from({ length: 24 }, (_, index) => index);
  const state = new ParameterState([parameter('table', [6, 4], initial, false, true)]);
  for (const touched of [[4, 1], [1]]) {
    const rows = new Map([['table', Uint32Array.from(touched)]]);
    const { feeds, gradients } = state.tableTensors(rows);
    assert.deepEqual(
      [...feeds['p/table']!.data],
      touched.flatMap((row) => [0, 1, 2, 3].map((column) => row * 4 + column)),
    );
    const data = gradients['g/table']?.data;
    assert.ok(data instanceof Float32Array);
    data.fill(touched.length);
    state.addTableGradients(rows);
  }
  // row 4 has gradient 2, row 1 has 2 + 1
  close([state.gradientNorm()], [Math.sqrt(4 * 4 + 4 * 9)], 1e-6);
  state.update(() => updateFactors(1, 0.5, 0, 1));
  const weights = state.weights().get('table')!;
  close(
    weights,
    initial.map((value, index) => ([1, 4].includes(index >> 2) ? value - 0.5 : value)),
    1e-6,
  );
  assert.equal(state.gradientNorm(), 0);
});
