/** How long a dataset's texts are, in characters, and about how many tokens that makes. */
import type { Profile } from '../../flows/contracts.ts';

/** every 5 % */
const quantileSteps = 20;
const sampled = 1000;
const sampledCharacters = 2000;

/** Runs of letters with their marks, numbers, and every other visible character. */
const pieces = /[\p{L}\p{M}]+|\p{N}+|[^\s\p{L}\p{M}\p{N}]/gu;
/** scripts without blanks between words: a token is a character or two */
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
/** Tokens of a word: the first for its beginning, more for what is long. English words have 1.15 on average in BERT. */
const lettersOfFirst = 7;
const lettersOfMore = 4;
const unspacedPerToken = 1.4;

/**
 * @param lengths characters (UTF-16 units) of every text
 * @param texts some or all of them, for the tokens; a sample evenly spread over them is read
 */
export function textLengths(lengths: Float64Array, textAt: (index: number) => string): Profile['textCharacters'] {
  const sorted = lengths.toSorted();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return {
    median: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    max: sorted.at(-1) ?? 0,
    quantiles:
      sorted.length === 0 ? [] : Array.from({ length: quantileSteps + 1 }, (_, step) => at(step / quantileSteps)),
    tokensPerCharacter: tokensPerCharacter(lengths.length, textAt),
  };
}

/** As a subword tokenizer for the texts' language would cut them, estimated from words and scripts. */
function tokensPerCharacter(count: number, textAt: (index: number) => string): number {
  let characters = 0;
  let tokens = 0;
  const every = Math.max(1, Math.floor(count / sampled));
  for (let index = 0; index < count; index += every) {
    const text = textAt(index).slice(0, sampledCharacters);
    characters += text.length;
    for (const [piece] of text.matchAll(pieces)) tokens += tokensOf(piece);
  }
  return characters === 0 ? defaultTokensPerCharacter : tokens / characters;
}

const defaultTokensPerCharacter = 0.25;

function tokensOf(piece: string): number {
  if (unspaced.test(piece)) return Math.max(1, piece.length / unspacedPerToken);
  return 1 + Math.max(0, piece.length - lettersOfFirst) / lettersOfMore;
}
