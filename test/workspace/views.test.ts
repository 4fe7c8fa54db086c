import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { App, BlockAction, ViewClosedAction, ViewOutput, ViewResponseAction, ViewSubmitAction } from '@slack/bolt';
import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import { option, plain, refusal, startApp, startWorkspace } from './support.ts';

type Inputs = KnownBlock[];

const textInput = (id: string, more: object = {}): InputBlock => ({
  type: 'input',
  block_id: id,
  label: plain(id),
  element: { type: 'plain_text_input', action_id: 'a', ...more },
});
const modal = (blocks: Inputs, more: Partial<ModalView> = {}): ModalView => ({
  type: 'modal',
  callback_id: 'form',
  title: plain('Form'),
  submit: plain('Go'),
  blocks,
  ...more,
});
const ana = { user: 'Ana' };
const slash = { user: 'Ana', channel: 'benchmarks', command: '/form' };

/** Opens this view at /form; returns the ids of the view that was opened. */
function opens(
  app: App,
  view: ModalView,
  opened: (view: { id: string; hash: string; trigger: string }) => void = () => {},
): void {
  app.command('/form', async ({ ack, body, client }) => {
    await ack();
    const answer = await client.views.open({ trigger_id: body.trigger_id, view });
    opened({ id: answer.view?.id ?? '', hash: answer.view?.hash ?? '', trigger: body.trigger_id });
  });
}

test('a trigger works once and for three seconds only', async () => {
  let nowMs = Date.now();
  await using f = await startWorkspace({ now: () => nowMs });
  const triggers: string[] = [];
  await using _app = await startApp(f.workspace, (app) => {
    app.command('/form', async ({ ack, body }) => {
      triggers.push(body.trigger_id);
      await ack();
    });
  });
  for (let count = 0; count < 3; count += 1) await f.driver.slash(slash);
  const [used = '', last = '', old = ''] = triggers;
  const open = (trigger_id: string) => f.client.views.open({ trigger_id, view: modal([textInput('n')]) });
  await open(used);
  assert.equal((await refusal(open(used))).error, 'exchanged_trigger_id');
  nowMs += 3000;
  await open(last);
  nowMs += 1;
  assert.equal((await refusal(open(old))).error, 'expired_trigger_id');
  assert.equal((await refusal(open('1.2.3'))).error, 'invalid_trigger_id');
});

test('a faulty view is invalid_arguments with a pointer, and its trigger is not spent', async () => {
  await using f = await startWorkspace();
  let first: { error: string; messages: string[] } | undefined;
  await using _app = await startApp(f.workspace, (app) => {
    app.command('/form', async ({ ack, body, client }) => {
      await ack();
      const open = (title: string) =>
        client.views.open({ trigger_id: body.trigger_id, view: modal([textInput('n')], { title: plain(title) }) });
      first = await refusal(open('x'.repeat(25)));
      await open('short');
    });
  });
  await f.driver.slash(slash);
  await f.driver.waitFor('the modal', ana, (seen) => seen.view);
  const messages = ['[ERROR] must be less than 25 characters [json-pointer:/view/title/text]'];
  assert.deepEqual(first, { error: 'invalid_arguments', messages });
});

test('views.update keeps the id and what was typed, and refuses a stale hash and an unknown view', async () => {
  await using f = await startWorkspace();
  let opened = { id: '', hash: '' };
  const blocks = [textInput('kept'), textInput('reset')];
  await using _app = await startApp(f.workspace, (app) => opens(app, modal(blocks), (view) => (opened = view)));
  await f.driver.slash(slash);
  await f.driver.waitFor('the modal', ana, (seen) => seen.view);
  await f.driver.fill('Ana', { kept: { a: 'one' }, reset: { a: 'two' } });
  const view = modal([textInput('kept'), textInput('reset2', { initial_value: 'fresh' })]);
  await f.client.views.update({ view_id: opened.id, hash: opened.hash, view });
  const seen = await f.driver.view('Ana');
  assert.equal(seen?.id, opened.id);
  assert.notEqual(seen?.hash, opened.hash);
  assert.equal(seen?.state.values.kept?.a?.value, 'one');
  assert.equal(seen?.state.values.reset2?.a?.value, 'fresh');
  assert.equal(
    (await refusal(f.client.views.update({ view_id: opened.id, hash: opened.hash, view }))).error,
    'hash_conflict',
  );
  assert.equal((await refusal(f.client.views.update({ view_id: 'V0NOWHERE1', view }))).error, 'not_found');
});

