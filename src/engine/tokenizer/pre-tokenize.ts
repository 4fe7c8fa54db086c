/** From text to words: the part of tokenizing that needs no vocabulary. */

/**
 * Scripts written without blanks, by their blocks, so that the same expression works in JavaScript and in the Rust
 * tokenizers library: Thai and Lao, Myanmar, Khmer, kana, Han (with its extensions above the first plane).
 */
export const blankless =
  '\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3134f}';

/** One character of a blankless script, or a run of letters, marks and digits, or any one other sign (emoji too). */
const wordExpression = new RegExp(
  `[${blankless}]|(?:(?![${blankless}])[\\p{L}\\p{M}\\p{N}])+|[^\\s\\p{L}\\p{M}\\p{N}]`,
  'gu',
);

/** A token is hardly ever longer, so more than this many characters per token can't reach the model. */
export const charactersPerToken = 32;

/** Cuts a text before anything is computed on it; what a half surrogate pair leaves behind is made well-formed. */
export function capText(text: string, maxTokens: number): string {
  const limit = maxTokens * charactersPerToken;
  return (text.length > limit ? text.slice(0, limit) : text).toWellFormed();
}

/** The words of a text in their order, in lower case and of one Unicode form (NFKC). */
export function words(text: string): string[] {
  return text.normalize('NFKC').replaceAll('Σ', 'σ').toLowerCase().match(wordExpression) ?? [];
}
