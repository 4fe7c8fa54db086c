/**
 * Texts to n-grams, numbered. Both kinds follow scikit-learn's TfidfVectorizer, read off its documentation and
 * feature_extraction/text.py; each n-gram counts as often as it occurs.
 *
 * A *node* is the number of an n-gram (or of the beginning of one) in order of first appearance.
 */
import { PairTable } from './pair-table.ts';
import type { IntList } from './sparse.ts';

/**
 * No more of a text than this is read, in UTF-16 units: a million-character text would otherwise bring a million
 * n-grams of its own, and costs as much as a thousand ordinary documents. 20,000 is about eight printed pages.
 */
export const readCharacters = 20_000;

/** A way to cut n-grams, with the table of those seen. */
export interface Ngrams {
  readonly nodes: number;
  /** Appends the text's n-grams to `out`. Unknown ones are numbered (`learn`) or left out. */
  extract(text: string, learn: boolean, out: IntList): void;
  /** The n-gram as text. */
  term(node: number): string;
  /** Numbers a term that `term` gave: how a saved vocabulary comes back. */
  addTerm(term: string): number;
}

/** Lower case, cut to what is read, never inside a surrogate pair. */
function readable(text: string): string {
  const cut = text.length > readCharacters ? text.slice(0, readCharacters).replace(/[\uD800-\uDBFF]$/, '') : text;
  return cut.toLowerCase();
}

/** The second element of a single word's pair. */
const alone = -1;

/**
 * Words and pairs of neighbouring words. A word is a run of two or more letters, digits or underscores of any script:
 * Python's `(?u)\b\w\w+\b`. Scripts without blanks give long runs here; their character n-grams serve instead.
 */
export class WordNgrams implements Ngrams {
  readonly #words = new Map<string, number>();
  readonly #texts: string[] = [];
  readonly #pairs = new PairTable();

  get nodes(): number {
    return this.#pairs.size;
  }

  extract(text: string, learn: boolean, out: IntList): void {
    let previous = -1;
    for (const [word] of readable(text).matchAll(/[\p{L}\p{N}_]{2,}/gu)) {
      const current = learn ? this.#word(word) : (this.#words.get(word) ?? -1);
      // An unknown word ends the pair on both sides, for no known pair holds it.
      if (current >= 0) {
        this.#emit(current, alone, learn, out);
        if (previous >= 0) this.#emit(previous, current, learn, out);
      }
      previous = current;
    }
  }

  term(node: number): string {
    const second = this.#pairs.second(node);
    const first = this.#texts[this.#pairs.first(node)] ?? '';
    return second === alone ? first : `${first} ${this.#texts[second] ?? ''}`;
  }

  addTerm(term: string): number {
    const [first = '', second] = term.split(' ');
    return this.#pairs.add(this.#word(first), second === undefined ? alone : this.#word(second));
  }

  #emit(first: number, second: number, learn: boolean, out: IntList): void {
    const node = learn ? this.#pairs.add(first, second) : this.#pairs.find(first, second);
    if (node >= 0) out.push(node);
  }

  #word(word: string): number {
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    this.#words.set(word, this.#texts.length);
    return this.#texts.push(word) - 1;
  }
}

/** Python's str.split(): JavaScript's \s has U+FEFF besides, and lacks U+001C to U+001F and U+0085. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are blanks to Python
const blanks = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
const blank = 32;
const root = -1;

/**
 * Runs of `shortest` to `longest` code points inside each blank-separated word with a blank on either side
 * (`analyzer='char_wb'`). A word too short for a length is counted once, whole, and for no longer length again.
 */
export class CharacterNgrams implements Ngrams {
  readonly #shortest: number;
  readonly #longest: number;
  readonly #trie = new PairTable();

  constructor(shortest: number, longest: number) {
    this.#shortest = shortest;
    this.#longest = longest;
  }

  get nodes(): number {
    return this.#trie.size;
  }

  extract(text: string, learn: boolean, out: IntList): void {
    for (const word of readable(text).split(blanks)) {
      if (word === '') continue;
      const points = [blank, ...codePoints(word), blank];
      // The lengths past the first that covers the whole word would only repeat it.
      const longest = Math.min(this.#longest, Math.max(points.length, this.#shortest));
      for (let start = 0; start < points.length; start++) {
        this.#extractFrom(points, start, longest, learn, out);
      }
    }
  }

  /** All n-grams that begin at `start`: one walk down the trie. */
  #extractFrom(points: number[], start: number, longest: number, learn: boolean, out: IntList): void {
    const end = Math.min(points.length, start + longest);
    let node = root;
    for (let position = start; position < end; position++) {
      const point = points[position]!;
      node = learn ? this.#trie.add(node, point) : this.#trie.find(node, point);
      if (node < 0) return;
      const length = position - start + 1;
      // Padding makes words at least 3 long, so only a `shortest` above that meets a word shorter than itself.
      if (length >= this.#shortest || length === points.length) out.push(node);
    }
  }

  term(node: number): string {
    const points: number[] = [];
    for (let at = node; at !== root; at = this.#trie.first(at)) points.push(this.#trie.second(at));
    return String.fromCodePoint(...points.reverse());
  }

  addTerm(term: string): number {
    let node = root;
    for (const point of codePoints(term)) node = this.#trie.add(node, point);
    return node;
  }
}

function codePoints(text: string): number[] {
  const points: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const point = text.codePointAt(at) ?? 0;
    points.push(point);
    if (point > 0xffff) at += 1;
  }
  return points;
}
