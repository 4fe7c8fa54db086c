/**
 * The whole story by scripted people, through the same command, modals and buttons that everybody uses. Each step checks
 * what the next one rests on, and throws a UserError that says what differed.
 */
import { access } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../errors.ts';
import type { Driver, Seen, SeenMessage, SeenView } from '../workspace/driver.ts';
import { elementsOf, withNested } from '../workspace/shapes.ts';
import { messageAsText, type Names, viewAsText } from './slack-as-text.ts';

export interface Story {
  driver: Driver;
  names: Names;
  /** who, and what they did or saw */
  say: (who: string, what: string) => void;
}

const channel = 'benchmarks';
const owner = 'Ana';
const voters = ['Bo', 'Chi', 'Dee'];
const minuteMs = 60_000;

/** Not a reply that stands in the channel, too: the outcome does. */
export const isRoot = ({ ts, thread_ts = ts }: SeenMessage): boolean => ts === thread_ts;

/** Who is who in this workspace. */
export async function newStory(driver: Driver, say: Story['say']): Promise<Story> {
  const users = await driver.users();
  return { driver, say, names: new Map(users.map(({ id, name }) => [id, name])) };
}

/** /benchmark, the file, the columns as found, the suggested categories, all built-in models, Run. */
export async function runWizard(story: Story, file: string): Promise<void> {
  const { driver, say } = story;
  say(owner, '/benchmark');
  mustWork(await driver.slash({ user: owner, channel, command: '/benchmark' }), 'typing /benchmark');
  await modal(story, 'wizard_dataset');
  mustWork(await driver.fill(owner, { file: { value: [{ path: file }] } }), 'putting the file into the modal');
  say(owner, `uploads ${path.basename(file)}, presses Next`);
  mustWork(await driver.submit(owner), 'submitting the file');
  const columns = await modal(story, 'wizard_columns', 2 * minuteMs);
  expectField(columns, 'text_column', 'text');
  expectField(columns, 'language_column', 'language');
  expectField(columns, 'annotation_column', 'annotation');
  say(owner, 'presses Next');
  mustWork(await driver.submit(owner), 'accepting the columns');
  await modal(story, 'wizard_data');
  say(owner, 'leaves languages and labels as they are, presses Next');
  mustWork(await driver.submit(owner), 'accepting languages and labels');
  expectChosen(await modal(story, 'wizard_models'), 'models', 3);
  say(owner, 'accepts the three models, presses Next');
  mustWork(await driver.submit(owner), 'accepting the models');
  expectChosen(await modal(story, 'wizard_categories'), 'categories', 3);
  say(owner, 'accepts the three suggested categories, presses Next');
  mustWork(await driver.submit(owner), 'accepting the categories');
  await modal(story, 'wizard_review');
  say(owner, 'presses Run');
  mustWork(await driver.submit(owner), 'pressing Run');
}

