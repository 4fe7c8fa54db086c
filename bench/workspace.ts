/** `npm run bench -- workspace [seconds] [votes a second]`: 200 people vote at once while one looks at the page. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { z } from 'zod';
import { createDriver } from '../src/workspace/driver.ts';
import { openBallot, type Voted, voteAtOnce, votersNamed } from './workspace-votes.ts';

const people = votersNamed(200);
const MB = 1024 * 1024;

const readySchema = z.object({
  url: z.string(),
  botToken: z.string(),
  appToken: z.string(),
  signingSecret: z.string(),
});
const memorySchema = z.object({ rss: z.number(), heap: z.number() });
type Memory = z.infer<typeof memorySchema>;

export async function benchWorkspace(seconds = '60', votesPerSecond = '200'): Promise<void> {
  const server = fork(fileURLToPath(new URL('./workspace-server.ts', import.meta.url)), { execArgv: ['--expose-gc'] });
  try {
    await measure(server, Number(seconds) * 1000, (people.length / Number(votesPerSecond)) * 1000);
  } finally {
    server.disconnect();
    if (server.exitCode === null) await once(server, 'exit');
  }
}

/** `pauseMs`: between two votes of one person, about. */
async function measure(server: ChildProcess, durationMs: number, pauseMs: number): Promise<void> {
  const [ready] = await once(server, 'message');
  const workspace = readySchema.parse(ready);
  await using ballot = await openBallot(workspace, 1500);
  await using look = await lookAt(`${workspace.url}/?user=${people[0]?.toLowerCase()}&channel=benchmarks`);
  const idle = await typeFor(look.page, () => sleep(3000));
  const start = await memoryOf(server);
  const [startMs, endMs] = [performance.now(), performance.now() + durationMs];
  // Everybody at a moment of their own: people don't vote in step.
  const pause = () => sleep(pauseMs * (0.5 + Math.random()));
  const voting = voteAtOnce(createDriver(workspace.url), people, ballot.ts, () => performance.now() > endMs, pause);
  const middle = sleep(durationMs / 2).then(() => memoryOf(server));
  const busy = await typeFor(look.page, () => voting);
  const voted = await voting;
  const tookS = (performance.now() - startMs) / 1000;
  await ballot.close();
  const end = await memoryOf(server);
  printVotes(voted, ballot.heard, tookS);
  printInput('the page, nobody voting', idle);
  printInput('the page, all voting', busy);
  printMemory({ start, middle: await middle, end });
}

async function memoryOf(server: ChildProcess): Promise<Memory> {
  const answer = once(server, 'message');
  server.send('memory');
  return memorySchema.parse((await answer)[0]);
}

/** A headless Chromium at `url`, or none where the machine has no browser. */
async function lookAt(url: string): Promise<{ page: Page | undefined } & AsyncDisposable> {
  const executablePath = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)]
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find(existsSync);
  if (executablePath === undefined) return { page: undefined, [Symbol.asyncDispose]: async () => {} };
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  const browser = await chromium.launch({ executablePath, args });
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  await page.goto(url);
  await page.getByText('BERT: ').first().waitFor();
  await watchKeys(page);
  return { page, [Symbol.asyncDispose]: () => browser.close() };
}

/** Has the page measure every key: from the browser's own time stamp to the frame that shows the letter. */
async function watchKeys(page: Page): Promise<void> {
  await page.evaluate(() => {
    const onKey = ({ timeStamp: start }: Event) =>
      requestAnimationFrame(() => setTimeout(() => performance.measure('key', { start, end: performance.now() })));
    document.addEventListener('keydown', onKey, { capture: true });
  });
}

/** Types letter after letter while `work` runs; how long each took until it was painted. */
async function typeFor(page: Page | undefined, work: () => Promise<unknown>): Promise<number[]> {
  let over = false;
  const done = work().finally(() => {
    over = true;
  });
  if (page !== undefined) {
    const field = page.getByLabel('Message #benchmarks');
    await page.evaluate(() => performance.clearMeasures('key'));
    await field.fill('');
    while (!over) {
      await field.press('a');
      await sleep(100);
    }
  }
  await done;
  return (await page?.evaluate(() => performance.getEntriesByName('key').map((one) => one.duration))) ?? [];
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

function printVotes(voted: Voted[], heard: Map<string, { votes: number }>, tookS: number): void {
  const sum = (values: number[]) => values.reduce((total, one) => total + one, 0);
  const sent = sum(voted.map((one) => one.sent));
  const acknowledged = sum(voted.map((one) => one.acknowledged));
  const counted = sum([...heard.values()].map((one) => one.votes));
  const latencies = voted.flatMap((one) => one.latenciesMs);
  console.log(`${voted.length} people, ${tookS.toFixed(1)} s, ${(sent / tookS).toFixed(0)} votes a second`);
  console.log(`votes: ${sent} sent, ${acknowledged} acknowledged, ${counted} counted by the app`);
  console.log(`a vote through the control API: ${inMs(latencies)}`);
}

function printInput(what: string, latenciesMs: number[]): void {
  if (latenciesMs.length === 0) console.log(`${what}: no browser on this machine`);
  else console.log(`${what}: a key until its frame ${inMs(latenciesMs)} (${latenciesMs.length} keys)`);
}

function inMs(values: number[]): string {
  return [0.5, 0.99, 1]
    .map((q) => `${q === 1 ? 'max' : `p${q * 100}`} ${quantile(values, q).toFixed(0)} ms`)
    .join(', ');
}

function printMemory(at: Record<string, Memory>): void {
  for (const [when, { rss, heap }] of Object.entries(at)) {
    console.log(`the workspace's memory, ${when}: RSS ${(rss / MB).toFixed(0)} MB, heap ${(heap / MB).toFixed(0)} MB`);
  }
}
