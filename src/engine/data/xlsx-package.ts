/**
 * The ZIP archive that an Excel workbook is: its parts by name, each unpacked piece by piece. Sizes and checksums are
 * held to what the archive says of them, so that nothing grows without end.
 */
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import type { ByteSource } from './byte-source.ts';

/** A workbook has a part for each sheet, picture and chart; few have a hundred. */
const maxParts = 20_000;
/** A sheet of 1,048,576 rows and 20 columns has about 1.5 GB of XML. */
const maxPartBytes = 2 * 1024 * 1024 * 1024;
const pieceBytes = 256 * 1024;

export interface ZipPackage {
  /** names of all parts, as they are written */
  readonly names: ReadonlySet<string>;
  /** A part's bytes; throws an Error where they aren't what the archive says. Unknown names have no bytes. */
  part(name: string): AsyncIterable<Uint8Array>;
}

class SourceReader extends yauzl.RandomAccessReader {
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(piecesOf(this.#source, start, end), { objectMode: false });
  }
}

async function* piecesOf(source: ByteSource, start: number, end: number): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; at += pieceBytes) yield await source.slice(at, Math.min(at + pieceBytes, end));
}

/** Reads the archive's directory. Rejects with an Error for what is no ZIP archive or is damaged. */
export async function openZip(source: ByteSource): Promise<ZipPackage> {
  const options = { autoClose: false, lazyEntries: true };
  const zip = await yauzl.fromRandomAccessReaderPromise(new SourceReader(source), source.sizeBytes, options);
  if (zip.entryCount > maxParts) throw new Error(`${zip.entryCount} parts; expected at most ${maxParts}`);
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
  return {
    names: new Set(entries.keys()),
    part(name) {
      const entry = entries.get(name);
      return entry ? unpack(zip, entry) : piecesOf(source, 0, 0);
    },
  };
}

async function* unpack(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  const { fileName, uncompressedSize } = entry;
  if (entry.isEncrypted()) throw new Error(`the part ${fileName} is encrypted`);
  if (uncompressedSize > maxPartBytes) throw new Error(`the part ${fileName} has ${uncompressedSize} bytes`);
  const stream = await zip.openReadStreamPromise(entry);
  let checksum = 0;
  for await (const piece of stream) {
    const bytes: Uint8Array = piece;
    checksum = crc32(bytes, checksum);
    yield bytes;
  }
  if (checksum !== entry.crc32) throw new Error(`the part ${fileName} is not what its checksum says`);
}
