/**
 * A tokenizer.json put together: normalise, cut into words, words to ids. The regular expressions are translated and the
 * WordPiece and BPE models run by @huggingface/tokenizers; the parts in which that differs from the Rust tokenizers library,
 * with which the models were trained, are ours (parts/). The file's own `truncation` and `padding` are left aside.
 */
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { parseStrictJson } from '../pretrained/strict-json.ts';
import { compileAddedTokens } from './parts/added-tokens.ts';
import { compileFrame, type Frame } from './parts/frame.ts';
import { compileModel } from './parts/models.ts';
import { compileNormalizer, type Normalizer } from './parts/normalizers.ts';
import { parsePart } from './parts/part.ts';
import { compilePreTokenizer } from './parts/pre-tokenizers.ts';
import type { VocabularyLimits } from './parts/vocabulary.ts';

export const tokenizerFile = 'tokenizer.json';

/** Gemma's 256,000 pieces take 34 MB. */
export const maxTokenizerBytes = 96 * 1024 * 1024;
const maxDepth = 32;
/** Each takes memory many times its two characters; Gemma's vocabulary has 600,000 (one a merge). */
const maxContainers = 2_000_000;

/** Distinct words remembered with their ids; a limit, because texts never end. */
const maxRemembered = 100_000;
const maxRememberedLength = 64;

const fileSchema = z.looseObject({
  model: z.unknown().optional(),
  added_tokens: z.unknown().optional(),
  normalizer: z.unknown().optional(),
  pre_tokenizer: z.unknown().optional(),
  post_processor: z.unknown().optional(),
});

export interface TokenizerSource extends VocabularyLimits {
  /** contents of tokenizer.json */
  bytes: Uint8Array;
}

export interface CompiledTokenizer {
  frame: Frame;
  /** Ids without special tokens around them. */
  encode(text: string): number[];
}

function countContainers(bytes: Uint8Array): number {
  let containers = 0;
  for (const byte of bytes) if (byte === 0x5b || byte === 0x7b) containers++;
  return containers;
}

/**
 * Whether what stands first after normalising also stood first in the text. Rust goes by the text as it was written: where
 * blanks were stripped in front, `prepend_scheme: first` finds no first word.
 */
function keepsFirst(normalize: Normalizer, text: string): boolean {
  return !/^\p{White_Space}/u.test(text) || normalize(`${text.charAt(0)}a`) !== normalize('a');
}

/**
 * Takes seconds for a vocabulary of 250,000, and for ever for a hostile one: run it under a deadline (deadline.ts).
 * @throws UserError when these aren't the bytes of a usable tokenizer.json, or one of its ids is beyond the encoder's
 */
export function compileTokenizer({ bytes, ...limits }: TokenizerSource): CompiledTokenizer {
  const containers = countContainers(bytes);
  if (containers > maxContainers) {
    throw new UserError(`${tokenizerFile} has ${containers} lists and objects; at most ${maxContainers} are read.`);
  }
  const json = parsePart(fileSchema, parseStrictJson(bytes, tokenizerFile, maxDepth), tokenizerFile);
  const where = (part: string) => `${tokenizerFile}: ${part}`;
  const model = compileModel(json.model, where('model'), limits);
  const normalize = compileNormalizer(json.normalizer, where('normalizer'));
  const preTokenize = compilePreTokenizer(json.pre_tokenizer, where('pre_tokenizer'));
  const added = compileAddedTokens(json.added_tokens, model.vocabulary, normalize, where('added_tokens'), limits);
  const frame = compileFrame(json.post_processor, where('post_processor'), limits);
  const remembered = new Map<string, readonly number[]>();

  function wordIds(word: string): readonly number[] {
    const known = remembered.get(word);
    if (known) return known;
    const ids = model.encodeWord(word);
    if (word.length <= maxRememberedLength && remembered.size < maxRemembered) remembered.set(word, ids);
    return ids;
  }

  function encode(text: string): number[] {
    const ids: number[] = [];
    for (const section of added.splitRaw(text)) {
      if (typeof section === 'number') {
        ids.push(section);
        continue;
      }
      const first = section.first && keepsFirst(normalize, section.text);
      for (const piece of added.splitNormalised(normalize(section.text), first)) {
        if (typeof piece === 'number') ids.push(piece);
        else for (const word of preTokenize(piece)) for (const id of wordIds(word.text)) ids.push(id);
      }
    }
    return ids;
  }
  return { frame, encode };
}
