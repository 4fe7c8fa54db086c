import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../src/workspace/limits.ts';
import { type Fixture, startWorkspace } from './support.ts';

const perMinute: Record<string, number> = limits.rate_limits.tiers_per_min;

/** One call as it comes back over HTTP. */
async function call(f: Fixture, method: string, args: Record<string, string>): Promise<[number, string | null]> {
  const response = await fetch(`${f.workspace.url}/api/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${f.workspace.botToken}` },
    body: new URLSearchParams(args),
  });
  return [response.status, response.headers.get('retry-after')];
}

test('a method takes as many calls a minute as its tier, then answers 429 until the oldest is a minute ago', async () => {
  let nowMs = Date.now();
  await using f = await startWorkspace({ now: () => nowMs });
  const update = { channel: 'C0BENCH001', ts: '1.000001', text: 'x' };
  const most = perMinute[limits.rate_limits.methods['chat.update']] ?? 0;
  assert.ok(most > 0);
  assert.deepEqual(await call(f, 'chat.update', update), [200, null]);
  nowMs += 20_000;
  for (let count = 1; count < most; count += 1) await call(f, 'chat.update', update);
  assert.deepEqual(await call(f, 'chat.update', update), [429, '40']);
  assert.deepEqual(await call(f, 'users.info', { user: 'U0ANA00001' }), [200, null]);
  nowMs += 39_999;
  assert.deepEqual(await call(f, 'chat.update', update), [429, '1']);
  nowMs += 1;
  assert.deepEqual(await call(f, 'chat.update', update), [200, null]);
  assert.deepEqual(await call(f, 'chat.update', update), [429, '20']);
});

test('messages are counted for each channel, a second apart on the average', async () => {
  await using f = await startWorkspace({ now: () => 1_790_000_000_000 });
  const post = (channel: string) => call(f, 'chat.postMessage', { channel, text: 'x' });
  for (let count = 0; count < limits.rate_limits.posts_per_channel_per_min.value; count += 1)
    assert.deepEqual(await post('C0BENCH001'), [200, null]);
  assert.deepEqual(await post('C0BENCH001'), [429, '60']);
  assert.deepEqual(await post('C0GENERAL1'), [200, null]);
  await f.driver.reset();
  assert.deepEqual(await post('C0BENCH001'), [200, null]);
});

test('limits can be left out, for a test that asks for more than Slack would take', async () => {
  await using f = await startWorkspace({ now: () => 1_790_000_000_000, rateLimits: false });
  for (let count = 0; count < 120; count += 1)
    assert.deepEqual(await call(f, 'users.info', { user: 'U0ANA00001' }), [200, null]);
});
