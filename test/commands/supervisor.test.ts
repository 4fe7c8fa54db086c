import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { lockStateDir } from '../../src/commands/state-lock.ts';
import type { ChildSpec } from '../../src/commands/supervised-child.ts';
import { type PartSpec, type SuperviseOptions, supervise } from '../../src/commands/supervisor.ts';
import { UserError } from '../../src/errors.ts';
import { isGone, packagesDir, startScript, temporaryFolder, until } from './support.ts';

const script = fileURLToPath(new URL('part.ts', import.meta.url));
const part = (name: string, args: string[], more: Partial<ChildSpec> = {}): ChildSpec => ({
  name,
  script,
  args,
  ...more,
});

/** Supervises until every part is ready, or until it gives up. */
async function run(specs: PartSpec[], more: Partial<SuperviseOptions> = {}) {
  await using folder = await temporaryFolder();
  const lines: string[] = [];
  const aborter = new AbortController();
  const code = await supervise(specs, {
    stateDir: folder.dir,
    print: (line) => lines.push(line),
    colour: false,
    signal: aborter.signal,
    onReady: () => aborter.abort(),
    delaysMs: [1, 1],
    ...more,
  });
  lockStateDir(folder.dir).release();
  const text = lines.join('\n');
  const pids = Array.from(text.matchAll(/(?:I am|my child is) (\d+)/g), (match) => Number(match[1]));
  for (const pid of pids) assert.ok(await isGone(pid), `process ${pid} is left`);
  return { code, lines, text, pids };
}

