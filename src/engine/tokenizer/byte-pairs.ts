/**
 * Byte-pair encoding (Sennrich, Haddow and Birch 2016): starts with single characters and joins the most frequent pair
 * again and again.
 */

/** Rarer words teach nothing that is worth their place in memory. */
const maxDistinctWords = 100_000;
/** Joining costs a pass over the word, so a longer one (a clause of a script without blanks) is learnt from in parts. */
const maxWordCharacters = 100;
/** At most this share of the pieces for single characters; Chinese and Japanese would take all of it. */
const alphabetShare = 0.6;

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

/** Most frequent first, then in the order of their code units. */
function ranked(counts: ReadonlyMap<string, number>, most: number): [string, number][] {
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, most);
}

/** The pieces being learnt and the words written in them. */
class PairCounts {
  readonly pieces: string[];
  readonly merges: [string, string][] = [];
  private readonly ids: Map<string, number>;
  private readonly words: Word[] = [];
  private readonly counts = new Map<number, number>();
  /** words in which a pair occurred at some time */
  private readonly places = new Map<number, Set<number>>();
  private readonly heap = new Heap();

  constructor(vocabulary: readonly [string, number][], alphabetSize: number) {
    const characters = new Map<string, number>();
    for (const [word, count] of vocabulary) {
      for (const character of word) characters.set(character, (characters.get(character) ?? 0) + count);
    }
    this.pieces = ranked(characters, alphabetSize).map(([character]) => character);
    this.ids = new Map(this.pieces.map((piece, id) => [piece, id]));
    for (const [word, count] of vocabulary) this.addWord(word, count);
    for (const [pair, count] of this.counts) this.heap.push({ pair, count });
  }

  /** Nothing is joined across a character that isn't in the alphabet. */
  private addWord(word: string, count: number): void {
    let run: number[] = [];
    const end = (): void => {
      if (run.length > 1) this.addRun({ pieces: run, count });
      run = [];
    };
    for (const character of word) {
      const id = this.ids.get(character);
      if (id === undefined || run.length === maxWordCharacters) end();
      if (id !== undefined) run.push(id);
    }
    end();
  }

  private addRun(word: Word): void {
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

  /** Joins the most frequent pair; false when none is frequent enough. */
  joinNext(minCount: number): boolean {
    for (;;) {
      const top = this.heap.pop();
      if (!top || top.count < minCount) return false;
      const count = this.counts.get(top.pair) ?? 0;
      if (count === top.count) {
        this.join(top.pair);
        return true;
      }
      // the count in the heap is old; with its new count it finds its place again
      if (count < top.count && count >= minCount) this.heap.push({ pair: top.pair, count });
    }
  }

  private join(pair: number): void {
    const [left, right] = [Math.floor(pair / pairBase), pair % pairBase];
    const merge: [string, string] = [this.pieces[left]!, this.pieces[right]!];
    this.merges.push(merge);
    const id = this.idOf(merge.join(''));
    const grown = new Set<number>();
    for (const index of this.places.get(pair) ?? []) this.joinInWord(index, left, right, id, grown);
    this.counts.delete(pair);
    this.places.delete(pair);
    for (const key of grown) this.heap.push({ pair: key, count: this.counts.get(key) ?? 0 });
  }

  /** Two pairs may spell the same piece. */
  private idOf(piece: string): number {
    const known = this.ids.get(piece);
    if (known !== undefined) return known;
    const id = this.pieces.push(piece) - 1;
    this.ids.set(piece, id);
    return id;
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

export interface BytePairs {
  /** each once: the characters, most frequent first, then what was joined */
  pieces: readonly string[];
  /** in the order in which they apply */
  merges: readonly (readonly [string, string])[];
}

/**
 * @param counts how often each word occurs
 * @param size pieces at most
 * @param minCount a pair seen less often isn't joined
 */
export function learnBytePairs(counts: ReadonlyMap<string, number>, size: number, minCount: number): BytePairs {
  const learner = new PairCounts(ranked(counts, maxDistinctWords), Math.floor(size * alphabetShare));
  while (learner.pieces.length < size && learner.joinNext(minCount));
  return learner;
}
