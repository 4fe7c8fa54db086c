/** The model of a tokenizer.json: from one pre-tokenized word to ids. */
import { z } from 'zod';
import { UserError } from '../../../errors.ts';
import { bytePairModel, wordPieceModel } from './library.ts';
import { parsePart, partType, unknownType } from './part.ts';
import { compileUnigram } from './unigram.ts';
import { quoted, readVocabulary, type VocabularyLimits, type WordModel } from './vocabulary.ts';

const affix = z.string().max(32);
const wordPieceSchema = z.object({
  vocab: z.unknown(),
  unk_token: z.string(),
  continuing_subword_prefix: affix,
  // quadratic in it; all known have 100
  max_input_chars_per_word: z.int().min(1).max(1000),
});
const bpeSchema = z.object({
  vocab: z.unknown(),
  merges: z.array(z.unknown()),
  unk_token: z.string().nullish(),
  continuing_subword_prefix: z.literal('').nullish(),
  end_of_word_suffix: affix.nullish(),
  fuse_unk: z.boolean().default(false),
  byte_fallback: z.boolean().default(false),
  ignore_merges: z.boolean().default(false),
  dropout: z.null().or(z.literal(0)).default(null),
});

function wordPiece(value: unknown, where: string, limits: VocabularyLimits): WordModel {
  const part = parsePart(wordPieceSchema, value, where);
  const vocabulary = readVocabulary(part.vocab, where, limits);
  const unknown = vocabulary.get(part.unk_token);
  if (unknown === undefined) {
    throw new UserError(`${where} lacks its own unk_token ${quoted(part.unk_token)} in the vocabulary.`);
  }
  const tokens = wordPieceModel({ ...part, vocab: Object.fromEntries(vocabulary) });
  return { vocabulary, encodeWord: (word) => idsOf(vocabulary, tokens(word)) };
}

/** Both ways of writing them: `"a b"` and `["a", "b"]`. */
function mergeOf(merge: unknown): [string, string] | null {
  const parts: unknown[] = typeof merge === 'string' ? merge.split(' ') : Array.isArray(merge) ? merge : [];
  const [left, right] = parts;
  return parts.length === 2 && typeof left === 'string' && typeof right === 'string' ? [left, right] : null;
}

function readMerges(merges: readonly unknown[], vocabulary: ReadonlyMap<string, number>, where: string) {
  return merges.map((entry, at): [string, string] => {
    const merge = mergeOf(entry);
    if (!merge) throw new UserError(`${where} has no two tokens as merge ${at}.`);
    const missing = [...merge, merge.join('')].find((piece) => !vocabulary.has(piece));
    if (missing === undefined) return merge;
    throw new UserError(`${where} has the token ${quoted(missing)} in merge ${at}, but not in its vocabulary.`);
  });
}

function bytePair(value: unknown, where: string, limits: VocabularyLimits): WordModel {
  const { unk_token, ...part } = parsePart(bpeSchema, value, where);
  const vocabulary = readVocabulary(part.vocab, where, limits);
  if (typeof unk_token === 'string' && !vocabulary.has(unk_token)) {
    throw new UserError(`${where} lacks its own unk_token ${quoted(unk_token)} in the vocabulary.`);
  }
  const tokens = bytePairModel({
    vocab: Object.fromEntries(vocabulary),
    merges: readMerges(part.merges, vocabulary, where),
    unk_token: unk_token ?? null,
    end_of_word_suffix: part.end_of_word_suffix || null,
    byte_fallback: part.byte_fallback,
    ignore_merges: part.ignore_merges,
  });
  return {
    vocabulary,
    encodeWord(word) {
      const ids = idsOf(vocabulary, tokens(word));
      if (!part.fuse_unk || typeof unk_token !== 'string') return ids;
      const unknown = vocabulary.get(unk_token);
      return ids.filter((id, at) => id !== unknown || ids[at - 1] !== unknown);
    },
  };
}

function idsOf(vocabulary: ReadonlyMap<string, number>, tokens: readonly string[]): number[] {
  return tokens.map((token) => {
    const id = vocabulary.get(token);
    if (id === undefined) throw new RangeError('A word was cut into a token that the vocabulary lacks.');
    return id;
  });
}

const makers = new Map<string, (value: unknown, where: string, limits: VocabularyLimits) => WordModel>([
  ['WordPiece', wordPiece],
  ['BPE', bytePair],
  ['Unigram', compileUnigram],
]);

/** @throws UserError for a model that isn't known, isn't complete, or has ids beyond the encoder's */
export function compileModel(value: unknown, where: string, limits: VocabularyLimits): WordModel {
  const type = partType(value, where);
  const make = makers.get(type);
  if (!make) throw unknownType(where, type, [...makers.keys()]);
  return make(value, where, limits);
}
