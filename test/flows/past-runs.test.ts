/** Estimates through a benchmark's life: kept with its plan, refined by a pilot, compared with what it took. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FinalError } from '../../src/errors.ts';
import type { TrialJobResult, WorkerInfo } from '../../src/flows/contracts.ts';
import { referenceSpeed } from '../../src/flows/cost-model.ts';
import { jobIds, trialIdAt } from '../../src/flows/job-ids.ts';
import { pilotEnded, pilotProgressed, trialEnded, trialProgressed } from '../../src/flows/outcomes.ts';
import { estimatePlan } from '../../src/flows/past-runs.ts';
import { getTrials, requireBenchmark } from '../../src/flows/records.ts';
import { keepPlan, submitPlan } from '../../src/flows/wizard.ts';
import { aBenchmark, aProfile } from '../bot/support.ts';
import { startFlow, type TestFlow } from './support.ts';

const device = 'cpu (onnxruntime, 2 threads)';
const worker: WorkerInfo = {
  ...{ host: 'h', pid: 1, device, cores: 2, memoryBytes: 8e9, nodeVersion: 'v24', running: [] },
  speed: referenceSpeed,
};
const plain = aProfile();
const profile = {
  ...plain,
  documents: 20_000,
  languages: [],
  categories: plain.categories.map((category) => ({ ...category, documents: 20_000 })),
};
const encoder = 'hub:google-bert/bert-base-uncased';
const plan = {
  ...aBenchmark().plan!,
  models: [encoder, 'builtin/tfidf-logreg'],
  categories: [profile.categories[0]!.name],
};

/** A benchmark whose plan was kept and run. */
function submitted(): TestFlow {
  const started = startFlow({ state: 'configuring', profile, plan: null, ranking: null });
  keepPlan(started.flow, 'b1', plan, [worker]);
  submitPlan(started.flow, 'b1');
  return started;
}

const estimateOf = ({ flow }: TestFlow) => requireBenchmark(flow.database, 'b1').estimate!;

const figure = { model: encoder, category: plan.categories[0]!, language: null, device };
const pilot = { figures: [{ ...figure, seconds: { prepare: 5, epoch: 10, opening: 1, perDocument: 0 } }] };

/** All trials run and end, `seconds` after the first began. */
function finish(started: TestFlow, seconds: number): void {
  const { flow, now } = started;
  const trials = getTrials(flow.database, 'b1');
  const progress = { stage: 'training', share: 0.1, epoch: 1, epochs: 3, note: null };
  trialProgressed(flow, jobIds.trial(trials[0]!), progress);
  now.ms += seconds * 1000;
  for (const trial of trials) trialEnded(flow, jobIds.trial(trial), doneIn(100));
}

function doneIn(trainSeconds: number): TrialJobResult {
  const metrics = { documents: 1, accuracy: 1, macroF1: 1, microF1: 1, mcc: 1, perClass: [], confusion: [] };
  const result = {
    metrics: { ...metrics, perLanguage: [] },
    floor: { labels: ['a'], accuracy: 0.5, macroF1: 0.3 },
    split: { train: 14_000, validation: 3000, test: 3000 },
    chosenEpoch: 3,
    epochs: [1, 2, 3].map((epoch) => ({ epoch, trainLoss: 1, validationMacroF1: 0.5 })),
    ...{ trainSeconds, predictDocsPerSecond: 1000, parameters: 1, peakMemoryBytes: 1, device },
    ...{ warnings: [], texts: null, checkpoint: null },
  };
  return { result, predictionsKey: 'predictions/x', rung: null };
}

test('a kept plan says what it takes at the speed of the workers that are there, and which model is to be timed', () => {
  using started = submitted();
  const { before, afterPilot, toPilot, actualSeconds } = estimateOf(started);
  assert.ok(before.seconds > 60 && before.measured);
  assert.deepEqual(
    { afterPilot, toPilot, actualSeconds },
    { afterPilot: null, toPilot: [encoder], actualSeconds: null },
  );
});

test('a pilot refines it once; one that failed or comes late changes nothing', () => {
  using started = submitted();
  pilotEnded(started.flow, 'b1', new FinalError('its process died'));
  assert.equal(estimateOf(started).afterPilot, null);
  pilotEnded(started.flow, 'b1', pilot);
  const refined = estimateOf(started).afterPilot;
  assert.ok(refined && refined.seconds < estimateOf(started).before.seconds);
  const version = requireBenchmark(started.flow.database, 'b1').version;
  pilotEnded(started.flow, 'b1', pilot);
  assert.equal(requireBenchmark(started.flow.database, 'b1').version, version);
  finish(started, 50);
  pilotEnded(started.flow, 'b1', pilot);
  assert.deepEqual(estimateOf(started).afterPilot, refined);
});

test('what a pilot waits for is kept while it runs, and forgotten after it', () => {
  for (const outcome of [pilot, new FinalError('its process died')]) {
    using started = submitted();
    const progress = { stage: 'preparing', share: 0, epoch: null, epochs: null, note: 'Downloading 12 MB' };
    pilotProgressed(started.flow, 'b1', progress);
    pilotProgressed(started.flow, 'b1', { ...progress, note: null });
    assert.equal(estimateOf(started).pilotNote, 'Downloading 12 MB');
    const { state } = requireBenchmark(started.flow.database, 'b1');
    assert.equal(state, 'queued');
    pilotEnded(started.flow, 'b1', outcome);
    assert.equal(estimateOf(started).pilotNote, null);
    pilotEnded(started.flow, 'b1', pilot);
    pilotProgressed(started.flow, 'b1', progress);
    assert.equal(estimateOf(started).pilotNote, null);
  }
});

test('what it took counts from the first trial’s beginning, waiting for a worker left out', () => {
  using started = submitted();
  started.now.ms += 3_600_000;
  finish(started, 50);
  assert.equal(estimateOf(started).actualSeconds, 50);
});

test('finished trials correct the next estimate of the same model and device', () => {
  using started = submitted();
  const { before } = estimateOf(started);
  finish(started, 50);
  const next = estimatePlan(started.flow.database, plan, profile, [worker]).before;
  assert.equal(next.pastTrials, 2);
  // 200 s of training, 6 s of test documents, and the starts of two processes
  assert.ok(next.seconds > 200 && next.seconds < 215, `${next.seconds}; before ${before.seconds}`);
  const other = { ...worker, device: 'cuda' };
  assert.equal(estimatePlan(started.flow.database, plan, profile, [other]).before.pastTrials, 0);
});

test('a race makes it an upper bound, and its time is not compared', () => {
  using started = startFlow({ state: 'configuring', profile, plan: null, ranking: null });
  keepPlan(started.flow, 'b1', { ...plan, race: 'on' }, [worker]);
  submitPlan(started.flow, 'b1');
  assert.ok(estimateOf(started).before.atMost);
  finish(started, 50);
  assert.equal(estimateOf(started).actualSeconds, null);
  assert.ok(getTrials(started.flow.database, 'b1').some(({ id }) => id === trialIdAt('b1', 0)));
});
