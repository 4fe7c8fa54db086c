/** A small Bolt app with one of everything that Podium's bot does in Slack, for the conformance suite. */
import type { App, BlockAction, ViewStateValue } from '@slack/bolt';
import type { HomeView, InputBlock, KnownBlock, ModalView, Option } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { Workspace } from '../../src/workspace/workspace.ts';
import { option, plain, type RunningApp, startApp } from './support.ts';

const CHANNEL = 'C0BENCH001';
const HUB = ['bert-base', 'bert-large', 'roberta-base', 'tf-idf'];

type State = Record<string, Record<string, ViewStateValue>>;

export interface SurveyApp extends AsyncDisposable {
  /** What came at the app: the files' bytes as text, submitted states, and forms that were closed. */
  uploads: { name: string; text: string }[];
  submitted: State[];
  closed: string[];
  /** Changes the progress message in place; at the last step the details follow in its thread. */
  progress(done: number): Promise<void>;
  openBallot(): Promise<void>;
}

const input = (
  block_id: string,
  label: string,
  element: InputBlock['element'],
  more: Partial<InputBlock> = {},
): KnownBlock => ({ type: 'input', block_id, label: plain(label), element: { ...element, action_id: 'a' }, ...more });

/** The first step; a detailed survey asks for one thing more. */
function firstStep(detailed: boolean): ModalView {
  const rounds = input('rounds', 'Rounds', {
    type: 'number_input',
    is_decimal_allowed: false,
    min_value: '1',
    max_value: '5',
  });
  const quick = option('quick', 'Quick');
  return {
    type: 'modal',
    callback_id: 'first',
    notify_on_close: true,
    title: plain('New survey'),
    submit: plain('Next'),
    close: plain('Cancel'),
    blocks: [
      input('name', 'Name', { type: 'plain_text_input', initial_value: 'Untitled', max_length: 40 }),
      input('data', 'Data', { type: 'file_input', filetypes: ['csv'], max_files: 1 }),
      input('language', 'Language', {
        type: 'static_select',
        options: [option('en', 'English'), option('fr', 'French')],
      }),
      input('model', 'Model', { type: 'external_select', min_query_length: 2 }, { optional: true }),
      input(
        'kind',
        'Kind',
        { type: 'radio_buttons', options: [quick, option('detailed', 'Detailed')], initial_option: quick },
        { dispatch_action: true },
      ),
      ...(detailed ? [rounds] : []),
    ],
  };
}

function secondStep(name: string): ModalView {
  const rivals = HUB.map((one) => option(one));
  const many = { optional: true };
  return {
    type: 'modal',
    callback_id: 'second',
    private_metadata: name,
    title: plain('Options'),
    submit: plain('Start'),
    close: plain('Cancel'),
    blocks: [
      { type: 'section', block_id: 'intro', text: plain(`The survey ${name} is nearly ready.`) },
      input('rivals', 'Rivals', { type: 'multi_static_select', options: rivals }),
      input('hub', 'From the hub', { type: 'multi_external_select', min_query_length: 2 }, many),
      input('extras', 'Extras', { type: 'checkboxes', options: [option('card', 'Card'), option('log', 'Log')] }, many),
      input('notes', 'Notes', { type: 'plain_text_input', multiline: true }, many),
      { type: 'actions', elements: [{ type: 'button', action_id: 'explain', text: plain('Explain') }] },
    ],
  };
}

const explained: ModalView = {
  type: 'modal',
  callback_id: 'explained',
  title: plain('Explained'),
  close: plain('Got it'),
  blocks: [{ type: 'section', text: plain('Rivals race against each other.') }],
};

function homeOf(user: string, presses: number): HomeView {
  return {
    type: 'home',
    blocks: [
      { type: 'header', text: plain('Your surveys') },
      { type: 'section', text: { type: 'mrkdwn', text: `<@${user}> has refreshed this ${presses} times.` } },
      { type: 'actions', elements: [{ type: 'button', action_id: 'refresh', text: plain('Refresh') }] },
    ],
  };
}

function ballotOf(votes: Map<string, string>): { text: string; blocks: KnownBlock[] } {
  const lines = HUB.slice(0, 2).map((model) => {
    const voters = [...votes].filter(([, choice]) => choice === model).map(([user]) => `<@${user}>`);
    return `${model} has ${voters.length}: ${voters.join(', ') || 'nobody'}.`;
  });
  const elements = HUB.slice(0, 2).map((model) => ({
    type: 'button' as const,
    action_id: `vote-${model}`,
    value: model,
    text: plain(`Vote for ${model}`),
  }));
  const text = lines.join('\n');
  return {
    text: `Ballot: ${text}`,
    blocks: [
      { type: 'section', block_id: 'tally', text: { type: 'mrkdwn', text: `Ballot\n${text}` } },
      { type: 'actions', block_id: 'votes', elements },
    ],
  };
}

/** The bytes as Slack hands them out: only with the bot's token. */
async function download(client: WebClient, workspace: Workspace, id: string): Promise<{ name: string; text: string }> {
  const { file } = await client.files.info({ file: id });
  const headers = { authorization: `Bearer ${workspace.botToken}` };
  const response = await fetch(file?.url_private_download ?? '', { headers });
  if (!response.ok) throw new Error(`${file?.name}: HTTP ${response.status}`);
  return { name: file?.name ?? '', text: await response.text() };
}

