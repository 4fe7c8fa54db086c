import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { childMessageSchema } from '../../src/commands/child-process.ts';
import { startScript } from './support.ts';

describe('a supervised process', () => {
  test('tells when it serves, and what it gives', async () => {
    await using part = startScript('part.ts', ['serve', 'an address'], { ipc: true });
    const [message] = await once(part.child, 'message');
    assert.deepEqual(childMessageSchema.parse(message), {
      ready: true,
      detail: 'serving',
      gives: { GIVEN: 'an address' },
    });
  });

  test('tells that starting it again is no use', async () => {
    await using part = startScript('part.ts', ['fail'], { ipc: true });
    const [message] = await once(part.child, 'message');
    assert.deepEqual(childMessageSchema.parse(message), { failed: 'the token is wrong' });
    assert.equal((await part.exited).code, 1);
  });

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    test(`puts things away on ${signal}`, async () => {
      await using part = startScript('part.ts', ['tidy'], { ipc: true });
      await once(part.child, 'message');
      part.child.kill(signal);
      assert.deepEqual(await part.exited, { code: 0, signal: null });
      await part.line(/I put things away/);
    });
  }

  test('puts things away when its supervisor is gone', async () => {
    await using part = startScript('part.ts', ['tidy'], { ipc: true });
    await once(part.child, 'message');
    part.child.disconnect();
    await part.line(/I put things away/);
    await part.exited;
  });

  test('ends although putting things away hangs, or fails', async () => {
    for (const how of ['slow to stop', 'fail to stop']) {
      await using part = startScript('part.ts', [how], { ipc: true });
      await once(part.child, 'message');
      part.child.kill('SIGTERM');
      assert.deepEqual(await part.exited, { code: 1, signal: null }, how);
    }
  });

  test('runs without a supervisor, too', async () => {
    await using part = startScript('part.ts', ['tidy']);
    await part.line(/I am/);
    await part.line(/I am/).then(() => part.child.kill('SIGTERM'));
    await part.exited;
  });
});
