/** A worker announces itself in Redis. */
import os from 'node:os';
import type { Redis } from 'ioredis';
import { type WorkerInfo, workerKeyPrefix } from '../flows/contracts.ts';

const everyMs = 3000;
const forgottenAfterMs = 10_000;

/** Keeps a worker's entry fresh until stopped; a killed one's entry runs out by itself. */
export function announce(redis: Redis, device: string, running: () => string[]): { stop: () => Promise<void> } {
  const key = `${workerKeyPrefix}${os.hostname()}/${process.pid}`;
  const write = async (): Promise<void> => {
    const info: WorkerInfo = {
      host: os.hostname(),
      pid: process.pid,
      device,
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
