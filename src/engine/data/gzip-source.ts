/** A gzip file as what is inside of it: unpacked anew each time it is read, or once where it is small. */
import { Buffer } from 'node:buffer';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UserError } from '../../errors.ts';
import { type ByteSource, bytesSource } from './byte-source.ts';
import { type ReadLimits, raisedBy } from './read-limits.ts';
import { excerpt } from './warning-log.ts';

/** Unpacked once and kept up to this size; so are formats that are read here and there (Parquet, ZIP) at any size. */
const keptBytes = 32 * 1024 * 1024;

/**
 * The source inside, checked to its end. Throws a UserError where the file is cut off, damaged, followed by something
 * else, twice packed, or more than `maxBytes` when unpacked.
 */
export async function gunzipped(source: ByteSource, fileName: string, limits: ReadLimits): Promise<ByteSource> {
  let sizeBytes = 0;
  let kept: Uint8Array[] | null = [];
  let randomAccess = false;
  for await (const piece of unpack(source, fileName)) {
    if (sizeBytes === 0) {
      const [first, second] = piece;
      if (first === 0x1f && second === 0x8b) {
        throw new UserError(`${fileName} is packed with gzip twice. Unpack it once and send that.`);
      }
      randomAccess = ['PAR1', 'PK\x03\x04'].includes(Buffer.from(piece.subarray(0, 4)).toString('latin1'));
    }
    sizeBytes += piece.length;
    if (sizeBytes > limits.maxBytes) {
      const most = `${(limits.maxBytes / 1024 / 1024).toLocaleString('en', { maximumFractionDigits: 1 })} MB`;
      throw new UserError(
        `${fileName} has more than ${most} when it is unpacked; at most ${most} are read${raisedBy('maxBytes')}.`,
      );
    }
    kept?.push(piece);
    if (sizeBytes > keptBytes && !randomAccess) kept = null;
  }
  if (kept) return bytesSource(Buffer.concat(kept, sizeBytes));
  return {
    sizeBytes,
    stream: () => unpack(source, fileName),
    slice: (start, end) => sliceOf(unpack(source, fileName), start, Math.min(end, sizeBytes)),
  };
}

async function* unpack(source: ByteSource, fileName: string): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  // pipeline destroys both ends whichever breaks off; an error arrives where the pieces are read
  pipeline(Readable.from(source.stream(), { objectMode: false }), gunzip, () => {});
  try {
    for await (const piece of gunzip) {
      const bytes: Uint8Array = piece;
      yield bytes;
    }
  } catch (cause) {
    throw isZlibError(cause) ? damaged(cause, fileName) : cause;
  }
  await refuseRest(source, gunzip.bytesWritten, fileName);
}

function isZlibError(cause: unknown): cause is Error & { code: string } {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && cause.code.startsWith('Z_');
}

function damaged(cause: Error & { code: string }, fileName: string): UserError {
  const what =
    cause.code === 'Z_BUF_ERROR'
      ? 'is cut off: the gzip data inside ends too early. Copy or pack it again.'
      : `is a damaged gzip file (${excerpt(cause.message)}), or one with something behind its end. Pack it again.`;
  return new UserError(`${fileName} ${what}`, { cause });
}

/** Zeros behind the end are padding, as tapes and some file systems leave it; Node stops there without a word. */
async function refuseRest(source: ByteSource, start: number, fileName: string): Promise<void> {
  let at = 0;
  for await (const piece of start < source.sizeBytes ? source.stream() : []) {
    const rest = piece.subarray(Math.max(start - at, 0));
    at += piece.length;
    if (rest.every((byte) => byte === 0)) continue;
    throw new UserError(`${fileName}: something else stands behind the end of its gzip data. Pack it again.`);
  }
}

async function sliceOf(pieces: AsyncIterable<Uint8Array>, start: number, end: number): Promise<Uint8Array> {
  const found: Uint8Array[] = [];
  let at = 0;
  for await (const piece of pieces) {
    if (at >= end) break;
    found.push(piece.subarray(Math.max(start - at, 0), Math.max(end - at, 0)));
    at += piece.length;
  }
  return Buffer.concat(found);
}
