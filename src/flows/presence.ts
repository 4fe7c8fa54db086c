/** The workers that are there, so that the bot can say who will do the work, or that nobody will. */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { type WorkerInfo, workerInfoSchema, workerKeyPrefix } from './contracts.ts';

/** The workers that have announced themselves lately. */
export async function listWorkers(redis: Redis): Promise<WorkerInfo[]> {
  const keys: string[] = [];
  for await (const batch of redis.scanStream({ match: `${workerKeyPrefix}*` }))
    keys.push(...z.array(z.string()).parse(batch));
  if (keys.length === 0) return [];
  const values = await redis.mget(keys);
  return values.flatMap((value) => (value === null ? [] : [workerInfoSchema.parse(JSON.parse(value))]));
}
