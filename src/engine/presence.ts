/** A worker announces itself in Redis. */
import os from 'node:os';
import type { Redis } from 'ioredis';
import { type MachineSpeed, type WorkerInfo, workerKeyPrefix } from '../flows/contracts.ts';

const everyMs = 3000;
const forgottenAfterMs = 10_000;

/** Does a worker live on this host? */
export async function hasWorker(redis: Redis, host: string): Promise<boolean> {
  const infix = host.replaceAll(/[\\*?[\]]/g, '\\$&');
  for await (const keys of redis.scanStream({ match: `${workerKeyPrefix}${infix}/*` }))
    if (keys.length > 0) return true;
  return false;
}

/** Keeps a worker's entry fresh until stopped; a killed one's entry runs out by itself. */
export function announce(
  redis: Redis,
  { device, speed }: { device: string; speed: MachineSpeed | null },
  running: () => string[],
): { stop: () => Promise<void> } {
  const key = `${workerKeyPrefix}${os.hostname()}/${process.pid}`;
  const write = async (): Promise<void> => {
    const info: WorkerInfo = {
      host: os.hostname(),
      pid: process.pid,
      device,
      cores: os.availableParallelism(),
      memoryBytes: os.totalmem(),
      nodeVersion: process.version,
      speed,
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
