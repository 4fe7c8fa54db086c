import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import { z } from 'zod';
import { type Fixture, option, plain, startWorkspace } from './support.ts';

const signingSecret = 'c0ffee';
const at = { user: 'Ana', channel: 'benchmarks' };

/** A Bolt app that takes deliveries by HTTP, and has told the workspace where. */
async function startHttpApp(f: Fixture, listen: (app: App) => void, secret = signingSecret) {
  const receiver = new HTTPReceiver({ signingSecret: secret, logLevel: LogLevel.ERROR });
  const clientOptions = { slackApiUrl: `${f.workspace.url}/api/`, retryConfig: { retries: 0 } };
  const app = new App({
    token: f.workspace.botToken,
    receiver,
    clientOptions,
    convoStore: false,
    logLevel: LogLevel.ERROR,
  });
  listen(app);
  const server = await receiver.start(0);
  return { url: addressOf(server), [Symbol.asyncDispose]: async () => void (await app.stop()) };
}

function addressOf(server: { address(): unknown }): string {
  return `http://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}/slack/events`;
}

interface Heard {
  headers: IncomingHttpHeaders;
  body: string;
}

/** A bare app: it passes the handshake, keeps what it hears, and answers with `statuses` in turn, then with 200. */
async function startBareApp(statuses: number[], headers: Record<string, string> = {}) {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (body.includes('url_verification')) {
      response.end(z.object({ challenge: z.string() }).parse(JSON.parse(body)).challenge);
      return;
    }
    heard.push({ headers: request.headers, body });
    response.writeHead(statuses.shift() ?? 200, headers).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { heard, url: addressOf(server), [Symbol.asyncDispose]: async () => void server.close() };
}

test('a Bolt app with a request URL takes commands, buttons, suggestions, submissions and events by signed HTTP', async () => {
  await using f = await startWorkspace({ signingSecret });
  const events: string[] = [];
  await using app = await startHttpApp(f, (bolt) => {
    bolt.command('/form', async ({ ack, body, client }) => {
      await ack(`${body.user_name} asked for "${body.text}"`);
      const element = { type: 'external_select' as const, action_id: 'model', min_query_length: 0 };
      const blocks = [{ type: 'input' as const, block_id: 'b', label: plain('Model'), element }];
      const view = { type: 'modal' as const, callback_id: 'form', title: plain('Form'), submit: plain('Go'), blocks };
      await client.views.open({ trigger_id: body.trigger_id, view });
    });
    bolt.options('model', async ({ ack }) => ack({ options: [option('bert', 'BERT')] }));
    bolt.view('form', async ({ ack, client }) => {
      await ack();
      const elements = [{ type: 'button' as const, action_id: 'vote', text: plain('Vote') }];
      await client.chat.postMessage({ channel: 'C0BENCH001', text: 'x', blocks: [{ type: 'actions', elements }] });
    });
    bolt.action('vote', async ({ ack, respond }) => {
      await ack();
      await respond({ text: 'counted', replace_original: false });
    });
    bolt.event('app_home_opened', async ({ event, client }) => {
      events.push(event.user);
      await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [{ type: 'divider' }] } });
    });
  });
  await f.driver.requestUrl(app.url);
  const seen = await f.driver.slash({ ...at, command: '/form', text: 'two & two' });
  assert.equal(seen.messages.at(-1)?.text, 'ana asked for "two & two"');
  await f.driver.waitFor('the modal', at, ({ view }) => view);
  await f.driver.fill('Ana', { b: { model: 'BERT' } });
  assert.deepEqual((await f.driver.submit('Ana')).view, null);
  const ballot = await f.driver.waitFor('the ballot', at, ({ messages }) => messages.find((one) => one.text === 'x'));
  await f.driver.click({ ...at, ts: ballot.ts, action_id: 'vote' });
  await f.driver.waitFor('the answer', at, ({ messages }) => messages.some((one) => one.text === 'counted'));
  await f.driver.home('Ana');
  await f.driver.waitFor('the home tab', at, ({ home }) => home);
  assert.deepEqual(events, ['U0ANA00001']);
  assert.equal(await f.driver.connections(), 0);
});

