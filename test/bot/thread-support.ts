/** The thread of one ranked benchmark with real handlers, deliveries, relay, database and workspace; no worker. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { WebClient } from '@slack/web-api';
import { createCarriers } from '../../src/bot/carriers.ts';
import { createChannelSight } from '../../src/bot/channel-sight.ts';
import { registerThread } from '../../src/bot/thread-handlers.ts';
import { createUpdateBudget } from '../../src/bot/update-budget.ts';
import { createReaders } from '../../src/bot/words/readers.ts';
import { openCharts } from '../../src/charts/charts.ts';
import type { Flow } from '../../src/flows/flow.ts';
import type { Benchmark } from '../../src/flows/records.ts';
import { type Relay, startRelay } from '../../src/flows/relay.ts';
import { createArtifactStore } from '../../src/storage/artifacts.ts';
import { insertBenchmark, saveDataset } from '../../src/storage/benchmark-queries.ts';
import { closeDatabase, openDatabase } from '../../src/storage/database.ts';
import { createDriver, type Driver, type SeenMessage } from '../../src/workspace/driver.ts';
import { APP, PEOPLE, seedState } from '../../src/workspace/state.ts';
import { createWorkspace, type Workspace } from '../../src/workspace/workspace.ts';
import { withoutWorker } from '../support/without-worker.ts';
import { startApp } from '../workspace/support.ts';
import { aBenchmark } from './support.ts';

export const channel = 'C0BENCH001';
export const userId = (name: string): string => `U0${name.toUpperCase().padEnd(7, '0')}1`;

export interface Thread extends AsyncDisposable {
  driver: Driver;
  workspace: Workspace;
  flow: Flow;
  lines: string[];
  /** moves the clock on by so much, as if nobody had done anything meanwhile */
  pass: (ms: number) => void;
  /** ends the relay as a crash would, and starts another */
  restartRelay: () => Promise<void>;
  messages: (user?: string) => Promise<SeenMessage[]>;
}

export interface ThreadOptions {
  benchmark?: Partial<Benchmark>;
  people?: readonly string[];
  /** makes the channel private, with these people in it */
  members?: readonly string[];
}

export async function startThread({ benchmark = {}, people = PEOPLE, members }: ThreadOptions): Promise<Thread> {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-thread-'));
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const stateFile = path.join(folder, 'workspace.json');
  const state = seedState({}, people, Date.now());
  const own = state.channels.find(({ id }) => id === channel);
  if (own && members) Object.assign(own, { kind: 'private', members: [...members.map(userId), APP.userId] });
  await writeFile(stateFile, JSON.stringify(state));
  const workspace = await createWorkspace({ port: 0, stateFile, people });
  stack.defer(() => workspace.close());

  const database = openDatabase(path.join(folder, 'podium.sqlite'));
  stack.defer(() => closeDatabase(database));
  const file = { hash: 'a'.repeat(64), fileName: 'data.csv', artifactKey: 'datasets/x' };
  saveDataset(database, { ...file, sizeBytes: 1, uploadedBy: 'U1', createdMs: 0 });
  const owner = userId('Ana');
  insertBenchmark(
    database,
    aBenchmark({ state: 'ranked', ballot: null, channel, owner, createdMs: Date.now(), ...benchmark }),
  );

  let passedMs = 0;
  const nowMs = (): number => Date.now() + passedMs;
  let relay: Relay | null = null;
  const flow: Flow = { database, nowMs, wake: () => relay?.wake() };
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  const client = new WebClient(workspace.botToken, {
    slackApiUrl: `${workspace.url}/api/`,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: false,
  });
  const charts = await openCharts(undefined);
  stack.defer(() => charts.close());
  const readers = createReaders(client, database, nowMs);
  const artifacts = createArtifactStore(folder);
  const budget = createUpdateBudget(nowMs);
  const start = (): void => {
    const carriers = createCarriers({ flow, client, charts, artifacts, readers, log, budget, shown: new Map() });
    relay = startRelay({ database, nowMs, carriers: { ...carriers, ...withoutWorker }, log });
  };
  const channels = createChannelSight(client, nowMs, log);
  const app = await startApp(workspace, (bolt) => {
    registerThread(bolt, { flow, client, readers, channels, log });
    bolt.error(async (error) => log(`handler: ${error.message}`));
  });
  stack.defer(() => app[Symbol.asyncDispose]());
  start();
  stack.defer(async () => relay?.stop());
  const driver = createDriver(workspace.url);
  return {
    ...{ driver, workspace, flow, lines },
    pass: (ms) => {
      passedMs += ms;
      relay?.wake();
    },
    restartRelay: async () => {
      await relay?.stop();
      start();
    },
    messages: async (user = 'Ana') => {
      const [root] = await driver.messages({ user, channel });
      return root ? driver.messages({ user, channel, thread_ts: root.ts }) : [];
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
