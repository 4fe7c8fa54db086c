import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { Redis } from 'ioredis';
import { redisConnection, type StartRedisOptions, startRedis } from '../../src/commands/redis.ts';
import { UserError } from '../../src/errors.ts';
import { type Folder, isGone, packagesDir, temporaryFolder } from './support.ts';

interface Started extends AsyncDisposable {
  url: string;
  socketPath: string;
  client: Redis;
  pid: number;
  exited: Promise<string>;
  stop(): Promise<void>;
}

async function start(stateDir: string, more: Partial<StartRedisOptions> = {}): Promise<Started> {
  const redis = await startRedis({ stateDir, packagesDir, onProgress: () => {}, ...more });
  assert.ok(redis.socketPath !== null && redis.exited !== null);
  const client = new Redis({ ...redisConnection(redis.url), retryStrategy: () => null });
  client.on('error', () => {});
  const pid = Number(/process_id:(\d+)/.exec(await client.info('server'))?.[1]);
  const stop = async (): Promise<void> => {
    client.disconnect();
    await redis.stop();
  };
  const { url, socketPath, exited } = redis;
  return { url, socketPath, client, pid, exited, stop, [Symbol.asyncDispose]: stop };
}

const setting = async (client: Redis, name: string): Promise<string | undefined> =>
  (await client.call('CONFIG', 'GET', name).then((answer) => (Array.isArray(answer) ? answer.map(String) : [])))[1];

describe('the private Redis', () => {
  test('listens on a socket that only its owner reaches, and nowhere else', async () => {
    await using folder = await temporaryFolder();
    await using redis = await start(folder.dir);
    assert.equal(statSync(path.dirname(redis.socketPath)).mode & 0o777, 0o700);
    assert.equal(statSync(redis.socketPath).mode & 0o777, 0o700);
    assert.equal(await setting(redis.client, 'port'), '0');
  });

  test('forgets nothing and evicts nothing', async () => {
    await using folder = await temporaryFolder();
    await using redis = await start(folder.dir);
    assert.equal(await setting(redis.client, 'appendonly'), 'yes');
    assert.equal(await setting(redis.client, 'maxmemory-policy'), 'noeviction');
  });

  test('starts again within seconds, with what it held', async () => {
    await using folder = await temporaryFolder();
    const first = await start(folder.dir);
    await first.client.set('kept', 'yes');
    await first.stop();
    assert.ok(await isGone(first.pid));
    assert.equal(existsSync(first.socketPath), false);
    const startedMs = performance.now();
    await using second = await start(folder.dir, { onProgress: assert.fail });
    assert.ok(performance.now() - startedMs < 5_000);
    assert.equal(await second.client.get('kept'), 'yes');
  });

  test('tells when it has died, and starts again over the socket it left', async () => {
    await using folder = await temporaryFolder();
    const first = await start(folder.dir);
    await first.client.set('kept', 'yes');
    process.kill(first.pid, 'SIGKILL');
    assert.match(await first.exited, /code 137/);
    assert.ok(existsSync(first.socketPath), 'the socket is left');
    await using second = await start(folder.dir);
    assert.equal(await second.client.get('kept'), 'yes');
    await first.stop();
  });

  test('closes a server that an earlier run left behind, which keeps its data', async () => {
    await using folder = await temporaryFolder();
    await using left = await start(folder.dir);
    await left.client.set('kept', 'yes');
    const lines: string[] = [];
    await using fresh = await start(folder.dir, { onProgress: (line) => lines.push(line) });
    assert.match(lines.join('\n'), /closing the server that an earlier run left behind/);
    assert.ok(await isGone(left.pid));
    assert.equal(await fresh.client.get('kept'), 'yes');
  });

  test('has a socket also where the folder’s name is too long for one, and removes its folder', async () => {
    await using folder = await temporaryFolder();
    const stateDir = path.join(folder.dir, 'x'.repeat(120));
    const redis = await start(stateDir);
    const socketDir = path.dirname(redis.socketPath);
    assert.ok(Buffer.byteLength(redis.socketPath) < 104);
    assert.equal(statSync(socketDir).mode & 0o777, 0o700);
    await redis.stop();
    assert.equal(existsSync(socketDir), false);
    await using again = await start(stateDir);
    assert.equal(await again.client.ping(), 'PONG');
  });

  test('takes a folder with spaces and quotes in its name', async () => {
    await using folder = await temporaryFolder();
    await using redis = await start(path.join(folder.dir, 'a "b" é'));
    assert.equal(await redis.client.ping(), 'PONG');
  });

  test('a start that is called off leaves nothing', async () => {
    await using folder = await temporaryFolder();
    const aborter = new AbortController();
    aborter.abort();
    await assert.rejects(start(folder.dir, { signal: aborter.signal }), { name: 'AbortError' });
    assert.equal(existsSync(path.join(folder.dir, 'redis/redis.sock')), false);
  });

  test('a server that can’t start says why', async () => {
    await using folder = await temporaryFolder();
    await breakData(folder);
    await assert.rejects(
      start(folder.dir),
      /redis-server ended at once \(code 1\)\. Its log ends: .*(AOF|append only)/is,
    );
  });
});

