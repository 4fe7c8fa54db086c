import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { sigmoidCrossEntropy, softmaxCrossEntropy } from '../../../src/engine/gradient/losses.ts';
import { Graph, type Value } from '../../../src/engine/onnx/graph.ts';
import { openSession, realData, tensor } from '../../../src/engine/onnx/session.ts';
import {
  clippingScale,
  globalNorm,
  scheduledLearningRate,
  stepScalars,
  update,
} from '../../../src/engine/training/adamw.ts';
import { normaliserOf } from '../../../src/engine/training/gradient-graph.ts';
import { inDouble } from '../gradient/in-double.ts';

const numbers = z.array(z.number());
const both = z.object({ weight: numbers, bias: numbers });
const fixture = z
  .object({
    settings: z.object({
      steps: z.number(),
      warmupShare: z.number(),
      peak: z.number(),
      clip: z.number(),
      decay: z.number(),
    }),
    start: both,
    steps: z.array(z.object({ gradients: both, norm: z.number(), rate: z.number(), after: both })),
    losses: z.object({
      logits: numbers,
      single: numbers,
      multi: numbers,
      weights: numbers,
      cross_entropy: z.number(),
      cross_entropy_weighted: z.number(),
      binary_cross_entropy: z.number(),
      binary_cross_entropy_weighted: z.number(),
    }),
  })
  .parse(JSON.parse(readFileSync(new URL('fixtures/adamw.json', import.meta.url), 'utf8')));

const parameters = [
  { name: 'weight', shape: [3, 2], decays: true },
  { name: 'bias', shape: [2], decays: false },
] as const;

function close(found: ArrayLike<number>, expected: readonly number[], tolerance = 1e-12): void {
  assert.equal(found.length, expected.length);
  for (const [index, value] of expected.entries()) {
    assert.ok(Math.abs(found[index]! - value) < tolerance, `[${index}] is ${found[index]}, PyTorch has ${value}`);
  }
}

test('twelve steps with clipping, decay of weights only and the schedule give the parameters of PyTorch', async () => {
  const { settings, start, steps } = fixture;
  const graph = new Graph('adamw', 'double');
  const scalar = (name: string): Value => graph.input(name, 'double', []);
  const scalars = {
    learningRate: scalar('learningRate'),
    correction1: scalar('correction1'),
    rootCorrection2: scalar('rootCorrection2'),
  };
  const gs = parameters.map(({ name, shape }) => graph.input(`g/${name}`, 'double', shape));
  const norm = globalNorm(gs);
  const scale = clippingScale(graph, norm, settings.clip);
  for (const [index, { name, shape, decays }] of parameters.entries()) {
    const state = {
      p: graph.input(`p/${name}`, 'double', shape),
      m: graph.input(`m/${name}`, 'double', shape),
      v: graph.input(`v/${name}`, 'double', shape),
    };
    const next = update(state, gs[index]!, scale, scalars, decays ? settings.decay : 0);
    for (const key of ['p', 'm', 'v'] as const) graph.output(`next/${key}/${name}`, next[key]);
  }
  graph.output('norm', norm);
  const session = await openSession(graph.encode());
  const state = new Map<string, Float64Array>();
  for (const { name } of parameters) {
    state.set(`p/${name}`, Float64Array.from(start[name]));
    for (const key of ['m', 'v']) state.set(`${key}/${name}`, new Float64Array(start[name].length));
  }
  for (const [index, step] of steps.entries()) {
    const rate = scheduledLearningRate(index + 1, settings.steps, settings.warmupShare, settings.peak);
    close([rate], [step.rate]);
    const feeds = Object.fromEntries([
      ...Object.entries(stepScalars(index + 1, rate)).map(([name, value]) => [
        name,
        tensor(Float64Array.of(value), []),
      ]),
      ...parameters.flatMap(({ name, shape }) => [
        [`g/${name}`, tensor(Float64Array.from(step.gradients[name]), shape)],
        ...['p', 'm', 'v'].map((key) => [`${key}/${name}`, tensor(state.get(`${key}/${name}`)!, shape)]),
      ]),
    ]);
    const results = await session.run(feeds);
    close(realData(results, 'norm'), [step.norm]);
    for (const key of state.keys()) state.set(key, Float64Array.from(realData(results, `next/${key}`)));
    for (const { name } of parameters) close(state.get(`p/${name}`)!, step.after[name]);
  }
  await session.release();
});

test('both losses, with and without weights, equal those of PyTorch', async () => {
  const { logits, single, multi, weights, ...expected } = fixture.losses;
  const graph = new Graph('losses', 'double');
  const x = graph.initializer('logits', [5, 3], Float64Array.from(logits));
  const oneHot = single.flatMap((label) => [0, 1, 2].map((index) => (index === label ? 1 : 0)));
  const w = graph.initializer('weights', [3], Float64Array.from(weights));
  const one = graph.initializer('single', [5, 3], Float64Array.from(oneHot));
  const many = graph.initializer('multi', [5, 3], Float64Array.from(multi));
  const targets = single.map((label) => [label]);
  const total = (strategy: 'multi-class' | 'multi-label', of: number[] | null): Value =>
    graph.scalar(normaliserOf({ strategy, classes: 3, weights: of }, targets));
  graph.output('cross_entropy', softmaxCrossEntropy(x, one, null, total('multi-class', null)));
  graph.output('cross_entropy_weighted', softmaxCrossEntropy(x, one, w, total('multi-class', weights)));
  graph.output('binary_cross_entropy', sigmoidCrossEntropy(x, many, null, total('multi-label', null)));
  graph.output('binary_cross_entropy_weighted', sigmoidCrossEntropy(x, many, w, total('multi-label', weights)));
  inDouble(graph);
  const session = await openSession(graph.encode());
  const results = await session.run({});
  for (const [name, value] of Object.entries(expected)) close(realData(results, name), [value]);
  await session.release();
});

test('the learning rate rises over the warm-up, falls to nearly nothing, and is never negative', () => {
  const rates = Array.from({ length: 100 }, (_, index) => scheduledLearningRate(index + 1, 100, 0.1, 1));
  assert.equal(Math.max(...rates), 1);
  assert.equal(rates.indexOf(1), 9);
  assert.ok(rates.every((rate) => rate > 0));
  assert.ok(rates.at(-1)! < 0.02);
});