test('every delivery is signed over its time and its body, and an app with another secret refuses it', async () => {
  await using f = await startWorkspace({ signingSecret });
  await using bare = await startBareApp([]);
  await f.driver.requestUrl(bare.url);
  await f.driver.slash({ ...at, command: '/x', text: 'a=b&c' });
  const [first] = bare.heard;
  const timestamp = String(first?.headers['x-slack-request-timestamp']);
  const expected = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${first?.body}`).digest('hex');
  assert.equal(first?.headers['x-slack-signature'], `v0=${expected}`);
  assert.equal(first?.headers['content-type'], 'application/x-www-form-urlencoded');
  assert.equal(new URLSearchParams(first?.body).get('text'), 'a=b&c');
  assert.equal(first?.headers['x-slack-retry-num'], undefined);
  await using other = await startHttpApp(f, () => {}, 'another');
  await assert.rejects(f.driver.requestUrl(other.url), /HTTP 401/);
});

test('an event that the app fails to take comes again with number and reason, and no more once it is taken', async () => {
  await using f = await startWorkspace({ signingSecret, eventRetryDelaysMs: [0, 0, 0] });
  await using bare = await startBareApp([500, 503]);
  await f.driver.requestUrl(bare.url);
  await f.driver.home('Ana');
  await f.driver.waitUntil('the delivery', async () => (await f.driver.log()).some((one) => one.status === 'ack'));
  const retries = bare.heard.map(({ headers }) => [headers['x-slack-retry-num'], headers['x-slack-retry-reason']]);
  assert.deepEqual(retries, [
    [undefined, undefined],
    ['1', 'http_error'],
    ['2', 'http_error'],
  ]);
  const ids = bare.heard.map(({ body }) => z.object({ event_id: z.string() }).parse(JSON.parse(body)).event_id);
  assert.equal(new Set(ids).size, 1);
});

test('X-Slack-No-Retry ends the retries', async () => {
  await using f = await startWorkspace({ signingSecret, eventRetryDelaysMs: [0, 0, 0] });
  await using bare = await startBareApp([500], { 'x-slack-no-retry': '1' });
  await f.driver.requestUrl(bare.url);
  await f.driver.home('Ana');
  await f.driver.home('Bo');
  await f.driver.waitUntil('both', async () => (await f.driver.log()).length === 2);
  assert.equal(bare.heard.length, 2);
  assert.ok(bare.heard.every(({ headers }) => headers['x-slack-retry-num'] === undefined));
});

test('an app that went away is dispatch_failed for a person, and its events come when it is back', async () => {
  await using f = await startWorkspace({ signingSecret, eventRetryDelaysMs: Array(100).fill(20) });
  const gone = await startBareApp([]);
  await f.driver.requestUrl(gone.url);
  await gone[Symbol.asyncDispose]();
  assert.equal((await f.driver.slash({ ...at, command: '/x' })).error, 'dispatch_failed');
  await f.driver.home('Ana');
  await f.driver.waitUntil('the failure', async () =>
    (await f.driver.log()).some(
      (one) => one.method === 'events_api app_home_opened' && one.status === 'connection_failed',
    ),
  );
  await using back = await startBareApp([]);
  await f.driver.requestUrl(back.url);
  await f.driver.waitUntil('the event', async () => back.heard.length === 1);
  assert.ok(Number(back.heard[0]?.headers['x-slack-retry-num']) >= 1);
  assert.equal(back.heard[0]?.headers['x-slack-retry-reason'], 'connection_failed');
});

test('a request URL must answer the challenge and be on this machine; without one, Socket Mode serves again', async () => {
  await using f = await startWorkspace({ signingSecret });
  const silent = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  await assert.rejects(f.driver.requestUrl(addressOf(silent)), /challenge/);
  silent.close();
  await assert.rejects(f.driver.requestUrl('http://192.0.2.1/slack/events'), /not on this machine/);
  await using bare = await startBareApp([]);
  await f.driver.requestUrl(bare.url);
  await f.driver.requestUrl(null);
  assert.equal((await f.driver.slash({ ...at, command: '/x' })).error, 'dispatch_failed');
  assert.deepEqual(bare.heard, []);
});

test('closing ends a delivery that is under way, with its connection', async () => {
  const f = await startWorkspace({ signingSecret, ackDeadlineMs: 60_000 });
  await using bare = await startBareApp([]);
  await f.driver.requestUrl(bare.url);
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  silent.once('request', (request, response) => {
    request.on('data', (chunk) =>
      response.end(z.object({ challenge: z.string() }).parse(JSON.parse(String(chunk))).challenge),
    );
  });
  await f.driver.requestUrl(addressOf(silent));
  const arrived = once(silent, 'request');
  const command = f.driver.slash({ ...at, command: '/x' }).catch(() => undefined);
  // Whatever fails here must not leave the server open: node's runner would wait for it.
  silent.unref();
  const [request] = await arrived;
  const ended = once(request.socket, 'close');
  await f.workspace.close();
  await ended;
  await command;
  silent.close();
});
