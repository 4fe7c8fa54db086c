/**
 * Results on disk that cost more to compute than to read. Entries are whole files, renamed into place, so jobs side by side
 * at worst do the same work twice. Nothing here fails: a result that can't be kept is only computed again.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Of all entries of a folder together; the least recently used go first. */
export interface KeptBounds {
  maxBytes: number;
  maxFiles: number;
}

const partEnding = '.part';

/** A part file that old belongs to a process that is gone. */
const abandonedMs = 24 * 3600 * 1000;

/** The bytes as they were kept, which now count as just used; null: there are none. Whether they are sound is to be checked. */
export async function readKept(file: string): Promise<Buffer<ArrayBuffer> | null> {
  const bytes = await readFile(file).catch(() => null);
  const now = new Date();
  // another job may just have removed it
  if (bytes) await utimes(file, now, now).catch(() => undefined);
  return bytes;
}

/** @param file its folder, which is made, holds entries of this ending and nothing else of it */
export async function keep(file: string, bytes: NodeJS.ArrayBufferView, bounds: KeptBounds): Promise<void> {
  try {
    await replaceFile(file, bytes);
    await removeOldest(file, bounds);
  } catch {
    // A full disk or a folder that can't be written makes the next job slower, not wrong.
  }
}

/** Whole or not at all, in its folder, which is made. @throws the system's error, and leaves nothing beside the file */
export async function replaceFile(file: string, content: NodeJS.ArrayBufferView | string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const part = `${file}.${randomUUID()}${partEnding}`;
  try {
    await writeFile(part, content, { flag: 'wx' });
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** All but the one just written. Files that others remove meanwhile are left to them. */
async function removeOldest(justWritten: string, { maxBytes, maxFiles }: KeptBounds): Promise<void> {
  const folder = path.dirname(justWritten);
  const entries: { file: string; sizeBytes: number; usedMs: number }[] = [];
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    const facts = await stat(file).catch(() => null);
    if (!facts || file === justWritten) continue;
    if (path.extname(name) === path.extname(justWritten))
      entries.push({ file, sizeBytes: facts.size, usedMs: facts.mtimeMs });
    else if (name.endsWith(partEnding) && facts.mtimeMs < Date.now() - abandonedMs) await rm(file, { force: true });
  }
  const written = await stat(justWritten).catch(() => null);
  let total = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, written?.size ?? 0);
  let count = entries.length + 1;
  for (const { file, sizeBytes } of entries.sort((a, b) => a.usedMs - b.usedMs)) {
    if (total <= maxBytes && count <= maxFiles) break;
    await rm(file, { force: true });
    total -= sizeBytes;
    count -= 1;
  }
}
