/**
 * Where models of the hub are on this host, below the cache folder: `hub/<hub>/<owner>/<name>/` with
 * - `pins.json`: revision -> the commit that it was when it was first asked for;
 * - `<commit>.json`: what belongs to that commit's checkpoint, written before its files come;
 * - `<commit>.partial/`: files on their way; one that isn't whole yet ends in `.part`;
 * - `<commit>/`: the checkpoint, moved there when it is whole;
 * - `lock`: held by whoever changes any of this.
 */
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import type { HubAddress } from './hub-address.ts';
import { systemCode } from './regular-file.ts';
import { readJsonFile } from './strict-json.ts';

const commitPattern = /^[0-9a-f]{40}$/;
const jsonLimits = { maxBytes: 1 << 20, maxDepth: 4 };
const pinsSchema = z.record(z.string(), z.string().regex(commitPattern));
const recordSchema = z.object({
  licence: z.string().nullable(),
  files: z.array(z.object({ path: z.string(), sizeBytes: z.int().nonnegative() })),
});
export type CheckpointRecord = z.infer<typeof recordSchema>;

export interface HubCache {
  /** exists once something has been downloaded */
  folder: string;
  lockFile: string;
  /** where a commit's checkpoint is, when it is whole */
  checkpoint(commit: string): string;
  partial(commit: string): string;
  pin(): Promise<string | null>;
  setPin(commit: string): Promise<void>;
  record(commit: string): Promise<CheckpointRecord | null>;
  setRecord(commit: string, record: CheckpointRecord): Promise<void>;
}

/**
 * @param repository `owner/name`, checked
 * @param revision a full commit is its own pin
 */
export function hubCache(cacheFolder: string, hub: HubAddress, repository: string, revision: string): HubCache {
  const place = hub.url.replace(/^\w+:\/\//, '').replaceAll(/[^A-Za-z0-9.-]/g, '_');
  const folder = path.join(cacheFolder, 'hub', place, ...repository.split('/'));
  const pinsFile = path.join(folder, 'pins.json');
  const recordFile = (commit: string) => path.join(folder, `${commit}.json`);
  return {
    folder,
    lockFile: path.join(folder, 'lock'),
    checkpoint: (commit) => path.join(folder, commit),
    partial: (commit) => path.join(folder, `${commit}.partial`),
    async pin() {
      if (commitPattern.test(revision)) return revision;
      const pins = await readOwn(pinsFile, pinsSchema);
      return pins !== null && Object.hasOwn(pins, revision) ? (pins[revision] ?? null) : null;
    },
    async setPin(commit) {
      if (commitPattern.test(revision)) return;
      await writeOwn(pinsFile, { ...(await readOwn(pinsFile, pinsSchema)), [revision]: commit });
    },
    record: (commit) => readOwn(recordFile(commit), recordSchema),
    setRecord: (commit, record) => writeOwn(recordFile(commit), record),
  };
}

/** @throws UserError for a file that isn't as we write it */
async function readOwn<T>(file: string, schema: z.ZodType<T>): Promise<T | null> {
  const what = `${path.basename(file)} in the cache folder (PODIUM_CACHE)`;
  const value = await readJsonFile(file, what, jsonLimits);
  if (value === undefined) return null;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UserError(`${what} isn't as Podium writes it: remove it, and what it stood for is downloaded again.`);
}

async function writeOwn(file: string, value: unknown): Promise<void> {
  const temporary = `${file}.new`;
  await withFile(temporary, 'w', async (handle) => {
    await handle.writeFile(JSON.stringify(value));
    await handle.sync();
  });
  await rename(temporary, file);
}

export async function withFile<T>(file: string, flags: string, use: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(file, flags);
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

/** Size in bytes of a plain file (a link is followed); null when there is none. */
export async function fileBytes(file: string): Promise<number | null> {
  const facts = await stat(file).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  });
  return facts?.isFile() ? facts.size : null;
}

/** The checkpoint of a commit when all its files are there. Without a request, and without the lock: it appears at once. */
export async function cachedCheckpoint(cache: HubCache, commit: string): Promise<CheckpointRecord | null> {
  const record = await cache.record(commit);
  if (record === null) return null;
  const folder = cache.checkpoint(commit);
  const whole = async (file: { path: string; sizeBytes: number }) =>
    (await fileBytes(path.join(folder, file.path))) === file.sizeBytes;
  return (await Promise.all(record.files.map(whole))).every(Boolean) ? record : null;
}

/** Bytes that are there of a checkpoint on its way. */
export async function partialBytes(cache: HubCache, commit: string, record: CheckpointRecord): Promise<number> {
  const present = record.files.map(async (file) => {
    const place = path.join(cache.partial(commit), file.path);
    return (await fileBytes(place)) ?? (await fileBytes(`${place}.part`)) ?? 0;
  });
  return (await Promise.all(present)).reduce((sum, bytes) => sum + bytes, 0);
}

/** A checkpoint from which somebody removed files: what is left becomes one on its way again. */
export async function reopenBroken(cache: HubCache, commit: string): Promise<void> {
  const folder = cache.checkpoint(commit);
  try {
    await rename(folder, cache.partial(commit));
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') return;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'EPERM') throw error;
    await rm(folder, { recursive: true });
  }
}
