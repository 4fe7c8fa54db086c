/** What the workspace remembers beside its messages and files has an end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keepNewest, MOST } from '../../src/workspace/bounded.ts';
import { createTrafficLog, type LogEntry } from '../../src/workspace/traffic-log.ts';
import { startWorkspace } from './support.ts';

const entryOf = (atMs: number, text: string): LogEntry => ({
  kind: 'call',
  atMs,
  method: 'chat.postMessage',
  args: { text },
  status: 200,
  answer: { ok: true },
});

test('the log keeps the newest entries within its number and its size, and the newest of all whatever its size', () => {
  const [mostEntries, mostChars] = [10, 2000];
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1500 }), { minLength: 1, maxLength: 40 }), (lengths) => {
      const log = createTrafficLog({ mostEntries, mostChars });
      const all = lengths.map((length, index) => entryOf(index, 'x'.repeat(length)));
      for (const entry of all) log.add(entry);
      const kept = log.entries();
      const [size, older] = [JSON.stringify, all[all.length - kept.length - 1]];
      const chars = kept.map((one) => size(one).length).reduce((sum, one) => sum + one, 0);
      assert.deepEqual(kept, all.slice(-kept.length));
      assert.ok(kept.length <= mostEntries && (chars <= mostChars || kept.length === 1));
      // Nothing is forgotten that there is room for.
      if (older !== undefined) assert.ok(kept.length === mostEntries || chars + size(older).length > mostChars);
    }),
  );
});

test('an entry of the log stays as it was, whatever becomes of what it was made of', () => {
  const log = createTrafficLog();
  const args = { text: 'before' };
  log.add({ ...entryOf(1, ''), args });
  args.text = 'after';
  assert.deepEqual(log.entries(1), [{ ...entryOf(1, 'before') }]);
  log.clear();
  assert.deepEqual(log.entries(), []);
});

test('a bounded memory holds what was set last, each key once', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 })), fc.integer({ min: 1, max: 6 }), (keys, most) => {
      const map = new Map<number, number>();
      for (const [index, key] of keys.entries()) keepNewest(map, key, index, most);
      const expected = [...new Set(keys.toReversed())].slice(0, most).toReversed();
      assert.deepEqual([...map.keys()], expected);
      for (const key of expected) assert.equal(map.get(key), keys.lastIndexOf(key));
    }),
  );
});

test('of one person’s ephemeral messages the newest are kept, and nobody else’s are taken for them', async () => {
  await using f = await startWorkspace({ rateLimits: false });
  const say = (user: string, text: string) => f.client.chat.postEphemeral({ channel: 'C0BENCH001', user, text });
  await say('U0BO000001', 'for Bo');
  for (let index = 0; index <= MOST.ephemeralsOfOnePerson; index += 1) await say('U0ANA00001', `note ${index}`);
  const seen = async (user: string) =>
    (await f.driver.messages({ user, channel: 'benchmarks' })).map((message) => message.text);
  const ana = await seen('ana');
  assert.deepEqual([ana.length, ana[0]], [MOST.ephemeralsOfOnePerson, 'note 1']);
  assert.deepEqual(await seen('bo'), ['for Bo']);
});
