/** How often messages are updated while benchmarks of ten models on three categories run: beside each other, all changing all the time. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebClient } from '@slack/web-api';
import { createCarriers } from '../src/bot/carriers.ts';
import { createUpdateBudget } from '../src/bot/update-budget.ts';
import { createReaders } from '../src/bot/words/readers.ts';
import { openCharts } from '../src/charts/charts.ts';
import { apply, type Flow } from '../src/flows/flow.ts';
import { type Relay, startRelay } from '../src/flows/relay.ts';
import { createArtifactStore } from '../src/storage/artifacts.ts';
import { changeTrial, insertBenchmark, insertTrials, saveDataset } from '../src/storage/benchmark-queries.ts';
import { closeDatabase, openDatabase } from '../src/storage/database.ts';
import { createDriver } from '../src/workspace/driver.ts';
import { createWorkspace } from '../src/workspace/workspace.ts';
import { aBenchmark, aTrial } from '../test/bot/support.ts';
import { withoutWorker } from '../test/support/without-worker.ts';

const channel = 'C0BENCH001';
const minuteMs = 60_000;
const models = Array.from({ length: 10 }, (_, index) => `hub:owner/model-${index}`);
const categories = ['theme', 'tone', 'urgency'];

/** @param minutes how long they run */
export async function benchUpdates(minutes = '2'): Promise<void> {
  for (const together of [1, 4]) {
    const { each, all } = await updatesOf(together, Number(minutes) * minuteMs);
    console.log(
      `${together} of 10 models x 3 categories at once, ${minutes} min: chat.update within any minute, ` +
        `at most ${Math.max(...each)} of one benchmark, ${all} of all`,
    );
  }
}

async function updatesOf(together: number, runMs: number): Promise<{ each: number[]; all: number }> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-updates-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const workspace = await createWorkspace({ port: 0 });
  stack.defer(() => workspace.close());
  const database = openDatabase(':memory:');
  stack.defer(() => closeDatabase(database));
  const charts = await openCharts(undefined);
  stack.defer(() => charts.close());
  let relay: Relay | undefined;
  const flow: Flow = { database, nowMs: Date.now, wake: () => relay?.wake() };
  const ids = Array.from({ length: together }, (_, index) => runningBenchmark(flow, index));
  const client = new WebClient(workspace.botToken, { slackApiUrl: `${workspace.url}/api/` });
  const readers = createReaders(client, database, Date.now);
  const budget = createUpdateBudget(Date.now);
  const log = (line: string): void => console.log(line);
  const artifacts = createArtifactStore(folder);
  const carriers = createCarriers({ flow, client, charts, artifacts, readers, budget, shown: new Map(), log });
  relay = startRelay({
    database,
    nowMs: Date.now,
    log,
    waitMs: budget.waitMs,
    carriers: {
      ...carriers,
      ...withoutWorker,
    },
  });
  stack.defer(async () => relay?.stop());
  const endMs = performance.now() + runMs;
  for (let step = 0; performance.now() < endMs; step++) {
    for (const id of ids) progress(flow, id, step);
    await sleep(250);
  }
  const updates = (await createDriver(workspace.url).log()).filter(({ method }) => method === 'chat.update');
  const byMessage = Map.groupBy(updates, ({ args }) => String(args.ts));
  return { each: [...byMessage.values()].map(perMinute), all: perMinute(updates) };
}

function runningBenchmark({ database }: Flow, index: number): string {
  const id = `b${index}`;
  const hash = index.toString(16).padStart(64, '0');
  saveDataset(database, {
    ...{ hash, fileName: 'data.csv', artifactKey: 'x', sizeBytes: 1, uploadedBy: 'U0ANA00001', createdMs: 0 },
  });
  const plan = { ...aBenchmark().plan!, models, categories };
  insertBenchmark(database, {
    ...aBenchmark({ id, state: 'running', plan, ranking: null, ballot: null, submittedMs: Date.now() }),
    ...{ channel, owner: 'U0ANA00001', datasetHash: hash },
  });
  const specs = models.flatMap((model) => categories.map((category) => ({ ...aTrial(0).spec, model, category })));
  insertTrials(
    database,
    specs.map((spec, position) => ({ ...aTrial(position), id: `${id}t${position}`, benchmarkId: id, spec })),
  );
  return id;
}

function progress(flow: Flow, id: string, step: number): void {
  const position = Math.floor(step / 20) % 30;
  apply(flow, id, 'trial_progressed', {
    rows: (connection) =>
      changeTrial(connection, `${id}t${position}`, {
        status: 'running',
        progress: {
          stage: 'training',
          share: (step % 20) / 20,
          epoch: 1 + Math.floor((step % 20) / 7),
          epochs: 3,
          note: null,
        },
      }),
  });
}

function perMinute(calls: readonly { atMs: number }[]): number {
  const times = calls.map(({ atMs }) => atMs);
  return Math.max(0, ...times.map((atMs) => times.filter((one) => one >= atMs && one < atMs + minuteMs).length));
}
