/** Queues, a worker and a database together. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { QueueEvents } from 'bullmq';
import { bytesSource } from '../../src/engine/data/byte-source.ts';
import { profileDataset } from '../../src/engine/data/profile.ts';
import { readDataset } from '../../src/engine/data/read-dataset.ts';
import { startWorker } from '../../src/engine/worker.ts';
import { queues } from '../../src/flows/contracts.ts';
import { connectJobs } from '../../src/flows/jobs.ts';
import { requireBenchmark } from '../../src/flows/records.ts';
import { keepPlan, submitPlan } from '../../src/flows/wizard.ts';
import { changeBenchmark } from '../../src/storage/benchmark-queries.ts';
import { aBenchmark } from '../bot/support.ts';
import { startQueues } from '../support/queues.ts';
import { smallCsv } from '../support/small-csv.ts';
import { startFlow } from './support.ts';

test('a pilot goes before the trials, in their queue, and what it tells reaches the benchmark', async (t) => {
  const { stack, settings, ...own } = await startQueues(t, smallCsv());
  const { connection, redis } = own;
  const bytes = new TextEncoder().encode(smallCsv());
  const profile = profileDataset(await readDataset(bytesSource(bytes), 'data.csv'));

  const testFlow = stack.use(startFlow({ state: 'configuring', profile, roles: profile.roles, ranking: null }));
  const { flow } = testFlow;
  const models = ['builtin/fasttext', 'builtin/tfidf-logreg'];
  const { estimate, version } = keepPlan(flow, 'b1', { ...aBenchmark().plan!, models, categories: ['topic'] });
  assert.ok(estimate);
  // such small trials aren't worth a pilot
  assert.deepEqual(estimate.toPilot, []);
  changeBenchmark(flow.database, 'b1', version, { estimate: { ...estimate, toPilot: ['builtin/fasttext'] } }, 0);
  submitPlan(flow, 'b1');

  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const jobs = await connectJobs({ flow, connection, redis, onProfiled: () => undefined, log });
  stack.defer(() => jobs.close());
  const events = new QueueEvents(queues.trial.name, { connection });
  stack.defer(() => events.close());
  await events.waitUntilReady();
  const ended: string[] = [];
  events.on('completed', ({ jobId }) => ended.push(jobId));
  await jobs.queueTrials('b1');
  const worker = await startWorker({ ...own, settings, log });
  stack.defer(() => worker.close());
  while (ended.length < 3) await once(events, 'completed');
  assert.equal(ended[0], 'pilot-b1', lines.join('\n'));
  // settles whatever this listener heard before the flow's own
  await jobs.reconcile();
  assert.deepEqual(requireBenchmark(flow.database, 'b1').estimate?.afterPilot?.piloted, ['builtin/fasttext']);
});
