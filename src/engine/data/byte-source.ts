/** Bytes that can be read again and again, in pieces: a file on this machine, or what is in memory already. */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';

export interface ByteSource {
  readonly sizeBytes: number;
  /** All bytes from the beginning, piece by piece; each call begins anew. */
  stream(): AsyncIterable<Uint8Array>;
  /** Bytes `start` to `end` (exclusive); fewer where the source ends before. */
  slice(start: number, end: number): Promise<Uint8Array>;
}

const pieceBytes = 1024 * 1024;

export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    async *stream() {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    },
    slice: async (start, end) => bytes.subarray(start, end),
  };
}

/**
 * A file, which must stay as it is while it is read; a pipe is read at once. Rejects with the system's error where it can't
 * be read.
 */
export async function fileSource(file: string): Promise<ByteSource> {
  const opened = await open(file);
  const found = await opened.stat().finally(() => opened.close());
  if (!found.isFile()) return bytesSource(await readFile(file));
  const { size } = found;
  return {
    sizeBytes: size,
    stream: () => createReadStream(file, { highWaterMark: pieceBytes }),
    async slice(start, end) {
      const length = Math.max(Math.min(end, size) - start, 0);
      const handle = await open(file);
      try {
        // not from Node's shared pool: some readers take the whole ArrayBuffer
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start);
        return buffer.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    },
  };
}

export interface HashedSource extends ByteSource {
  /** SHA-256 of all bytes, hex: known from the first whole `stream()`, else read for. */
  hash(): Promise<string>;
}

export function hashedSource(source: ByteSource): HashedSource {
  let known: string | null = null;
  async function* stream(): AsyncGenerator<Uint8Array> {
    if (known !== null) {
      yield* source.stream();
      return;
    }
    const hash = createHash('sha256');
    for await (const piece of source.stream()) {
      hash.update(piece);
      yield piece;
    }
    known = hash.digest('hex');
  }
  return {
    sizeBytes: source.sizeBytes,
    stream,
    slice: source.slice,
    async hash() {
      if (known === null) for await (const _ of stream());
      return known ?? '';
    },
  };
}
