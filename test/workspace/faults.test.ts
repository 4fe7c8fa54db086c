import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal, startWorkspace } from './support.ts';

const post = { channel: 'C0BENCH001', text: 'x' };

test('a 429 carries Retry-After, hits its method only, and passes after its times', async () => {
  await using f = await startWorkspace();
  await f.driver.faults({ methods: { 'chat.postMessage': { http429: { retryAfterSeconds: 7 } } } });
  const limited = await f.client.chat.postMessage(post).catch((error: unknown) => error);
  assert.match(String(limited), /retry this request in 7 seconds/);
  assert.equal((await f.client.auth.test()).ok, true);
  assert.equal((await f.client.chat.postMessage(post)).ok, true);
  assert.equal((await f.driver.log())[0]?.status, 429);
});

test('a 500 is no answer of Slack, and passes after its times', async () => {
  await using f = await startWorkspace();
  await f.driver.faults({ methods: { '*': { http500: { times: 1 } } } });
  await assert.rejects(f.client.chat.postMessage(post));
  await f.client.chat.postMessage(post);
  assert.equal((await f.driver.messages({ user: 'Ana', channel: 'benchmarks' })).length, 1);
});

test('a dropped answer has taken effect all the same', async () => {
  await using f = await startWorkspace();
  await f.driver.faults({ methods: { 'chat.postMessage': { dropAnswer: { times: 1 } } } });
  await assert.rejects(f.client.chat.postMessage(post));
  assert.equal((await f.driver.messages({ user: 'Ana', channel: 'benchmarks' }))[0]?.text, 'x');
});

test('a delay holds the answer back, and clearing ends every fault', async () => {
  await using f = await startWorkspace();
  await f.driver.faults({ methods: { 'auth.test': { delayMs: 80 } } });
  const start = performance.now();
  await f.client.auth.test();
  assert.ok(performance.now() - start >= 79);
  await f.driver.faults({ clear: true, methods: { 'api.test': { http500: {} } } });
  await f.driver.faults({ clear: true });
  assert.equal((await f.client.api.test()).ok, true);
});

test('the newest blocks can be refused, as some workspaces do', async () => {
  await using f = await startWorkspace();
  await f.driver.faults({ refuseBlocks: ['data_table'] });
  const rows = ['a', 'b'].map((text) => [{ type: 'raw_text' as const, text }]);
  const call = () => f.client.chat.postMessage({ ...post, blocks: [{ type: 'data_table', caption: 'x', rows }] });
  const messages = ['[ERROR] unsupported type: data_table [json-pointer:/blocks/0/type]'];
  assert.deepEqual(await refusal(call()), { error: 'invalid_blocks', messages });
  await f.driver.reset();
  assert.equal((await call()).ok, true);
});
