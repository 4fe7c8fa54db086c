/** The whole bot before people, with a database of benchmarks that nobody runs: no queue, no worker, no relay. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type BotOptions, createBot } from '../../../src/bot/app.ts';
import { openCharts } from '../../../src/charts/charts.ts';
import { messageAsText, type Names } from '../../../src/commands/slack-as-text.ts';
import type { Flow } from '../../../src/flows/flow.ts';
import type { Benchmark } from '../../../src/flows/records.ts';
import { createArtifactStore } from '../../../src/storage/artifacts.ts';
import { insertBenchmark, saveDataset } from '../../../src/storage/benchmark-queries.ts';
import { closeDatabase, openDatabase } from '../../../src/storage/database.ts';
import { createDriver, type Driver, type SeenMessage } from '../../../src/workspace/driver.ts';
import { APP, PEOPLE, seedState } from '../../../src/workspace/state.ts';
import { createWorkspace, type Workspace } from '../../../src/workspace/workspace.ts';
import { aBenchmark } from '../support.ts';
import { channel, userId } from '../thread-support.ts';

export const secret = 'C0SECRET01';
export const hash = 'a'.repeat(64);

export interface Desk extends AsyncDisposable {
  driver: Driver;
  workspace: Workspace;
  flow: Flow;
  names: Names;
  lines: string[];
  /** adds benchmarks that were submitted, of Ana's in #benchmarks unless they say otherwise; their numbers follow on */
  add: (...changes: Partial<Benchmark>[]) => Benchmark[];
  /** types the command, and waits for the answer that only this person sees */
  ask: (user: string, text: string, where?: string) => Promise<SeenMessage>;
  text: (message: SeenMessage) => string;
}

/** Ana owns the workspace; Ana and Bo are in #secret; Dee reads French. */
export async function startDesk(options: Partial<BotOptions> = {}): Promise<Desk> {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-desk-'));
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const stateFile = path.join(folder, 'workspace.json');
  const state = seedState({}, PEOPLE, Date.now());
  const members = [userId('Ana'), userId('Bo'), APP.userId];
  state.channels.push({ id: secret, name: 'secret', kind: 'private', members, created: 0, messages: [] });
  await writeFile(stateFile, JSON.stringify(state));
  const workspace = await createWorkspace({ port: 0, stateFile });
  stack.defer(() => workspace.close());

  const database = openDatabase(':memory:');
  stack.defer(() => closeDatabase(database));
  saveDataset(database, {
    ...{ hash, fileName: 'data.csv', artifactKey: 'datasets/x', sizeBytes: 1234 },
    ...{ uploadedBy: userId('Ana'), createdMs: Date.now() },
  });
  const charts = await openCharts(undefined);
  stack.defer(() => charts.close());
  const lines: string[] = [];
  const flow: Flow = {
    database,
    nowMs: Date.now,
    wake: () => undefined,
    stateChanged: (benchmark) => bot.onStateChanged(benchmark),
  };
  const bot = createBot({
    ...{ botToken: workspace.botToken, appToken: workspace.appToken, slackApiUrl: `${workspace.url}/api/` },
    ...{ maxUploadBytes: 1e6, modelsAllowed: null, modelFolders: [] },
    flow,
    artifacts: createArtifactStore(folder),
    charts,
    listWorkers: async () => [],
    classify: async () => [],
    log: (line) => void lines.push(line),
    ...options,
  });
  await bot.start();
  stack.defer(bot.stop);

  const driver = createDriver(workspace.url);
  const names = new Map((await driver.users()).map(({ id, name }) => [id, name]));
  let added = 0;
  const add: Desk['add'] = (...changes) =>
    changes.map((change) => {
      added += 1;
      const benchmark = aBenchmark({
        ...{ id: `b${added}`, channel, owner: userId('Ana'), createdMs: added, submittedMs: Date.now() },
        ...change,
      });
      const { number: _number, ...row } = benchmark;
      return { ...benchmark, number: insertBenchmark(database, row) };
    });
  const ask: Desk['ask'] = async (user, text, where = channel) => {
    const before = new Set((await driver.messages({ user, channel: where })).map(({ ts }) => ts));
    await driver.slash({ user, channel: where, command: '/benchmark', text });
    return driver.waitFor(`the answer to ${text}`, { user, channel: where }, ({ messages }) =>
      messages.find(({ ts, is_ephemeral }) => is_ephemeral && !before.has(ts)),
    );
  };
  return {
    ...{ driver, workspace, flow, names, lines, add, ask },
    text: (message) => messageAsText(message, names),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
