/**
 * Learns word pieces from texts: starts with single characters and joins the most frequent pair again and again
 * (byte-pair encoding: Sennrich, Haddow and Birch 2016). A piece inside a word is written with ## in front, as in BERT.
 */
import { words } from './pre-tokenize.ts';

export const specialTokens = ['[PAD]', '[UNK]', '[CLS]'] as const;

/** Rarer words teach nothing that is worth their place in memory. */
const maxDistinctWords = 60_000;
/** Longer words are one unknown token anyway (word-piece.ts). */
const maxWordCharacters = 100;
/** At most this share of the vocabulary for single characters; Chinese and Japanese would take all of it. */
const alphabetShare = 0.6;
/** A pair seen less often isn't joined. */
const minPairCount = 2;

const continuation = '##';

interface Word {
  pieces: number[];
  count: number;
}

interface Candidate {
  count: number;
  pair: number;
}

/** Pairs as numbers: piece ids stay below 2^20. */
const pairBase = 2 ** 20;
const pairKey = (left: number, right: number): number => left * pairBase + right;

/** Largest count first, then the smaller pair, so that the order never depends on chance. */
const before = (a: Candidate, b: Candidate): boolean => a.count > b.count || (a.count === b.count && a.pair < b.pair);

class Heap {
  private readonly items: Candidate[] = [];

  push(item: Candidate): void {
    const { items } = this;
    let child = items.length;
    items.push(item);
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!before(item, items[parent]!)) break;
      items[child] = items[parent]!;
      child = parent;
    }
    items[child] = item;
  }

  pop(): Candidate | undefined {
    const { items } = this;
    const top = items[0];
    const last = items.pop();
    if (!top || !last || items.length === 0) return top;
    let parent = 0;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && before(items[child + 1]!, items[child]!)) child++;
      if (!before(items[child]!, last)) break;
      items[parent] = items[child]!;
      parent = child;
    }
    items[parent] = last;
    return top;
  }
}

function wordCounts(texts: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of words(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const usable = [...counts].filter(([word]) => word.length <= maxWordCharacters);
  usable.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return usable.slice(0, maxDistinctWords);
}

const charactersOf = (word: string): string[] =>
  Array.from(word, (character, index) => (index === 0 ? character : continuation + character));

/** The pieces being learnt and the words written in them. */
class PairCounts {
  readonly pieces: string[];
  private readonly words: Word[] = [];
  private readonly counts = new Map<number, number>();
  /** words in which a pair occurred at some time */
  private readonly places = new Map<number, Set<number>>();
  private readonly heap = new Heap();

  constructor(vocabulary: readonly [string, number][], alphabetSize: number) {
    const characters = new Map<string, number>();
    for (const [word, count] of vocabulary) {
      for (const piece of charactersOf(word)) characters.set(piece, (characters.get(piece) ?? 0) + count);
    }
    const alphabet = [...characters].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, alphabetSize);
    this.pieces = alphabet.map(([piece]) => piece);
    const ids = new Map(this.pieces.map((piece, id) => [piece, id]));
    for (const [word, count] of vocabulary) {
      const pieces = charactersOf(word).map((piece) => ids.get(piece) ?? -1);
      if (pieces.length > 1 && !pieces.includes(-1)) this.addWord({ pieces, count });
    }
    for (const [pair, count] of this.counts) this.heap.push({ pair, count });
  }

  private addWord(word: Word): void {
    const index = this.words.push(word) - 1;
    for (let at = 1; at < word.pieces.length; at++) {
      this.change(pairKey(word.pieces[at - 1]!, word.pieces[at]!), word.count, index);
    }
  }

  private change(pair: number, by: number, word: number): void {
    this.counts.set(pair, (this.counts.get(pair) ?? 0) + by);
    if (by < 0) return;
    const places = this.places.get(pair);
    if (places) places.add(word);
    else this.places.set(pair, new Set([word]));
  }

  /** Joins the most frequent pair into a new piece; false when none is frequent enough. */
  joinNext(): boolean {
    for (;;) {
      const top = this.heap.pop();
      if (!top || top.count < minPairCount) return false;
      const count = this.counts.get(top.pair) ?? 0;
      if (count === top.count) {
        this.join(top.pair);
        return true;
      }
      // the count in the heap is old; with its new count it finds its place again
      if (count < top.count && count >= minPairCount) this.heap.push({ pair: top.pair, count });
    }
  }

  private join(pair: number): void {
    const [left, right] = [Math.floor(pair / pairBase), pair % pairBase];
    const id = this.pieces.push(this.pieces[left]! + this.pieces[right]!.slice(continuation.length)) - 1;
    const grown = new Set<number>();
    for (const index of this.places.get(pair) ?? []) this.joinInWord(index, left, right, id, grown);
    this.counts.delete(pair);
    this.places.delete(pair);
    for (const key of grown) this.heap.push({ pair: key, count: this.counts.get(key) ?? 0 });
  }

  private joinInWord(index: number, left: number, right: number, id: number, grown: Set<number>): void {
    const word = this.words[index]!;
    const joined: number[] = [];
    for (const piece of word.pieces) {
      if (piece === right && joined.at(-1) === left) joined[joined.length - 1] = id;
      else joined.push(piece);
    }
    if (joined.length === word.pieces.length) return;
    for (let at = 1; at < word.pieces.length; at++) {
      this.change(pairKey(word.pieces[at - 1]!, word.pieces[at]!), -word.count, index);
    }
    for (let at = 1; at < joined.length; at++) {
      const key = pairKey(joined[at - 1]!, joined[at]!);
      this.change(key, word.count, index);
      if (joined[at - 1] === id || joined[at] === id) grown.add(key);
    }
    word.pieces = joined;
  }
}

/** At most `size` pieces, special tokens first; the position of a piece is its id. Deterministic. */
export function trainVocabulary(texts: readonly string[], size: number): string[] {
  const room = size - specialTokens.length;
  const learner = new PairCounts(wordCounts(texts), Math.floor(room * alphabetShare));
  while (learner.pieces.length < room && learner.joinNext());
  // two pairs may spell the same piece
  return [...new Set([...specialTokens, ...learner.pieces])];
}
