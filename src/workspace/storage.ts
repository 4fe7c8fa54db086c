import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FinalError } from '../errors.ts';
import { type State, stateSchema } from './state.ts';

const SAVE_DELAY_MS = 100;

/** Where state and files' bytes are kept: in memory only, or in a file and a folder beside it. */
export interface Storage {
  /** Something changed: save soon. */
  touch(): void;
  putBytes(fileId: string, bytes: Buffer): Promise<void>;
  getBytes(fileId: string): Promise<Buffer | undefined>;
  clearBytes(): Promise<void>;
  /** Writes what is pending and stops the timer. */
  close(): Promise<void>;
}

/** The state in the file, or undefined where there is none yet. A damaged file is an error, never a fresh start. */
export async function loadState(stateFile: string): Promise<State | undefined> {
  const text = await readFile(stateFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new FinalError(`${stateFile} is not a workspace's state (expected version 1); move it away to start afresh`, {
      cause,
    });
  }
}

export function memoryStorage(): Storage {
  const bytes = new Map<string, Buffer>();
  return {
    touch: () => {},
    putBytes: async (id, content) => {
      bytes.set(id, content);
    },
    getBytes: async (id) => bytes.get(id),
    clearBytes: async () => bytes.clear(),
    close: async () => {},
  };
}

/** Saves debounced, one write at a time, each by an atomic rename; files' bytes are written once, at upload. */
export function fileStorage(stateFile: string, snapshot: () => State): Storage {
  const folder = `${stateFile}.files`;
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  const save = async () => {
    await mkdir(dirname(stateFile), { recursive: true });
    // The file holds the tokens: for its owner only.
    await writeFile(`${stateFile}.new`, JSON.stringify(snapshot()), { mode: 0o600 });
    await rename(`${stateFile}.new`, stateFile);
  };
  const enqueue = () => {
    timer = undefined;
    // A failed save is tried again at the next change; only close() lets the failure out.
    writing = writing.then(save, save);
    writing.catch(() => {});
  };
  return {
    touch: () => {
      timer ??= setTimeout(enqueue, SAVE_DELAY_MS);
    },
    putBytes: async (id, content) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(join(folder, `${id}.new`), content, { mode: 0o600 });
      await rename(join(folder, `${id}.new`), join(folder, id));
    },
    getBytes: async (id) =>
      readFile(join(folder, id)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      }),
    clearBytes: () => rm(folder, { recursive: true, force: true }),
    close: async () => {
      clearTimeout(timer);
      enqueue();
      await writing;
    },
  };
}
