/** Texts to ids in one thread, with a bound on what each text may cost. */
import { withDeadline } from './deadline.ts';
import { type LongTexts, usableIds, windowsCover } from './long-texts.ts';
import { pack } from './packed-ids.ts';
import { charactersPerToken } from './pre-tokenize.ts';
import { type CompiledTokenizer, compileTokenizer, type TokenizerSource } from './tokenizer-file.ts';

export interface EncodeLimits {
  /** what the model reads at most, special tokens included */
  maxTokens: number;
  policy: LongTexts;
}

/** A text, cut to the parts of it that its policy can reach. */
export type CutText = readonly string[];

/** Of one text at most; all windows over a text of 8,192 tokens each reach about half as far in most languages. */
const maxCharacters = 1_000_000;

/** For opening, and for the texts of one call. Real ones take a hundredth; it is there for expressions that never end. */
const deadlineMs = 60_000;

/**
 * Cuts before anything is computed, so that a text of a megabyte costs no more than a long one: `truncate` keeps the first 32
 * characters for each token that the model reads, `windows` as many for each token that all windows cover, `head+tail` as
 * many at the start and again at the end; none more than a million. Only a text of blanks, or of words that long, would have given more tokens.
 * What a cut leaves of a surrogate pair is made well-formed, as are halves that stood there before.
 */
export function cutText(text: string, { maxTokens, policy }: EncodeLimits): CutText {
  const tokens = policy === 'windows' ? windowsCover(maxTokens) : maxTokens;
  const reach = Math.min(charactersPerToken * tokens, maxCharacters);
  if (policy !== 'head+tail') return [text.slice(0, reach).toWellFormed()];
  if (text.length <= 2 * reach) return [text.toWellFormed()];
  return [text.slice(0, reach).toWellFormed(), text.slice(-reach).toWellFormed()];
}

/** @throws UserError as `compileTokenizer` does, and when it never comes to an end */
export function openUnderDeadline(source: TokenizerSource): CompiledTokenizer {
  return withDeadline(deadlineMs, 'Opening the tokenizer', () => compileTokenizer(source));
}

/**
 * Ids of each text without special tokens, as far as the policy can use them.
 * @throws UserError when the tokenizer never comes to an end
 */
export function encodeTexts(
  tokenizer: CompiledTokenizer,
  texts: readonly CutText[],
  { maxTokens, policy }: EncodeLimits,
): Uint32Array[] {
  return withDeadline(deadlineMs, 'Tokenizing', () =>
    texts.map((parts) => {
      const { ids } = pack(parts.map((part) => Uint32Array.from(tokenizer.encode(part))));
      return usableIds(ids, maxTokens, policy);
    }),
  );
}
