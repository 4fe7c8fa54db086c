/** Delivered models on this machine: each folder is fetched from the artifact store once, and opened from the disk. */
import { createHash, randomUUID } from 'node:crypto';
import { constants, copyFile, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import type { DeliveredModel, EngineSettings } from '../flows/contracts.ts';
import type { ArtifactStore } from '../storage/artifacts.ts';

/** Those used last stay. */
const foldersKept = 20;
const partEnding = '.part';
/** A part that old belongs to a process that is gone. */
const abandonedMs = 24 * 3_600_000;
/** For others' libraries and for people; Podium's own reading does without. */
const unread = /(^|\/)(README\.md|model\.safetensors)$/;

/**
 * The folder of a delivered model, which is whole: it gets its name when all files are there.
 * @throws FinalError when the store lacks one of its files
 */
export async function fetchModel(
  store: ArtifactStore,
  { prefix, files }: Pick<DeliveredModel, 'prefix' | 'files'>,
  { cacheFolder }: EngineSettings,
  signal: AbortSignal,
): Promise<string> {
  const folder = path.join(cacheFolder, 'delivered', createHash('sha256').update(prefix).digest('hex'));
  if (await markUsed(folder)) return folder;
  const part = `${folder}.${randomUUID()}${partEnding}`;
  try {
    for (const key of files.filter((file) => !unread.test(file))) {
      signal.throwIfAborted();
      // the store has refused a key that leads out of the folder before this is called
      await store.withFile(key, async (file) => {
        const target = path.join(part, key.slice(prefix.length));
        await mkdir(path.dirname(target), { recursive: true });
        await copyFile(file, target, constants.COPYFILE_FICLONE);
      });
    }
    await rename(part, folder);
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    // another process may have been quicker
    if (!(await markUsed(folder))) throw error;
  }
  await removeUnused(path.dirname(folder));
  return folder;
}

/** False when there is no such folder. */
async function markUsed(folder: string): Promise<boolean> {
  const now = new Date();
  return utimes(folder, now, now).then(
    () => true,
    () => false,
  );
}

async function removeUnused(root: string): Promise<void> {
  const found: { folder: string; usedMs: number }[] = [];
  for (const name of await readdir(root)) {
    const folder = path.join(root, name);
    const usedMs = (await stat(folder).catch(() => null))?.mtimeMs ?? 0;
    if (!name.endsWith(partEnding)) found.push({ folder, usedMs });
    else if (usedMs < Date.now() - abandonedMs) await rm(folder, { recursive: true, force: true });
  }
  const unused = found.sort((a, b) => b.usedMs - a.usedMs).slice(foldersKept);
  for (const { folder } of unused) await rm(folder, { recursive: true, force: true });
}
