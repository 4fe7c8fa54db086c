/** The same small trainings by the CPU's stepper and by those whose optimizer runs on the device. */
import { encoderFor } from '../../../src/engine/architectures/registry.ts';
import { encoderNetwork } from '../../../src/engine/models/encoder-network.ts';
import type { Objective } from '../../../src/engine/training/gradient-graph.ts';
import type { Network } from '../../../src/engine/training/network.ts';
import { Random } from '../../../src/engine/training/random.ts';
import type { Batch, StepResult } from '../../../src/engine/training/stepper.ts';
import type { TrainingStepper } from '../../../src/engine/training/training-stepper.ts';
import { fixtures, inOurLayout } from '../architectures/fixture.ts';

const classes = 3;
const batchSize = 6;
const stepCount = 20;
/** With so much decay and clipping that a step without would show. */
export const options = { weightDecay: 1, gradientClipNorm: 0.4, seed: 4 };

export interface Case {
  name: string;
  /** of the fixtures */
  model: string;
  dropout: number;
  objective: Objective;
}

const single: Objective = { strategy: 'multi-class', classes, weights: null };

export const weightedWithDropout: Case = {
  name: 'class weights and dropout',
  model: 'bert',
  dropout: 0.2,
  objective: { strategy: 'multi-class', classes, weights: [0.5, 2, 1] },
};

export const cases: readonly Case[] = [
  { name: 'one label', model: 'bert', dropout: 0, objective: single },
  weightedWithDropout,
  {
    name: 'several labels, weighted, and dropout',
    model: 'roberta',
    dropout: 0.1,
    objective: { strategy: 'multi-label', classes, weights: [1, 3, 2] },
  },
];

/** A tiny encoder with the fixture's parameters, which learn at different rates. */
export function networkOf({ model, dropout }: Pick<Case, 'model' | 'dropout'>): Network<Uint32Array> {
  const fixture = fixtures.get(model);
  if (!fixture) throw new RangeError(`There is no fixture ${model}.`);
  const config = Object.entries(fixture.config).map(([key, value]) => [key, /dropout/.test(key) ? dropout : value]);
  const encoder = encoderFor(Object.fromEntries(config), classes);
  const network = encoderNetwork(encoder, inOurLayout(encoder, fixture.tensors));
  const parameters = network.parameters.map((each, index) => ({ ...each, learningRateScale: 1 + (index % 3) }));
  return { ...network, parameters };
}

/** Batches of several lengths, the last of an epoch smaller than the others. */
function batchOf(step: number, strategy: Objective['strategy']): Batch<Uint32Array> {
  const random = new Random(step, 'documents');
  const count = step % 7 === 0 ? batchSize - 2 : batchSize;
  const length = 3 + random.below(8);
  const documents = Array.from({ length: count }, () =>
    Uint32Array.from({ length: 2 + random.below(length) }, () => 5 + random.below(20)),
  );
  const targets = documents.map((_, index) => {
    const label = index % classes;
    return strategy !== 'multi-label' ? [label] : [label, (label + 1) % classes].slice(index % 3).sort((a, b) => a - b);
  });
  return { documents, targets };
}

interface Run {
  results: StepResult[];
  pieces: number;
}

/** Steps in as large groups as the stepper wants, in two epochs; its memory is given back afterwards. */
export async function run(stepper: TrainingStepper<Uint32Array>, { objective }: Case): Promise<Run> {
  const results: StepResult[] = [];
  for (const epoch of [1, 2]) {
    stepper.startEpoch(epoch);
    for (let end = (epoch * stepCount) / 2; results.length < end; ) {
      const first = results.length + 1;
      const count = Math.min(stepper.stepsAtOnce, end - results.length);
      const steps = Array.from({ length: count }, (_, index) => first + index);
      const batches = steps.map((step) => batchOf(step, objective.strategy));
      const rates = steps.map((step) => 2e-3 * (1 - step / (2 * stepCount)));
      results.push(...(await stepper.steps(batches, first, rates)));
    }
    await stepper.settle();
  }
  const { pieces } = stepper;
  await stepper.release();
  return { results, pieces };
}
