/** Bytes to text: tells binary files from text, and finds the encoding, without holding the file in memory. */
import { Buffer, isUtf8 } from 'node:buffer';
import chardet from 'chardet';
import iconv from 'iconv-lite';
import { UserError } from '../../errors.ts';
import type { ByteSource } from './byte-source.ts';

/** The text of a file, which can be read again and again. */
export interface TextSource {
  /** lower-case name, such as utf-8 or windows-1252 */
  encoding: string;
  /** what a person should check, or null */
  doubt: string | null;
  /**
   * All of it in UTF-8, without byte order mark, cut anywhere; what could not be decoded is U+FFFD. Where lines end with
   * carriage returns alone, as on an old Mac, these are line feeds.
   */
  pieces(): AsyncIterable<Buffer>;
  /** of all pieces together */
  sizeBytes: number;
}

/** First bytes of formats that people upload by mistake. */
const signatures: { bytes: number[]; name: string }[] = [
  { bytes: [0x50, 0x4b, 0x03, 0x04], name: 'a ZIP archive without an Excel workbook in it' },
  { bytes: [0x50, 0x4b, 0x05, 0x06], name: 'an empty ZIP archive' },
  { bytes: [0x25, 0x50, 0x44, 0x46], name: 'a PDF' },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf], name: 'a 7-Zip archive' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], name: 'a Zstandard archive' },
  { bytes: [0x42, 0x5a, 0x68], name: 'a bzip2 archive' },
  { bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], name: 'an SQLite database' },
  { bytes: [0x89, 0x50, 0x4e, 0x47], name: 'a PNG image' },
  { bytes: [0xff, 0xd8, 0xff], name: 'a JPEG image' },
];

/** Throws a UserError for anything that is not text. Reads the source once; twice when it isn't UTF-8. */
export async function openText(source: ByteSource, fileName: string): Promise<TextSource> {
  const start = Buffer.from(await source.slice(0, sampleBytes));
  const signature = signatures.find(({ bytes }) => bytes.every((byte, index) => start[index] === byte));
  if (signature) throw notText(fileName, signature.name);
  const marked = encodingByMark(start) ?? utf16WithoutMark(start, source.sizeBytes);
  if (marked === null) {
    const facts = await factsOf(source.stream());
    if (facts.valid) {
      checkCharacters(facts, fileName);
      const skipped = hasUtf8Mark(start) ? 3 : 0;
      const pieces = linewise(() => withoutStart(source, skipped), facts);
      return { encoding: 'utf-8', doubt: null, pieces, sizeBytes: source.sizeBytes - skipped };
    }
  }
  const { encoding, doubt } = marked === null ? await legacyEncoding(source, start) : { encoding: marked, doubt: null };
  const pieces = () => transcoded(source, encoding);
  const facts = await factsOf(pieces());
  checkCharacters(facts, fileName);
  return { encoding, doubt, pieces: linewise(pieces, facts), sizeBytes: facts.bytes };
}

function linewise(pieces: TextSource['pieces'], { hasLineFeed }: TextFacts): TextSource['pieces'] {
  return hasLineFeed ? pieces : () => withLineFeeds(pieces());
}

async function* withLineFeeds(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const piece of pieces) yield Buffer.from(piece.map((byte) => (byte === 0x0d ? 0x0a : byte)));
}

const sampleBytes = 1024 * 1024;

function notText(fileName: string, what: string): UserError {
  return new UserError(
    `${fileName} is ${what}, which is not read. Save the data as CSV (UTF-8) or Excel workbook and send that. ` +
      'Expected CSV, TSV, JSONL, JSON, Parquet or Excel (.xlsx), with gzip or without.',
  );
}

function encodingByMark(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return null;
}

function hasUtf8Mark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** Text of mostly Latin letters in UTF-16 has a zero in nearly every other byte, always on the same side. */
function utf16WithoutMark(bytes: Uint8Array, sizeBytes: number): 'utf-16le' | 'utf-16be' | null {
  const length = Math.min(bytes.length, 4096) & ~1;
  if (length < 4 || sizeBytes % 2 === 1) return null;
  const zeros: [number, number] = [0, 0];
  for (let i = 0; i < length; i += 2) {
    if (bytes[i] === 0) zeros[0] += 1;
    if (bytes[i + 1] === 0) zeros[1] += 1;
  }
  const half = length / 2;
  if (zeros[1] > half * 0.6 && zeros[0] < half * 0.05) return 'utf-16le';
  if (zeros[0] > half * 0.6 && zeros[1] < half * 0.05) return 'utf-16be';
  return null;
}

