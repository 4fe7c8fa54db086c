/** kill -9 in the middle of things: the story must end as it would have, and nothing may stand there twice. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  awaitModel,
  awaitRanking,
  newStory,
  runWizard,
  type Story,
  transcript,
  useTopRanked,
  vote,
} from '../../src/commands/demo-story.ts';
import { startRedis } from '../../src/commands/redis.ts';
import { messageAsText } from '../../src/commands/slack-as-text.ts';
import { createDriver, type SeenMessage } from '../../src/workspace/driver.ts';
import { createWorkspace } from '../../src/workspace/workspace.ts';
import { redisPackagesDir } from '../support/podium.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const sample = new URL('../../sample/city-feedback.csv', import.meta.url);

interface Parts extends AsyncDisposable {
  story: Story;
  file: string;
  start: (part: 'bot' | 'worker') => Promise<ChildProcess>;
  kill: (child: ChildProcess) => Promise<void>;
}

/** Redis and the workspace in this process, bot and worker as processes that can be killed. */
async function startParts(): Promise<Parts> {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-crash-'));
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const redis = await startRedis({ stateDir: folder, packagesDir: redisPackagesDir, onProgress: () => undefined });
  stack.defer(() => redis.stop());
  const workspace = await createWorkspace({ port: 0 });
  stack.defer(() => workspace.close());
  const env = {
    ...process.env,
    PODIUM_STATE: folder,
    REDIS_URL: redis.url,
    SLACK_BOT_TOKEN: workspace.botToken,
    SLACK_APP_TOKEN: workspace.appToken,
    SLACK_API_URL: `${workspace.url}/api/`,
  };
  const kill = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const start: Parts['start'] = async (part) => {
    const child = spawn(process.execPath, [main, part], { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    stack.defer(() => kill(child));
    await once(child, 'message');
    return child;
  };
  const file = path.join(folder, 'feedback.csv');
  const lines = (await readFile(sample, 'utf8')).split('\n').slice(0, 1200);
  await writeFile(file, `${lines.join('\n')}\n`);
  const story = await newStory(createDriver(workspace.url), () => undefined);
  return { story, file, start, kill, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** The figures that must not depend on what was killed: everything but times and what follows from them. */
function figures(ranking: SeenMessage, story: Story): string[] {
  const rows = messageAsText(ranking, story.names)
    .split('\n')
    .filter((line) => /^(🥇 |🥈 |🥉 )?\d/u.test(line));
  return rows.map((row) =>
    row
      .replace(/ \((recommended|tied with #1).*?\)/, '')
      .replace(/ +/g, ' ')
      .replace(/(\d \d\.\d{3} – \d\.\d{3}) .*/, '$1'),
  );
}

/** Each message of the channel and of its thread, without figures of time. */
async function messages(story: Story): Promise<string[]> {
  const [root, ...others] = await transcript(story);
  assert.equal(others.length, 0, 'one message with a thread in the channel');
  // Details come when there is time for them: before the vote's end or after it.
  return [root, ...(root?.replies ?? [])]
    .map((message) => (message ? (messageAsText(message, story.names).split('\n')[0] ?? '') : ''))
    .toSorted();
}

async function finish(story: Story, root: string): Promise<void> {
  await vote(story, root);
  await useTopRanked(story, root);
  await awaitModel(story, root);
  for (const last of [/^✅ Benchmark #1/, /^More about these results/])
    await story.driver.waitFor(
      String(last),
      { user: 'Ana', channel: 'benchmarks', thread_ts: root },
      ({ messages: all }) => all.some((message) => last.test(messageAsText(message, story.names))),
      60_000,
    );
}

test('a worker killed in the middle of a trial and a bot killed after the ranking change nothing of the ending', async () => {
  await using calm = await startParts();
  await Promise.all([calm.start('bot'), calm.start('worker')]);
  await runWizard(calm.story, calm.file);
  const expected = await awaitRanking(calm.story);
  await finish(calm.story, expected.root);

  await using rough = await startParts();
  const { story } = rough;
  const [bot, worker] = await Promise.all([rough.start('bot'), rough.start('worker')]);
  await runWizard(story, rough.file);
  const at = { user: 'Ana', channel: 'benchmarks' };
  await story.driver.waitFor(
    'a trial at work after others',
    at,
    ({ messages: [root] }) => /[1-8] of 9 trials done[\s\S]*, now /.test(root ? messageAsText(root, story.names) : ''),
    120_000,
  );
  await rough.kill(worker);
  await rough.start('worker');
  const { root, ranking } = await awaitRanking(story);
  await rough.kill(bot);
  await rough.start('bot');
  await finish(story, root);

  assert.deepEqual(figures(ranking, story), figures(expected.ranking, calm.story));
  assert.deepEqual(await messages(story), await messages(calm.story));
});

test('a bot killed while trials run takes up their ends when it is back', async () => {
  await using parts = await startParts();
  const { story } = parts;
  const [bot] = await Promise.all([parts.start('bot'), parts.start('worker')]);
  await runWizard(story, parts.file);
  const at = { user: 'Ana', channel: 'benchmarks' };
  await story.driver.waitFor(
    'the first trial to end',
    at,
    ({ messages: [root] }) => /[1-8] of 9 trials done/.test(root ? messageAsText(root, story.names) : ''),
    120_000,
  );
  await parts.kill(bot);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await parts.start('bot');
  const { root } = await awaitRanking(story);
  await finish(story, root);
  const shown = await messages(story);
  assert.equal(new Set(shown).size, shown.length, shown.join('\n'));
});
