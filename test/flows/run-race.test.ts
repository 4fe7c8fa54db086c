/** A race through the flow's own doors: news of jobs in, the race's effect carried out, rows and events as they then are. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FinalError } from '../../src/errors.ts';
import type { RungReport, TrialJobResult } from '../../src/flows/contracts.ts';
import { apply } from '../../src/flows/flow.ts';
import { jobIds } from '../../src/flows/job-ids.ts';
import { trialEnded, trialProgressed } from '../../src/flows/outcomes.ts';
import { encodePredictions } from '../../src/flows/predictions-file.ts';
import { getTrials, requireBenchmark } from '../../src/flows/records.ts';
import { raceBenchmark } from '../../src/flows/run-race.ts';
import { insertTrials } from '../../src/storage/benchmark-queries.ts';
import { markDone, pendingEffects } from '../../src/storage/outbox-queries.ts';
import { aBenchmark, aResult, aTrial } from '../bot/support.ts';
import { startFlow } from './support.ts';

const truth = Array.from({ length: 120 }, (_, index) => index % 3);

/** Answers of which the given share is right. */
function answers(share: number): Uint8Array {
  const rows = truth.map((_, index) => index + 2);
  const predicted = truth.map((label, index) => [index < share * truth.length ? label : (label + 1) % 3]);
  const about = { category: 'theme', kind: 'single' as const, language: null, labels: ['a', 'b', 'c'] };
  const all = { ...about, rows, languages: rows.map(() => null), truth: truth.map((label) => [label]), predicted };
  return encodePredictions(all, { model: 'm', seed: 7, fold: null });
}

const artifacts = new Map([0.3, 0.85, 0.9].map((share) => [`right/${share}`, answers(share)]));
const readArtifact = async (key: string): Promise<Uint8Array> => artifacts.get(key) ?? assert.fail(key);

const rung = (epoch: number, share: number): RungReport => ({
  ...{ epoch, epochs: epoch === 0 ? 0 : 3 },
  trainSeconds: 10 * epoch,
  validationKey: `right/${share}`,
  host: 'here',
});
const paused = (epoch: number, share: number): TrialJobResult => ({
  ...{ result: null, predictionsKey: null },
  rung: rung(epoch, share),
});
const done = (leg: RungReport | null): TrialJobResult => ({ result: aResult(), predictionsKey: 'p', rung: leg });

/** Three models on one category, all queued. */
function scene(t: TestContext) {
  const started = startFlow({ state: 'queued', version: 1 });
  t.after(() => started[Symbol.dispose]());
  const { flow } = started;
  const models = ['builtin/tfidf-logreg', 'builtin/fasttext', 'builtin/transformer-mini'];
  const trials = models.map((model, index) => {
    const trial = aTrial(index);
    return { ...trial, spec: { ...trial.spec, model } };
  });
  insertTrials(flow.database, trials);
  const { plan } = aBenchmark();
  apply(flow, 'b1', 'trial_progressed', { fields: { plan: plan && { ...plan, models, categories: ['theme'] } } });
  const now = () => getTrials(flow.database, 'b1');
  const ended = (index: number, outcome: TrialJobResult) => {
    const trial = now()[index];
    if (trial) trialEnded(flow, jobIds.trial(trial), outcome);
  };
  const statuses = () => now().map(({ status, rung: leg }) => `${status} ${leg}`);
  /** effects that are wanted and weren't carried out, which then are */
  const wanted = () => {
    const pending = pendingEffects(flow.database);
    for (const { id, generation } of pending) markDone(flow.database, id, generation);
    return pending.map(({ effect }) => effect).sort();
  };
  wanted();
  return { flow, now, ended, statuses, wanted };
}

