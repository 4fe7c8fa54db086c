/** Where stand-ins are lax: rows of the acceptance list that no other file of tests is about. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { limits } from '../../src/workspace/limits.ts';
import { plain, refusal, startApp, startListener, startWorkspace } from './support.ts';

const at = { user: 'Ana', channel: 'benchmarks' };
const button = (action_id: string) => ({ type: 'button' as const, action_id, text: plain(action_id) });
const row = { type: 'actions' as const, elements: [button('press')] };

test('a button that the app does not acknowledge shows its presser an error, in a message and in a modal', async () => {
  await using f = await startWorkspace({ ackDeadlineMs: 50 });
  await using _app = await startApp(f.workspace, (app) => {
    app.action('press', async () => {});
    app.command('/form', async ({ ack, body, client }) => {
      await ack();
      const view = { type: 'modal' as const, title: plain('Form'), blocks: [row] };
      await client.views.open({ trigger_id: body.trigger_id, view });
    });
  });
  const { ts = '' } = await f.client.chat.postMessage({ channel: 'C0BENCH001', text: 'x', blocks: [row] });
  assert.equal((await f.driver.click({ ...at, ts, action_id: 'press' })).error, 'operation_timeout');
  await f.driver.slash({ ...at, command: '/form' });
  await f.driver.waitFor('the modal', { user: 'Ana' }, (seen) => seen.view);
  const seen = await f.driver.click({ user: 'Ana', action_id: 'press' });
  assert.equal(seen.error, 'operation_timeout');
  assert.match(seen.view?.trouble ?? '', /trouble connecting/);
});

test('a silent app is given up without being told how long to wait', async () => {
  await using f = await startWorkspace();
  await using _app = await startApp(f.workspace, (app) => {
    app.command('/benchmark', async () => {});
  });
  assert.equal((await f.driver.slash({ ...at, command: '/benchmark' })).error, 'operation_timeout');
});

test('blocks and elements of a message get the ids that the app left out, each its own', async () => {
  await using f = await startWorkspace();
  await using app = await startListener(f.workspace);
  const { heard } = app;
  const bare = { type: 'actions' as const, elements: [{ type: 'button' as const, text: plain('x') }] };
  const { ts = '' } = await f.client.chat.postMessage({ channel: 'C0BENCH001', text: 'x', blocks: [bare, bare] });
  const blocks = (await f.driver.messages(at))[0]?.blocks ?? [];
  const named = z.object({
    block_id: z.string().min(1),
    elements: z.tuple([z.object({ action_id: z.string().min(1) })]),
  });
  const ids = blocks.map((one) => named.parse(one));
  assert.equal(new Set(ids.map((one) => one.block_id)).size, 2);
  const { block_id = '', elements } = ids[1] ?? {};
  await f.driver.click({ ...at, ts, block_id, action_id: elements?.[0].action_id ?? '' });
  assert.equal(heard[0]?.actions[0]?.block_id, block_id);
});

test('a modal that did not ask for it is closed without a word to the app', async () => {
  await using f = await startWorkspace();
  await using _app = await startApp(f.workspace, (app) => {
    app.command('/form', async ({ ack, body, client }) => {
      await ack();
      await client.views.open({
        trigger_id: body.trigger_id,
        view: { type: 'modal', title: plain('Form'), blocks: [] },
      });
    });
  });
  await f.driver.slash({ ...at, command: '/form' });
  await f.driver.waitFor('the modal', { user: 'Ana' }, (seen) => seen.view);
  await f.driver.close('Ana');
  const told = (await f.driver.log()).map(({ method }) => method);
  assert.ok(!told.includes('interactive view_closed'), told.join(', '));
});

test('the home tab comes with the event that opens it again, each person their own', async () => {
  await using f = await startWorkspace();
  const opened: (string | undefined)[] = [];
  await using _app = await startApp(f.workspace, (app) => {
    app.event('app_home_opened', async ({ event, client }) => {
      opened.push(event.view?.callback_id);
      const view = { type: 'home' as const, callback_id: `of-${event.user}`, blocks: [row] };
      await client.views.publish({ user_id: event.user, view });
    });
  });
  for (const user of ['Ana', 'Bo']) {
    await f.driver.home(user);
    await f.driver.waitFor('the home tab', { user }, (seen) => seen.home);
  }
  await f.driver.home('Ana');
  await f.driver.waitUntil('the second event of Ana', async () => opened.length === 3);
  assert.deepEqual(opened, [undefined, undefined, 'of-U0ANA00001']);
});

test('an upload is completed once, and a direct conversation is opened once', async () => {
  await using f = await startWorkspace({ scopes: ['files:write', 'im:write', 'chat:write'] });
  const { file_id = '', upload_url = '' } = await f.client.files.getUploadURLExternal({ filename: 'a.csv', length: 3 });
  const early = f.client.files.completeUploadExternal({ files: [{ id: file_id }] });
  assert.equal((await refusal(early)).error, 'file_not_found');
  assert.equal((await fetch(upload_url, { method: 'POST', body: 'four' })).status, 400);
  assert.equal((await fetch(upload_url, { method: 'POST', body: 'a,b' })).status, 200);
  await f.client.files.completeUploadExternal({ files: [{ id: file_id }] });
  const again = f.client.files.completeUploadExternal({ files: [{ id: file_id }] });
  assert.equal((await refusal(again)).error, 'file_not_found');
  const open = async () => (await f.client.conversations.open({ users: 'U0ANA00001' })).channel?.id ?? '';
  const channel = await open();
  assert.equal(await open(), channel);
  await f.client.chat.postMessage({ channel, text: 'only Ana' });
  assert.equal((await f.driver.messages({ user: 'Ana', channel }))[0]?.text, 'only Ana');
  assert.deepEqual(await f.driver.messages({ user: 'Bo', channel }), []);
});

test('a view of more than 250 kB is too large', async () => {
  await using f = await startWorkspace();
  const most = limits.view.bytes.value;
  const text = { type: 'mrkdwn' as const, text: 'x'.repeat(limits.blocks.section.text.value[1] ?? 0) };
  const publish = (count: number) =>
    f.client.views.publish({
      user_id: 'U0ANA00001',
      view: { type: 'home', blocks: Array.from({ length: count }, () => ({ type: 'section' as const, text })) },
    });
  assert.equal((await publish(Math.floor(most / 3100))).ok, true);
  assert.equal((await refusal(publish(Math.ceil(most / 3000) + 1))).error, 'view_too_large');
});

test('blocks of an attachment and of an ephemeral message are checked like those of a message', async () => {
  await using f = await startWorkspace();
  const order = { channel: 'C0BENCH001', text: 'x' };
  const poll = [{ type: 'poll' }];
  const attached = f.client.chat.postMessage({ ...order, attachments: [{ text: 'x' }, { blocks: poll }] });
  assert.deepEqual(await refusal(attached), {
    error: 'invalid_blocks',
    messages: ['[ERROR] unsupported type: poll [json-pointer:/attachments/1/blocks/0/type]'],
  });
  const footer = 'x'.repeat(limits.message.attachment_footer.value + 1);
  assert.equal(
    (await refusal(f.client.chat.postMessage({ ...order, attachments: [{ footer }] }))).error,
    'invalid_blocks',
  );
  const hidden = f.client.chat.postEphemeral({ ...order, user: 'U0ANA00001', blocks: poll });
  assert.equal((await refusal(hidden)).error, 'invalid_blocks');
  assert.equal((await f.client.chat.postMessage({ ...order, attachments: [{ blocks: [row] }] })).ok, true);
});