const everyInput: Inputs = [
  textInput('text', { initial_value: 'typed' }),
  {
    type: 'input',
    block_id: 'one',
    label: plain('x'),
    element: {
      type: 'static_select',
      action_id: 'a',
      options: [option('p'), option('q')],
      initial_option: option('q'),
    },
  },
  {
    type: 'input',
    block_id: 'radio',
    label: plain('x'),
    element: { type: 'radio_buttons', action_id: 'a', options: [option('p')], initial_option: option('p') },
  },
  {
    type: 'input',
    block_id: 'ticks',
    label: plain('x'),
    element: { type: 'checkboxes', action_id: 'a', options: [option('p')], initial_options: [option('p')] },
  },
  {
    type: 'input',
    block_id: 'many',
    label: plain('x'),
    element: { type: 'multi_static_select', action_id: 'a', options: [option('p')], initial_options: [option('p')] },
  },
  {
    type: 'input',
    block_id: 'number',
    label: plain('x'),
    element: { type: 'number_input', action_id: 'a', is_decimal_allowed: false, initial_value: '3' },
  },
  {
    type: 'input',
    block_id: 'day',
    label: plain('x'),
    element: { type: 'datepicker', action_id: 'a', initial_date: '2026-11-23' },
  },
  {
    type: 'actions',
    block_id: 'outside',
    elements: [{ type: 'users_select', action_id: 'a', initial_user: 'U0BO000001' }],
  },
  {
    type: 'section',
    block_id: 'beside',
    text: plain('x'),
    accessory: { type: 'static_select', action_id: 'a', options: [option('p')] },
  },
  { type: 'input', optional: true, label: plain('x'), element: { type: 'plain_text_input' } },
];

test('initial values are submitted, state outside input blocks too, and ids are generated', async () => {
  await using f = await startWorkspace();
  let state: ViewOutput['state']['values'] = {};
  await using _app = await startApp(f.workspace, (app) => {
    opens(app, modal(everyInput));
    app.view('form', async ({ ack, view }) => {
      state = view.state.values;
      await ack();
    });
  });
  await f.driver.slash(slash);
  await f.driver.waitFor('the modal', ana, (seen) => seen.view);
  const seen = await f.driver.submit('Ana');
  assert.deepEqual([seen.ok, seen.view], [true, null]);
  assert.equal(state.text?.a?.value, 'typed');
  assert.equal(state.one?.a?.selected_option?.value, 'q');
  assert.equal(state.radio?.a?.selected_option?.value, 'p');
  assert.deepEqual(state.ticks?.a?.selected_options, [option('p')]);
  assert.deepEqual(state.many?.a?.selected_options, [option('p')]);
  assert.equal(state.number?.a?.value, '3');
  assert.equal(state.day?.a?.selected_date, '2026-11-23');
  assert.equal(state.outside?.a?.selected_user, 'U0BO000001');
  assert.equal(state.beside?.a?.selected_option, null);
  const named = ['text', 'one', 'radio', 'ticks', 'many', 'number', 'day', 'outside', 'beside'];
  const generated = Object.entries(state).filter(([id]) => !named.includes(id));
  assert.equal(generated.length, 1);
  assert.equal(Object.values(generated[0]?.[1] ?? {})[0]?.value, null);
});

