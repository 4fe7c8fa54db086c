import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type PilotFigure, quickRecipe, type TrialSpec } from '../../src/flows/contracts.ts';
import { referenceSpeed, totalOf } from '../../src/flows/cost-model.ts';
import {
  downloadText,
  estimateTrials,
  expectedSeconds,
  type Knowledge,
  modelsToPilot,
  type PastRun,
  secondsPerModel,
} from '../../src/flows/estimate.ts';
import { aProfile } from '../bot/support.ts';

const plain = aProfile();
const categories = plain.categories.map((one) => ({ ...one, documents: 4000 }));
const profile = { ...plain, documents: 4000, languages: [], categories };
const category = profile.categories[0]!.name;
const device = 'cpu (2 threads)';
const machine = { device, speed: referenceSpeed };
const nothing: Knowledge = {
  ...{ machines: [machine], pastRuns: [], pastEstimates: [], pilot: [] },
  ...{ secondsPerTrial: 1, testDocuments: null, atMost: false },
};
const spec = (model: string, changes: Partial<TrialSpec> = {}): TrialSpec => ({
  ...{ model, category, language: null, languages: null, seed: 7, fold: null, strategy: 'auto', recipe: quickRecipe },
  ...changes,
});
const encoder = 'hub:google-bert/bert-base-uncased';
const mini = 'builtin/transformer-mini';

describe('an estimate before anything has run', () => {
  test('is the cost model at the machine’s speed, with a range around it', () => {
    const { seconds, lowSeconds, highSeconds, measured, pastTrials } = estimateTrials([spec(mini)], profile, nothing);
    const expected = totalOf(expectedSeconds(spec(mini), profile, referenceSpeed)) + 1;
    assert.ok(Math.abs(seconds - expected) < 1e-9);
    assert.ok(Math.abs(highSeconds / seconds - 1.5) < 1e-9 && Math.abs(seconds / lowSeconds - 1.5) < 1e-9);
    assert.ok(measured && pastTrials === 0);
  });

  test('is vaguer where no worker has told its speed', () => {
    for (const machines of [[], [{ device, speed: null }]]) {
      const { seconds, highSeconds, measured } = estimateTrials([spec(mini)], profile, { ...nothing, machines });
      assert.ok(highSeconds / seconds > 2 && !measured);
    }
  });

  test('workers share the trials: never more than one, never less than the longest trial or an equal share', () => {
    const specs = [spec(encoder), ...Array.from({ length: 9 }, (_, seed) => spec(mini, { seed }))];
    const alone = estimateTrials(specs, profile, nothing).seconds;
    const longest = estimateTrials([spec(encoder)], profile, nothing).seconds;
    for (const count of [2, 3, 20]) {
      const machines = Array.from({ length: count }, () => machine);
      const { seconds } = estimateTrials(specs, profile, { ...nothing, machines });
      assert.ok(seconds <= alone && seconds >= Math.max(longest, alone / count) - 1e-9, `${count}`);
    }
  });

  test('models of the hub are named, whose download nobody knows the time of', () => {
    const estimate = estimateTrials([spec(encoder), spec(mini)], profile, nothing);
    assert.deepEqual(estimate.downloads, [encoder]);
    assert.match(downloadText(estimate) ?? '', /0\.4 GB/);
    assert.equal(downloadText(estimateTrials([spec(mini)], profile, nothing)), null);
  });

  test('folds and a test file of its own change how much is trained on', () => {
    const train = (own: TrialSpec, testDocuments: number | null = null) =>
      expectedSeconds(own, profile, referenceSpeed, testDocuments).train;
    assert.ok(train(spec(mini, { fold: { index: 0, count: 10 } })) > train(spec(mini)));
    assert.ok(train(spec(mini, { fold: { index: 0, count: 2 } })) < train(spec(mini)));
    assert.ok(train(spec(mini), 100) > train(spec(mini)));
  });
});

