/** Files of a checkpoint folder: opened only if they are plain files, read at positions. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { UserError } from '../../errors.ts';

export interface RegularFile {
  handle: FileHandle;
  sizeBytes: number;
}

/** One read asks for this much at most. */
const readBytes = 8 * 1024 * 1024;

/**
 * Opens a file for reading; close its handle after use.
 * @param what names it in messages
 * @returns null when there is nothing of this name
 * @throws UserError when it is no plain file or can't be read
 */
export async function openRegularFile(file: string, what: string): Promise<RegularFile | null> {
  let handle: FileHandle;
  try {
    // Not blocking: a named pipe would wait for a writer for ever.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new UserError(`${what} can't be read (${code}).`, { cause: error });
  }
  const facts = await handle.stat();
  if (facts.isFile()) return { handle, sizeBytes: facts.size };
  await handle.close();
  throw new UserError(`${what} is no file.`);
}

/**
 * Fills `bytes` from a position of the file.
 * @throws UserError when the file ends before that
 */
export async function readFully(handle: FileHandle, bytes: Uint8Array, position: number, what: string): Promise<void> {
  for (let filled = 0; filled < bytes.length; ) {
    const wanted = Math.min(readBytes, bytes.length - filled);
    const { bytesRead } = await handle.read(bytes, filled, wanted, position + filled);
    if (bytesRead === 0) throw new UserError(`${what} became shorter while it was read.`);
    filled += bytesRead;
  }
}

/** `ENOENT` and the like, of an error that the system gave. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown fault';
}