/** Follows the progress message until the ranked table stands in the thread. */
export async function awaitRanking(
  story: Story,
  deadlineMs = 5 * minuteMs,
): Promise<{ root: string; ranking: SeenMessage }> {
  const { driver, say } = story;
  const at = { user: owner, channel };
  const root = await driver.waitFor('the progress message', at, ({ messages }) => messages.findLast(isRoot)?.ts);
  let saidDone = '';
  const ranking = await driver.waitFor(
    'the ranked table',
    { ...at, thread_ts: root },
    ({ messages }) => {
      const progress = messages.find(({ ts }) => ts === root);
      const text = progress ? messageAsText(progress, story.names) : '';
      // Updated every few seconds; told when a trial has ended.
      const done = /\d+ of \d+ trials? done/.exec(text)?.[0] ?? text;
      if (done !== saidDone) say('Podium', text);
      saidDone = done;
      if (/It didn't work|Cancelled/.test(text)) throw new UserError(`The benchmark ended early: ${text}`);
      return messages.find(({ blocks }) => blocks?.some(({ type }) => type === 'data_table' || type === 'table'));
    },
    deadlineMs,
  );
  say('Podium', messageAsText(ranking, story.names));
  return { root, ranking };
}

/** Three people vote for what stands at the positions given: 0 is the top-ranked. */
export async function vote(story: Story, root: string, positions = [0, 0, 1]): Promise<void> {
  const { driver, say } = story;
  const ballot = await inThread(story, root, 'the ballot', (message) => buttonsOf(message, 'ballot_vote').length > 0);
  say('Podium', messageAsText(ballot, story.names));
  const buttons = buttonsOf(ballot, 'ballot_vote');
  for (const [index, user] of voters.entries()) {
    const block_id = buttons[positions[index] ?? 0];
    if (block_id === undefined)
      throw new UserError(`The ballot has ${buttons.length} candidates, expected one more for ${user}`);
    say(user, `votes for #${(positions[index] ?? 0) + 1}`);
    mustWork(
      await driver.click({ user, channel, ts: ballot.ts, block_id, action_id: 'ballot_vote' }),
      `${user}'s vote`,
    );
  }
  const counted = await inThread(story, root, 'three votes on the ballot', (message) => {
    const shown = messageAsText(message, story.names);
    return message.ts === ballot.ts && voters.every((user) => shown.includes(user));
  });
  say('Podium', messageAsText(counted, story.names));
}

/** The owner takes the top-ranked model, trained as the modal proposes. */
export async function useTopRanked(story: Story, root: string): Promise<void> {
  const { driver, say } = story;
  const ballot = await inThread(story, root, 'the ballot', (message) => buttonsOf(message, 'decide_top').length > 0);
  say(owner, 'presses "Use top-ranked…"');
  mustWork(
    await driver.click({ user: owner, channel, ts: ballot.ts, action_id: 'decide_top' }),
    'pressing "Use top-ranked…"',
  );
  await modal(story, 'use_top');
  say(owner, 'presses Train it');
  mustWork(await driver.submit(owner), 'pressing Train it');
}

/** Waits for the full training. @returns the folder of the model */
export async function awaitModel(story: Story, root: string): Promise<string> {
  const trained = await inThread(
    story,
    root,
    'the trained model',
    (message) => {
      const text = message.text ?? '';
      if (/training failed/.test(text)) throw new UserError(text);
      return message.ts !== root && /is trained and ready/.test(text);
    },
    5 * minuteMs,
  );
  story.say('Podium', messageAsText(trained, story.names));
  const folder = /in `([^`]+)`/.exec(JSON.stringify(trained.blocks))?.[1];
  if (folder === undefined) throw new UserError('The message about the trained model names no folder');
  await access(folder).catch((cause: unknown) => {
    throw new UserError(`The model's folder ${folder} isn't there`, { cause });
  });
  return folder;
}

/** The channel and its threads, as the owner sees them. */
export async function transcript({ driver }: Story): Promise<(SeenMessage & { replies: SeenMessage[] })[]> {
  const messages = (await driver.messages({ user: owner, channel })).filter(isRoot);
  return Promise.all(
    messages.map(async (message) => {
      const thread = await driver.messages({ user: owner, channel, thread_ts: message.ts });
      return { ...message, replies: thread.filter(({ ts }) => ts !== message.ts) };
    }),
  );
}

async function modal(story: Story, callbackId: string, deadlineMs = 15_000): Promise<SeenView> {
  const view = await story.driver.waitFor(
    `the modal ${callbackId}`,
    { user: owner },
    ({ view: seen }) => {
      if (seen?.callback_id === callbackId) return seen;
      // A refused file brings the first modal back, with the reason on top.
      if (seen?.callback_id === 'wizard_dataset') {
        const first = JSON.stringify(seen.blocks[0]);
        if (first.includes('⚠️')) throw new UserError(`Instead of ${callbackId} the first modal came back: ${first}`);
      }
      return null;
    },
    deadlineMs,
  );
  story.say('Podium', viewAsText(view, story.names));
  return view;
}

function inThread(
  story: Story,
  root: string,
  what: string,
  wanted: (message: SeenMessage) => boolean,
  deadlineMs = minuteMs,
) {
  const at = { user: owner, channel, thread_ts: root };
  return story.driver.waitFor(what, at, ({ messages }) => messages.find(wanted), deadlineMs);
}

function mustWork({ ok, error, view }: Seen, what: string): void {
  const fields = Object.values(view?.errors ?? {});
  if (!ok || fields.length > 0)
    throw new UserError(`${what} didn't work: ${[error, ...fields].filter(Boolean).join('; ')}`);
}

function chosenIn({ state }: SeenView, block: string): string[] {
  const held = state.values[block]?.value;
  const options = held?.selected_options ?? (held?.selected_option ? [held.selected_option] : []);
  return options.map(({ text }) => text.text);
}

function expectField(view: SeenView, block: string, expected: string): void {
  const found = chosenIn(view, block).join(', ');
  if (found !== expected) throw new UserError(`${block}: expected ${expected} to be found, got ${found || 'nothing'}`);
}

function expectChosen(view: SeenView, block: string, expected: number): void {
  const found = chosenIn(view, block);
  if (found.length !== expected)
    throw new UserError(`${block}: expected ${expected} to be preselected, got ${found.join(', ') || 'none'}`);
}

/** block_ids of the buttons with this action; each card of a carousel has its own. */
export function buttonsOf({ blocks = [] }: SeenMessage, actionId: string): string[] {
  return blocks
    .flatMap(withNested)
    .flatMap((block) =>
      elementsOf(block).some(({ action_id }) => action_id === actionId) ? (block.block_id ?? []) : [],
    );
}
