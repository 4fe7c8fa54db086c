/**
 * Tokenized texts on disk: every trial of a benchmark that uses the same tokenizer on the same texts finds them there. Entries
 * are whole files, renamed into place, so jobs side by side at worst do the same work twice.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { type PackedIds, pack, unpack } from './packed-ids.ts';
import type { EncodeOptions, PretrainedTokenizer } from './pretrained-tokenizer.ts';

/** Goes up when the same tokenizer.json gives other ids, or the files look different. */
const version = 1;

const entryEnding = '.ids';
const partEnding = '.part';

/** Of all entries together; the least recently used go first. */
const maxCacheBytes = 2e9;

/** A part file that old belongs to a process that is gone. */
const abandonedMs = 24 * 3600 * 1000;

/** version, texts, ids, CRC-32 of all that follows: four numbers of 32 bits, as everything in the file */
const headerNumbers = 4;

/**
 * `tokenizer.encode`, or what it gave before for the same tokenizer, texts and limits.
 * @param folder of the cache, which is made; what can't be written there is just not kept
 */
export async function encodeCached(
  tokenizer: PretrainedTokenizer,
  texts: readonly string[],
  options: EncodeOptions,
  folder: string,
  { maxBytes = maxCacheBytes } = {},
): Promise<Uint32Array[]> {
  const file = path.join(folder, keyOf(tokenizer, texts, options) + entryEnding);
  const known = await readEntry(file);
  if (known?.lengths.length === texts.length) return unpack(known);
  const encoded = await tokenizer.encode(texts, options);
  try {
    await writeEntry(file, pack(encoded));
    await removeOldest(folder, maxBytes, path.basename(file));
  } catch {
    // A full disk or a folder that can't be written makes the next job slower, not wrong.
  }
  return encoded;
}

function keyOf({ fingerprint }: PretrainedTokenizer, texts: readonly string[], options: EncodeOptions): string {
  const { maxTokens, policy } = options;
  const hash = createHash('sha256').update(JSON.stringify({ version, fingerprint, maxTokens, policy }));
  // each with its length, so that no two lists of texts look the same
  for (const text of texts) hash.update(`${text.length}:`).update(text);
  return hash.digest('hex');
}

/** null when there is no such entry, or it is damaged. */
async function readEntry(file: string): Promise<PackedIds | null> {
  const bytes = await readFile(file).catch(() => null);
  if (!bytes || bytes.length % 4 !== 0 || bytes.length < 4 * headerNumbers) return null;
  const numbers = new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const [found = 0, texts = 0, ids = 0, crc = 0] = numbers;
  const whole = found === version && numbers.length === headerNumbers + texts + ids;
  if (!whole || crc32(bytes.subarray(4 * headerNumbers)) !== crc) return null;
  const lengths = numbers.subarray(headerNumbers, headerNumbers + texts);
  if (lengths.reduce((sum, length) => sum + length, 0) !== ids) return null;
  const now = new Date();
  // its time of use; another job may just have removed it
  await utimes(file, now, now).catch(() => undefined);
  return { lengths, ids: numbers.subarray(headerNumbers + texts) };
}

async function writeEntry(file: string, { lengths, ids }: PackedIds): Promise<void> {
  const numbers = new Uint32Array(headerNumbers + lengths.length + ids.length);
  numbers.set(lengths, headerNumbers);
  numbers.set(ids, headerNumbers + lengths.length);
  const crc = crc32(new Uint8Array(numbers.buffer, 4 * headerNumbers));
  numbers.set([version, lengths.length, ids.length, crc]);
  await mkdir(path.dirname(file), { recursive: true });
  const part = `${file}.${randomUUID()}${partEnding}`;
  try {
    await writeFile(part, numbers, { flag: 'wx' });
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Files that others remove meanwhile are left to them. */
async function removeOldest(folder: string, maxBytes: number, justWritten: string): Promise<void> {
  const entries: { file: string; sizeBytes: number; usedMs: number }[] = [];
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    const facts = await stat(file).catch(() => null);
    if (!facts || name === justWritten) continue;
    if (name.endsWith(entryEnding)) entries.push({ file, sizeBytes: facts.size, usedMs: facts.mtimeMs });
    else if (name.endsWith(partEnding) && facts.mtimeMs < Date.now() - abandonedMs) await rm(file, { force: true });
  }
  const written = await stat(path.join(folder, justWritten)).catch(() => null);
  let total = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, written?.size ?? 0);
  for (const { file, sizeBytes } of entries.sort((a, b) => a.usedMs - b.usedMs)) {
    if (total <= maxBytes) break;
    await rm(file, { force: true });
    total -= sizeBytes;
  }
}
