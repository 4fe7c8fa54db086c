import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { awaitModel, awaitRanking, buttonsOf, isRoot, newStory, type Story } from '../../src/commands/demo-story.ts';
import { messageAsText } from '../../src/commands/slack-as-text.ts';
import type { SeenMessage, SeenView } from '../../src/workspace/driver.ts';
import { type Podium, startPodium } from '../support/podium.ts';
import { smallCsv } from '../support/small-csv.ts';

let podium: Podium;
let story: Story;
let root: string;
let posted = 0;
const channel = 'benchmarks';

before(async () => {
  podium = await startPodium();
  story = await newStory(podium.driver, () => {});
});
after(() => podium[Symbol.asyncDispose]());

/** Ana compares two models on one category; her benchmark is queued when this returns. */
async function run(models = ['builtin/tfidf-logreg', 'builtin/fasttext'], rows = 240): Promise<void> {
  const { driver } = podium;
  const modal = (id: string) =>
    driver.waitFor(id, { user: 'Ana' }, ({ view }) => view?.callback_id === `wizard_${id}`, 30_000);
  await driver.slash({ user: 'Ana', channel, command: '/benchmark' });
  await modal('dataset');
  const bytes_base64 = Buffer.from(smallCsv(rows)).toString('base64');
  await driver.fill('Ana', { file: { value: [{ name: 'small.csv', bytes_base64 }] } });
  await driver.submit('Ana');
  for (const step of ['columns', 'data']) {
    await modal(step);
    await driver.submit('Ana');
  }
  for (const [step, value] of [
    ['models', models],
    ['categories', ['0']],
  ] as const) {
    await modal(step);
    // Both are searched: what was never offered can't be chosen.
    await driver.suggest({ user: 'Ana', block_id: step, action_id: 'value', value: '' });
    await driver.fill('Ana', { [step]: { value } });
    await driver.submit('Ana');
  }
  await modal('review');
  await driver.submit('Ana');
  posted += 1;
  root = await driver.waitFor(
    'the progress message',
    { user: 'Ana', channel },
    ({ messages }) => messages.filter(isRoot)[posted - 1]?.ts,
  );
}

const thread = (user = 'Ana'): Promise<SeenMessage[]> => podium.driver.messages({ user, channel, thread_ts: root });

function inThread(what: string, wanted: RegExp, user = 'Ana'): Promise<SeenMessage> {
  const at = { user, channel, thread_ts: root };
  return podium.driver.waitFor(
    what,
    at,
    ({ messages }) => messages.find((message) => wanted.test(messageAsText(message, story.names))),
    60_000,
  );
}

const ballot = (): Promise<SeenMessage> => inThread('the ballot', /Which model shall it be|The vote is over/);

async function press(user: string, actionId: string, position = 0): Promise<void> {
  const message = await podium.driver.waitFor(
    `a button ${actionId}`,
    { user, channel, thread_ts: root },
    ({ messages }) => messages.find((one) => buttonsOf(one, actionId).length > 0),
  );
  const block_id = buttonsOf(message, actionId)[position] ?? '';
  const seen = await podium.driver.click({ user, channel, ts: message.ts, block_id, action_id: actionId });
  assert.equal(seen.error, undefined);
}

/** Waits for the modal that a press opened. */
const modalOf = (user: string, callbackId: string): Promise<SeenView> =>
  podium.driver.waitFor(`the modal ${callbackId}`, { user }, ({ view }) => view?.callback_id === callbackId && view);

test('the channel holds one message; table, ballot and decision stand in its thread, each once', async () => {
  await run();
  await awaitRanking(story);
  await ballot();
  await press('Ana', 'decide_top');
  await modalOf('Ana', 'use_top');
  await podium.driver.submit('Ana');
  const folder = await awaitModel(story, root);
  // The message in the channel is updated last, and not more often than every few seconds.
  await inThread('the end', /: trained and ready\. Details in the thread/);
  await inThread('the outcome', /^✅ Benchmark #1: /);
  const texts = (await thread()).map((message) => messageAsText(message, story.names));
  const once = (wanted: RegExp): string => {
    const found = texts.filter((text) => wanted.test(text));
    assert.equal(found.length, 1, `${wanted}: ${texts.join('\n—\n')}`);
    return found[0] ?? '';
  };
  assert.match(texts[0] ?? '', /trained and ready\. Details in the thread/);
  once(/Ranked models[\s\S]*\(chart\)/);
  assert.doesNotMatch(once(/The vote is over/), /\[ /);
  assert.match(once(/Ana\*? takes the top-ranked/), /at most 10 epochs/);
  once(/^✅ Benchmark #1: .* trained and ready/);
  assert.ok(texts.findIndex((text) => /takes the top/.test(text)) < texts.findIndex((text) => /^✅ Bench/.test(text)));
  const [model] = ['01-topic'].map((name) => path.join(folder, name));
  await access(path.join(model ?? '', 'config.json'));
  assert.match(await readFile(path.join(model ?? '', 'README.md'), 'utf8'), /small\.csv/);
});

test('the owner may choose another model than the first, with a reason for the record', async () => {
  const { driver } = podium;
  await run();
  await awaitRanking(story);
  await press('Ana', 'decide_manual');
  const view = await modalOf('Ana', 'manual_choice');
  const second = view.blocks.find(({ block_id }) => block_id === 'model_0')?.element?.options?.[1];
  await driver.fill('Ana', { model_0: { value: second?.value ?? '' }, reason: { value: 'Bo <!channel> likes it' } });
  await driver.submit('Ana');
  const decision = await inThread('the decision', /Ana\*? chooses/);
  assert.match(messageAsText(decision, story.names), /> Bo <!channel> likes it/);
  assert.match(JSON.stringify(decision.blocks), /&lt;!channel&gt;/);
  await awaitModel(story, root);
});

test('only the owner can cancel, and cancelling ends a running trial at once', async () => {
  await run(['builtin/fasttext', 'builtin/transformer-small'], 3000);
  const { driver } = podium;
  const cancel = (user: string) => driver.click({ user, channel, ts: root, action_id: 'benchmark_cancel' });
  await driver.waitFor(
    'a trial at work',
    { user: 'Ana', channel },
    ({ messages }) =>
      messages.some((message) => message.ts === root && /epoch \d/.test(JSON.stringify(message.blocks))),
    60_000,
  );
  await cancel('Bo');
  await driver.waitFor('a word to Bo', { user: 'Bo', channel }, ({ messages }) =>
    messages.some(({ text }) => /can cancel it/.test(text ?? '')),
  );
  await cancel('Ana');
  // The message in the channel keeps to Slack's pace.
  await driver.waitFor(
    'the end',
    { user: 'Ana', channel },
    ({ messages }) =>
      messages.some((message) => message.ts === root && /Cancelled/.test(JSON.stringify(message.blocks))),
    60_000,
  );
  await driver.waitUntil(
    'the worker to stop',
    async () => podium.lines.some((line) => /^trial-.* failed: .*cancelled/.test(line)),
    60_000,
  );
});
