/** Tokens that are looked for in the text itself, before any model: `[MASK]`, `<s>`, or what somebody added. */
import { z } from 'zod';
import type { Normalizer } from './normalizers.ts';
import { parsePart } from './part.ts';
import { PrefixIndex } from './prefix-index.ts';
import { checkId, checkPiece, type VocabularyLimits } from './vocabulary.ts';

/** ModernBERT has 83, multilingual ones some thousand. */
const maxAddedTokens = 50_000;

const flag = z.boolean().default(false);
const schema = z
  .array(
    z.object({
      id: z.unknown(),
      content: z.string(),
      single_word: flag,
      lstrip: flag,
      rstrip: flag,
      normalized: z.boolean().optional(),
      special: flag,
    }),
  )
  .max(maxAddedTokens)
  .default([]);

interface AddedToken {
  id: number;
  single_word: boolean;
  lstrip: boolean;
  rstrip: boolean;
}

/** A piece of text, or the id of a token that stood there. */
type Section = { text: string; first: boolean } | number;

export interface AddedTokens {
  ids: ReadonlyMap<string, number>;
  /** Cuts a text at the tokens that are looked for before normalising. */
  splitRaw(text: string): Section[];
  /** Cuts a normalised piece at the tokens that are looked for after it. */
  splitNormalised(text: string, first: boolean): Section[];
}

const wordBefore = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u;
const wordAfter = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;
const space = /\p{White_Space}/u;

/** `AddedVocabulary::find_matches` of the Rust library: the leftmost, of those the longest. */
class Finder {
  private readonly tokens: AddedToken[] = [];
  private readonly index: PrefixIndex;
  /** any UTF-16 unit that one of the tokens starts with; null without tokens */
  private readonly starts: RegExp | null;

  constructor(found: readonly (readonly [string, AddedToken])[]) {
    const places = new Map<string, number>();
    for (const [content, token] of found) {
      if (content !== '') places.set(content, this.tokens.push(token) - 1);
    }
    this.index = new PrefixIndex(places);
    const units = new Set(Array.from(places.keys(), (content) => content.charCodeAt(0)));
    const escaped = Array.from(units, (unit) => `\\u${unit.toString(16).padStart(4, '0')}`);
    this.starts = units.size > 0 ? new RegExp(`[${escaped.join('')}]`, 'g') : null;
  }

  /** The next place where a token may start, the text's end when there is none. */
  private nextStart(text: string, from: number): number {
    if (!this.starts) return text.length;
    this.starts.lastIndex = from;
    return this.starts.exec(text)?.index ?? text.length;
  }

  split(text: string, first: boolean): Section[] {
    const sections: Section[] = [];
    let done = 0;
    for (let at = this.nextStart(text, 0); at < text.length; at = this.nextStart(text, at)) {
      const found = this.index.match(text, at);
      const token = this.tokens[this.index.values[found - 1] ?? -1];
      const end = this.index.ends[found - 1] ?? at;
      if (!token) {
        at++;
        continue;
      }
      const start = at;
      at = end;
      if (token.single_word && standsInWord(text, start, end)) continue;
      let [from, to] = [start, end];
      while (token.lstrip && from > done && space.test(text[from - 1] ?? '')) from--;
      while (token.rstrip && to < text.length && space.test(text[to] ?? '')) to++;
      if (from > done) sections.push({ text: text.slice(done, from), first: first && done === 0 });
      sections.push(token.id);
      done = to;
      at = Math.max(at, done);
    }
    if (done < text.length) sections.push({ text: text.slice(done), first: first && done === 0 });
    return sections;
  }
}

/** Looks at the characters beside it only; a text of a megabyte isn't copied for each token. */
function standsInWord(text: string, start: number, end: number): boolean {
  return wordBefore.test(text.slice(Math.max(0, start - 2), start)) || wordAfter.test(text.slice(end, end + 2));
}

/**
 * @param vocabulary of the model: a token that it has keeps the model's id
 * @throws UserError when the list isn't one within the limits
 */
export function compileAddedTokens(
  value: unknown,
  vocabulary: ReadonlyMap<string, number>,
  normalize: Normalizer,
  where: string,
  limits: VocabularyLimits,
): AddedTokens {
  const ids = new Map<string, number>();
  const raw: [string, AddedToken][] = [];
  const normalised: [string, AddedToken][] = [];
  for (const { content, special, normalized = !special, ...token } of parsePart(schema, value ?? [], where)) {
    checkPiece(content, where);
    const id = vocabulary.get(content) ?? checkId(content, token.id, where, limits);
    ids.set(content, id);
    if (normalized) normalised.push([normalize(content), { ...token, id }]);
    else raw.push([content, { ...token, id }]);
  }
  const before = new Finder(raw);
  const after = new Finder(normalised);
  return {
    ids,
    splitRaw: (text) => before.split(text, true),
    splitNormalised: (text, first) => after.split(text, first),
  };
}
