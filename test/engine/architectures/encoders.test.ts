/** Every architecture against PyTorch and transformers: logits, loss, gradients and 20 steps of training. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Encoder } from '../../../src/engine/architectures/architecture.ts';
import { encoderFor, supportedModelTypes } from '../../../src/engine/architectures/registry.ts';
import { encoderNetwork } from '../../../src/engine/models/encoder-network.ts';
import { openSession, realData } from '../../../src/engine/onnx/session.ts';
import { scheduledLearningRate } from '../../../src/engine/training/adamw.ts';
import { buildInference } from '../../../src/engine/training/inference-graph.ts';
import { Stepper } from '../../../src/engine/training/stepper.ts';
import { type Fixture, fixtures, inOurLayout } from './fixture.ts';

const classes = 3;

/** As the fixture's model, without dropout. */
function encoderOf({ config }: Fixture): Encoder {
  return encoderFor(withoutDropout(config), classes);
}

function withoutDropout(config: Fixture['config']): Fixture['config'] {
  const entries = Object.entries(config).map(([key, value]) => [key, /dropout/.test(key) ? 0 : value]);
  return Object.fromEntries(entries);
}

interface Setting {
  lastLayerOnFirstToken: boolean;
  trimmed: boolean;
}
const settings: readonly Setting[] = [
  { lastLayerOnFirstToken: false, trimmed: false },
  { lastLayerOnFirstToken: true, trimmed: false },
  { lastLayerOnFirstToken: true, trimmed: true },
];
const nameOf = ({ lastLayerOnFirstToken, trimmed }: Setting): string =>
  `${lastLayerOnFirstToken ? 'the last layer for one token' : 'every layer for all tokens'}, ${trimmed ? 'vocabulary trimmed' : 'whole vocabulary'}`;

/** The fixture's model in one setting: its network, and the documents as that network reads them. */
function prepared(fixture: Fixture, { lastLayerOnFirstToken, trimmed }: Setting) {
  const encoder = encoderOf(fixture);
  const used = [...new Set([...fixture.documents.flat()])].sort((a, b) => a - b);
  const rows = trimmed ? used : null;
  const position = new Map(used.map((id, index) => [id, index]));
  const documents = fixture.documents.map((ids) =>
    Uint32Array.from(ids, (id) => (trimmed ? (position.get(id) ?? Number.NaN) : id)),
  );
  const network = encoderNetwork(encoder, inOurLayout(encoder, fixture.tensors, rows), { lastLayerOnFirstToken });
  return { encoder, rows, documents, network };
}

const objectiveOf = ({ targets }: Fixture) => {
  const strategy = typeof targets[0] === 'number' ? ('multi-class' as const) : ('multi-label' as const);
  return { strategy, classes, weights: null };
};

const labelsOf = ({ targets }: Fixture): number[][] =>
  targets.map((target) => (typeof target === 'number' ? [target] : target.flatMap((on, label) => (on ? [label] : []))));

function largest(numbers: Iterable<number>): number {
  let most = 0;
  for (const number of numbers) most = Math.max(most, Math.abs(number));
  return most;
}

for (const [name, fixture] of fixtures) {
  describe(`${name} computes what PyTorch and transformers compute`, () => {
    const labels = labelsOf(fixture);

    for (const setting of settings) {
      test(`logits within 1e-5: ${nameOf(setting)}`, async () => {
        const { documents, network } = prepared(fixture, setting);
        const weights = new Map(network.parameters.map((parameter) => [parameter.name, parameter.initial]));
        const session = await openSession(buildInference(network, weights));
        const logits = realData(await session.run(network.inferenceFeeds(documents)), 'logits');
        const expected = fixture.logits.flat();
        assert.equal(logits.length, expected.length);
        for (const [index, logit] of logits.entries()) {
          assert.ok(
            Math.abs(logit - (expected[index] ?? Number.NaN)) < 1e-5,
            `logit ${index}: ${logit}, ${expected[index]}`,
          );
        }
        await session.release();
      });

      test(`the loss and every parameter's gradient within 1e-4: ${nameOf(setting)}`, async () => {
        const { encoder, rows, documents, network } = prepared(fixture, setting);
        const options = { weightDecay: 0.01, gradientClipNorm: 1, seed: 1 };
        const stepper = await Stepper.open(network, objectiveOf(fixture), options);
        const { loss } = await stepper.step({ documents, targets: labels }, 1, 0);
        assert.ok(Math.abs(loss / fixture.loss - 1) < 1e-4, `loss ${loss}, expected ${fixture.loss}`);
        const expected = inOurLayout(encoder, fixture.gradients, rows);
        // of a parameter whose gradient is zero (keys' biases) only rounding is left: measured against the largest of all
        const scale = largest([...expected.values()].flatMap((numbers) => [...numbers]));
        for (const { name: parameter } of network.parameters) {
          const [ours, theirs] = [stepper.state.gradients[`g/${parameter}`]?.data, expected.get(parameter)];
          assert.ok(ours instanceof Float32Array && theirs && ours.length === theirs.length, parameter);
          const error = largest(ours.map((value, index) => value - (theirs[index] ?? Number.NaN)));
          const allowed = 1e-4 * Math.max(largest(theirs), 1e-2 * scale);
          assert.ok(error <= allowed, `${parameter}: error ${error}, largest ${largest(theirs)}`);
        }
        await stepper.release();
      });

      test(`the losses of 20 steps within 1e-3: ${nameOf(setting)}`, async () => {
        const { documents, network } = prepared(fixture, setting);
        const options = { weightDecay: 0.01, gradientClipNorm: 1, seed: 1 };
        const stepper = await Stepper.open(network, objectiveOf(fixture), options);
        const steps = fixture.losses.length;
        for (const [index, expected] of fixture.losses.entries()) {
          const rate = scheduledLearningRate(index + 1, steps, 0.1, fixture.peakLearningRate);
          const { loss } = await stepper.step({ documents, targets: labels }, index + 1, rate);
          assert.ok(Math.abs(loss - expected) < 1e-3, `step ${index + 1}: loss ${loss}, expected ${expected}`);
        }
        assert.ok((fixture.losses.at(-1) ?? 1) < 0.85 * (fixture.losses[0] ?? 0), 'the fixture learns');
        await stepper.release();
      });
    }

    test("the class has Hugging Face's name and its tensors are all taken", () => {
      const encoder = encoderOf(fixture);
      assert.equal(encoder.className, fixture.className);
      const taken = encoder.parameters.flatMap(({ parts }) => parts.map(({ tensor }) => tensor));
      assert.deepEqual([...taken].sort(), Object.keys(fixture.tensors).sort());
    });
  });
}

test('every supported model type has a fixture', () => {
  const covered = new Set([...fixtures.values()].map(({ config }) => config['model_type']));
  assert.deepEqual([...covered].sort(), [...supportedModelTypes].sort());
});
