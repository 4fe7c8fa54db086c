/** What becomes of a text with more tokens than the model reads: its start, its start and end, or windows over it. */
import type { TextLimit } from '../../flows/contracts.ts';
import type { Frame } from './parts/frame.ts';

export type LongTexts = TextLimit['policy'];

/**
 * Share of a text's start in `head+tail`: 128 of 510 tokens from the start and 382 from the end classified best in Sun, Qiu,
 * Xu and Huang 2019, How to Fine-Tune BERT for Text Classification, table 2.
 */
const headShare = 128 / 510;

/** A window shares this much with the one before it, so that what is cut at an edge is seen whole once. */
const overlapShare = 1 / 4;

/** Windows of one text at most; what comes after them is left out. */
export const maxWindows = 16;

const framed = ({ before, after }: Frame, ids: Uint32Array): Uint32Array => Uint32Array.of(...before, ...ids, ...after);

/** Tokens of a text that fit beside the special tokens. @throws RangeError when there is no room for one */
function roomOf(frame: Frame, maxTokens: number): number {
  const room = maxTokens - frame.before.length - frame.after.length;
  if (room < 1) throw new RangeError(`${maxTokens} tokens leave no room for text beside the special tokens.`);
  return room;
}

const strideOf = (room: number): number => room - Math.floor(room * overlapShare);

/** Tokens that `maxWindows` windows of `room` tokens cover. */
export const windowsCover = (room: number): number => room + (maxWindows - 1) * strideOf(room);

/** Where the windows start: evenly, the last one moved back to end with the text (or with what is covered). */
function windowStarts(length: number, room: number): number[] {
  const last = Math.max(0, Math.min(length, windowsCover(room)) - room);
  const stride = strideOf(room);
  return Array.from({ length: Math.ceil(last / stride) + 1 }, (_, window) => Math.min(window * stride, last));
}

/**
 * The documents that a text becomes, special tokens around each: one, or with `windows` as many as it takes, at most
 * `maxWindows`, whose probabilities are averaged.
 * @param ids of the text, without special tokens
 * @param maxTokens special tokens included; no document is longer
 */
export function documentsOf(
  ids: Uint32Array,
  frame: Frame,
  maxTokens: number,
  policy: LongTexts,
): [Uint32Array, ...Uint32Array[]] {
  const room = roomOf(frame, maxTokens);
  if (ids.length <= room || policy === 'truncate') return [framed(frame, ids.subarray(0, room))];
  if (policy === 'head+tail') {
    const head = Math.round(room * headShare);
    const kept = new Uint32Array(room);
    kept.set(ids.subarray(0, head));
    kept.set(ids.subarray(ids.length - (room - head)), head);
    return [framed(frame, kept)];
  }
  const [first = 0, ...others] = windowStarts(ids.length, room);
  const window = (start: number) => framed(frame, ids.subarray(start, start + room));
  return [window(first), ...others.map(window)];
}

/**
 * What of a text's ids can matter, for any limit up to `maxTokens`; longer than `maxTokens` exactly if the text was.
 * @returns the ids themselves, or fewer in memory of their own
 */
export function usableIds(ids: Uint32Array, maxTokens: number, policy: LongTexts): Uint32Array {
  if (policy === 'truncate') return ids.length > maxTokens + 1 ? ids.slice(0, maxTokens + 1) : ids;
  if (policy === 'windows') {
    const covered = windowsCover(maxTokens) + 1;
    return ids.length > covered ? ids.slice(0, covered) : ids;
  }
  if (ids.length <= 2 * maxTokens) return ids;
  const kept = new Uint32Array(2 * maxTokens);
  kept.set(ids.subarray(0, maxTokens));
  kept.set(ids.subarray(ids.length - maxTokens), maxTokens);
  return kept;
}

/** Tokens of each text with its special tokens, however long. */
export function framedLengths(texts: readonly Uint32Array[], { before, after }: Frame): number[] {
  return texts.map((ids) => ids.length + before.length + after.length);
}

/**
 * The longest document that a model is trained on: what the recipe says, else the length that 99 of 100 texts don't exceed;
 * never more than the model reads.
 * @param lengths special tokens included
 */
export function sequenceLength(lengths: readonly number[], modelLimit: number, wanted: number | null): number {
  if (wanted !== null) return Math.min(wanted, modelLimit);
  const sorted = [...lengths].sort((a, b) => a - b);
  return Math.min(sorted[Math.ceil(sorted.length * 0.99) - 1] ?? modelLimit, modelLimit);
}

/** Share of the texts that have more tokens than that; 0 without texts. */
export function shareOverLimit(lengths: readonly number[], maxTokens: number): number {
  if (lengths.length === 0) return 0;
  return lengths.filter((length) => length > maxTokens).length / lengths.length;
}
