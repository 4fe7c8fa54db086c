import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { LogLevel, SocketModeClient } from '@slack/socket-mode';
import { createEmulator } from 'emulate';
import { z } from 'zod';
import { differencesOf, type Replies, unexplained, unused } from './emulate-differences.ts';
import { plain, startWorkspace } from './support.ts';

// The same calls to our workspace and to vercel-labs/emulate, which others wrote. Where the two answer differently, the
// difference stands in emulate-differences.ts with the reason, or one of the two is wrong.

const token = 'xoxb-both';
const scopes = ['chat:write', 'files:read', 'files:write', 'reactions:read', 'reactions:write'];

/** One of the two, and what its seed calls things. */
interface Side {
  url: string;
  channel: string;
  user: string;
  /** A fresh pass for views.open, or for views.push from inside the modal on top. */
  trigger(viewId?: string): Promise<string>;
}

async function startEmulate(t: TestContext): Promise<Side> {
  const login = 'U000000001';
  const app = { strict_scopes: true, tokens: [{ token, user_id: login, scopes, type: 'bot' }] };
  const emulator = await createEmulator({
    service: 'slack',
    port: 0,
    seed: { tokens: { [token]: { login, scopes } }, slack: app },
  });
  t.after(() => emulator.close());
  const trigger = async (viewId?: string) => {
    const { trigger_id } = await call(
      emulator.url,
      'views.generateTriggerId',
      viewId === undefined ? {} : { view_id: viewId },
    );
    return z.string().parse(trigger_id);
  };
  return { url: emulator.url, channel: 'C000000001', user: login, trigger };
}

async function startOurs(t: TestContext): Promise<Side> {
  const { workspace, driver } = await startWorkspace({ botToken: token, scopes });
  const client = new SocketModeClient({
    appToken: workspace.appToken,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: `${workspace.url}/api/` },
  });
  const delivery = z.looseObject({
    ack: z.custom<() => Promise<void>>((value) => typeof value === 'function'),
    body: z.looseObject({ trigger_id: z.string() }),
  });
  let last = '';
  for (const type of ['slash_commands', 'interactive']) {
    client.on(type, async (heard: unknown) => {
      const { ack, body } = delivery.parse(heard);
      last = body.trigger_id;
      await ack();
    });
  }
  await client.start();
  t.after(async () => {
    await client.disconnect();
    await workspace.close();
  });
  const trigger = async (viewId?: string) => {
    if (viewId === undefined) await driver.slash({ user: 'Ana', channel: 'benchmarks', command: '/x' });
    else await driver.click({ user: 'Ana', action_id: 'more' });
    return last;
  };
  return { url: workspace.url, channel: 'C0BENCH001', user: 'U0ANA00001', trigger };
}

async function call(url: string, method: string, args: object, as = token): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}/api/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', ...(as !== '' && { authorization: `Bearer ${as}` }) },
    body: JSON.stringify(args),
  });
  return z.record(z.string(), z.unknown()).parse(await response.json());
}

/** Keeps every answer under the name of its step; no name twice. */
function recorder({ url }: Side) {
  const replies: Replies = new Map();
  const keep = <T extends Record<string, unknown>>(step: string, reply: T): T => {
    assert.ok(!replies.has(step), step);
    replies.set(step, reply);
    return reply;
  };
  return {
    replies,
    api: async (step: string, method: string, args: object, as?: string) =>
      keep(`${method} ${step}`, await call(url, method, args, as)),
    upload: async (step: string, to: string, body: string) => {
      const response = await fetch(to, { method: 'POST', body });
      const text = await response.text();
      keep(`upload ${step}`, { status: String(response.status), ...(response.ok && { said: text }) });
    },
    download: async (step: string, from: string, as: string) => {
      const response = await fetch(from, { headers: as === '' ? {} : { authorization: `Bearer ${as}` } });
      const text = await response.text();
      keep(`download ${step}`, { status: String(response.status), ...(response.ok && { body: text }) });
    },
  };
}

const uploaded = z.looseObject({ upload_url: z.string(), file_id: z.string() });
const completed = z.looseObject({ files: z.tuple([z.looseObject({ url_private_download: z.string() })]) });
const viewed = z.looseObject({ view: z.looseObject({ id: z.string(), hash: z.string() }) });
const posted = z.looseObject({ ts: z.string() });

async function files(side: Side): Promise<Replies> {
  const { api, upload, download, replies } = recorder(side);
  const [get, complete, info] = ['files.getUploadURLExternal', 'files.completeUploadExternal', 'files.info'];
  await api('without a token', info, { file: 'F0NOWHERE' }, '');
  await api('with a foreign token', info, { file: 'F0NOWHERE' }, 'xoxb-foreign');
  await api('of an unknown file', info, { file: 'F0NOWHERE' });
  await api('of no file', info, {});
  await api('without arguments', get, {});
  await api('without a length', get, { filename: 'a.csv' });
  await api('of nothing', get, { filename: 'a.csv', length: 0 });
  await api('of a negative length', get, { filename: 'a.csv', length: -1 });
  const { upload_url, file_id: id } = uploaded.parse(
    await api('as it should be', get, { filename: 'a.csv', length: 3 }),
  );
  await api('before the bytes came', complete, { files: [{ id }] });
  await api('before the bytes came', info, { file: id });
  await upload('of another length', upload_url, 'a,b,c,d');
  await upload('as it should be', upload_url, 'a,b');
  await upload('to an unknown address', upload_url.replace(id, 'F0NOWHERE'), 'a,b');
  await api('of no file', complete, { files: [] });
  await api('of one file twice', complete, { files: [{ id }, { id }] });
  await api('of an unknown file', complete, { files: [{ id: 'F0NOWHERE' }] });
  await api('into an unknown channel', complete, { files: [{ id }], channel_id: 'C0NOWHERE' });
  const order = { files: [{ id, title: 'Data' }], channel_id: side.channel, initial_comment: 'Here it is' };
  const { files } = completed.parse(await api('as it should be', complete, order));
  await api('a second time', complete, { files: [{ id }] });
  await upload('after completion', upload_url, 'a,b');
  await api('as it should be', info, { file: id });
  for (const as of [token, '', 'xoxb-foreign']) {
    await download(as === '' ? 'without a token' : as, files[0].url_private_download, as);
  }
  return replies;
}