test('a person fills in by value or by what they read, and can do no more than the client lets them', async () => {
  await using f = await startWorkspace();
  const blocks: Inputs = [
    textInput('short', { max_length: 3, min_length: 2 }),
    {
      type: 'input',
      block_id: 'one',
      label: plain('x'),
      element: { type: 'static_select', action_id: 'a', options: [option('p', 'Pear')] },
    },
    {
      type: 'input',
      block_id: 'n',
      label: plain('x'),
      element: { type: 'number_input', action_id: 'a', is_decimal_allowed: false, max_value: '5' },
    },
    {
      type: 'input',
      block_id: 'f',
      label: plain('x'),
      element: { type: 'file_input', action_id: 'a', filetypes: ['csv'], max_files: 1 },
    },
  ];
  await using _app = await startApp(f.workspace, (app) => opens(app, modal(blocks)));
  await f.driver.slash(slash);
  await f.driver.waitFor('the modal', ana, (seen) => seen.view);
  const error = async (block: string, value: unknown) =>
    (await f.driver.fill('Ana', { [block]: { a: value } })).error ?? '';
  assert.match(await error('short', 'four'), /at most 3 characters/);
  assert.match(await error('one', 'Plum'), /offers no option "Plum"; it offers "p"/);
  assert.match(await error('n', '1.5'), /takes a number/);
  assert.match(await error('f', [{ name: 'a.exe', bytes_base64: '' }]), /takes csv, not a.exe/);
  assert.match(await error('missing', 'x'), /nothing to act on/);
  const filled = await f.driver.fill('Ana', { short: { a: 'x' }, one: { a: 'Pear' }, n: { a: 9 } });
  assert.equal(filled.view?.state.values.one?.a?.selected_option?.value, 'p');
  const seen = await f.driver.submit('Ana');
  assert.deepEqual(seen.view?.errors, {
    short: 'This field must be at least 2 characters.',
    n: 'This number must be at most 5.',
    f: 'Please complete this required field.',
  });
  const calls = (await f.driver.log()).map((one) => one.method);
  assert.ok(!calls.includes('interactive view_submission'), 'what the client refuses never reaches the app');
});

test('an uploaded file reaches the app with its type and can be downloaded', async () => {
  await using f = await startWorkspace();
  let text = '';
  await using _app = await startApp(f.workspace, (app) => {
    opens(
      app,
      modal([{ type: 'input', block_id: 'f', label: plain('x'), element: { type: 'file_input', action_id: 'a' } }]),
    );
    app.view('form', async ({ ack, view }) => {
      await ack();
      const file = view.state.values.f?.a?.files?.[0];
      assert.equal(file?.mimetype, 'text/csv');
      const headers = { authorization: `Bearer ${f.workspace.botToken}` };
      text = await (await fetch(file?.url_private_download ?? '', { headers })).text();
    });
  });
  await f.driver.slash(slash);
  await f.driver.waitFor('the modal', ana, (seen) => seen.view);
  await f.driver.fill('Ana', {
    f: { a: [{ name: 'a.csv', bytes_base64: Buffer.from('text,label').toString('base64') }] },
  });
  await f.driver.submit('Ana');
  await f.driver.waitUntil('the download', async () => text === 'text,label');
});

test('a submission can be answered with errors, an update, a push and a clear', async () => {
  await using f = await startWorkspace();
  const answers: ViewResponseAction[] = [
    { response_action: 'errors', errors: { n: 'taken' } },
    { response_action: 'update', view: modal([textInput('second', { initial_value: 'x' })]) },
    { response_action: 'push', view: modal([textInput('third', { initial_value: 'x' })]) },
    { response_action: 'clear' },
  ];
  await using _app = await startApp(f.workspace, (app) => {
    opens(app, modal([textInput('n', { initial_value: 'x' })]));
    app.view('form', async ({ ack }) => ack(answers.shift()));
  });
  await f.driver.slash(slash);
  const first = await f.driver.waitFor('the modal', ana, (seen) => seen.view);
  const wrong = await f.driver.submit('Ana');
  assert.deepEqual([wrong.error, wrong.view?.errors], ['view_errors', { n: 'taken' }]);
  const updated = await f.driver.submit('Ana');
  assert.deepEqual([updated.view?.id, updated.stack, updated.view?.blocks[0]?.block_id], [first.id, 1, 'second']);
  const pushed = await f.driver.submit('Ana');
  assert.deepEqual([pushed.stack, pushed.view?.previous_view_id, pushed.view?.root_view_id], [2, first.id, first.id]);
  assert.deepEqual((await f.driver.submit('Ana')).stack, 0);
});

