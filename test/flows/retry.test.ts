import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FinalError } from '../../src/errors.ts';
import { jobIds } from '../../src/flows/job-ids.ts';
import { trialEnded } from '../../src/flows/outcomes.ts';
import { getTrials, requireBenchmark } from '../../src/flows/records.ts';
import { retryFailedTrials } from '../../src/flows/retry.ts';
import { insertTrials } from '../../src/storage/benchmark-queries.ts';
import { pendingEffects } from '../../src/storage/outbox-queries.ts';
import { aTrial } from '../bot/support.ts';
import { startFlow } from './support.ts';

test('failed trials run again under other job ids, and news of the first try come too late', () => {
  using started = startFlow({ state: 'voting' });
  const { flow } = started;
  const failed = aTrial(1, { status: 'failed', error: 'out of memory', rung: 1 });
  insertTrials(flow.database, [aTrial(0, { status: 'done' }), failed, aTrial(2, { status: 'dropped' })]);
  retryFailedTrials(flow, 'b1');
  const [done, again, dropped] = getTrials(flow.database, 'b1');
  assert.deepEqual([done?.status, again?.status, dropped?.status], ['done', 'queued', 'dropped']);
  assert.deepEqual([again?.attempt, again?.rung, again?.error], [1, 0, null]);
  assert.notEqual(jobIds.trial(again!), jobIds.trial(failed));
  assert.ok(pendingEffects(flow.database).some(({ effect }) => effect === 'queue_trials'));
  trialEnded(flow, jobIds.trial(failed), new FinalError('late news'));
  assert.equal(getTrials(flow.database, 'b1')[1]?.status, 'queued');
  trialEnded(flow, jobIds.trial(again!), new FinalError('again'));
  assert.equal(getTrials(flow.database, 'b1')[1]?.status, 'failed');
  assert.ok(pendingEffects(flow.database).some(({ effect }) => effect === 'rank'));
  assert.equal(requireBenchmark(flow.database, 'b1').state, 'running');
});

test('there is nothing to try again after the decision, or when no trial failed', () => {
  const decision = { kind: 'stop' as const, choices: [], by: 'U1', reason: null, atMs: 0, training: null };
  for (const changes of [{ state: 'voting' as const }, { state: 'stopped' as const, decision }]) {
    using started = startFlow(changes);
    insertTrials(started.flow.database, [aTrial(0, { status: changes.state === 'voting' ? 'done' : 'failed' })]);
    assert.throws(() => retryFailedTrials(started.flow, 'b1'), /no failed trial/);
  }
});