describe('the supervisor', () => {
  test('starts what is needed first, hands on what it gives, and stops in the opposite order', async () => {
    const { code, lines, text } = await run([
      part('first', ['serve', 'an address']),
      part('second', ['serve'], { needs: ['first'] }),
    ]);
    assert.equal(code, 0);
    assert.match(text, /^second {2}\| I know an address$/m);
    const order = lines.filter((line) => /ready|stopped/.test(line)).map((line) => line.split(/ \(/)[0]);
    assert.deepEqual(order, [
      'first   ready    serving',
      'second  ready    serving',
      'second  stopped',
      'first   stopped',
    ]);
  });

  test('starts a part again that dies, and gives up after quick deaths in a row', async () => {
    const { code, text, pids } = await run([part('other', ['serve']), part('weak', ['crash'])], { onReady: () => {} });
    assert.equal(code, 1);
    assert.equal(text.match(/weak {3}ended {4}ended with code 3; starting again in 0\.001 s/g)?.length, 2);
    assert.match(text, /^weak {3}failed {3}ended with code 3; given up after 3 quick ends in a row$/m);
    assert.match(text, /^other {2}stopped$/m);
    assert.equal(pids.length, 4);
  });

  test('goes on without end where deaths aren’t quick', async () => {
    const aborter = new AbortController();
    let ends = 0;
    const { code } = await run([part('weak', ['crash'])], {
      quickMs: 0,
      signal: aborter.signal,
      onReady: () => {},
      print: (line) => {
        if (/ended with code 3/.test(line) && ++ends === 5) aborter.abort();
      },
    });
    assert.deepEqual([code, ends], [0, 5]);
  });

  test('doesn’t start a part again that says it is no use', async () => {
    const { code, text, pids } = await run([part('bot', ['fail'])]);
    assert.equal(code, 1);
    assert.match(text, /^bot {2}failed {3}the token is wrong$/m);
    assert.equal(pids.length, 1);
  });

  test('kills what doesn’t stop in its time', async () => {
    const { code, text } = await run([part('stubborn', ['stubborn'], { graceMs: 1_000 })]);
    assert.equal(code, 0);
    assert.match(text, /\| no$/m);
  });

  test('takes along what a part has started itself', async () => {
    const { pids } = await run([part('parent', ['parent'])]);
    assert.equal(pids.length, 2);
  });

  test('kills a part that never gets ready', async () => {
    const { code, text } = await run([part('mute', ['silent'], { readyTimeoutMs: 400 })], { delaysMs: [] });
    assert.equal(code, 1);
    assert.match(text, /not ready after 0\.4 s/);
    assert.match(text, /mute {2}failed {3}ended by SIGKILL/);
  });

  test('reports a script that isn’t there', async () => {
    const { code, text } = await run([part('none', [], { script: '/no/such/script.ts' })]);
    assert.equal(code, 1);
    assert.match(text, /Cannot find module/);
  });

  test('reports a held part that doesn’t start', async () => {
    const { code, text } = await run([
      { name: 'redis', start: () => Promise.reject(new UserError('There is no redis-server on this machine.')) },
      part('bot', ['serve'], { needs: ['redis'] }),
    ]);
    assert.equal(code, 1);
    assert.match(text, /redis {2}failed {3}There is no redis-server on this machine\./);
    assert.doesNotMatch(text, /bot {4}ready/);
  });

  test('refuses a folder that another one has', async () => {
    await using folder = await temporaryFolder();
    const lock = lockStateDir(folder.dir);
    await assert.rejects(supervise([], { stateDir: folder.dir, print: () => {} }), UserError);
    lock.release();
  });
});

/** The processes of supervisor-process.ts, by what they have said. */
async function pidsOf(lines: string[], supervisor: number | undefined): Promise<number[]> {
  const said = Array.from(lines.join('\n').matchAll(/(?:I am|my child is) (\d+)/g), (match) => Number(match[1]));
  return [...said, ...(supervisor === undefined ? [] : [supervisor])];
}

describe('a supervisor with a private Redis', () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    test(`leaves no process, socket or lock after ${signal}`, async () => {
      await using folder = await temporaryFolder();
      await using running = startScript('supervisor-process.ts', [folder.dir, packagesDir]);
      await running.line(/all ready: unix:/);
      const pids = await pidsOf(running.lines, running.child.pid);
      assert.equal(pids.length, 4);
      running.child.kill(signal);
      assert.deepEqual(await running.exited, { code: 0, signal: null });
      for (const pid of pids) assert.ok(await isGone(pid), `${pid}`);
      assert.equal(existsSync(path.join(folder.dir, 'redis/redis.sock')), false);
      lockStateDir(folder.dir).release();
    });
  }

  test('refuses a second one in the same folder, and names the first', async () => {
    await using folder = await temporaryFolder();
    await using running = startScript('supervisor-process.ts', [folder.dir, packagesDir]);
    await running.line(/all ready/);
    await using second = startScript('supervisor-process.ts', [folder.dir, packagesDir]);
    const [text] = await second.line(/refused: .*/);
    assert.equal(text, `refused: Podium already runs on the folder ${folder.dir} (process ${running.child.pid}).`);
    assert.equal((await second.exited).code, 2);
    running.child.kill('SIGTERM');
    assert.equal((await running.exited).code, 0, 'the first one was not disturbed');
  });

  test('takes all parts along when it is killed, and starts again', async () => {
    await using folder = await temporaryFolder();
    const killed = startScript('supervisor-process.ts', [folder.dir, packagesDir]);
    await killed.line(/all ready/);
    const pids = await pidsOf(killed.lines, undefined);
    killed.child.kill('SIGKILL');
    await killed.exited;
    await using again = startScript('supervisor-process.ts', [folder.dir, packagesDir]);
    await again.line(/all ready/);
    for (const pid of pids) await until(`${pid} is gone`, () => isGone(pid));
    again.child.kill('SIGINT');
    assert.equal((await again.exited).code, 0);
  });

  test('starts a killed part again, without touching the others', async () => {
    await using folder = await temporaryFolder();
    await using running = startScript('supervisor-process.ts', [folder.dir, packagesDir]);
    await running.line(/all ready/);
    const [, first = ''] = await running.line(/first {3}\| I am (\d+)/);
    process.kill(Number(first), 'SIGKILL');
    await running.line(/first {3}ended {4}ended by SIGKILL; starting again/);
    await until('it is ready again', () => running.lines.filter((line) => /^first {3}ready/.test(line)).length === 2);
    assert.equal(running.lines.filter((line) => /^(redis|second) +ready/.test(line)).length, 2);
    running.child.kill('SIGINT');
    assert.equal((await running.exited).code, 0);
  });
});
