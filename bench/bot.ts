/**
 * `npm run bench -- bot`: how long people wait for Podium while a worker trains beside it on the same cores. Real processes:
 * bot, worker, Redis and the workspace each have their own.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { startRedis } from '../src/commands/redis.ts';
import { createDriver, type Driver } from '../src/workspace/driver.ts';
import { smallCsv } from '../test/support/small-csv.ts';
import { votersNamed } from './workspace-votes.ts';

const voters = votersNamed(100);
const owner = voters[0] ?? '';
const channel = 'benchmarks';
const slashes = 40;
const votingMs = 10_000;
const minuteMs = 60_000;

const readySchema = z.object({ url: z.string(), botToken: z.string(), appToken: z.string() });

export async function benchBot(): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-bench-'));
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const driver = await startAll(folder, stack);
  const ballot = await untilBallot(driver);
  await report(driver, 'nobody trains', ballot, voters.slice(0, 50));
  await runWizard(driver, smallCsv(20_000));
  await driver.waitFor(
    'the training',
    { user: owner, channel },
    ({ messages }) => messages.some((message) => / of 9 trials done/.test(JSON.stringify(message))),
    3 * minuteMs,
  );
  await report(driver, 'a worker trains', ballot, voters);
  printUpdates(await driver.log());
}

async function startAll(folder: string, stack: AsyncDisposableStack): Promise<Driver> {
  const redis = await startRedis({
    stateDir: folder,
    packagesDir: fileURLToPath(new URL('../node_modules/.cache/podium-redis', import.meta.url)),
    onProgress: () => undefined,
  });
  stack.defer(() => redis.stop());
  const server = fork(fileURLToPath(new URL('./workspace-server.ts', import.meta.url)), { execArgv: ['--expose-gc'] });
  stack.defer(() => ended(server));
  const [ready] = await once(server, 'message');
  const { url, botToken, appToken } = readySchema.parse(ready);
  const env = {
    ...process.env,
    PODIUM_STATE: folder,
    PODIUM_ARTIFACTS: path.join(folder, 'artifacts'),
    REDIS_URL: redis.url,
    SLACK_BOT_TOKEN: botToken,
    SLACK_APP_TOKEN: appToken,
    SLACK_API_URL: `${url}/api/`,
  };
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  for (const part of ['bot', 'worker']) {
    const child = fork(main, [part], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'], detached: true });
    stack.defer(() => ended(child));
    await once(child, 'message');
  }
  return createDriver(url);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = once(child, 'exit');
  child.disconnect();
  await exit;
}

/** Through all steps as they are proposed. */
async function runWizard(driver: Driver, csv: string): Promise<void> {
  await driver.slash({ user: owner, channel, command: '/benchmark' });
  await driver.waitFor('the wizard', { user: owner }, ({ view }) => view?.callback_id === 'wizard_dataset');
  const bytes_base64 = Buffer.from(csv).toString('base64');
  await driver.fill(owner, { file: { value: [{ name: 'texts.csv', bytes_base64 }] } });
  await driver.submit(owner);
  for (;;) {
    const view = await driver.waitFor(
      'the next step',
      { user: owner },
      ({ view: seen }) => (seen === null ? 'over' : seen.callback_id === 'wizard_reading' ? null : seen),
      minuteMs,
    );
    if (view === 'over') return;
    const { errors } = view;
    if (Object.keys(errors).length > 0) throw new Error(`${view.callback_id}: ${JSON.stringify(errors)}`);
    await driver.submit(owner);
  }
}

interface BallotAt {
  root: string;
  ts: string;
  /** one for each candidate */
  blockIds: string[];
}

async function untilBallot(driver: Driver): Promise<BallotAt> {
  await runWizard(driver, smallCsv());
  const at = { user: owner, channel };
  const root = await driver.waitFor('the benchmark', at, ({ messages }) => messages.at(-1)?.ts, minuteMs);
  return driver.waitFor(
    'the ballot',
    { ...at, thread_ts: root },
    ({ messages }) => {
      for (const { ts, blocks } of messages) {
        const blockIds = [...JSON.stringify(blocks ?? []).matchAll(/"block_id":"(vote[^"]*)"/g)].map(
          ([, id]) => id ?? '',
        );
        const buttons = (blocks ?? []).flatMap((block) =>
          JSON.stringify(block).includes('"ballot_vote"') ? [block.block_id ?? ''] : [],
        );
        if (buttons.length > 0) return { root, ts, blockIds: blockIds.length > 0 ? blockIds : buttons };
      }
      return null;
    },
    2 * minuteMs,
  );
}

