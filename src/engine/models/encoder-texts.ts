/** The texts of a training as an encoder reads them: in tokens, cut or in windows, special tokens around each. */
import path from 'node:path';
import type { EngineSettings, Recipe, TextLimit } from '../../flows/contracts.ts';
import { documentsOf, framedLengths, sequenceLength, shareOverLimit } from '../tokenizer/long-texts.ts';
import type { PretrainedTokenizer } from '../tokenizer/pretrained-tokenizer.ts';
import { encodeCached } from '../tokenizer/token-cache.ts';

/** Ids of each text, without special tokens. */
type Encode = (texts: readonly string[], signal?: AbortSignal) => Promise<Uint32Array[]>;

interface ModelLimit {
  /** tokens that the model can read, special tokens included */
  maxTokens: number;
  policy: Recipe['longTexts'];
}

/**
 * Encodes a whole dataset once for all trials on it (on disk, by tokenizer and texts) and finds its texts again; others
 * are encoded when they come.
 */
export async function corpusEncoder(
  tokenizer: PretrainedTokenizer,
  corpus: readonly string[],
  limit: ModelLimit,
  { cacheFolder }: EngineSettings,
  signal: AbortSignal,
): Promise<Encode> {
  const distinct = [...new Set(corpus)];
  const folder = path.join(cacheFolder, 'tokens');
  const ids = await encodeCached(tokenizer, distinct, { ...limit, signal }, folder);
  const known = new Map(distinct.map((text, index) => [text, ids[index]!]));
  return async (texts, ownSignal) => {
    const others = [...new Set(texts.filter((text) => !known.has(text)))];
    const options = { ...limit, ...(ownSignal && { signal: ownSignal }) };
    const more = others.length > 0 ? await tokenizer.encode(others, options) : [];
    const added = new Map(others.map((text, index) => [text, more[index]!]));
    return texts.map((text) => (known.get(text) ?? added.get(text))!);
  };
}

/** The length that a training reads, from the texts that it learns and chooses on. */
export function textLimit(
  encoded: readonly Uint32Array[],
  { frame }: PretrainedTokenizer,
  { maxTokens, policy }: ModelLimit,
  recipe: Recipe,
): TextLimit {
  const lengths = framedLengths(encoded, frame);
  const used = sequenceLength(lengths, maxTokens, recipe.maxTokens);
  return { maxTokens: used, policy, shareOverLimit: shareOverLimit(lengths, used) };
}

/** Each text in its windows, one unless the policy is so. */
export function framedTexts(
  encoded: readonly Uint32Array[],
  { frame }: PretrainedTokenizer,
  { maxTokens, policy }: ModelLimit,
): (readonly Uint32Array[])[] {
  return encoded.map((ids) => documentsOf(ids, frame, maxTokens, policy));
}
