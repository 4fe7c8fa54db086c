import assert from 'node:assert/strict';
import { test } from 'node:test';
import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { Driver } from '../../src/workspace/driver.ts';
import type { FaultOrder } from '../../src/workspace/faults.ts';
import { type Fixture, startWorkspace } from './support.ts';

// Slack's schedule of repetitions, faster.
const options = { scopes: ['app_mentions:read'], ackDeadlineMs: 500, eventRetryDelaysMs: [0, 200, 400, 800] };

interface Heard {
  text: string;
  eventId: string;
  retryNum: number;
  retryReason: string;
}

interface Listening extends AsyncDisposable {
  heard: Heard[];
  receiver: SocketModeReceiver;
}

/** A Bolt app over its own Socket Mode receiver, which notes every mention that reaches its listener. */
async function startListening(f: Fixture, beforeAck?: () => Promise<void>): Promise<Listening> {
  const clientOptions = { slackApiUrl: `${f.workspace.url}/api/`, retryConfig: { retries: 0 } };
  const receiver = new SocketModeReceiver({
    appToken: f.workspace.appToken,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions },
    // How long it is deaf after each disconnection; five seconds by default.
    clientPingTimeout: 800,
  });
  const app = new App({
    authorize: async () => {
      await beforeAck?.();
      return { botToken: f.workspace.botToken };
    },
    receiver,
    clientOptions,
    convoStore: false,
    logLevel: LogLevel.ERROR,
  });
  const heard: Heard[] = [];
  app.event('app_mention', async ({ event, body, context }) => {
    heard.push({
      text: event.text.replace(/<.*?> /, ''),
      eventId: body.event_id,
      retryNum: context.retryNum ?? 0,
      retryReason: context.retryReason ?? '',
    });
  });
  await app.start();
  return {
    heard,
    receiver,
    [Symbol.asyncDispose]: async () => {
      const gone = new Promise((resolve) => receiver.client.once('disconnected', resolve));
      await app.stop();
      await gone;
    },
  };
}

const mention = (driver: Driver, text: string) =>
  driver.message({ user: 'Ana', channel: 'benchmarks', text: `@podium ${text}` });

/** Every event was taken, and whatever came more than once says that it is a repetition. */
function assertNothingLost(heard: Heard[], texts: string[]): void {
  assert.deepEqual([...new Set(heard.map((one) => one.text))].sort(), [...texts].sort());
  for (const text of texts) {
    const same = heard.filter((one) => one.text === text);
    assert.equal(new Set(same.map((one) => one.eventId)).size, 1, text);
    const attempts = same.map((one) => one.retryNum);
    assert.equal(new Set(attempts).size, same.length, `${text} came twice as attempt ${attempts}`);
  }
}

/** All events that people caused were acknowledged: the workspace has nothing left to deliver. */
async function allAcknowledged(driver: Driver, count: number): Promise<void> {
  await driver.waitUntil(`${count} acknowledgements`, async () => {
    const log = await driver.log();
    return log.filter((one) => one.method === 'events_api app_mention' && one.status === 'ack').length >= count;
  });
}

const CUTS: [what: string, order: FaultOrder][] = [
  ['a killed socket', { dropSocket: true }],
  ['a requested refresh', { disconnectRefresh: 'refresh_requested' }],
  ['a warning', { disconnectRefresh: 'warning' }],
];

for (const [what, order] of CUTS) {
  test(`no event is lost around ${what}: those before, during and after the gap all reach a Bolt app`, async () => {
    await using f = await startWorkspace(options);
    await using app = await startListening(f);
    const texts = Array.from({ length: 12 }, (_, index) => `event ${index}`);
    const [before, during, after] = [texts.slice(0, 4), texts.slice(4, 8), texts.slice(8)];
    for (const text of before) await mention(f.driver, text);
    const again = new Promise((resolve) => app.receiver.client.once('connected', resolve));
    await f.driver.faults(order);
    for (const text of during) await mention(f.driver, text);
    await again;
    for (const text of after) await mention(f.driver, text);
    await allAcknowledged(f.driver, texts.length);
    assertNothingLost(app.heard, texts);
  });
}

test('an event whose acknowledgement a killed socket swallowed comes again as attempt 1, with the same id', async () => {
  await using f = await startWorkspace(options);
  let cuts = 0;
  // Bolt authorizes an event before it acknowledges it: the envelope has arrived, its answer can't leave any more.
  await using app = await startListening(f, async () => {
    cuts += 1;
    if (cuts === 1) await f.driver.faults({ dropSocket: true });
  });
  await mention(f.driver, 'cut');
  await allAcknowledged(f.driver, 1);
  const attempts = (await f.driver.log()).filter((one) => one.method === 'events_api app_mention');
  // Without a connection nothing is sent: the attempt waits for one.
  const deliveries = attempts.filter((one) => one.status !== 'no_connection');
  assert.deepEqual(
    deliveries.map((one) => one.status),
    ['timeout', 'ack'],
  );
  assert.equal(cuts, 2);
  const { retryNum, retryReason, eventId } = app.heard.at(-1) ?? {};
  assert.deepEqual([retryNum, retryReason], [1, 'timeout']);
  assert.ok(deliveries.every((one) => one.args.event_id === eventId));
});

test('with two receivers, one that is told to reconnect costs no event and no repetition', async () => {
  await using f = await startWorkspace(options);
  await using first = await startListening(f);
  await using second = await startListening(f);
  assert.equal(await f.driver.connections(), 2);
  const closed = new Promise((resolve) => first.receiver.client.once('reconnecting', resolve));
  await f.driver.faults({ disconnectRefresh: 'warning', connection: 0 });
  await closed;
  const texts = ['one', 'two', 'three', 'four'];
  for (const text of texts) await mention(f.driver, text);
  await allAcknowledged(f.driver, texts.length);
  assertNothingLost([...first.heard, ...second.heard], texts);
});
