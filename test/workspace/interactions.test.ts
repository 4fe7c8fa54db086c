import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BlockAction, MessageShortcut } from '@slack/bolt';
import { option, plain, startApp, startListener, startWorkspace } from './support.ts';

const at = { user: 'Ana', channel: 'benchmarks' };
const slash = { ...at, command: '/benchmark', text: 'hello there' };

test('a slash command brings its words, its channel and a person to the app, and shows the answer to them alone', async () => {
  await using f = await startWorkspace();
  await using _app = await startApp(f.workspace, (app) => {
    app.command('/benchmark', async ({ ack, body }) => {
      await ack(`${body.user_name} said ${body.text} in ${body.channel_name}`);
    });
  });
  const seen = await f.driver.slash(slash);
  assert.equal(seen.ok, true);
  assert.equal(seen.messages.at(-1)?.text, 'ana said hello there in benchmarks');
  assert.equal(seen.messages.at(-1)?.is_ephemeral, true);
  assert.deepEqual(await f.driver.messages({ user: 'Bo', channel: 'benchmarks' }), []);
});

test('an unanswered slash command shows operation_timeout, and without an app dispatch_failed', async () => {
  await using f = await startWorkspace({ ackDeadlineMs: 50, commands: ['/benchmark'] });
  const alone = await f.driver.slash(slash);
  assert.equal(alone.error, 'dispatch_failed');
  assert.equal(alone.messages.at(-1)?.text, '/benchmark failed with the error "dispatch_failed"');
  await using _app = await startApp(f.workspace, (app) => {
    app.command('/benchmark', async () => {});
  });
  const silent = await f.driver.slash(slash);
  assert.equal(silent.error, 'operation_timeout');
  assert.equal(silent.messages.at(-1)?.text, '/benchmark failed with the error "operation_timeout"');
  assert.match((await f.driver.slash({ ...slash, command: '/other' })).error ?? '', /not a valid command/);
});

test('a response_url answers five times within half an hour, to one person unless told otherwise', async () => {
  let nowMs = Date.now();
  await using f = await startWorkspace({ now: () => nowMs });
  const urls: string[] = [];
  await using _app = await startApp(f.workspace, (app) => {
    app.command('/benchmark', async ({ ack, body }) => {
      urls.push(body.response_url);
      await ack();
    });
  });
  for (let count = 0; count < 3; count += 1) await f.driver.slash(slash);
  const answer = async (url: string | undefined, body: object) => {
    const response = await fetch(url ?? '', { method: 'POST', body: JSON.stringify(body) });
    return [response.status, await response.text()];
  };
  assert.deepEqual(await answer(urls[0], { blocks: [{ type: 'poll' }] }).then(([status]) => status), 400);
  assert.deepEqual(await answer(urls[0], { text: 'for Ana' }), [200, 'ok']);
  for (const text of ['2', '3', '4', '5']) await answer(urls[0], { text, response_type: 'in_channel' });
  assert.deepEqual(await answer(urls[0], { text: '6' }), [404, '{"ok":false,"error":"used_url"}']);
  const bo = await f.driver.messages({ user: 'Bo', channel: 'benchmarks' });
  assert.deepEqual(
    bo.map((one) => one.text),
    ['2', '3', '4', '5'],
  );
  nowMs += 30 * 60 * 1000;
  assert.deepEqual(await answer(urls[2], { text: 'in time' }), [200, 'ok']);
  nowMs += 1;
  assert.deepEqual(await answer(urls[1], { text: 'late' }), [404, '{"ok":false,"error":"expired_url"}']);
});

test('a button in a message reaches the app with the message, and its answer can replace or delete it', async () => {
  await using f = await startWorkspace();
  await using _app = await startApp(f.workspace, (app) => {
    app.action<BlockAction>('vote', async ({ ack, body, respond }) => {
      await ack();
      await respond({ text: `was: ${body.message?.text}`, replace_original: true });
    });
    app.action('drop', async ({ ack, respond }) => {
      await ack();
      await respond({ delete_original: true });
    });
  });
  const button = (action_id: string) => ({ type: 'button' as const, action_id, text: plain(action_id) });
  const blocks = [{ type: 'actions' as const, elements: [button('vote'), button('drop')] }];
  const { ts = '' } = await f.client.chat.postMessage({ channel: 'C0BENCH001', text: 'ballot', blocks });
  await f.driver.click({ ...at, ts, action_id: 'vote' });
  await f.driver.waitFor('the answer', at, (seen) => seen.messages[0]?.text === 'was: ballot');
  await f.client.chat.update({ channel: 'C0BENCH001', ts, text: 'ballot', blocks });
  await f.driver.click({ ...at, ts, action_id: 'drop' });
  await f.driver.waitFor('nothing', at, (seen) => seen.messages.length === 0);
});

