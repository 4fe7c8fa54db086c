/** Bytes to text: tells binary files from text, and finds the encoding. */
import { Buffer } from 'node:buffer';
import chardet from 'chardet';
import iconv from 'iconv-lite';
import { UserError } from '../../errors.ts';

export interface DecodedText {
  text: string;
  /** lower-case name, such as utf-8 or windows-1252 */
  encoding: string;
  /** what a person should check, or null */
  doubt: string | null;
}

/** First bytes of formats that people upload by mistake. */
const signatures: { bytes: number[]; name: string }[] = [
  { bytes: [0x50, 0x4b, 0x03, 0x04], name: 'a ZIP archive or an Excel workbook (.xlsx)' },
  { bytes: [0x50, 0x4b, 0x05, 0x06], name: 'an empty ZIP archive' },
  { bytes: [0x1f, 0x8b], name: 'a gzip archive' },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], name: 'an old Excel workbook (.xls)' },
  { bytes: [0x25, 0x50, 0x44, 0x46], name: 'a PDF' },
  { bytes: [0x50, 0x41, 0x52, 0x31], name: 'a Parquet file' },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf], name: 'a 7-Zip archive' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], name: 'a Zstandard archive' },
  { bytes: [0x42, 0x5a, 0x68], name: 'a bzip2 archive' },
  { bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], name: 'an SQLite database' },
  { bytes: [0x89, 0x50, 0x4e, 0x47], name: 'a PNG image' },
  { bytes: [0xff, 0xd8, 0xff], name: 'a JPEG image' },
];

/** Throws a UserError for anything that is not text. */
export function decodeText(bytes: Uint8Array, fileName: string): DecodedText {
  const signature = signatures.find(({ bytes: start }) => start.every((byte, index) => bytes[index] === byte));
  if (signature) throw notText(fileName, signature.name);
  const decoded = decodeAny(bytes);
  refuseControlCharacters(decoded.text, fileName);
  return decoded;
}

function notText(fileName: string, what: string): UserError {
  return new UserError(
    `${fileName} is ${what}, which is not read yet. Save it as CSV (UTF-8) and send that. Expected CSV, TSV, JSONL or JSON.`,
  );
}

function decodeAny(bytes: Uint8Array): DecodedText {
  const marked = encodingByMark(bytes) ?? utf16WithoutMark(bytes);
  if (marked) return { text: new TextDecoder(marked).decode(bytes), encoding: marked, doubt: null };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8', doubt: null };
  } catch {
    return decodeLegacy(bytes);
  }
}

function encodingByMark(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return null;
}

/** Text of mostly Latin letters in UTF-16 has a zero in nearly every other byte, always on the same side. */
function utf16WithoutMark(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const length = Math.min(bytes.length, 4096) & ~1;
  if (length < 4 || bytes.length % 2 === 1) return null;
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

function decodeLegacy(bytes: Uint8Array): DecodedText {
  const asUtf8 = new TextDecoder('utf-8').decode(bytes);
  const broken = asUtf8.split('\uFFFD').length - 1;
  const beyondAscii = countBeyondAscii(asUtf8);
  // a UTF-8 file with a few damaged bytes still has nearly all of its accents right; another encoding has none right
  if (broken * 5 < beyondAscii) {
    const line = asUtf8.slice(0, asUtf8.indexOf('\uFFFD')).split('\n').length;
    const doubt = `${broken} damaged character(s) in a UTF-8 file, first on line ${line}; they are shown as \uFFFD.`;
    return { text: asUtf8, encoding: 'utf-8', doubt };
  }
  const guess = chardet.analyse(bytes.subarray(0, 1024 * 1024))[0];
  const name = guess && guess.confidence >= 20 && iconv.encodingExists(guess.name) ? guess.name : 'windows-1252';
  // browsers read ISO-8859-1 as windows-1252, which only adds printable characters to it
  const encoding = name === 'ISO-8859-1' || name === 'UTF-8' ? 'windows-1252' : name.toLowerCase();
  const doubt = `The file is not UTF-8; it was read as ${encoding}. Check a few accents, or save it as UTF-8.`;
  return { text: iconv.decode(Buffer.from(bytes), encoding), encoding, doubt };
}

function countBeyondAscii(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) count += 1;
  return count;
}

/** NUL, and more than a few other control characters, occur in no text that a spreadsheet writes. */
function refuseControlCharacters(text: string, fileName: string): void {
  let controls = 0;
  let nuls = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0) nuls += 1;
    else if (code < 32 && code !== 9 && code !== 10 && code !== 13) controls += 1;
  }
  if (nuls + controls > 5 + text.length / 100) throw notText(fileName, 'a binary file');
  if (nuls === 0) return;
  const line = text.slice(0, text.indexOf('\0')).split('\n').length;
  const places = nuls === 1 ? 'a NUL character' : `a NUL character, the first of ${nuls}`;
  throw new UserError(`${fileName}, line ${line}: ${places}. Text has none; the file is damaged. Export it again.`);
}