/** The encoding of bytes that are no valid UTF-8. */
async function legacyEncoding(source: ByteSource, start: Buffer): Promise<{ encoding: string; doubt: string }> {
  let broken = 0;
  let beyondAscii = 0;
  let line = 1;
  for await (const text of decodedText(source, 'utf-8')) {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) beyondAscii += 1;
      if (code === 0xfffd) broken += 1;
      else if (code === 10 && broken === 0) line += 1;
    }
  }
  // a UTF-8 file with a few damaged bytes still has nearly all of its accents right; another encoding has none right
  if (broken * 5 < beyondAscii) {
    const doubt = `${broken} damaged character(s) in a UTF-8 file, first on line ${line}; they are shown as \uFFFD.`;
    return { encoding: 'utf-8', doubt };
  }
  const guess = chardet.analyse(start)[0];
  const name = guess && guess.confidence >= 20 && iconv.encodingExists(guess.name) ? guess.name : 'windows-1252';
  // browsers read ISO-8859-1 as windows-1252, which only adds printable characters to it
  const encoding = name === 'ISO-8859-1' || name === 'UTF-8' ? 'windows-1252' : name.toLowerCase();
  const doubt = `The file is not UTF-8; it was read as ${encoding}. Check a few accents, or save it as UTF-8.`;
  return { encoding, doubt };
}

async function* withoutStart(source: ByteSource, skipped: number): AsyncGenerator<Buffer> {
  let left = skipped;
  for await (const piece of source.stream()) {
    const bytes = bufferOf(piece);
    if (bytes.length > left) yield bytes.subarray(left);
    left = Math.max(left - bytes.length, 0);
  }
}

async function* transcoded(source: ByteSource, encoding: string): AsyncGenerator<Buffer> {
  for await (const text of decodedText(source, encoding)) if (text !== '') yield Buffer.from(text);
}

async function* decodedText(source: ByteSource, encoding: string): AsyncGenerator<string> {
  if (/^utf-(8|16le|16be)$/.test(encoding)) {
    const decoder = new TextDecoder(encoding);
    for await (const piece of source.stream()) yield decoder.decode(piece, { stream: true });
    yield decoder.decode();
    return;
  }
  const decoder = iconv.getDecoder(encoding);
  for await (const piece of source.stream()) yield decoder.write(bufferOf(piece));
  yield decoder.end() ?? '';
}

interface TextFacts {
  /** UTF-8 throughout */
  valid: boolean;
  bytes: number;
  /** UTF-16 code units */
  characters: number;
  controls: number;
  nuls: number;
  /** of the first NUL */
  nulLine: number;
  hasLineFeed: boolean;
}

/** One pass over bytes that should be UTF-8; it ends where they are none. */
async function factsOf(pieces: AsyncIterable<Uint8Array>): Promise<TextFacts> {
  const facts = { valid: true, bytes: 0, characters: 0, controls: 0, nuls: 0, nulLine: 1, hasLineFeed: false };
  let rest = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? bufferOf(piece) : Buffer.concat([rest, piece]);
    const complete = completeLength(bytes);
    rest = Buffer.from(bytes.subarray(complete));
    count(bytes.subarray(0, complete), facts);
    if (!facts.valid) return facts;
  }
  if (rest.length > 0) facts.valid = false;
  return facts;
}

/** The same bytes, not a copy. */
function bufferOf(piece: Uint8Array): Buffer {
  return Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
}

/** Without a character at the end whose last bytes are still to come. */
function completeLength(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function count(bytes: Buffer, facts: TextFacts): void {
  facts.bytes += bytes.length;
  facts.characters += bytes.length;
  if (!isUtf8(bytes)) facts.valid = false;
  // by index: an iterator takes four times as long
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte >= 0x80) {
      if (byte < 0xc0) facts.characters -= 1;
      else if (byte >= 0xf0) facts.characters += 1;
    } else if (byte < 32) {
      if (byte === 10) {
        facts.hasLineFeed = true;
        if (facts.nuls === 0) facts.nulLine += 1;
      } else if (byte === 0) facts.nuls += 1;
      else if (byte !== 9 && byte !== 13) facts.controls += 1;
    }
  }
}

/** NUL, and more than a few other control characters, occur in no text that a spreadsheet writes. */
function checkCharacters({ nuls, controls, characters, nulLine }: TextFacts, fileName: string): void {
  if (nuls + controls > 5 + characters / 100) throw notText(fileName, 'a binary file');
  if (nuls === 0) return;
  const places = nuls === 1 ? 'a NUL character' : `a NUL character, the first of ${nuls}`;
  throw new UserError(`${fileName}, line ${nulLine}: ${places}. Text has none; the file is damaged. Export it again.`);
}
