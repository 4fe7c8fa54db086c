/**
 * The artifact store: datasets by content hash, per-document predictions and trained models, as bytes under keys.
 * Shared by bot and workers; a reader never sees half of what a writer puts.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Disk } from 'flydrive';
import { FSDriver } from 'flydrive/drivers/fs';
import { FinalError, UserError } from '../errors.ts';

export interface ArtifactStore {
  /** Whole or not at all, also when this process is killed in the middle. Replaces what was there. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** As `put`, without holding it all in memory. A stream that fails leaves nothing. */
  putStream(key: string, stream: Readable): Promise<void>;
  /** Throws a `FinalError` that names the key when there is nothing under it. */
  get(key: string): Promise<Uint8Array>;
  /**
   * `use` gets the path of a file that holds the bytes, for as long as it runs, and must leave it as it is. For what may be
   * larger than memory. Throws as `get` does.
   */
  withFile<Result>(key: string, use: (file: string) => Promise<Result>): Promise<Result>;
  has(key: string): Promise<boolean>;
  /** Keys below a folder (`models/b1` or `models/b1/`), sorted; none when there is no such folder. */
  list(prefix: string): Promise<string[]>;
  /** Removes one key, or a folder with all below it; harmless when there is nothing. */
  remove(prefix: string): Promise<void>;
  /** Where a key or a folder is, for people. */
  location(prefix: string): string;
}

/** `file:///path`, or a folder's path. Touches nothing until something is put. */
export function createArtifactStore(url: string): ArtifactStore {
  const root = rootFolder(url);
  const disk = new Disk(new AtomicFolder({ location: root, visibility: 'private' }));
  return {
    async put(key, bytes) {
      await disk.put(checkedKey(key), bytes);
    },
    async putStream(key, stream) {
      await disk.putStream(checkedKey(key), stream);
    },
    async get(key) {
      try {
        return await disk.getBytes(checkedKey(key));
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw error;
        throw nothingUnder(key, root, error);
      }
    },
    async withFile(key, use) {
      if (!(await disk.exists(checkedKey(key)))) throw nothingUnder(key, root);
      return use(path.join(root, key));
    },
    async has(key) {
      return disk.exists(checkedKey(key));
    },
    async list(prefix) {
      const found = await disk.listAll(checkedKey(prefix.replace(/\/$/, '')), { recursive: true });
      return [...found.objects].flatMap((entry) => (entry.isFile ? [entry.key] : [])).sort();
    },
    async remove(prefix) {
      await disk.deleteAll(checkedKey(prefix.replace(/\/$/, '')));
    },
    location(prefix) {
      return path.join(root, checkedKey(prefix.replace(/\/$/, '')));
    },
  };
}

function nothingUnder(key: string, root: string, cause?: unknown): FinalError {
  return new FinalError(`The artifact store ${root} holds nothing under "${key}".`, { cause });
}

/** A dataset's file, by the SHA-256 of its bytes. */
export function datasetKey(hash: string): string {
  return checkedKey(`datasets/${hash}`);
}

/** What is wrong with the rows of a dataset, read with these roles of its columns (engine/data/problem-file.ts). */
export function problemsKey(datasetHash: string, rolesHash: string): string {
  return checkedKey(`problems/${datasetHash}-${rolesHash}.csv`);
}

/** Test predictions of one trial (flows/predictions-file.ts). */
export function predictionsKey(trialId: string): string {
  return checkedKey(`predictions/${trialId}.parquet`);
}

/** Validation predictions of a raced trial, paused or ended after `epoch` epochs. */
export function validationKey(trialId: string, epoch: number): string {
  return checkedKey(`predictions/${trialId}-validation-${epoch}.parquet`);
}

/** The folder of a benchmark's trained models; ends with a slash. */
export function modelPrefix(benchmarkId: string): string {
  return `${checkedKey(`models/${benchmarkId}`)}/`;
}

function rootFolder(url: string): string {
  if (url.startsWith('file:')) return fileURLToPath(url);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1];
  if (scheme !== undefined) {
    throw new UserError(`The artifact store ${scheme}:// isn't supported yet: give a folder's path or a file:// URL.`);
  }
  if (url === '') throw new UserError('The artifact store needs a folder: its path or a file:// URL, got nothing.');
  return path.resolve(url);
}

/** A dot at either end of a segment is refused: `..`, hidden files, and names that flydrive would change. */
const segmentPattern = /^[A-Za-z0-9_-]([A-Za-z0-9._-]*[A-Za-z0-9_-])?$/;
const keyCharacters = 512;

function checkedKey(key: string): string {
  if (key.length > keyCharacters || !key.split('/').every((segment) => segmentPattern.test(segment))) {
    throw new FinalError(
      `Artifact key ${JSON.stringify(key)}: expected segments of A-Z a-z 0-9 . _ - joined by single slashes, ` +
        `no dot at a segment's ends, at most ${keyCharacters} characters.`,
    );
  }
  return key;
}

/** flydrive wraps the system's error. */
function codeOf(error: unknown): unknown {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return cause instanceof Error && 'code' in cause ? cause.code : null;
}

/** Not a name that a key can have. In the same folder tree, because renaming doesn't cross file systems. */
const partialFolder = '!partial';
const partialLifeMs = 24 * 3_600_000;

/**
 * flydrive's folder driver writes straight into the final file, and its `move` copies: a reader could see half a file.
 * This one writes aside, waits for the disk, and renames.
 */
class AtomicFolder extends FSDriver {
  readonly #root: string;
  #swept: Promise<void> | null = null;

  constructor(options: { location: string; visibility: 'private' }) {
    super(options);
    this.#root = options.location;
  }

  /** The driver's own reads `contents.buffer`, which for a small or empty file is Node's shared pool: foreign bytes. */
  override async getBytes(key: string): Promise<Uint8Array> {
    return readFile(path.join(this.#root, key));
  }

  override async put(key: string, contents: string | Uint8Array): Promise<void> {
    await this.#writeAside(key, (file) => file.writeFile(contents));
  }

  override async putStream(key: string, contents: Readable): Promise<void> {
    await this.#writeAside(key, (file) => file.writeFile(contents));
  }

  async #writeAside(key: string, write: (file: Awaited<ReturnType<typeof open>>) => Promise<void>): Promise<void> {
    const folder = path.join(this.#root, partialFolder);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    this.#swept ??= removeOld(folder);
    await this.#swept;
    const partial = path.join(folder, randomUUID());
    try {
      const file = await open(partial, 'wx', 0o600);
      try {
        await write(file);
        await file.sync();
      } finally {
        await file.close();
      }
      const target = path.join(this.#root, key);
      await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
      await rename(partial, target);
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  }
}

/** What killed writers left. A day is longer than any upload takes. */
async function removeOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    const found = await stat(file).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > partialLifeMs) await rm(file, { force: true });
  }
}