const progressOf = (name: string, done: number) => ({
  text: `${name}: ${done} of 3 rounds`,
  blocks: [{ type: 'section' as const, block_id: 'progress', text: plain(`${name}: ${done} of 3 rounds`) }],
});

function listenToWizard(app: App, workspace: Workspace, kept: Kept): void {
  app.command('/survey', async ({ ack, body, client }) => {
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: firstStep(false) });
  });
  app.options<'block_suggestion'>('a', async ({ ack, payload }) => {
    const options: Option[] = HUB.filter((name) => name.includes(payload.value)).map((name) => option(name));
    await ack({ options });
  });
  app.action({ type: 'block_actions', block_id: 'kind' }, async ({ ack, body, client }) => {
    await ack();
    const detailed = body.view?.state.values.kind?.a?.selected_option?.value === 'detailed';
    await client.views.update({
      view_id: body.view?.id ?? '',
      hash: body.view?.hash ?? '',
      view: firstStep(detailed),
    });
  });
  app.view('first', async ({ ack, view, client }) => {
    const { name, data } = view.state.values;
    if (name?.a?.value === 'Taken') {
      await ack({ response_action: 'errors', errors: { name: 'There is a survey of that name.' } });
      return;
    }
    kept.submitted.push(view.state.values);
    await ack({ response_action: 'update', view: secondStep(name?.a?.value ?? '') });
    for (const file of data?.a?.files ?? []) kept.uploads.push(await download(client, workspace, file.id));
  });
  app.view({ callback_id: 'first', type: 'view_closed' }, async ({ ack, body }) => {
    await ack();
    kept.closed.push(body.user.id);
  });
  app.action('explain', async ({ ack, body, client }) => {
    await ack();
    if ('trigger_id' in body) await client.views.push({ trigger_id: body.trigger_id, view: explained });
  });
  app.view('second', async ({ ack, view, client, body }) => {
    kept.submitted.push(view.state.values);
    await ack();
    kept.name = view.private_metadata;
    const posted = await client.chat.postMessage({ channel: CHANNEL, ...progressOf(kept.name, 0) });
    kept.progressTs = posted.ts ?? '';
    const text = `Thank you: you will be told when ${kept.name} is done.`;
    await client.chat.postEphemeral({ channel: CHANNEL, user: body.user.id, text });
  });
}

function listenToTheRest(app: App, kept: Kept): void {
  app.action<BlockAction>(/^vote-/, async ({ ack, action, body, client, respond }) => {
    await ack();
    if (action.type !== 'button') return;
    kept.votes.set(body.user.id, action.value ?? '');
    await client.chat.update({ channel: CHANNEL, ts: kept.ballotTs, ...ballotOf(kept.votes) });
    await respond({ text: `Your vote for ${action.value} counts.`, replace_original: false });
  });
  app.shortcut('about', async ({ ack, shortcut, client }) => {
    await ack();
    if (shortcut.type !== 'message_action') return;
    const view: ModalView = {
      type: 'modal',
      title: plain('About'),
      blocks: [{ type: 'section', text: plain(`You asked about: ${shortcut.message.text}`) }],
    };
    await client.views.open({ trigger_id: shortcut.trigger_id, view });
  });
  app.event('app_home_opened', async ({ event, client }) => {
    const presses = kept.presses.get(event.user) ?? 0;
    await client.views.publish({ user_id: event.user, view: homeOf(event.user, presses) });
  });
  app.action('refresh', async ({ ack, body, client }) => {
    await ack();
    const presses = (kept.presses.get(body.user.id) ?? 0) + 1;
    kept.presses.set(body.user.id, presses);
    await client.views.publish({ user_id: body.user.id, view: homeOf(body.user.id, presses) });
  });
}

interface Kept extends Pick<SurveyApp, 'uploads' | 'submitted' | 'closed'> {
  name: string;
  progressTs: string;
  ballotTs: string;
  votes: Map<string, string>;
  presses: Map<string, number>;
}

export async function startSurveyApp(workspace: Workspace): Promise<SurveyApp> {
  const kept: Kept = {
    uploads: [],
    submitted: [],
    closed: [],
    name: '',
    progressTs: '',
    ballotTs: '',
    votes: new Map(),
    presses: new Map(),
  };
  const running: RunningApp = await startApp(workspace, (app) => {
    listenToWizard(app, workspace, kept);
    listenToTheRest(app, kept);
  });
  const { client } = running.app;
  return {
    ...kept,
    progress: async (done) => {
      await client.chat.update({ channel: CHANNEL, ts: kept.progressTs, ...progressOf(kept.name, done) });
      const text = `Details: ${kept.uploads.map((one) => one.name).join(', ')} was read.`;
      if (done === 3) await client.chat.postMessage({ channel: CHANNEL, thread_ts: kept.progressTs, text });
    },
    openBallot: async () => {
      kept.ballotTs = (await client.chat.postMessage({ channel: CHANNEL, ...ballotOf(kept.votes) })).ts ?? '';
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}