describe('past runs', () => {
  const run = (factor: number, changes: Partial<PastRun> = {}): PastRun => ({
    model: mini,
    device,
    factor,
    ...changes,
  });
  const secondsWith = (pastRuns: PastRun[]) => estimateTrials([spec(mini)], profile, { ...nothing, pastRuns });
  const unit = secondsWith([]).seconds - 1;

  test('of the same model and device correct it, by their middle; others do not', () => {
    assert.ok(Math.abs(secondsWith([run(2), run(2.1), run(9)]).seconds - 1 - 2.1 * unit) < 1e-9);
    const others = [run(5, { device: 'cuda' }), run(5, { model: encoder })];
    assert.equal(secondsWith(others).seconds, unit + 1);
    assert.equal(secondsWith(others).pastTrials, 0);
    assert.equal(secondsWith([run(2), run(2.1)]).pastTrials, 2);
  });

  test('count the more the newer they are', () => {
    const older = Array.from({ length: 4 }, () => run(1));
    const newer = Array.from({ length: 4 }, () => run(3));
    assert.ok(secondsWith([...newer, ...older]).seconds > secondsWith([...older, ...newer]).seconds);
  });

  test('that differ widely give a wide range', () => {
    const factor = ({ seconds, highSeconds }: { seconds: number; highSeconds: number }) => highSeconds / seconds;
    const wild = [run(0.5), run(1), run(1), run(2), run(2.5)];
    assert.ok(factor(secondsWith(wild)) > 1.9);
    assert.ok(factor(secondsWith([run(1), run(1.01), run(0.99)])) < 1.3);
  });
});

describe('a pilot', () => {
  const expected = expectedSeconds(spec(encoder), profile, referenceSpeed);
  const figure: PilotFigure = {
    ...{ model: encoder, category, language: null, device },
    seconds: { prepare: 3, epoch: (2 * expected.train) / quickRecipe.epochs, opening: 1, perDocument: 0.01 },
  };

  test('replaces what the cost model said, also of trials on other categories, and narrows the range', () => {
    const known = { ...nothing, pilot: [figure] };
    const { seconds, highSeconds, piloted } = estimateTrials([spec(encoder)], profile, known);
    const documents = profile.categories[0]!.documents;
    const told = 3 + 2 * expected.train + 1 + 0.01 * Math.round(documents * 0.15) + 1;
    assert.ok(Math.abs(seconds - told) < 1e-6, `${seconds} ${told}`);
    assert.ok(highSeconds / seconds < 1.25);
    assert.deepEqual(piloted, [encoder]);
    const other = spec(encoder, { recipe: { ...quickRecipe, epochs: 6 } });
    const ratio = estimateTrials([other], profile, known).seconds / estimateTrials([other], profile, nothing).seconds;
    assert.ok(ratio > 1.6 && ratio < 2.1, `${ratio}`);
  });

  test('is worth it for models that take more than a minute and are not well known yet', () => {
    const specs = [spec(encoder), spec('builtin/tfidf-logreg'), spec(mini)];
    assert.deepEqual(modelsToPilot(specs, profile, nothing), [encoder]);
    const run = (factor: number): PastRun => ({ model: encoder, device, factor });
    assert.deepEqual(modelsToPilot(specs, profile, { ...nothing, pastRuns: [run(1), run(1.05)] }), []);
    assert.deepEqual(modelsToPilot(specs, profile, { ...nothing, pastRuns: [run(1), run(2)] }), [encoder]);
  });
});

test('how far past estimates were off is told from three on, and decides the range', () => {
  const past = (before: number) => ({ before, afterPilot: null, actualSeconds: 100 });
  const told = (...befores: number[]) =>
    estimateTrials([spec(mini)], profile, { ...nothing, pastEstimates: befores.map(past) });
  assert.equal(told(50, 100).pastError, null);
  const { pastError, seconds, highSeconds } = told(50, 110, 200, 100);
  assert.deepEqual(pastError, { median: 2, benchmarks: 4 });
  assert.ok(Math.abs(highSeconds / seconds - 2) < 1e-9);
  assert.ok(told(101, 100, 99).highSeconds / seconds < 1.06);
});

test('each model of a plan has its own seconds, which sum up to the plan on one machine', () => {
  const specs = [encoder, mini, 'builtin/tfidf-logreg'].flatMap((model) =>
    [1, 2, 3].map((seed) => spec(model, { seed })),
  );
  const told = secondsPerModel(specs, profile, nothing);
  assert.deepEqual([...told.keys()], [encoder, mini, 'builtin/tfidf-logreg']);
  const sum = [...told.values()].reduce((total, seconds) => total + seconds, 0);
  assert.ok(Math.abs(sum - estimateTrials(specs, profile, nothing).seconds) < 1e-6);
  const shared = secondsPerModel(specs, profile, { ...nothing, machines: [machine, machine, machine] });
  for (const [model, seconds] of told) assert.ok(Math.abs((shared.get(model) ?? 0) - seconds / 3) < 1e-6, model);
});