test('when all of a rung have paused or ended they race: who has no chance is dropped, the others run their next leg', async (t) => {
  const { flow, now, ended, statuses, wanted } = scene(t);
  ended(0, done(rung(0, 0.9)));
  ended(1, paused(1, 0.85));
  assert.deepEqual(wanted(), ['show_milestones', 'show_progress']);
  ended(2, paused(1, 0.3));
  assert.deepEqual(wanted(), ['race', 'show_progress']);
  assert.deepEqual(statuses(), ['done 0', 'paused 0', 'paused 0']);

  await raceBenchmark(flow, 'b1', readArtifact);
  assert.deepEqual(statuses(), ['done 0', 'queued 1', 'dropped 0']);
  assert.deepEqual(wanted(), ['queue_trials', 'show_milestones', 'show_progress']);
  const [, second, third] = now();
  assert.equal(jobIds.trial(second ?? assert.fail()), 'trial-b1t1-1');
  assert.match(third?.error ?? '', /^dropped after epoch 1 of 3 \(chance of being best (under )?[01]\.\d %\)$/);
  assert.ok((second?.race?.chance ?? 0) > 0.02 && (third?.race?.chance ?? 1) < 0.02);

  ended(1, paused(2, 0.9));
  await raceBenchmark(flow, 'b1', readArtifact);
  ended(1, done(null));
  assert.deepEqual(statuses(), ['done 0', 'done 2', 'dropped 0']);
  assert.ok(wanted().includes('rank'));
});

test('the race carried out a second time, after a crash before it was noted, changes nothing', async (t) => {
  const { flow, now, ended } = scene(t);
  ended(0, done(rung(0, 0.9)));
  ended(1, paused(1, 0.85));
  ended(2, paused(1, 0.3));
  await raceBenchmark(flow, 'b1', readArtifact);
  const [benchmark, trials] = [requireBenchmark(flow.database, 'b1'), now()];
  await raceBenchmark(flow, 'b1', readArtifact);
  assert.deepEqual(requireBenchmark(flow.database, 'b1'), benchmark);
  assert.deepEqual(now(), trials);
});

test('news of a leg that is over comes too late to mean anything', async (t) => {
  const { flow, now, ended, statuses } = scene(t);
  ended(0, done(rung(0, 0.9)));
  ended(1, paused(1, 0.85));
  ended(1, paused(1, 0.85));
  ended(2, paused(1, 0.85));
  await raceBenchmark(flow, 'b1', readArtifact);
  const before = now();
  trialEnded(flow, 'trial-b1t1', paused(1, 0.85));
  trialEnded(flow, 'trial-b1t1', done(null));
  trialEnded(flow, 'trial-b1t1', new FinalError('late'));
  trialProgressed(flow, 'trial-b1t1', { stage: 'training', share: 0.2, epoch: 1, epochs: 3, note: null });
  assert.deepEqual(now(), before);
  assert.deepEqual(statuses(), ['done 0', 'queued 1', 'queued 1']);
});

test('where all that paused are dropped, what has ended is ranked', async (t) => {
  const { flow, ended, statuses, wanted } = scene(t);
  ended(0, done(rung(0, 0.9)));
  ended(1, paused(2, 0.3));
  ended(2, paused(2, 0.3));
  await raceBenchmark(flow, 'b1', readArtifact);
  assert.deepEqual(statuses(), ['done 0', 'dropped 0', 'dropped 0']);
  assert.ok(wanted().includes('rank'));
});

test('a model with a failed trial is left out of the race, and the others race without it', async (t) => {
  const { flow, ended, statuses } = scene(t);
  ended(1, paused(2, 0.85));
  ended(2, paused(2, 0.3));
  ended(0, done(null));
  await raceBenchmark(flow, 'b1', readArtifact);
  assert.deepEqual(statuses(), ['done 0', 'queued 1', 'dropped 0']);
});

test('a benchmark that is cancelled while it races stays cancelled', async (t) => {
  const { flow, now, ended } = scene(t);
  ended(0, done(rung(0, 0.9)));
  ended(1, paused(1, 0.85));
  ended(2, paused(1, 0.3));
  const racing = raceBenchmark(flow, 'b1', readArtifact);
  apply(flow, 'b1', 'cancelled');
  const before = now();
  await racing;
  assert.deepEqual(now(), before);
  assert.equal(requireBenchmark(flow.database, 'b1').state, 'cancelled');
});
