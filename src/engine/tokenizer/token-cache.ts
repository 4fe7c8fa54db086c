/** Tokenized texts on disk: every trial of a benchmark that uses the same tokenizer on the same texts finds them there. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { keep, readKept } from '../kept-files.ts';
import { type PackedIds, pack, unpack } from './packed-ids.ts';
import type { EncodeOptions, PretrainedTokenizer } from './pretrained-tokenizer.ts';

/** Goes up when the same tokenizer.json gives other ids, or the files look different. */
const version = 1;

const maxCacheBytes = 2e9;
const maxFiles = 10_000;

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
  const file = path.join(folder, `${keyOf(tokenizer, texts, options)}.ids`);
  const known = fromBytes(await readKept(file));
  if (known?.lengths.length === texts.length) return unpack(known);
  const encoded = await tokenizer.encode(texts, options);
  await keep(file, toNumbers(pack(encoded)), { maxBytes, maxFiles });
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
function fromBytes(bytes: Buffer<ArrayBuffer> | null): PackedIds | null {
  if (!bytes || bytes.length % 4 !== 0 || bytes.length < 4 * headerNumbers) return null;
  const numbers = new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const [found = 0, texts = 0, ids = 0, crc = 0] = numbers;
  const whole = found === version && numbers.length === headerNumbers + texts + ids;
  if (!whole || crc32(bytes.subarray(4 * headerNumbers)) !== crc) return null;
  const lengths = numbers.subarray(headerNumbers, headerNumbers + texts);
  if (lengths.reduce((sum, length) => sum + length, 0) !== ids) return null;
  return { lengths, ids: numbers.subarray(headerNumbers + texts) };
}

function toNumbers({ lengths, ids }: PackedIds): Uint32Array<ArrayBuffer> {
  const numbers = new Uint32Array(headerNumbers + lengths.length + ids.length);
  numbers.set(lengths, headerNumbers);
  numbers.set(ids, headerNumbers + lengths.length);
  const crc = crc32(new Uint8Array(numbers.buffer, 4 * headerNumbers));
  numbers.set([version, lengths.length, ids.length, crc]);
  return numbers;
}