/** An append-only file that Redis refuses to read. */
async function breakData(folder: Folder): Promise<void> {
  const redis = await start(folder.dir);
  await redis.client.set('a', 'b');
  await redis.stop();
  const dir = path.join(folder.dir, 'redis/appendonlydir');
  await mkdir(dir, { recursive: true });
  const manifest = await readFile(path.join(dir, 'appendonly.aof.manifest'), 'utf8');
  await writeFile(path.join(dir, 'appendonly.aof.manifest'), `${manifest}nonsense\n`);
}

describe('the Redis of REDIS_URL', () => {
  test('is used as it is, and left alone', async () => {
    await using folder = await temporaryFolder();
    await using other = await start(folder.dir);
    const stateDir = path.join(folder.dir, 'unused');
    const redis = await startRedis({ stateDir, redisUrl: other.url, onProgress: assert.fail });
    assert.deepEqual([redis.url, redis.socketPath, redis.exited], [other.url, null, null]);
    assert.equal(existsSync(stateDir), false);
    await redis.stop();
    assert.equal(await other.client.ping(), 'PONG');
  });

  test('is named when it doesn’t answer, without its password', async () => {
    const redisUrl = 'redis://me:secret@127.0.0.1:1';
    await assert.rejects(startRedis({ stateDir: '.', redisUrl, onProgress: assert.fail }), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(
        error.message,
        /^Redis at redis:\/\/me:\*\*\*@127\.0\.0\.1:1 doesn't answer: .*ECONNREFUSED.*REDIS_URL/,
      );
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  });

  test('is read as ioredis needs it', () => {
    const rest = { maxRetriesPerRequest: null };
    assert.deepEqual(redisConnection('redis://h'), { host: 'h', port: 6379, ...rest });
    assert.deepEqual(redisConnection('redis://u:p%40ss@h:1/2'), {
      host: 'h',
      port: 1,
      username: 'u',
      password: 'p@ss',
      db: 2,
      ...rest,
    });
    assert.deepEqual(redisConnection('rediss://[::1]:7'), { host: '::1', port: 7, tls: {}, ...rest });
    assert.deepEqual(redisConnection('unix:///a%20b/c.sock'), { path: '/a b/c.sock', ...rest });
    for (const url of ['', 'localhost:6379', 'http://h', 'redis://', 'unix:///', 'redis://u:secret@h/x']) {
      assert.throws(
        () => redisConnection(url),
        (error) => {
          assert.ok(error instanceof UserError, url);
          assert.match(error.message, /REDIS_URL/);
          assert.doesNotMatch(error.message, /secret/);
          return true;
        },
      );
    }
  });
});