test('a choice in a message is remembered for that person and sent as state', async () => {
  await using f = await startWorkspace();
  await using app = await startListener(f.workspace);
  const { heard } = app;
  const { ts = '' } = await f.client.chat.postMessage({
    channel: 'C0BENCH001',
    text: 'choose',
    blocks: [
      {
        type: 'actions',
        block_id: 'row',
        elements: [
          { type: 'static_select', action_id: 'model', options: [option('a'), option('b')] },
          { type: 'button', action_id: 'go', text: plain('Go'), value: '7' },
        ],
      },
    ],
  });
  await f.driver.click({ ...at, ts, action_id: 'model', value: 'b' });
  await f.driver.click({ ...at, ts, action_id: 'go' });
  const [chosen, pressed] = heard;
  const action = chosen?.actions[0];
  assert.equal(action?.type === 'static_select' ? action.selected_option.value : undefined, 'b');
  assert.equal(pressed?.state?.values.row?.model?.selected_option?.value, 'b');
  assert.equal((await f.driver.messages({ ...at, user: 'Bo' }))[0]?.state?.values.row?.model?.selected_option, null);
});

test('a message shortcut brings the message and a trigger', async () => {
  await using f = await startWorkspace();
  await using _app = await startApp(f.workspace, (app) => {
    app.shortcut<MessageShortcut>('use-file', async ({ ack, shortcut, client }) => {
      await ack();
      const title = plain(shortcut.message.text ?? '');
      await client.views.open({ trigger_id: shortcut.trigger_id, view: { type: 'modal', title, blocks: [] } });
    });
  });
  const ts = (await f.driver.message({ ...at, text: 'this one' })).messages[0]?.ts ?? '';
  await f.driver.shortcut({ ...at, ts, callback_id: 'use-file' });
  const view = await f.driver.waitFor('the modal', { user: 'Ana' }, (seen) => seen.view);
  assert.equal(view.title.text, 'this one');
});

test('a mention is an event where the app has subscribed and may read it', async () => {
  const scopes = ['chat:write', 'app_mentions:read'];
  await using f = await startWorkspace({ scopes });
  await using _app = await startApp(f.workspace, (app) => {
    app.event('app_mention', async ({ event, say }) => {
      await say({ text: `you said ${event.text}`, thread_ts: event.ts });
    });
  });
  const ts = (await f.driver.message({ ...at, text: '@podium is 1 < 2?' })).messages[0]?.ts ?? '';
  const thread = { ...at, thread_ts: ts };
  const reply = await f.driver.waitFor('the reply', thread, (seen) => seen.messages[1]);
  assert.equal(reply.text, 'you said <@U0PODIUM01> is 1 &lt; 2?');
});

test('a mention is no event without the scope, without the subscription, or of somebody else', async () => {
  const scopes = ['chat:write', 'app_mentions:read'];
  for (const [options, text] of [
    [{ scopes: ['chat:write'] }, '@podium'],
    [{ scopes, events: [] }, '@podium'],
    [{ scopes }, '@bo'],
  ] as const) {
    await using f = await startWorkspace({ ...options, ackDeadlineMs: 100 });
    await using _app = await startApp(f.workspace, () => {});
    await f.driver.message({ ...at, text });
    // What comes after it is delivered, so that the mention would have been, too.
    await f.driver.slash(slash);
    const told = (await f.driver.log()).filter(({ kind }) => kind === 'delivery').map(({ method }) => method);
    assert.deepEqual(told, ['slash_commands /benchmark']);
  }
});

test('a shortcut that the app does not acknowledge is told to whoever used it', async () => {
  await using f = await startWorkspace({ ackDeadlineMs: 50 });
  await using _app = await startApp(f.workspace, (app) => app.shortcut('use-file', async () => {}));
  const ts = (await f.driver.message({ ...at, text: 'this one' })).messages[0]?.ts ?? '';
  const seen = await f.driver.shortcut({ ...at, ts, callback_id: 'use-file' });
  assert.equal(seen.error, 'operation_timeout');
  assert.equal(seen.messages.at(-1)?.text, 'The shortcut failed with the error "operation_timeout"');
  assert.equal((await f.driver.messages({ ...at, user: 'Bo' })).length, 1);
});

test('an event that found no connection waits for one', async () => {
  await using f = await startWorkspace();
  await f.driver.home('Ana');
  await using _app = await startApp(f.workspace, (app) => {
    app.event('app_home_opened', async ({ event, client }) => {
      await client.chat.postMessage({ channel: 'C0BENCH001', text: `welcome <@${event.user}>` });
    });
  });
  const message = await f.driver.waitFor('the welcome', at, (seen) => seen.messages[0]);
  assert.equal(message.text, 'welcome <@U0ANA00001>');
});