async function report(driver: Driver, what: string, ballot: BallotAt, people: string[]): Promise<void> {
  const sinceMs = Date.now();
  const first = await slashLatencies(driver);
  // The message's updates of the last minute count against what it may have in this one: people don't vote in every minute.
  await sleep(minuteMs);
  const tallies = await voteLatencies(driver, ballot, people);
  const acks = (await driver.log()).flatMap(({ kind, atMs, tookMs }) =>
    kind === 'delivery' && atMs >= sinceMs && tookMs !== undefined ? [tookMs] : [],
  );
  console.log(`${what}:`);
  console.log(`  from a delivery to its acknowledgement  ${inMs(acks)}  (${acks.length})`);
  console.log(`  from /benchmark to the first view       ${inMs(first)}  (${first.length})`);
  console.log(
    `  from a vote to the tally that counts it ${inMs(tallies)}  (${tallies.length} within ${votingMs / 1000} s)`,
  );
}

async function slashLatencies(driver: Driver): Promise<number[]> {
  const latencies: number[] = [];
  for (let index = 0; index < slashes; index++) {
    const user = voters[(index % (voters.length - 1)) + 1] ?? owner;
    const startMs = performance.now();
    const seen = driver.waitFor('the first view', { user }, ({ view }) => view);
    await driver.slash({ user, channel, command: '/benchmark' });
    await seen;
    latencies.push(performance.now() - startMs);
    await driver.close(user, { all: true });
  }
  return latencies;
}

/** Each votes once at a moment of their own; how long until the message counts as many votes as had been cast by then. */
async function voteLatencies(driver: Driver, { root, ts }: BallotAt, people: string[]): Promise<number[]> {
  const before = await votesShown(driver, root, ts);
  const castMs: number[] = [];
  const counted: number[] = [];
  let over = false;
  const watching = (async () => {
    while (!over || counted.length < castMs.length) {
      const shown = (await votesShown(driver, root, ts)) - before;
      while (counted.length < Math.min(shown, castMs.length)) counted.push(performance.now());
      await sleep(20);
      if (over && performance.now() - Math.max(...castMs) > 20_000) break;
    }
  })();
  await Promise.all(
    people.map(async (user) => {
      await sleep(Math.random() * votingMs);
      castMs.push(performance.now());
      await driver.click({ user, channel, ts, action_id: 'ballot_vote' });
    }),
  );
  over = true;
  await watching;
  // Withdrawn, so that the next round begins where this one did; a second press at once would be a double click.
  await sleep(1500);
  for (const user of people) await driver.click({ user, channel, ts, action_id: 'ballot_vote' });
  await driver.waitUntil('no votes', async () => (await votesShown(driver, root, ts)) === before, minuteMs);
  return castMs.map((cast, index) => (counted[index] ?? Number.POSITIVE_INFINITY) - cast);
}

async function votesShown(driver: Driver, root: string, ts: string): Promise<number> {
  const messages = await driver.messages({ user: owner, channel, thread_ts: root });
  const text = JSON.stringify(messages.find((message) => message.ts === ts)?.blocks ?? []);
  return Number(/(\d+) (?:person has|people have) voted/.exec(text)?.[1] ?? 0);
}

function printUpdates(log: Awaited<ReturnType<Driver['log']>>): void {
  const updates = log.filter(({ method }) => method === 'chat.update').map(({ atMs }) => atMs);
  const most = Math.max(
    0,
    ...updates.map((atMs) => updates.filter((one) => one >= atMs && one < atMs + minuteMs).length),
  );
  console.log(`chat.update in the busiest minute, of both benchmarks: ${most}`);
}

function inMs(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return `p50 ${at(0.5).toFixed(0)} ms, p99 ${at(0.99).toFixed(0)} ms, max ${at(1).toFixed(0)} ms`;
}