async function reactions(side: Side): Promise<Replies> {
  const { api, replies } = recorder(side);
  const { channel } = side;
  const { ts } = posted.parse(await call(side.url, 'chat.postMessage', { channel, text: 'x' }));
  const at = { channel, timestamp: ts };
  const [add, remove, get] = ['reactions.add', 'reactions.remove', 'reactions.get'];
  await api('of none', get, at);
  await api('as it should be', add, { ...at, name: 'trophy' });
  await api('a second time', add, { ...at, name: 'trophy' });
  await api('as it should be', get, at);
  for (const method of [add, remove]) {
    await api('without a name', method, at);
    await api('to an unknown message', method, { channel, timestamp: '1.000001', name: 'trophy' });
    await api('in an unknown channel', method, { channel: 'C0NOWHERE', timestamp: ts, name: 'trophy' });
  }
  await api('with colons', add, { ...at, name: ':tada:' });
  await api('of an unknown message', get, { channel, timestamp: '1.000001' });
  await api('as it should be', remove, { ...at, name: 'trophy' });
  await api('a second time', remove, { ...at, name: 'trophy' });
  return replies;
}

const button = { type: 'button', action_id: 'more', text: plain('More') };
const modal = {
  type: 'modal',
  callback_id: 'form',
  private_metadata: 'draft',
  title: plain('A form'),
  blocks: [{ type: 'actions', block_id: 'do', elements: [button] }],
};
const home = { type: 'home', blocks: [{ type: 'divider', block_id: 'line' }] };

async function views(side: Side, t: TestContext): Promise<Replies> {
  const { api, replies } = recorder(side);
  const [open, update, push, publish] = ['views.open', 'views.update', 'views.push', 'views.publish'];
  await api('without a trigger', open, { view: modal });
  await api('with an invented trigger', open, { trigger_id: '1.2.abc', view: modal });
  await api('of a home tab', open, { trigger_id: await side.trigger(), view: home });
  await api('without a title', open, { trigger_id: await side.trigger(), view: { ...modal, title: undefined } });
  const late = await side.trigger();
  t.mock.timers.tick(4000);
  await api('after three seconds', open, { trigger_id: late, view: modal });
  const trigger_id = await side.trigger();
  t.mock.timers.tick(2999);
  const first = viewed.parse(await api('just in time', open, { trigger_id, view: modal }));
  await api('with a used trigger', open, { trigger_id, view: modal });
  const { id: view_id, hash } = first.view;
  const updated = viewed.parse(await api('with its hash', update, { view_id, hash, view: modal }));
  assert.equal(updated.view.id, view_id);
  assert.notEqual(updated.view.hash, hash);
  await api('with a stale hash', update, { view_id, hash, view: modal });
  await api('of an unknown view', update, { view_id: 'V0NOWHERE', view: modal });
  await api('of no view', update, { view: modal });
  await api('to a home tab', update, { view_id, view: home });
  const second = viewed.parse(await api('once', push, { trigger_id: await side.trigger(view_id), view: modal }));
  const third = viewed.parse(await api('twice', push, { trigger_id: await side.trigger(second.view.id), view: modal }));
  await api('thrice', push, { trigger_id: await side.trigger(third.view.id), view: modal });
  const shown = viewed.parse(await api('as it should be', publish, { user_id: side.user, view: home }));
  await api('with its hash', publish, { user_id: side.user, view: home, hash: shown.view.hash });
  await api('with a stale hash', publish, { user_id: side.user, view: home, hash: shown.view.hash });
  await api('for nobody', publish, { user_id: 'U0NOWHERE', view: home });
  await api('of a modal', publish, { user_id: side.user, view: modal });
  return replies;
}

test('emulate and the workspace answer alike about files, reactions, triggers and hashes, but for what is explained', async (t) => {
  // One clock for both, in whole seconds, as emulate counts the lives of triggers.
  t.mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 });
  const sides = [await startEmulate(t), await startOurs(t)] as const;
  const [theirs, ours] = await Promise.all(
    sides.map(async (side) => {
      const parts = [await files(side), await reactions(side)];
      return new Map(parts.flatMap((part) => [...part]));
    }),
  );
  // The clock ticks for both: one after the other.
  const modals = [await views(sides[0], t), await views(sides[1], t)] as const;
  assert.ok(theirs !== undefined && ours !== undefined);
  const all = [
    ...differencesOf(theirs, ours, [sides[0].channel, sides[1].channel]),
    ...differencesOf(modals[0], modals[1], ['', '']),
  ];
  assert.deepEqual(unexplained(all), []);
  assert.deepEqual(unused(all), []);
});
