/** Real Redis, an artifact store and a dataset in it, in a folder of its own: what a worker's tests stand on. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { Redis } from 'ioredis';
import { redisConnection, startRedis } from '../../src/commands/redis.ts';
import { createArtifactStore } from '../../src/storage/artifacts.ts';
import { plainSettings } from './hooks.ts';
import { redisPackagesDir } from './podium.ts';

/** @param csv stands in the store under `datasets/x`. All ends with the test, what is deferred on `stack` first. */
export async function startQueues(t: TestContext, csv: string) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-queues-'));
  const stack = new AsyncDisposableStack();
  t.after(() => stack.disposeAsync());
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const started = await startRedis({ stateDir: folder, packagesDir: redisPackagesDir, onProgress: () => undefined });
  stack.defer(() => started.stop());
  const artifactUrl = path.join(folder, 'artifacts');
  await createArtifactStore(artifactUrl).put('datasets/x', new TextEncoder().encode(csv));
  const connection = redisConnection(started.url);
  const [redis, subscriber] = [new Redis(connection), new Redis(connection)];
  stack.defer(() => {
    for (const client of [redis, subscriber]) client.disconnect();
  });
  const settings = { ...plainSettings, cacheFolder: path.join(folder, 'cache') };
  return { stack, connection, redis, subscriber, artifactUrl, settings };
}
