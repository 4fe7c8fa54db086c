import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { z } from 'zod';
import { startApp, startWorkspace } from './support.ts';

async function folder(): Promise<{ stateFile: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'workspace-'));
  return {
    stateFile: join(path, 'state.json'),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
}

test('a restart keeps tokens, messages, files, the home tab and events that nobody took', async () => {
  await using place = await folder();
  const before = await startWorkspace(place);
  const { ts = '' } = await before.client.chat.postMessage({
    channel: 'C0BENCH001',
    text: 'kept',
    blocks: [{ type: 'divider' }],
  });
  const uploaded = await before.client.filesUploadV2({ content: 'a,b', filename: 'a.csv' });
  const id = 'files' in uploaded ? (uploaded.files[0]?.files?.[0]?.id ?? '') : '';
  await before.client.views.publish({ user_id: 'U0ANA00001', view: { type: 'home', blocks: [{ type: 'divider' }] } });
  await before.driver.home('Ana');
  await before.workspace.close();

  await using after = await startWorkspace(place);
  assert.equal(after.workspace.botToken, before.workspace.botToken);
  assert.equal(after.workspace.appToken, before.workspace.appToken);
  const [message] = await after.driver.messages({ user: 'Ana', channel: 'benchmarks' });
  assert.deepEqual([message?.ts, message?.text, message?.blocks?.[0]?.type], [ts, 'kept', 'divider']);
  assert.equal((await after.driver.file(id)).toString(), 'a,b');
  assert.equal((await after.driver.look({ user: 'Ana' })).home?.blocks[0]?.type, 'divider');
  const next = await after.client.chat.postMessage({ channel: 'C0BENCH001', text: 'next' });
  assert.ok(Number(next.ts) > Number(ts));
  const users: string[] = [];
  await using _app = await startApp(after.workspace, (app) => {
    app.event('app_home_opened', async ({ event }) => {
      users.push(event.user);
      await after.client.chat.postMessage({ channel: 'C0GENERAL1', text: 'heard' });
    });
  });
  await after.driver.waitFor('the event', { user: 'Ana', channel: 'general' }, (seen) => seen.messages[0]);
  assert.deepEqual(users, ['U0ANA00001']);
});

test('a damaged state file is an error, not a fresh start', async () => {
  await using place = await folder();
  await writeFile(place.stateFile, '{"version": 1');
  await assert.rejects(startWorkspace(place), /is not a workspace's state/);
});

test('a restart keeps the request URL and its secret, and delivers there what was not taken', async () => {
  await using place = await folder();
  const bodies: string[] = [];
  let status = 500;
  const app = createServer(async (request, response) => {
    const body = await text(request);
    const challenge = /"challenge":"(\w+)"/.exec(body)?.[1];
    if (challenge === undefined) bodies.push(body);
    response.writeHead(challenge === undefined ? status : 200).end(challenge);
  }).listen(0, '127.0.0.1');
  await once(app, 'listening');
  const before = await startWorkspace({ ...place, eventRetryDelaysMs: [60_000] });
  const address = z.object({ port: z.number() }).parse(app.address());
  await before.driver.requestUrl(`http://127.0.0.1:${address.port}/`);
  await before.driver.home('Ana');
  await before.driver.waitUntil('the refusal', async () =>
    (await before.driver.log()).some((one) => one.status === 'http_error'),
  );
  await before.workspace.close();
  status = 200;
  await using after = await startWorkspace(place);
  assert.equal(after.workspace.signingSecret, before.workspace.signingSecret);
  await after.driver.waitUntil('the event', async () => bodies.length === 2);
  const ids = bodies.map((body) => z.object({ event_id: z.string() }).parse(JSON.parse(body)).event_id);
  assert.equal(ids[0], ids[1]);
  app.close();
});

test('the workspace listens on 127.0.0.1 only', async () => {
  await using f = await startWorkspace();
  const { port, hostname } = new URL(f.workspace.url);
  assert.equal(hostname, '127.0.0.1');
  // All of 127.0.0.0/8 is this machine: a server that listened everywhere would answer here.
  const elsewhere = connect({ host: '127.0.0.2', port: Number(port) });
  await assert.rejects(once(elsewhere, 'connect'), /ECONNREFUSED|EADDRNOTAVAIL/);
});

test('after close nothing is left: no timer, no socket', async () => {
  const resources = () =>
    process.getActiveResourcesInfo().filter((one) => one !== 'PipeWrap' && one !== 'TTYWrap').length;
  await using place = await folder();
  const before = resources();
  const f = await startWorkspace({ ...place, ackDeadlineMs: 60_000 });
  const socket = new WebSocket((await f.client.apps.connections.open({ token: f.workspace.appToken })).url ?? '');
  await new Promise((resolve) => socket.addEventListener('message', resolve));
  void f.driver.slash({ user: 'Ana', channel: 'general', command: '/never' }).catch(() => {});
  await f.driver.waitUntil('the envelope', async () => true);
  const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
  await f.workspace.close();
  await closed;
  // Node's own fetch keeps its sockets a moment: they close on the next turns of the loop.
  for (let turn = 0; turn < 50 && resources() > before; turn += 1)
    await new Promise((resolve) => setImmediate(resolve));
  assert.ok(resources() <= before, process.getActiveResourcesInfo().join(', '));
});
