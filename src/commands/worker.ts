/** `podium worker`: takes jobs from Redis, keeps bytes in the artifact store, knows nothing else. */
import os from 'node:os';
import { Redis } from 'ioredis';
import { startWorker } from '../engine/worker.ts';
import { exitWithParent, sayReady } from './child-process.ts';
import { redisConnection } from './redis.ts';
import { readSettings, requireRedisUrl } from './settings.ts';

/** Runs until it is told to end; jobs under way are handed back then. */
export async function runWorker(): Promise<void> {
  const settings = readSettings(process.env);
  const connection = redisConnection(requireRedisUrl(settings));
  const redis = new Redis(connection);
  const subscriber = new Redis(connection);
  for (const client of [redis, subscriber]) client.on('error', (error) => console.error(`redis: ${error.message}`));
  const worker = await startWorker({
    connection,
    redis,
    subscriber,
    artifactUrl: settings.artifactUrl,
    settings: settings.engine,
    log: (line) => console.log(line),
  });
  exitWithParent(async () => {
    await worker.close();
    redis.disconnect();
    subscriber.disconnect();
  });
  sayReady(`CPU, ${os.availableParallelism()} cores`);
}
