import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { LogLevel, SocketModeClient } from '@slack/socket-mode';
import { z } from 'zod';
import type { Workspace } from '../../src/workspace/workspace.ts';
import { startApp, startWorkspace } from './support.ts';

const deliverySchema = z.looseObject({
  ack: z.custom<(answer?: object) => Promise<void>>((value) => typeof value === 'function'),
  retry_num: z.number().optional(),
  retry_reason: z.string().optional(),
  body: z.looseObject({ event_id: z.string().optional(), command: z.string().optional() }),
});

/** A bare Socket Mode client: it acknowledges nothing by itself. */
async function connect(workspace: Workspace, reconnectMs = 5000): Promise<SocketModeClient & AsyncDisposable> {
  const client = new SocketModeClient({
    appToken: workspace.appToken,
    logLevel: LogLevel.ERROR,
    // Also the wait before it reconnects. On a busy machine a short one cuts healthy connections.
    clientPingTimeout: reconnectMs,
    clientOptions: { slackApiUrl: `${workspace.url}/api/`, retryConfig: { retries: 0 } },
  });
  await client.start();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.disconnect() });
}

test('an unacknowledged event comes again with its id, the attempt and the reason, and then no more', async () => {
  await using f = await startWorkspace({ ackDeadlineMs: 30, eventRetryDelaysMs: [0, 0] });
  await using client = await connect(f.workspace);
  const heard: z.infer<typeof deliverySchema>[] = [];
  client.on('slack_event', (event: unknown) => heard.push(deliverySchema.parse(event)));
  await f.driver.home('Ana');
  await f.driver.waitUntil('three deliveries', async () => {
    const deliveries = (await f.driver.log()).filter((one) => one.kind === 'delivery');
    return deliveries.length === 3 && deliveries.every((one) => one.status === 'timeout');
  });
  assert.deepEqual(
    heard.map((one) => [one.retry_num, one.retry_reason]),
    [
      [0, ''],
      [1, 'timeout'],
      [2, 'timeout'],
    ],
  );
  assert.equal(new Set(heard.map((one) => one.body.event_id)).size, 1);
});

test('with several connections, any one of them gets a payload', async () => {
  await using f = await startWorkspace();
  await using first = await connect(f.workspace);
  await using second = await connect(f.workspace);
  const counts = [0, 0];
  for (const [index, client] of [first, second].entries()) {
    client.on('slash_commands', async (event: unknown) => {
      counts[index] = (counts[index] ?? 0) + 1;
      await deliverySchema.parse(event).ack();
    });
  }
  assert.equal(await f.driver.connections(), 2);
  for (let turn = 0; turn < 4; turn += 1) await f.driver.slash({ user: 'Ana', channel: 'general', command: '/x' });
  assert.deepEqual(counts, [2, 2]);
});

test('a dropped socket and a requested refresh both lead to a new connection', async () => {
  await using f = await startWorkspace();
  await using client = await connect(f.workspace, 200);
  for (const order of [
    { dropSocket: true },
    { disconnectRefresh: 'refresh_requested' as const },
    { disconnectRefresh: 'warning' as const },
  ]) {
    const again = new Promise((resolve) => client.once('connected', resolve));
    await f.driver.faults(order);
    await again;
  }
  await f.driver.waitUntil('one connection', async () => (await f.driver.connections()) === 1);
});

test('a payload can be delivered twice', async () => {
  await using f = await startWorkspace();
  const ids: string[] = [];
  await using _app = await startApp(f.workspace, (app) => {
    app.event('app_home_opened', async ({ body }) => {
      ids.push(body.event_id);
      await f.client.chat.postMessage({ channel: 'C0BENCH001', text: 'heard' });
    });
  });
  await f.driver.faults({ duplicateDelivery: { times: 1 } });
  await f.driver.home('Ana');
  await f.driver.waitFor('both', { user: 'Ana', channel: 'benchmarks' }, (seen) => seen.messages.length === 2);
  assert.equal(new Set(ids).size, 1);
});

test('a connection address works once', async () => {
  await using f = await startWorkspace();
  const { url = '' } = await f.client.apps.connections.open({ token: f.workspace.appToken });
  const socket = new WebSocket(url);
  await once(socket, 'message');
  const again = new WebSocket(url);
  await once(again, 'error');
  socket.close();
});
