/** Workers announce themselves in Redis, so that the bot can say who will do the work, or that nobody is there. */
import os from 'node:os';
import type { Redis } from 'ioredis';
import { z } from 'zod';

const workerInfoSchema = z.object({
  host: z.string(),
  pid: z.number().int(),
  device: z.string(),
  cores: z.number().int(),
  memoryBytes: z.number(),
  nodeVersion: z.string(),
  /** ids of the jobs it runs */
  running: z.array(z.string()),
});
export type WorkerInfo = z.infer<typeof workerInfoSchema>;

const keyPrefix = 'podium-worker/';
const everyMs = 3000;
const forgottenAfterMs = 10_000;

/** Keeps a worker's entry fresh until stopped; a killed one's entry runs out by itself. */
export function announce(redis: Redis, running: () => string[]): { stop: () => Promise<void> } {
  const key = `${keyPrefix}${os.hostname()}/${process.pid}`;
  const write = async (): Promise<void> => {
    const info: WorkerInfo = {
      host: os.hostname(),
      pid: process.pid,
      device: 'cpu',
      cores: os.availableParallelism(),
      memoryBytes: os.totalmem(),
      nodeVersion: process.version,
      running: running(),
    };
    await redis.set(key, JSON.stringify(info), 'PX', forgottenAfterMs);
  };
  // A Redis that is away for a moment is no reason to end: the next beat tries again.
  const beat = (): void => void write().catch(() => undefined);
  beat();
  const timer = setInterval(beat, everyMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await redis.del(key);
    },
  };
}

/** The workers that have announced themselves lately. */
export async function listWorkers(redis: Redis): Promise<WorkerInfo[]> {
  const keys: string[] = [];
  for await (const batch of redis.scanStream({ match: `${keyPrefix}*` })) keys.push(...z.array(z.string()).parse(batch));
  if (keys.length === 0) return [];
  const values = await redis.mget(keys);
  return values.flatMap((value) => (value === null ? [] : [workerInfoSchema.parse(JSON.parse(value))]));
}
