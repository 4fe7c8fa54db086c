/** Vote and decision as several people press through them in the workspace: real handlers, deliveries and relay. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebClient } from '@slack/web-api';
import { buttonsOf } from '../../src/commands/demo-story.ts';
import { messageAsText } from '../../src/commands/slack-as-text.ts';
import { FinalError } from '../../src/errors.ts';
import { apply, want } from '../../src/flows/flow.ts';
import { jobIds } from '../../src/flows/job-ids.ts';
import { trainingEnded } from '../../src/flows/outcomes.ts';
import { type Benchmark, requireBenchmark, type VoteRules, voteRulesSchema } from '../../src/flows/records.ts';
import { retryFailedTrials } from '../../src/flows/retry.ts';
import { insertTrials } from '../../src/storage/benchmark-queries.ts';
import { votesOf } from '../../src/storage/message-queries.ts';
import type { Seen, SeenMessage } from '../../src/workspace/driver.ts';
import { aBenchmark, aRanking, aRow, aTrial, modelIds } from './support.ts';
import { channel, startThread, type Thread, type ThreadOptions, userId } from './thread-support.ts';

const hourMs = 3_600_000;
const withRules = (rules: Partial<VoteRules>, changes: Partial<Benchmark> = {}): Partial<Benchmark> => ({
  plan: { ...aBenchmark().plan!, vote: voteRulesSchema.parse(rules) },
  ...changes,
});

/** The vote is open when this returns. */
async function open(options: ThreadOptions): Promise<Thread> {
  const thread = await startThread(options);
  for (const effect of ['show_progress', 'show_ranking'] as const)
    want(thread.flow.database, 'b1', effect, thread.flow.nowMs());
  thread.flow.wake();
  try {
    await shown(thread, 'the ballot', /Which model shall it be/);
  } catch (error) {
    await thread[Symbol.asyncDispose]();
    throw new Error(thread.lines.join('\n'), { cause: error });
  }
  return thread;
}

const names = new Map<string, string>();
const textOf = (message: SeenMessage): string => messageAsText(message, names);

function shown(thread: Thread, what: string, wanted: RegExp, user = 'Ana'): Promise<SeenMessage> {
  return thread.driver.waitUntil(
    `${what}: ${wanted}`,
    async () => (await thread.messages(user)).find((message) => wanted.test(textOf(message))),
    15_000,
  );
}

async function press(thread: Thread, user: string, actionId: string, position = 0): Promise<Seen> {
  const message = await thread.driver.waitUntil(`a button ${actionId}`, async () =>
    (await thread.messages('Ana')).find((one) => buttonsOf(one, actionId).length > 0),
  );
  const block_id = buttonsOf(message, actionId)[position] ?? '';
  const seen = await thread.driver.click({ user, channel, ts: message.ts, block_id, action_id: actionId });
  assert.equal(seen.error, undefined);
  return seen;
}

const modal = (thread: Thread, user: string, callbackId: string) =>
  thread.driver.waitFor(`the modal ${callbackId}`, { user }, ({ view }) => view?.callback_id === callbackId && view);
const now = ({ flow }: Thread): Benchmark => requireBenchmark(flow.database, 'b1');
const votes = ({ flow }: Thread): string[][] =>
  votesOf(flow.database, 'b1').map(({ user, choice }) => [user, String(JSON.parse(choice)[1])]);

test('three people vote, change their minds, and the winner is trained by the rules that stood on the ballot', async () => {
  await using thread = await open({ benchmark: withRules({ quorum: 2, winnerDecides: true }) });
  await shown(
    thread,
    'the rules',
    /Counts from 2 voters on\. Equal votes[\s\S]*If it counts when it closes, its winner is trained; if not, Ana decides/,
  );
  await press(thread, 'Bo', 'ballot_vote', 0);
  await shown(thread, 'what is missing', /1 person has voted; 1 more needed to count/);
  await press(thread, 'Chi', 'ballot_vote', 0);
  await shown(thread, 'two votes', /2 votes: Bo, Chi/);
  await press(thread, 'Bo', 'ballot_vote', 1);
  await press(thread, 'Ana', 'ballot_vote', 1);
  await shown(thread, 'moved', /1 vote: Chi[\s\S]*2 votes: Bo, Ana/);
  await press(thread, 'Bo', 'ballot_close');
  await shown(thread, 'a word to Bo', /Only the person who started this benchmark/, 'Bo');
  assert.equal(now(thread).state, 'voting');
  await press(thread, 'Ana', 'ballot_close');
  const result = await shown(
    thread,
    'the result',
    /The vote is over \(closed by Ana\)|The vote is over\* \(closed by Ana\)/,
  );
  assert.match(
    textOf(result),
    /fastText-style embeddings\* with 2 of 3 votes[\s\S]*As agreed beforehand, the winner is trained/,
  );
  await shown(thread, 'the decision', /The vote chose \*fastText-style embeddings\*/);
  assert.deepEqual([now(thread).decision?.kind, now(thread).decision?.by], ['vote', null]);
  const messages = await thread.messages();
  for (const button of ['ballot_vote', 'ballot_close', 'decide_top', 'decide_manual', 'decide_stop'])
    assert.ok(
      messages.every((message) => buttonsOf(message, button).length === 0),
      button,
    );
});

