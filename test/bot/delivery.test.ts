import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { WebClient } from '@slack/web-api';
import { createCarriers } from '../../src/bot/carriers.ts';
import { createUpdateBudget } from '../../src/bot/update-budget.ts';
import { createReaders } from '../../src/bot/words/readers.ts';
import { type Charts, openCharts } from '../../src/charts/charts.ts';
import type { EffectName } from '../../src/flows/benchmark.ts';
import type { Flow } from '../../src/flows/flow.ts';
import { want } from '../../src/flows/flow.ts';
import { startRelay } from '../../src/flows/relay.ts';
import { createArtifactStore } from '../../src/storage/artifacts.ts';
import { changeBenchmark, insertBenchmark, saveDataset } from '../../src/storage/benchmark-queries.ts';
import { closeDatabase, openDatabase } from '../../src/storage/database.ts';
import { createDriver, type Driver, type SeenMessage } from '../../src/workspace/driver.ts';
import { createWorkspace } from '../../src/workspace/workspace.ts';
import { withoutWorker } from '../support/without-worker.ts';
import { aBenchmark } from './support.ts';

const channel = 'C0BENCH001';

interface Fixture extends AsyncDisposable {
  driver: Driver;
  flow: Flow;
  lines: string[];
  /** wants effects and waits until none is left */
  carryOut: (...effects: EffectName[]) => Promise<void>;
  thread: () => Promise<SeenMessage[]>;
}