test('a submission answered late or with nonsense looks like trouble connecting, and keeps what was typed', async () => {
  await using f = await startWorkspace({ ackDeadlineMs: 100 });
  await using _app = await startApp(f.workspace, (app) => {
    opens(app, modal([textInput('n')]));
    app.view('form', async ({ ack, view }) => {
      if (view.state.values.n?.a?.value === 'nonsense')
        await ack({ response_action: 'errors', errors: { other: 'x' } });
    });
  });
  await f.driver.slash(slash);
  await f.driver.waitFor('the modal', ana, (seen) => seen.view);
  await f.driver.fill('Ana', { n: { a: 'silence' } });
  const late = await f.driver.submit('Ana');
  assert.equal(late.error, 'operation_timeout');
  assert.match(late.view?.trouble ?? '', /trouble connecting/);
  assert.equal(late.view?.state.values.n?.a?.value, 'silence');
  await f.driver.fill('Ana', { n: { a: 'nonsense' } });
  assert.equal((await f.driver.submit('Ana')).error, 'invalid_error_block_id');
});

test('a stack is three deep and belongs to one person', async () => {
  await using f = await startWorkspace();
  await using _app = await startApp(f.workspace, (app) => {
    const button: Inputs = [
      { type: 'actions', elements: [{ type: 'button', action_id: 'push', text: plain('More') }] },
    ];
    opens(app, modal(button));
    app.action<BlockAction>('push', async ({ ack, body, client }) => {
      await ack();
      // The third push is refused; the log tells.
      await client.views.push({ trigger_id: body.trigger_id, view: modal(button) }).catch(() => {});
    });
  });
  await f.driver.slash(slash);
  for (const depth of [1, 2, 3]) {
    await f.driver.waitFor(`${depth} modals`, ana, (seen) => seen.stack === depth);
    await f.driver.click({ user: 'Ana', action_id: 'push' });
  }
  const refused = await f.driver.waitUntil('the refusal', async () =>
    (await f.driver.log()).find(
      ({ method, answer }) => method === 'views.push' && JSON.stringify(answer).includes('"ok":false'),
    ),
  );
  assert.deepEqual(refused.answer, { ok: false, error: 'push_limit_reached' });
  assert.equal((await f.driver.look({ user: 'Bo' })).view, null);
});

test('view_closed is sent where a view asked for it', async () => {
  await using f = await startWorkspace();
  const closed: [string, boolean][] = [];
  await using _app = await startApp(f.workspace, (app) => {
    opens(app, modal([textInput('n')], { notify_on_close: true, private_metadata: 'draft-1' }));
    app.view<ViewClosedAction>({ callback_id: 'form', type: 'view_closed' }, async ({ ack, body, view }) => {
      closed.push([view.private_metadata, body.is_cleared]);
      await ack();
    });
  });
  await f.driver.slash(slash);
  await f.driver.waitFor('the modal', ana, (seen) => seen.view);
  assert.equal((await f.driver.close('Ana')).view, null);
  assert.deepEqual(closed, [['draft-1', false]]);
});

test('✕ closes the whole stack: the app hears of every view that asked for it, and nobody else’s is touched', async () => {
  await using f = await startWorkspace();
  const closed: [string, boolean][] = [];
  const push: Inputs = [{ type: 'actions', elements: [{ type: 'button', action_id: 'push', text: plain('More') }] }];
  await using _app = await startApp(f.workspace, (app) => {
    opens(app, modal(push, { notify_on_close: true, private_metadata: 'below' }));
    app.action<BlockAction>('push', async ({ ack, body, client }) => {
      const view = modal([], { notify_on_close: true, private_metadata: 'above' });
      await client.views.push({ trigger_id: body.trigger_id, view });
      await ack();
    });
    app.view<ViewClosedAction>({ callback_id: 'form', type: 'view_closed' }, async ({ ack, body, view }) => {
      closed.push([view.private_metadata, body.is_cleared]);
      await ack();
    });
  });
  for (const user of ['Ana', 'Bo']) {
    await f.driver.slash({ ...slash, user });
    await f.driver.waitFor('the modal', { user }, (seen) => seen.view);
  }
  assert.equal((await f.driver.click({ user: 'Ana', action_id: 'push' })).stack, 2);
  assert.equal((await f.driver.close('Ana', { all: true })).stack, 0);
  assert.deepEqual(closed, [
    ['above', true],
    ['below', true],
  ]);
  assert.equal((await f.driver.look({ user: 'Bo' })).stack, 1);
});

