/** Texts to languages, told once per host: the same texts are read by a profile, by every trial and by full training. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { EngineSettings } from '../../flows/contracts.ts';
import { keep, readKept } from '../kept-files.ts';
import type { Document } from './document.ts';
import { parseJson } from './json-value.ts';
import { detectorVersion, judgedCharacters, loadLanguageDetector } from './language-detection.ts';

/** Goes up when the files look different. */
const version = 1;
/** A million texts take a megabyte. */
const bounds = { maxBytes: 200e6, maxFiles: 1_000 };
const textsPerTurn = 2_000;
const hashedAtOnce = 64 * 1024;

/** What each byte stands for; null: unknown */
const codesSchema = z.array(z.string().nullable()).max(256);

/**
 * The language of each document's text; null where it is told with less confidence than `minConfidence`.
 * @param cacheFolder keeps the answers in its folder `languages`; null: they are not kept
 */
export async function languagesOfTexts(
  documents: readonly Document[],
  minConfidence: number,
  cacheFolder: EngineSettings['cacheFolder'] | null,
): Promise<(string | null)[]> {
  if (cacheFolder === null) return detectAll(documents, minConfidence);
  const file = path.join(cacheFolder, 'languages', `${keyOf(documents, minConfidence)}.languages`);
  const known = fromBytes(await readKept(file));
  if (known?.length === documents.length) return known;
  const told = await detectAll(documents, minConfidence);
  await keep(file, toBytes(told), bounds);
  return told;
}

async function detectAll(documents: readonly Document[], minConfidence: number): Promise<(string | null)[]> {
  const { detect } = await loadLanguageDetector();
  const told: (string | null)[] = [];
  for (const { text } of documents) {
    // A million texts take a minute, in which the process must still hear that it is cancelled or alone.
    if (told.length % textsPerTurn === textsPerTurn - 1) await setImmediate();
    const { code, confidence } = detect(text);
    told.push(confidence >= minConfidence ? code : null);
  }
  return told;
}

/** Of the texts themselves: whatever file, columns and limits they were read with, the same texts are in the same languages. */
function keyOf(documents: readonly Document[], minConfidence: number): string {
  const hash = createHash('sha256').update(JSON.stringify({ version, detectorVersion, minConfidence }));
  let waiting = '';
  for (const { text } of documents) {
    const judged = text.slice(0, judgedCharacters);
    // each with its length, so that no two lists of texts look the same
    waiting += `${judged.length}:${judged}`;
    if (waiting.length < hashedAtOnce) continue;
    hash.update(waiting);
    waiting = '';
  }
  return hash.update(waiting).digest('hex');
}

/** CRC-32 of all that follows (4 bytes, little endian), the codes as a line of JSON, and for each text the place of its code. */
function toBytes(told: readonly (string | null)[]): Buffer {
  const codes = [...new Set(told)];
  const places = new Map(codes.map((code, place) => [code, place]));
  const body = Buffer.concat([
    Buffer.from(`${JSON.stringify(codes)}\n`),
    Uint8Array.from(told, (code) => places.get(code) ?? 0),
  ]);
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(crc32(body));
  return Buffer.concat([crc, body]);
}

/** null when there is no such entry, or it is damaged. */
function fromBytes(bytes: Buffer | null): (string | null)[] | null {
  if (!bytes || bytes.length < 4 || crc32(bytes.subarray(4)) !== bytes.readUInt32LE()) return null;
  const end = bytes.indexOf('\n', 4);
  const codes = codesSchema.safeParse(parseJson(bytes.toString('utf8', 4, Math.max(4, end))));
  return codes.success ? Array.from(bytes.subarray(end + 1), (place) => codes.data[place] ?? null) : null;
}
