/**
 * What fastText looks at: words, pairs of neighbouring words, and the character n-grams of each word between `<` and
 * `>` (Joulin et al., Bag of Tricks for Efficient Text Classification, 2017; Bojanowski et al., Enriching Word Vectors
 * with Subword Information, 2017). Each feature is a 32-bit hash, so no text has to be kept.
 */
import { capText, words } from '../tokenizer/pre-tokenize.ts';

const shortest = 3;
const longest = 5;
/** FNV-1a, 32 bits, over UTF-16 units */
const offset = 0x811c9dc5;
const prime = 0x01000193;
/** what a hash starts from, so that a word, a pair and an n-gram of the same letters differ */
const starts = { word: offset, pair: offset ^ 0x9e3779b9, ngram: offset ^ 0x85ebca6b } as const;
const blank = 32;

function hash(text: string, start: number): number {
  let value = start;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), prime);
  return value;
}

function pushNgrams(word: string, into: number[]): void {
  const bounded = `<${word}>`;
  for (let from = 0; from < bounded.length - shortest + 1; from++) {
    let value: number = starts.ngram;
    const end = Math.min(bounded.length, from + longest);
    for (let index = from; index < end; index++) {
      value = Math.imul(value ^ bounded.charCodeAt(index), prime);
      const length = index - from + 1;
      // the whole word with its bounds is the word itself again
      if (length >= shortest && length < bounded.length) into.push(value >>> 0);
    }
  }
}

/** Features of a text as unsigned hashes, repeated as often as they occur; of its first `maxWords` words. */
export function features(text: string, maxWords: number): number[] {
  const found: number[] = [];
  let previous: number | null = null;
  for (const word of words(capText(text, maxWords)).slice(0, maxWords)) {
    found.push(hash(word, starts.word) >>> 0);
    pushNgrams(word, found);
    if (previous !== null) found.push(hash(word, Math.imul(previous ^ blank, prime)) >>> 0);
    previous = hash(word, starts.pair);
  }
  return found;
}
