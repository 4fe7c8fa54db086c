import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InferenceSession } from 'onnxruntime-node';
import { fasttextNetwork } from '../../../src/engine/models/fasttext.ts';
import { Graph } from '../../../src/engine/onnx/graph.ts';
import { sumAll } from '../../../src/engine/onnx/linear.ts';
import { runInto } from '../../../src/engine/onnx/run-into.ts';
import { openSession, tensor } from '../../../src/engine/onnx/session.ts';
import { targetMatrix } from '../../../src/engine/training/class-weights.ts';
import { buildGradientGraph, type Objective } from '../../../src/engine/training/gradient-graph.ts';
import type { Network } from '../../../src/engine/training/network.ts';
import { isOutOfMemory } from '../../../src/engine/training/out-of-memory.ts';
import { Random } from '../../../src/engine/training/random.ts';
import { Stepper, type StepperOptions } from '../../../src/engine/training/stepper.ts';
import { classes, tinyBatch, tinyNetwork } from './tiny-network.ts';

const plain: StepperOptions = { weightDecay: 0.01, gradientClipNorm: 1, seed: 4 };

async function losses(
  network: Network<Uint32Array>,
  objective: Objective,
  options: StepperOptions,
  steps = 8,
): Promise<{ losses: number[]; norms: number[]; pieces: number }> {
  const stepper = await Stepper.open(network, objective, options);
  const found: number[] = [];
  const norms: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const { loss, gradientNorm } = await stepper.step(tinyBatch(10, objective.strategy, step), step, 1e-3);
    found.push(loss);
    norms.push(gradientNorm);
  }
  const { pieces } = stepper;
  await stepper.release();
  return { losses: found, norms, pieces };
}

function close(found: readonly number[], expected: readonly number[], tolerance: number): void {
  assert.equal(found.length, expected.length);
  for (const [index, value] of expected.entries()) {
    const difference = Math.abs(found[index]! - value);
    assert.ok(difference <= tolerance * Math.abs(value), `[${index}]: ${found[index]} instead of ${value}`);
  }
}

for (const strategy of ['multi-class', 'one-vs-rest', 'multi-label'] as const) {
  for (const weights of [null, [0.5, 2, 1]]) {
    for (const [name, network] of [
      ['an encoder', () => tinyNetwork()],
      ['fasttext, whose table goes through by rows', () => fasttextNetwork(50, classes, 1)],
    ] as const) {
      test(`${name}, ${strategy}, class weights ${weights}: a batch in three parts gives the losses of the whole`, async () => {
        const objective = { strategy, classes, weights };
        const whole = await losses(network(), objective, plain);
        const parts = await losses(network(), objective, { ...plain, pieces: 3 });
        close(parts.losses, whole.losses, 1e-6);
        close(parts.norms, whole.norms, 1e-5);
      });
    }
  }
}

test('gradients added up in the buffer they are read from equal those in a buffer of their own, bit for bit', async () => {
  const network = tinyNetwork();
  const objective: Objective = { strategy: 'multi-class', classes, weights: null };
  const { graph } = buildGradientGraph(network, objective, { accumulate: true });
  const session = await openSession(graph.encode());
  const { documents, targets } = tinyBatch(6, 'multi-class', 2);
  const { feeds, rows } = network.trainingBatch(documents, new Random(1, 'noise'));
  feeds['target'] = tensor(targetMatrix(targets, classes), [targets.length, classes]);
  feeds['normaliser'] = tensor(Float32Array.of(6), []);
  const run = async (inPlace: boolean): Promise<Map<string, Float32Array>> => {
    const into: Record<string, ReturnType<typeof tensor>> = { loss: tensor(new Float32Array(1), []) };
    const found = new Map<string, Float32Array>();
    for (const { name, shape, initial, table } of network.parameters) {
      const touched = rows.get(name);
      const dimensions = touched ? [touched.length, shape[1]!] : shape;
      const size = dimensions.reduce((product, length) => product * length, 1);
      feeds[`p/${name}`] = tensor(initial.slice(0, size), dimensions);
      const sums = new Random(initial.length, name).normals(size, 1);
      const gradient = inPlace && !table ? sums : new Float32Array(size);
      if (!table) feeds[`sum/${name}`] = tensor(sums, dimensions);
      into[`g/${name}`] = tensor(gradient, dimensions);
      found.set(name, gradient);
    }
    await runInto(session, feeds, into);
    return found;
  };
  assert.deepEqual(await run(true), await run(false));
  await session.release();
});

/** Fails as ONNX Runtime does when a run has more than so many documents. */
function smallMachine(mostDocuments: number): NonNullable<StepperOptions['open']> {
  return async (model) => {
    const session = await openSession(model);
    const limited: Pick<InferenceSession, 'run' | 'release'> = {
      async run(feeds: InferenceSession.FeedsType, fetches?: unknown): Promise<InferenceSession.ReturnType> {
        const documents = feeds['target']?.dims[0] ?? 0;
        if (documents > mostDocuments)
          throw new Error('Non-zero status code: Failed to allocate memory for requested buffer of size 1');
        return Reflect.apply(session.run, session, [feeds, fetches]);
      },
      release: () => session.release(),
    };
    return Object.assign(Object.create(session), limited);
  };
}

test('where memory runs out the batch goes through in smaller parts, from the same step, with the same losses', async () => {
  const objective: Objective = { strategy: 'multi-class', classes, weights: null };
  const whole = await losses(tinyNetwork(), objective, plain);
  const halved = await losses(tinyNetwork(), objective, { ...plain, open: smallMachine(3) });
  assert.equal(halved.pieces, 4);
  close(halved.losses, whole.losses, 1e-6);
});

test('a single text that does not fit into memory ends training with the reason', async () => {
  const objective: Objective = { strategy: 'multi-class', classes, weights: null };
  await assert.rejects(
    losses(tinyNetwork(), objective, { ...plain, open: smallMachine(0) }),
    /a single text doesn't fit/,
  );
});

test('what ONNX Runtime says when it gets no memory is understood as that', async () => {
  const graph = new Graph('huge');
  const inputs = [graph.scalar(1), graph.input('shape', 'int64', [2])];
  const { outputs } = graph.node({ operator: 'Expand', inputs, outputs: [{ type: 'float', shape: ['A', 'B'] }] });
  graph.output('y', sumAll(outputs[0]!));
  const session = await openSession(graph.encode());
  // 2^52 bytes: more than a process can address
  const shape = tensor(BigInt64Array.of(2n ** 40n, 2n ** 10n), [2]);
  await assert.rejects(session.run({ shape }), isOutOfMemory);
  await session.release();
  assert.ok(!isOutOfMemory(new Error('indices element out of data bounds')));
});

test('the loss of a diverging training is told by step', async () => {
  const stepper = await Stepper.open(tinyNetwork(), { strategy: 'multi-class', classes, weights: null }, plain);
  const [weight] = stepper.state.weights().values();
  weight?.fill(Number.NaN);
  await assert.rejects(stepper.step(tinyBatch(4, 'multi-class', 1), 7, 1e-3), /loss NaN.* at step 7/);
  await stepper.release();
});
