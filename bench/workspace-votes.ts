/** A ballot that a real Bolt app holds in the workspace, and scripted people who vote in it through the control API. */
import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import type { Driver } from '../src/workspace/driver.ts';
import type { Workspace } from '../src/workspace/workspace.ts';
import { startApp } from '../test/workspace/support.ts';

const choices = ['BERT', 'tf-idf', 'fastText'];
const channel = 'C0BENCH001';

/** The names of `count` people, as an option of createWorkspace. */
export function votersNamed(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `Voter${String(index).padStart(3, '0')}`);
}

export interface Ballot extends AsyncDisposable {
  ts: string;
  /** What the app has heard: how often each person voted, and for what last. */
  heard: Map<string, { votes: number; choice: string }>;
  /** Brings the message up to date and ends the app. */
  close(): Promise<void>;
}

/** Posts the ballot. Its message is updated as Podium does it: at most once in `updateEveryMs`, one call at a time. */
export async function openBallot(workspace: Omit<Workspace, 'close'>, updateEveryMs: number): Promise<Ballot> {
  const heard: Ballot['heard'] = new Map();
  const listen = (app: App) => {
    app.action<BlockAction<ButtonAction>>(/^vote_/, async ({ ack, body, action }) => {
      await ack();
      const votes = (heard.get(body.user.id)?.votes ?? 0) + 1;
      heard.set(body.user.id, { votes, choice: action.value ?? '' });
    });
  };
  // a call that fails is tried again, as Podium's are
  const running = await startApp(workspace, listen, { clientOptions: { slackApiUrl: `${workspace.url}/api/` } });
  const { app } = running;
  const { ts = '' } = await app.client.chat.postMessage({ channel, ...ballotMessage(heard) });
  let updating: Promise<unknown> = Promise.resolve();
  const update = () => {
    updating = updating.then(() => app.client.chat.update({ channel, ts, ...ballotMessage(heard) }));
    return updating;
  };
  const timer = setInterval(() => void update(), updateEveryMs);
  let closing: Promise<void> | undefined;
  const close = async () => {
    clearInterval(timer);
    await update();
    await running[Symbol.asyncDispose]();
  };
  const closeOnce = () => {
    closing ??= close();
    return closing;
  };
  return { ts, heard, close: closeOnce, [Symbol.asyncDispose]: closeOnce };
}

/** What the ballot's message says. */
export function tallyText(heard: Ballot['heard']): string {
  const counted = choices.map((choice) => [...heard.values()].filter((one) => one.choice === choice).length);
  return choices.map((choice, index) => `${choice}: ${counted[index]}`).join(', ');
}

function ballotMessage(heard: Ballot['heard']) {
  const text = tallyText(heard);
  const elements = choices.map((choice, index) => ({
    type: 'button' as const,
    action_id: `vote_${index}`,
    value: choice,
    text: { type: 'plain_text' as const, text: choice },
  }));
  const section = { type: 'section' as const, text: { type: 'mrkdwn' as const, text } };
  return { text, blocks: [section, { type: 'actions' as const, elements }] };
}

/** What one person did: votes sent and acknowledged, their last choice, and how long each took. */
export interface Voted {
  user: string;
  sent: number;
  acknowledged: number;
  last: string;
  latenciesMs: number[];
}

/**
 * All these people vote at once, each again as soon as `pause` lets them after their vote was taken, until `isOver`.
 * Everybody votes at least once.
 */
export function voteAtOnce(
  driver: Driver,
  users: readonly string[],
  ts: string,
  isOver: () => boolean,
  pause: () => Promise<unknown>,
): Promise<Voted[]> {
  const vote = async (user: string, index: number): Promise<Voted> => {
    const voted: Voted = { user, sent: 0, acknowledged: 0, last: '', latenciesMs: [] };
    do {
      const which = (index + voted.sent) % choices.length;
      voted.sent += 1;
      const startMs = performance.now();
      const { ok } = await driver.click({ user, channel, ts, action_id: `vote_${which}` });
      voted.latenciesMs.push(performance.now() - startMs);
      if (ok) voted.acknowledged += 1;
      voted.last = choices[which] ?? '';
      await pause();
    } while (!isOver());
    return voted;
  };
  return Promise.all(users.map(vote));
}