/** Delivery and relay over a real database and the workspace, for one ranked benchmark. */
async function start(charts?: Charts): Promise<Fixture> {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-delivery-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const workspace = await createWorkspace({ port: 0 });
  stack.defer(() => workspace.close());
  const database = openDatabase(path.join(folder, 'podium.sqlite'));
  stack.defer(() => closeDatabase(database));
  const drawing = charts ?? (await openCharts(undefined));
  stack.defer(() => drawing.close());
  const benchmark = aBenchmark({ state: 'ranked', channel, owner: 'U0ANA00001', createdMs: Date.now() });
  const file = {
    hash: 'a'.repeat(64),
    fileName: 'data.csv',
    artifactKey: 'datasets/x',
    sizeBytes: 1,
    uploadedBy: 'U1',
    createdMs: 0,
  };
  saveDataset(database, file);
  insertBenchmark(database, benchmark);
  const lines: string[] = [];
  const flow: Flow = { database, nowMs: Date.now, wake: () => relay.wake() };
  const client = new WebClient(workspace.botToken, {
    slackApiUrl: `${workspace.url}/api/`,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: false,
  });
  const log = (line: string): void => void lines.push(line);
  const readers = createReaders(client, database, flow.nowMs);
  const artifacts = createArtifactStore(folder);
  const budget = createUpdateBudget(Date.now);
  const carriers = createCarriers({ flow, client, charts: drawing, artifacts, readers, log, budget, shown: new Map() });
  const relay = startRelay({ database, nowMs: Date.now, carriers: { ...carriers, ...withoutWorker }, log });
  stack.defer(() => relay.stop());
  const driver = createDriver(workspace.url);
  const { pendingEffects } = await import('../../src/storage/outbox-queries.ts');
  const carryOut = async (...effects: EffectName[]): Promise<void> => {
    for (const effect of effects) want(database, benchmark.id, effect, Date.now());
    relay.wake();
    const deadlineMs = Date.now() + 30_000;
    while (pendingEffects(database).length > 0) {
      if (Date.now() > deadlineMs)
        throw new Error(`still to do: ${JSON.stringify(pendingEffects(database))}\n${lines.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };
  const thread = async (): Promise<SeenMessage[]> => {
    const [root] = await driver.messages({ user: 'Ana', channel });
    return root ? driver.messages({ user: 'Ana', channel, thread_ts: root.ts }) : [];
  };
  return { driver, flow, lines, carryOut, thread, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const has = (message: SeenMessage | undefined, type: string): boolean =>
  message?.blocks?.some((block) => block.type === type) ?? false;

test('table, chart and ballot are posted in order in one thread, and posted again they are updated in place', async () => {
  await using f = await start();
  await f.carryOut('show_progress', 'show_ranking');
  await f.carryOut('show_progress', 'show_ranking', 'show_ballot');
  const messages = await f.thread();
  assert.equal(messages.length, 4);
  assert.ok(has(messages[1], 'data_table') && has(messages[1], 'image'));
  assert.match(JSON.stringify(messages[2]?.blocks), /Which model shall it be/);
  assert.match(JSON.stringify(messages[3]?.blocks), /More about these results/);
});

test('a message whose answer was lost is found again and not posted twice', async () => {
  await using f = await start();
  await f.driver.faults({ methods: { 'chat.postMessage': { dropAnswer: { times: 1 } } } });
  await f.carryOut('show_progress');
  await f.driver.faults({ methods: { 'chat.postMessage': { dropAnswer: { times: 1 } } } });
  await f.carryOut('show_ranking');
  assert.equal((await f.driver.messages({ user: 'Ana', channel })).length, 1);
  const messages = await f.thread();
  assert.equal(messages.filter((message) => has(message, 'data_table')).length, 1);
  assert.match(f.lines.join('\n'), /failed \(try 1\)/);
});

test('a server error is tried again until it is over', async () => {
  await using f = await start();
  await f.driver.faults({ methods: { 'chat.postMessage': { http500: { times: 2 } } } });
  await f.carryOut('show_progress');
  assert.equal((await f.driver.messages({ user: 'Ana', channel })).length, 1);
});

test('a rate limit is waited out', async () => {
  await using f = await start();
  await f.driver.faults({ methods: { 'chat.postMessage': { http429: { retryAfterSeconds: 1, times: 1 } } } });
  await f.carryOut('show_progress');
  assert.equal((await f.driver.messages({ user: 'Ana', channel })).length, 1);
});

test('where the newest blocks are refused, the table comes in the older form, and in plain text where that is refused too', async () => {
  for (const refused of [['data_table'], ['data_table', 'table']]) {
    await using f = await start();
    await f.driver.faults({ refuseBlocks: refused });
    await f.carryOut('show_progress', 'show_ranking');
    const message = (await f.thread())[1];
    assert.equal(has(message, 'table'), !refused.includes('table'));
    assert.ok(!has(message, 'data_table'));
    assert.match(JSON.stringify(message?.blocks), /0\.890/);
  }
});

test('what was refused is remembered: the next update does not try it again', async () => {
  await using f = await start();
  await f.driver.faults({ refuseBlocks: ['plan'] });
  changeBenchmark(f.flow.database, 'b1', 3, { state: 'running' }, 1);
  await f.carryOut('show_progress');
  changeBenchmark(f.flow.database, 'b1', 4, { error: 'something else to show', state: 'failed' }, 1);
  await f.carryOut('show_progress');
  const refusals = f.lines.filter((line) => line.includes('blocks are refused here'));
  assert.equal(refusals.length, 1, f.lines.join('\n'));
});

test('an update that would change nothing is not sent', async () => {
  await using f = await start();
  await f.carryOut('show_progress');
  await f.carryOut('show_progress');
  await f.carryOut('show_progress');
  const updates = (await f.driver.log()).filter(({ method }) => method === 'chat.update');
  assert.equal(updates.length, 0);
});

test('a chart that cannot be drawn does not keep the table back', async () => {
  const broken: Charts = { draw: () => Promise.reject(new Error('no canvas')), close: async () => {} };
  await using f = await start(broken);
  await f.carryOut('show_progress', 'show_ranking');
  const messages = await f.thread();
  assert.ok(has(messages[1], 'data_table') && !has(messages[1], 'image'));
  assert.match(f.lines.join('\n'), /chart chart_ranked of b1: no canvas/);
});

test('what Slack refuses for good is given up with its reason, and the rest goes on', async () => {
  await using f = await start();
  f.flow.database.$client.prepare("UPDATE benchmarks SET channel = 'C0NOWHERE1'").run();
  await f.carryOut('show_progress');
  assert.match(f.lines.join('\n'), /given up: Slack refused the progress message of b1: channel_not_found/);
});
