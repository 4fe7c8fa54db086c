import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import type { KnownBlock, RichTextBlock } from '@slack/types';
import { limits } from '../../src/workspace/limits.ts';
import { refusal, startWorkspace, webClient } from './support.ts';

test('a call without a token is not_authed and a wrong token is invalid_auth', async () => {
  await using f = await startWorkspace();
  const bare = await fetch(`${f.workspace.url}/api/auth.test`, { method: 'POST' });
  assert.deepEqual(await bare.json(), { ok: false, error: 'not_authed' });
  assert.equal((await refusal(webClient(f.workspace, 'xoxb-wrong').auth.test())).error, 'invalid_auth');
  assert.equal((await f.client.auth.test()).user_id, 'U0PODIUM01');
});

test('the app token opens connections and nothing else, the bot token the rest', async () => {
  await using f = await startWorkspace();
  const app = webClient(f.workspace, f.workspace.appToken);
  assert.match((await app.apps.connections.open()).url ?? '', /^ws:\/\/127\.0\.0\.1:/);
  assert.equal((await refusal(app.auth.test())).error, 'not_allowed_token_type');
  assert.equal((await refusal(f.client.apps.connections.open())).error, 'not_allowed_token_type');
});

test('a missing scope is named together with those provided', async () => {
  await using f = await startWorkspace({ scopes: ['commands', 'users:read'] });
  const body = await fetch(`${f.workspace.url}/api/chat.postMessage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${f.workspace.botToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ channel: 'C0BENCH001', text: 'x' }),
  });
  const answer = { ok: false, error: 'missing_scope', needed: 'chat:write', provided: 'commands,users:read' };
  assert.deepEqual(await body.json(), answer);
});

test('an unknown method and a missing argument are refused by name', async () => {
  await using f = await startWorkspace();
  assert.equal((await refusal(f.client.apiCall('chat.telepathy'))).error, 'unknown_method');
  const missing = await refusal(f.client.apiCall('chat.postMessage', { text: 'x' }));
  assert.deepEqual(missing, { error: 'invalid_arguments', messages: ['[ERROR] missing required field: channel'] });
});

test('a posted message has a thread, a permalink and metadata for whoever asks for it', async () => {
  await using f = await startWorkspace();
  const metadata = { event_type: 'outbox', event_payload: { id: 'o1' } };
  const root = await f.client.chat.postMessage({ channel: 'C0BENCH001', text: 'root', metadata });
  const ts = root.ts ?? '';
  await f.client.chat.postMessage({ channel: 'C0BENCH001', text: 'reply', thread_ts: ts });
  const { messages = [] } = await f.client.conversations.replies({
    channel: 'C0BENCH001',
    ts,
    include_all_metadata: true,
  });
  assert.deepEqual(
    messages.map((one) => one.text),
    ['root', 'reply'],
  );
  assert.equal(messages[0]?.reply_count, 1);
  assert.deepEqual(messages[0]?.metadata, metadata);
  const plainHistory = await f.client.conversations.history({ channel: 'C0BENCH001' });
  assert.equal(plainHistory.messages?.length, 1);
  assert.equal(plainHistory.messages?.[0]?.metadata, undefined);
  const link = await f.client.chat.getPermalink({ channel: 'C0BENCH001', message_ts: ts });
  assert.ok(link.permalink?.endsWith(`/archives/C0BENCH001/p${ts.replace('.', '')}`));
});

test('history comes in pages', async () => {
  await using f = await startWorkspace();
  for (const text of ['1', '2', '3']) await f.client.chat.postMessage({ channel: 'C0BENCH001', text });
  const texts: (string | undefined)[] = [];
  let cursor: string | undefined;
  do {
    const page = await f.client.conversations.history({ channel: 'C0BENCH001', limit: 2, ...(cursor && { cursor }) });
    texts.push(...(page.messages ?? []).map((one) => one.text));
    cursor = page.response_metadata?.next_cursor;
  } while (cursor);
  assert.deepEqual(texts, ['3', '2', '1']);
});

test('a reply that is also sent to the channel stands in both, is counted once, and changes in both', async () => {
  await using f = await startWorkspace();
  const channel = 'C0BENCH001';
  const { ts = '' } = await f.client.chat.postMessage({ channel, text: 'root' });
  const said = { channel, text: 'the end', thread_ts: ts, reply_broadcast: true };
  const { ts: reply = '', message } = await f.client.chat.postMessage(said);
  assert.equal(message?.subtype, 'thread_broadcast');
  await f.client.chat.postMessage({ channel, text: 'in the thread only', thread_ts: ts });
  await f.client.chat.update({ channel, ts: reply, text: 'the very end' });
  const texts = (messages: { text?: string }[] = []) => messages.map(({ text }) => text);
  assert.deepEqual(texts((await f.client.conversations.history({ channel })).messages), ['the very end', 'root']);
  assert.deepEqual(texts(await f.driver.messages({ user: 'Ana', channel })), ['root', 'the very end']);
  const thread = await f.driver.messages({ user: 'Ana', channel, thread_ts: ts });
  assert.deepEqual(texts(thread), ['root', 'the very end', 'in the thread only']);
  assert.equal(thread[0]?.reply_count, 2);
});

test('posting fails as on Slack: unknown channel, not a member, nothing to say, unknown thread', async () => {
  await using f = await startWorkspace();
  const post = (order: { channel: string; text?: string; thread_ts?: string }) =>
    refusal(f.client.apiCall('chat.postMessage', order));
  assert.equal((await post({ channel: 'C0NOWHERE1', text: 'x' })).error, 'channel_not_found');
  assert.equal((await post({ channel: 'C0BENCH001' })).error, 'no_text');
  assert.equal((await post({ channel: 'C0BENCH001', text: 'x', thread_ts: '1.000001' })).error, 'thread_not_found');
});

test('chat.update changes only what the app posted, and drops blocks that it does not repeat', async () => {
  await using f = await startWorkspace();
  const channel = 'C0BENCH001';
  const { ts = '' } = await f.client.chat.postMessage({ channel, text: 'x', blocks: [{ type: 'divider' }] });
  const human = (await f.driver.message({ user: 'Ana', channel, text: 'mine' })).messages.at(-1);
  assert.equal(
    (await refusal(f.client.chat.update({ channel, ts: human?.ts ?? '', text: 'y' }))).error,
    'cant_update_message',
  );
  assert.equal(
    (await refusal(f.client.chat.update({ channel, ts: '1.000001', text: 'y' }))).error,
    'message_not_found',
  );
  assert.equal((await refusal(f.client.chat.update({ channel, ts, text: 'y'.repeat(4001) }))).error, 'msg_too_long');
  await f.client.chat.update({ channel, ts, text: 'y' });
  const seen = (await f.driver.messages({ user: 'Bo', channel }))[0];
  assert.equal(seen?.text, 'y');
  assert.equal(seen?.blocks, undefined);
  await f.client.chat.delete({ channel, ts });
  assert.equal((await refusal(f.client.chat.delete({ channel, ts }))).error, 'message_not_found');
});

test('chat.update puts no other blocks in the place of rich text, which goes with text alone', async () => {
  await using f = await startWorkspace();
  const channel = 'C0BENCH001';
  const rich = (text: string): RichTextBlock => ({
    type: 'rich_text',
    elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
  });
  const { ts = '' } = await f.client.chat.postMessage({ channel, text: 'x', blocks: [rich('x'), { type: 'divider' }] });
  const change = (blocks: KnownBlock[]) => f.client.chat.update({ channel, ts, text: 'y', blocks });
  assert.equal((await refusal(change([{ type: 'divider' }]))).error, 'block_mismatch');
  await change([{ type: 'divider' }, rich('y')]);
  await f.client.chat.update({ channel, ts, text: 'z' });
  await change([{ type: 'divider' }]);
  const blocks = (await f.driver.messages({ user: 'Bo', channel }))[0]?.blocks;
  assert.deepEqual(
    blocks?.map(({ type }) => type),
    ['divider'],
  );
});

test('an upload is shared with a hundred channels at once, and no more', async () => {
  await using f = await startWorkspace();
  const complete = async (channels: string[]) => {
    const { file_id = '', upload_url = '' } = await f.client.files.getUploadURLExternal({ filename: 'a', length: 1 });
    await fetch(upload_url, { method: 'POST', body: 'a' });
    const order = { files: JSON.stringify([{ id: file_id }]), channels: channels.join(',') };
    return f.client.apiCall('files.completeUploadExternal', order);
  };
  const most = limits.files.channels_per_complete.value;
  const refused = await refusal(complete(Array(most + 1).fill('C0BENCH001')));
  assert.equal(refused.error, 'invalid_arguments');
  assert.match(refused.messages[0] ?? '', /100.*json-pointer:\/channels/);
  assert.equal((await complete(Array(most).fill('C0BENCH001'))).ok, true);
});

test('an ephemeral message is seen by one person and is in no history', async () => {
  await using f = await startWorkspace();
  await f.client.chat.postEphemeral({ channel: 'C0BENCH001', user: 'U0BO000001', text: 'only Bo' });
  assert.equal((await f.driver.messages({ user: 'Bo', channel: 'benchmarks' }))[0]?.text, 'only Bo');
  assert.deepEqual(await f.driver.messages({ user: 'Ana', channel: 'benchmarks' }), []);
  assert.deepEqual((await f.client.conversations.history({ channel: 'C0BENCH001' })).messages, []);
});

test('users and channels can be looked up', async () => {
  await using f = await startWorkspace();
  assert.equal((await f.client.users.info({ user: 'U0ANA00001' })).user?.real_name, 'Ana');
  assert.equal((await refusal(f.client.users.info({ user: 'U0NOBODY01' }))).error, 'user_not_found');
  assert.equal((await f.client.conversations.info({ channel: 'C0BENCH001' })).channel?.is_member, true);
  assert.equal((await f.client.conversations.members({ channel: 'C0BENCH001' })).members?.length, 5);
});

test('people read in their own language and time zone, and the locale comes only when asked for', async () => {
  await using f = await startWorkspace({ now: () => Date.UTC(2026, 6, 1) });
  const { user: dee } = await f.client.users.info({ user: 'U0DEE00001', include_locale: true });
  assert.deepEqual(
    [dee?.locale, dee?.tz, dee?.tz_label, dee?.tz_offset, dee?.is_admin],
    ['fr-FR', 'Europe/Paris', 'Central European Summer Time', 7200, false],
  );
  const { user: ana } = await f.client.users.info({ user: 'U0ANA00001' });
  assert.deepEqual([ana?.tz, ana?.tz_offset, ana?.is_admin], ['America/New_York', -14400, true]);
  assert.equal(ana !== undefined && 'locale' in ana, false);
});

test('the alternative text that web-api sends with a file is kept, under the documented name', async () => {
  await using f = await startWorkspace();
  const file = {
    file: Buffer.from('picture'),
    filename: 'chart.png',
    alt_text: 'three bars',
    channel_id: 'C0BENCH001',
  };
  await f.client.filesUploadV2(file);
  const seen = await f.driver.messages({ user: 'Ana', channel: 'benchmarks' });
  assert.equal(seen.at(-1)?.files?.[0]?.alt_txt, 'three bars');
  const documented = { filename: 'a.png', length: 1, alt_txt: 'x'.repeat(1001) };
  assert.equal((await refusal(f.client.apiCall('files.getUploadURLExternal', documented))).error, 'invalid_arguments');
});

test('an upload is processed a moment later, and an image block refuses it until then', async () => {
  let nowMs = Date.now();
  await using f = await startWorkspace({ now: () => nowMs });
  const uploaded = await f.client.filesUploadV2({ file: Buffer.from('picture'), filename: 'chart.png' });
  const id = 'files' in uploaded ? (uploaded.files[0]?.files?.[0]?.id ?? '') : '';
  const post = () =>
    f.client.chat.postMessage({
      channel: 'C0BENCH001',
      text: 'chart',
      blocks: [{ type: 'image', slack_file: { id }, alt_text: 'chart' }],
    });
  const early = {
    error: 'invalid_blocks',
    messages: ['[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]'],
  };
  assert.deepEqual(await refusal(post()), early);
  assert.equal((await f.client.files.info({ file: id })).file?.mimetype, '');
  nowMs += 200;
  assert.equal((await f.client.files.info({ file: id })).file?.mimetype, 'image/png');
  assert.equal((await post()).ok, true);
  assert.equal((await f.driver.file(id)).toString(), 'picture');
});

test('a file is downloaded with the bearer token only, and is a sign-in page without the scope', async () => {
  await using f = await startWorkspace();
  const uploaded = await f.client.filesUploadV2({ content: 'a,b', filename: 'a.csv', channel_id: 'C0BENCH001' });
  const url = ('files' in uploaded ? uploaded.files[0]?.files?.[0]?.url_private_download : undefined) ?? '';
  const authorization = `Bearer ${f.workspace.botToken}`;
  assert.equal((await fetch(url)).status, 401);
  assert.equal(await (await fetch(url, { headers: { authorization } })).text(), 'a,b');
  assert.equal((await f.driver.messages({ user: 'Bo', channel: 'benchmarks' }))[0]?.files?.[0]?.name, 'a.csv');
  await using g = await startWorkspace({ scopes: ['files:write'], botToken: f.workspace.botToken });
  const other = await g.client.filesUploadV2({ content: 'a,b', filename: 'a.csv' });
  const hidden = ('files' in other ? other.files[0]?.files?.[0]?.url_private_download : undefined) ?? '';
  const page = await fetch(hidden, { headers: { authorization } });
  assert.deepEqual([page.status, page.headers.get('content-type')], [200, 'text/html']);
});

test('reactions need their scope, count once, and are seen', async () => {
  await using f = await startWorkspace({ scopes: ['chat:write', 'reactions:write', 'reactions:read'] });
  const { ts: timestamp = '' } = await f.client.chat.postMessage({ channel: 'C0BENCH001', text: 'x' });
  const order = { channel: 'C0BENCH001', timestamp, name: 'trophy' };
  await f.client.reactions.add(order);
  assert.equal((await refusal(f.client.reactions.add(order))).error, 'already_reacted');
  assert.equal((await f.driver.messages({ user: 'Bo', channel: 'benchmarks' }))[0]?.reactions?.[0]?.count, 1);
  await f.client.reactions.remove(order);
  assert.equal((await refusal(f.client.reactions.remove(order))).error, 'no_reaction');
});

test('foreign hosts and foreign origins are refused', async () => {
  await using f = await startWorkspace();
  const reset = (headers: Record<string, string>) =>
    fetch(`${f.workspace.url}/_control/reset`, { method: 'POST', headers });
  assert.equal((await reset({ origin: 'http://evil.example' })).status, 403);
  assert.equal((await reset({ origin: f.workspace.url })).status, 200);
  const status = await new Promise((resolve) => {
    const url = new URL(`${f.workspace.url}/_control/users`);
    request(url, { headers: { host: 'evil.example' } }, (response) => resolve(response.resume().statusCode)).end();
  });
  assert.equal(status, 403);
});