test('a dispatching input tells the app at once, with the view and its values', async () => {
  await using f = await startWorkspace();
  const all: BlockAction[] = [];
  await using _app = await startApp(f.workspace, (app) => {
    opens(app, modal([{ ...textInput('n'), dispatch_action: true }, textInput('quiet')]));
    app.action<BlockAction>({ block_id: 'n' }, async ({ ack, body }) => {
      all.push(body);
      await ack();
    });
  });
  await f.driver.slash(slash);
  const view = await f.driver.waitFor('the modal', ana, (seen) => seen.view);
  await f.driver.fill('Ana', { quiet: { a: 'x' } });
  assert.equal(all.length, 0);
  await f.driver.fill('Ana', { n: { a: 'typed' } });
  const heard = all[0];
  assert.deepEqual([heard?.view?.id, heard?.view?.hash, heard?.container.type], [view.id, view.hash, 'view']);
  assert.equal(heard?.view?.state.values.quiet?.a?.value, 'x');
});

test('an external select asks the app, needs its minimum, and offers no more than a hundred', async () => {
  await using f = await startWorkspace();
  const block = (id: string, min: number): InputBlock => ({
    type: 'input',
    block_id: id,
    label: plain('x'),
    element: { type: 'multi_external_select', action_id: 'a', min_query_length: min },
  });
  const submitted: ViewSubmitAction[] = [];
  await using _app = await startApp(f.workspace, (app) => {
    opens(app, modal([block('m', 2), { ...block('big', 0), optional: true }]));
    app.options<'block_suggestion'>({ block_id: 'm', action_id: 'a' }, async ({ ack, options }) => {
      await ack({
        options: ['bert', 'berta', 'svm'].filter((id) => id.startsWith(options.value)).map((id) => option(id)),
      });
    });
    app.options<'block_suggestion'>({ block_id: 'big', action_id: 'a' }, async ({ ack }) => {
      await ack({ options: Array.from({ length: 101 }, (_one, index) => option(`o${index}`)) });
    });
    app.view('form', async ({ ack, body }) => {
      if (body.type === 'view_submission') submitted.push(body);
      await ack();
    });
  });
  await f.driver.slash(slash);
  await f.driver.waitFor('the modal', ana, (seen) => seen.view);
  const at = { user: 'Ana', block_id: 'm', action_id: 'a' };
  assert.match((await f.driver.suggest({ ...at, value: 'b' })).error ?? '', /at least 2 characters/);
  const offered = (await f.driver.suggest({ ...at, value: 'be' })).options;
  assert.deepEqual(
    offered.map((one) => one.value),
    ['bert', 'berta'],
  );
  assert.match((await f.driver.suggest({ ...at, block_id: 'big', value: '' })).error ?? '', /no more than 100 items/);
  assert.match((await f.driver.fill('Ana', { m: { a: ['tree'] } })).error ?? '', /offers no option "tree"/);
  await f.driver.fill('Ana', { m: { a: ['bert', 'svm'] } });
  await f.driver.submit('Ana');
  const chosen = submitted[0]?.view.state.values.m?.a?.selected_options?.map((one) => one.value);
  assert.deepEqual(chosen, ['bert', 'svm']);
});

test('the home tab is published with a hash, opened as an event, and clicked', async () => {
  await using f = await startWorkspace();
  let clicked = '';
  const home = (text: string) => ({
    type: 'home' as const,
    blocks: [{ type: 'actions', elements: [{ type: 'button', action_id: 'go', text: plain(text) }] }],
  });
  await using _app = await startApp(f.workspace, (app) => {
    app.event('app_home_opened', async ({ event, client }) => {
      await client.views.publish({ user_id: event.user, view: home('Start') });
    });
    app.action<BlockAction>('go', async ({ ack, body }) => {
      clicked = body.view?.type ?? '';
      await ack();
    });
  });
  await f.driver.home('Ana');
  const seen = await f.driver.waitFor('the home tab', ana, (now) => now.home);
  await f.driver.click({ user: 'Ana', home: true, action_id: 'go' });
  assert.equal(clicked, 'home');
  await f.client.views.publish({ user_id: 'U0ANA00001', hash: seen.hash, view: home('Again') });
  const stale = f.client.views.publish({ user_id: 'U0ANA00001', hash: seen.hash, view: home('Stale') });
  assert.equal((await refusal(stale)).error, 'hash_conflict');
});