test('the outcome is told once in the channel besides the thread, and is changed there', async () => {
  await using thread = await open({ benchmark: withRules({}) });
  await press(thread, 'Ana', 'decide_top');
  await modal(thread, 'Ana', 'use_top');
  await thread.driver.submit('Ana');
  const inChannel = (wanted: RegExp) =>
    thread.driver.waitFor('the outcome in the channel', { user: 'Bo', channel }, ({ messages: [, outcome, more] }) =>
      outcome && !more && wanted.test(textOf(outcome)) ? outcome : null,
    );
  trainingEnded(thread.flow, jobIds.train(now(thread)), new FinalError('out of memory'));
  await inChannel(/didn't work: out of memory/);
  await press(thread, 'Ana', 'training_retry');
  const result = { artifactPrefix: 'models/b1/', files: [], models: [] };
  trainingEnded(thread.flow, jobIds.train(now(thread)), result);
  await inChannel(/trained and ready/);
});

test('a vote that meets the closing counts, or its voter is told alone that it came too late', async () => {
  for (const first of ['vote', 'close']) {
    await using thread = await open({ benchmark: withRules({}) });
    const presses = [() => press(thread, 'Bo', 'ballot_vote', 0), () => press(thread, 'Ana', 'ballot_close')];
    await Promise.all((first === 'vote' ? presses : presses.toReversed()).map((one) => one()));
    await shown(thread, 'the result', /The vote is over/);
    if (votes(thread).length === 0) await shown(thread, 'a word to Bo', /^This vote is over\.$/, 'Bo');
    else await shown(thread, 'the vote', /with 1 of 1 vote/);
    assert.ok((await thread.messages('Chi')).every(({ text }) => text !== 'This vote is over.'));
  }
});

test('who is not in the private channel cannot vote, nor from a copy of the message elsewhere', async () => {
  await using thread = await open({ benchmark: withRules({}), members: ['Ana', 'Bo'] });
  await press(thread, 'Dee', 'ballot_vote', 0);
  await press(thread, 'Bo', 'ballot_vote', 1);
  await shown(thread, "Bo's vote", /1 vote: Bo/);
  const ballot = await shown(thread, 'the ballot', /Which model shall it be/);
  const client = new WebClient(thread.workspace.botToken, { slackApiUrl: `${thread.workspace.url}/api/` });
  const blocks = JSON.parse(JSON.stringify(ballot.blocks));
  const { ts = '' } = await client.chat.postMessage({ channel: 'C0GENERAL1', text: 'a copy', blocks });
  const at = { user: 'Ana', channel: 'C0GENERAL1' };
  const [copy] = await thread.driver.messages(at);
  const block_id = buttonsOf(copy!, 'ballot_vote')[0] ?? '';
  await thread.driver.click({ ...at, ts, block_id, action_id: 'ballot_vote' });
  await thread.driver.waitFor('a word to Ana', at, ({ messages }) =>
    messages.some((one) => /is a copy/.test(one.text)),
  );
  assert.deepEqual(votes(thread), [[userId('Bo'), modelIds[1]]]);
});

test('a blind ballot names nobody, each voter hears of their vote alone, and all is told at the end', async () => {
  await using thread = await open({ benchmark: withRules({ blind: true }) });
  await press(thread, 'Bo', 'ballot_vote', 2);
  await shown(thread, 'a word to Bo', /Your vote is in/, 'Bo');
  await shown(thread, 'the count', /1 person has voted/);
  const seen = JSON.stringify(await thread.messages('Chi'));
  assert.doesNotMatch(seen, /Your vote is in|1 vote\b|\bBo\b/);
  await press(thread, 'Ana', 'ballot_close');
  await shown(thread, 'who it was', /The vote is over[\s\S]*1 vote: Bo/, 'Chi');
});

test('before its deadline the vote is reminded of, at its deadline it closes, and those who decide are asked', async () => {
  await using thread = await open({ benchmark: withRules({ openHours: 1, quorum: 3, deciders: [userId('Chi')] }) });
  await press(thread, 'Bo', 'ballot_vote', 0);
  await shown(thread, 'the vote', /1 vote: Bo/);
  thread.pass(0.75 * hourMs);
  const reminder = await shown(thread, 'the reminder', /The vote closes/);
  assert.match(
    textOf(reminder),
    /1 person has voted so far\. 2 more are needed for it to count\. Not yet: Ana, Chi, Dee\./,
  );
  assert.doesNotMatch(JSON.stringify(reminder.blocks), /<@/);
  thread.pass(0.25 * hourMs);
  const result = await shown(
    thread,
    'the result',
    /its deadline has come[\s\S]*doesn't count: 1 voter, 3 needed[\s\S]*Now Ana or Chi decides|its deadline has come[\s\S]*doesn't count: 1 voter, 3 needed[\s\S]*Now \*Ana or Chi\* decides/,
  );
  assert.equal(buttonsOf(result, 'decide_top').length, 1);
  await press(thread, 'Dee', 'decide_top');
  // Dee reads French.
  await shown(thread, 'a word to Dee', /Seule la personne qui a lancé/, 'Dee');
  await press(thread, 'Chi', 'decide_top');
  await modal(thread, 'Chi', 'use_top');
  await thread.driver.fill('Chi', { epochs: { value: '7' }, reason: { value: 'good enough' } });
  await thread.driver.submit('Chi');
  await shown(thread, 'the decision', /Chi\*? takes the top-ranked[\s\S]*good enough[\s\S]*at most 7 epochs/);
  await shown(thread, 'the result without buttons', /its deadline has come(?![\s\S]*Use top-ranked)/);
});

test('trials that are tried again interrupt the vote; it opens anew with the votes so far, a deadline and a reminder of its own', async () => {
  await using thread = await open({ benchmark: withRules({ openHours: 1 }) });
  const { flow } = thread;
  insertTrials(flow.database, [aTrial(0, { status: 'failed' })]);
  const reminders = async (): Promise<number> =>
    (await thread.messages()).filter((message) => /^⏰ The vote closes/.test(textOf(message))).length;
  await press(thread, 'Bo', 'ballot_vote', 0);
  await shown(thread, 'the vote', /1 vote: Bo/);
  thread.pass(0.75 * hourMs);
  await shown(thread, 'the reminder', /^⏰ The vote closes/);
  await press(thread, 'Ana', 'ballot_close');
  await shown(thread, 'the choices', /closed by Ana[\s\S]*\[ Use top-ranked/);
  retryFailedTrials(flow, 'b1');
  await shown(thread, 'the interruption', /^🗳️ \*?The vote is interrupted\.\*?\nFailed trials/);
  const result = await shown(thread, 'the void result', /That vote is void/);
  assert.equal(buttonsOf(result, 'decide_top').length, 0);
  apply(flow, 'b1', 'last_trial_finished');
  apply(flow, 'b1', 'ranked');
  await shown(thread, 'the new vote', /Which model shall it be[\s\S]*1 vote: Bo/);
  await shown(thread, 'the word about it', /There is a new vote/);
  thread.pass(0.25 * hourMs);
  await press(thread, 'Chi', 'ballot_vote', 0);
  await shown(thread, 'a vote after the old deadline', /2 votes: Bo, Chi/);
  assert.equal(await reminders(), 1);
  thread.pass(0.5 * hourMs);
  await thread.driver.waitUntil('the second reminder', async () => (await reminders()) === 2);
  thread.pass(0.25 * hourMs);
  await shown(thread, 'the result', /its deadline has come[\s\S]*with 2 of 2 votes/);
});

test('of two who decide at once one does, and the other is told', async () => {
  await using thread = await open({ benchmark: withRules({ deciders: [userId('Bo')] }) });
  await press(thread, 'Ana', 'decide_stop');
  await modal(thread, 'Ana', 'stop_here');
  await press(thread, 'Bo', 'decide_manual');
  await modal(thread, 'Bo', 'manual_choice');
  await Promise.all([thread.driver.submit('Ana'), thread.driver.submit('Bo')]);
  const { decision } = now(thread);
  const loser = decision?.by === userId('Ana') ? 'Bo' : 'Ana';
  const view = await thread.driver.view(loser);
  assert.match(JSON.stringify(view?.blocks), /The decision has been made already/);
  assert.equal(await thread.driver.view(loser === 'Bo' ? 'Ana' : 'Bo'), null);
});

test('Stop here keeps the ranking, trains nothing, and says why', async () => {
  await using thread = await open({ benchmark: withRules({}) });
  await press(thread, 'Ana', 'decide_stop');
  await modal(thread, 'Ana', 'stop_here');
  await thread.driver.fill('Ana', { reason: { value: 'too few <!channel> texts' } });
  await thread.driver.submit('Ana');
  const decision = await shown(thread, 'the stop', /Ana\*? stops here, without a choice\n> too few/);
  assert.match(JSON.stringify(decision.blocks), /&lt;!channel&gt;/);
  await shown(thread, 'the outcome', /ended without a choice; its ranking stays in the thread/);
  // A vote in which nobody voted has no result to tell.
  assert.ok((await thread.messages()).every((message) => !/The vote is over\*? \(/.test(textOf(message))));
});

test('a crash while the result is being posted neither loses nor doubles it', async () => {
  await using thread = await open({ benchmark: withRules({}) });
  await press(thread, 'Bo', 'ballot_vote', 0);
  await shown(thread, 'the vote', /1 vote: Bo/);
  await thread.driver.faults({ methods: { 'chat.postMessage': { dropAnswer: { times: 1 } } } });
  await press(thread, 'Ana', 'ballot_close');
  await shown(thread, 'the result', /The vote is over\*? \(closed by Ana\)/);
  await thread.restartRelay();
  thread.pass(60_000);
  await shown(thread, 'the closed ballot', /^🗳️ \*?The vote is over\.\*?\n/);
  await thread.driver.waitUntil('nothing left to do', async () =>
    thread.lines.some((line) => /failed \(try 1\)/.test(line)),
  );
  await thread.driver.waitUntil('one result', async () => {
    const found = (await thread.messages()).filter((message) => /closed by Ana\)/.test(textOf(message)));
    return found.length === 1;
  });
});

test('where cards are refused, the ballot comes in old blocks, and voting goes on', async () => {
  await using thread = await startThread({ benchmark: withRules({}) });
  await thread.driver.faults({ refuseBlocks: ['carousel'] });
  for (const effect of ['show_progress', 'show_ranking'] as const)
    want(thread.flow.database, 'b1', effect, thread.flow.nowMs());
  thread.flow.wake();
  const ballot = await shown(thread, 'the ballot', /Which model shall it be/);
  assert.ok(ballot.blocks?.every(({ type }) => type !== 'carousel'));
  await press(thread, 'Bo', 'ballot_vote', 1);
  await shown(thread, 'the vote', /1 vote: Bo/);
  assert.equal(thread.lines.filter((line) => /cards blocks are refused/.test(line)).length, 1);
});

test('languages that the ballot has no room for are voted for in a modal, which knows one’s votes', async () => {
  const rows = Array.from({ length: 20 }, (_, index) =>
    [1, 2].map((rank) => aRow(rank, { language: `l${index}` })),
  ).flat();
  await using thread = await open({ benchmark: withRules({}, { ranking: aRanking(rows) }) });
  await press(thread, 'Bo', 'ballot_others');
  const view = await modal(thread, 'Bo', 'other_votes');
  const fields = view.blocks.filter(({ type }) => type === 'input');
  const last = fields.at(-1)?.block_id ?? '';
  await thread.driver.fill('Bo', { [last]: { value: '1' } });
  await thread.driver.submit('Bo');
  await shown(thread, 'the vote', /l19 \(1 vote\)/);
  assert.deepEqual(votes(thread), [[userId('Bo'), modelIds[1]]]);
  await press(thread, 'Bo', 'ballot_others');
  const again = await modal(thread, 'Bo', 'other_votes');
  assert.match(JSON.stringify(again.state.values[last]), /#2/);
});

test('a training that failed is tried again from its message, one under way is cancelled, by those who may', async () => {
  await using thread = await open({ benchmark: withRules({}) });
  await press(thread, 'Ana', 'decide_manual');
  await modal(thread, 'Ana', 'manual_choice');
  await thread.driver.fill('Ana', { model_0: { value: '2' }, second_pass: { value: ['yes'] } });
  await thread.driver.submit('Ana');
  await shown(thread, 'the decision', /Ana\*? chooses[\s\S]*then a second pass on all texts/);
  trainingEnded(thread.flow, jobIds.train(now(thread)), new FinalError('out of memory'));
  await shown(thread, 'the failure', /The full training failed: out of memory[\s\S]*\[ Try again \]/);
  await press(thread, 'Bo', 'training_retry');
  await shown(thread, 'a word to Bo', /Only those who may decide/, 'Bo');
  await press(thread, 'Ana', 'training_retry');
  await shown(thread, 'the second try', /waits for a worker/);
  assert.equal(now(thread).training?.attempt, 1);
  await press(thread, 'Bo', 'benchmark_cancel');
  await shown(thread, 'another word to Bo', /Only the person who started this benchmark, or an admin/, 'Bo');
  const decision = await shown(thread, 'the decision', /waits for a worker/);
  const block_id = buttonsOf(decision, 'benchmark_cancel')[0] ?? '';
  await thread.driver.click({ user: 'Ana', channel, ts: decision.ts, block_id, action_id: 'benchmark_cancel' });
  await shown(thread, 'the end', /The full training was cancelled(?![\s\S]*\[ )/);
});
