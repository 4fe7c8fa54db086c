/**
 * SentencePiece's unigram model (Kudo 2018): of all ways to cut a word into pieces, the one whose log probabilities add up to
 * most. As `encode_optimized` of the Rust tokenizers library, which gives equal scores to the piece that begins first.
 * Not @huggingface/tokenizers' own, whose tries and lattices take hundreds of megabytes for XLM-R's vocabulary.
 */
import { z } from 'zod';
import { UserError } from '../../../errors.ts';
import { parsePart } from './part.ts';
import { PrefixIndex } from './prefix-index.ts';
import { checkPiece, type VocabularyLimits, type WordModel } from './vocabulary.ts';

/** An unknown character's score below the worst piece's. */
const unknownPenalty = 10;

const schema = z.object({
  unk_id: z.int().min(0),
  vocab: z.array(z.unknown()).min(1),
  byte_fallback: z.boolean().default(false),
});

interface Tables {
  index: PrefixIndex;
  scores: Float64Array;
  unknown: number;
  unknownScore: number;
}

/** @throws UserError when the part isn't a complete unigram model within the limits */
export function compileUnigram(value: unknown, where: string, limits: VocabularyLimits): WordModel {
  const { unk_id, vocab, byte_fallback } = parsePart(schema, value, where);
  if (vocab.length > limits.vocabularySize) {
    throw new UserError(`${where} has ${vocab.length} pieces; the encoder has ${limits.vocabularySize} rows for them.`);
  }
  if (unk_id >= vocab.length) throw new UserError(`${where} has unk_id ${unk_id}, but only ${vocab.length} pieces.`);
  const vocabulary = new Map<string, number>();
  const scores = new Float64Array(vocab.length);
  let lowest = Number.POSITIVE_INFINITY;
  for (const [id, entry] of vocab.entries()) {
    const [piece, score]: unknown[] = Array.isArray(entry) ? entry : [];
    if (typeof piece !== 'string' || typeof score !== 'number') {
      throw new UserError(`${where} has no [piece, score] as entry ${id} of its vocabulary.`);
    }
    checkPiece(piece, where);
    vocabulary.set(piece, id);
    scores[id] = score;
    lowest = Math.min(lowest, score);
  }
  const tables = {
    index: new PrefixIndex(vocabulary),
    scores,
    unknown: unk_id,
    unknownScore: lowest - unknownPenalty,
  };
  const bytes = byte_fallback ? byteIds(vocabulary) : null;
  return { vocabulary, encodeWord: (word) => encodeWord(tables, bytes, word) };
}

/** Ids of <0x00> to <0xFF>; undefined where the vocabulary lacks one. */
function byteIds(vocabulary: ReadonlyMap<string, number>): (number | undefined)[] {
  const name = (byte: number) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
  return Array.from({ length: 256 }, (_, byte) => vocabulary.get(name(byte)));
}

/** Best path backwards: for each place that a piece ends at, where that piece begins (-1: none ends here) and its id. */
function bestPath(
  { index, scores, unknown, unknownScore }: Tables,
  word: string,
): { from: Int32Array; ids: Int32Array } {
  const from = new Int32Array(word.length + 1).fill(-1);
  const ids = new Int32Array(word.length + 1);
  const best = new Float64Array(word.length + 1);
  const reach = (start: number, end: number, id: number, score: number) => {
    const sum = score + best[start]!;
    if (from[end] !== -1 && sum <= best[end]!) return;
    from[end] = start;
    ids[end] = id;
    best[end] = sum;
  };
  for (let start = 0; start < word.length; ) {
    const next = start + (word.codePointAt(start)! > 0xffff ? 2 : 1);
    let single = false;
    for (let k = 0, found = index.match(word, start); k < found; k++) {
      const id = index.values[k]!;
      reach(start, index.ends[k]!, id, scores[id]!);
      if (index.ends[k] === next) single = true;
    }
    if (!single) reach(start, next, unknown, unknownScore);
    start = next;
  }
  return { from, ids };
}

/** Unknown characters side by side are one unknown token, or the bytes of all of them. */
function encodeWord(tables: Tables, bytes: readonly (number | undefined)[] | null, word: string): number[] {
  const { from, ids } = bestPath(tables, word);
  const backwards: number[] = [];
  for (let end = word.length; end > 0; ) {
    let start = from[end]!;
    const id = ids[end]!;
    if (id === tables.unknown) {
      while (start > 0 && ids[start] === tables.unknown) start = from[start]!;
      const fallback = bytes ? Array.from(Buffer.from(word.slice(start, end)), (byte) => bytes[byte]) : [];
      const known = fallback.filter((byte) => byte !== undefined);
      if (bytes && known.length === fallback.length) backwards.push(...known.reverse());
      else backwards.push(id);
    } else backwards.push(id);
    end = start;
  }
  return backwards.reverse();
}
