/** Which worker takes a leg of a race. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import os from 'node:os';
import { test } from 'node:test';
import { Queue, QueueEvents } from 'bullmq';
import { deviceText } from '../../src/engine/onnx/providers.ts';
import { startWorker } from '../../src/engine/worker.ts';
import {
  noPreparation,
  progressSchema,
  queues,
  quickRecipe,
  type TrialJob,
  workerKeyPrefix,
} from '../../src/flows/contracts.ts';
import { startQueues } from '../support/queues.ts';
import { smallCsv } from '../support/small-csv.ts';

const roles = { text: 'text', id: 'id', language: 'language', annotation: null, labels: ['topic'] };
const leg: TrialJob = {
  ...{ benchmarkId: 'b1', trialId: 'b1t0', roles, preparation: noPreparation, untilEpoch: null, dropped: [] },
  dataset: { datasetHash: 'x', artifactKey: 'datasets/x', fileName: 'data.csv' },
  spec: {
    ...{ model: 'builtin/tfidf-logreg', category: 'topic', language: null, languages: null, seed: 7, fold: null },
    ...{ strategy: 'auto', recipe: quickRecipe },
  },
  checkpointHost: 'elsewhere',
};

test('a leg whose training paused on another host waits for that one while it has a worker, and no longer', async (t) => {
  const { stack, settings, ...own } = await startQueues(t, smallCsv(60));
  const { connection, redis } = own;
  const queue = new Queue(queues.trial.name, { connection });
  const events = new QueueEvents(queues.trial.name, { connection });
  await events.waitUntilReady();
  const worker = await startWorker({ ...own, settings, log: () => undefined });
  stack.defer(async () => {
    await worker.close();
    await Promise.all([events.close(), queue.close()]);
  });

  const announced = `${workerKeyPrefix}elsewhere/1`;
  await redis.set(announced, 'there');
  const handedBack = once(events, 'delayed');
  const job = await queue.add('trial', leg, { jobId: 'trial-b1t0-1' });
  await handedBack;
  assert.equal(await job.isCompleted(), false);
  const told = once(events, 'progress');
  await redis.del(announced);
  const finished = job.waitUntilFinished(events);
  const [{ data }] = await told;
  const { worker: host, device } = progressSchema.parse(data);
  assert.deepEqual([host, device], [os.hostname(), deviceText('cpu')]);
  const { result } = queues.trial.result.parse(await finished);
  assert.ok(result);
});
