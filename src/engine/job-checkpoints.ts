/** Where a job's trainings leave their checkpoints, and when those go. */
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { EngineSettings } from '../flows/contracts.ts';

/** On this machine only: a job that is given to another host begins anew there. The name holds our ids, but is no path. */
export function checkpointFolder({ cacheFolder }: EngineSettings, name: string): string {
  return path.join(cacheFolder, 'checkpoints', encodeURIComponent(name));
}

export async function removeCheckpoints(folders: readonly string[]): Promise<void> {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
}

/**
 * Trains with checkpoints in these folders. A training that fails takes them with it, so that the next try doesn't go on
 * into the same fault; one that is aborted, or whose process is killed, leaves them to go on from.
 */
export async function withCheckpoints<Result>(
  folders: readonly string[],
  signal: AbortSignal,
  train: () => Promise<Result>,
): Promise<Result> {
  try {
    return await train();
  } catch (error) {
    if (!signal.aborted) await removeCheckpoints(folders);
    throw error;
  }
}

/** of trainings that nobody came back to: cancelled, or dropped by a race that went on elsewhere */
const checkpointLifeMs = 3 * 24 * 3_600_000;

export async function removeOldCheckpoints({ cacheFolder }: EngineSettings): Promise<void> {
  const folder = path.join(cacheFolder, 'checkpoints');
  for (const name of await readdir(folder).catch(() => [])) {
    const found = await stat(path.join(folder, name)).catch(() => null);
    // each epoch writes into the folder, which renews its time
    if (found !== null && Date.now() - found.mtimeMs > checkpointLifeMs)
      await rm(path.join(folder, name), { recursive: true, force: true });
  }
}
