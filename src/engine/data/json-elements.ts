/**
 * Cuts a JSON file into the values of its outermost levels, so that each can be parsed by itself: the elements of a list,
 * the members of an object, and the elements of lists that are members. V8's own parser does the rest; parsers that
 * stream every token take three to six times as long, and some lose a key such as __proto__.
 */
import type { Buffer } from 'node:buffer';
import type { TextWindow } from './text-window.ts';

export interface JsonElement {
  /** the member of the outermost object that it is, or whose list it is in; null: the outermost value is a list */
  key: string | null;
  /** which element of the list, from 0; null: it is in none */
  index: number | null;
  text: string;
  /** of its first byte in the file */
  offset: number;
}

/** The file isn't JSON: it goes wrong at or behind this byte. */
export class JsonDamage extends Error {
  readonly offset: number;

  constructor(offset: number) {
    super(`No JSON from byte ${offset} on`);
    this.offset = offset;
  }
}

/** A value that doesn't fit into the window. */
export class JsonTooLong extends Error {
  readonly offset: number;

  constructor(offset: number) {
    super(`A JSON value that is too long begins at byte ${offset}`);
    this.offset = offset;
  }
}

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * All values of the outermost levels in batches; an outermost value that is neither a list nor an object comes as one
 * element. Their texts are cut out by brackets and quotes alone: whether they are JSON, their parser says.
 * Throws JsonDamage or JsonTooLong.
 */
export async function* jsonElements(window: TextWindow): AsyncGenerator<JsonElement[]> {
  const cutter = new Cutter();
  for (;;) {
    const elements: JsonElement[] = [];
    const damage = cutter.cut(window.bytes, window.isLast, elements);
    // an element before it may be damaged too
    if (elements.length > 0) yield elements;
    if (damage) throw damage;
    if (window.isLast) return;
    if (cutter.used > 0) {
      cutter.base += cutter.used;
      await window.advance(cutter.used);
    } else if (window.isWidest) throw new JsonTooLong(cutter.base);
    else await window.widen();
  }
}

/** What is expected next. `first`: a value or the end; `after`: a comma or the end. */
type Place = 'first' | 'value' | 'after';

class Cutter {
  /** of the window's first byte */
  base = 0;
  /** bytes of the window that are done with */
  used = 0;
  /** brackets that are open: the outermost, and perhaps a list in it */
  readonly #open: ('list' | 'object')[] = [];
  #place: Place = 'value';
  #key: string | null = null;
  #index = 0;
  #done = false;

  /** Adds the elements that end within these bytes. `used` is where the next window must begin. */
  cut(bytes: Buffer, isLast: boolean, elements: JsonElement[]): JsonDamage | null {
    try {
      this.#cut(bytes, isLast, elements);
      return null;
    } catch (error) {
      if (error instanceof JsonDamage) return error;
      throw error;
    }
  }

  #cut(bytes: Buffer, isLast: boolean, elements: JsonElement[]): void {
    let at = 0;
    this.used = 0;
    for (;;) {
      at = afterBlanks(bytes, at);
      this.used = at;
      if (at === bytes.length) break;
      const byte = bytes[at];
      if (this.#done) throw new JsonDamage(this.base + at);
      if (this.#closes(byte)) {
        at += 1;
        continue;
      }
      if (this.#place === 'after') {
        if (byte !== comma) throw new JsonDamage(this.base + at);
        this.#place = 'value';
        at += 1;
        continue;
      }
      const start = this.#open.at(-1) === 'object' ? this.#readKey(bytes, at, isLast) : at;
      if (start === null) return;
      if (this.#enters(bytes[start])) {
        at = start + 1;
        continue;
      }
      const end = valueEnd(bytes, start, isLast);
      if (end === null) return;
      if (end === start) throw new JsonDamage(this.base + start);
      elements.push(this.#element(bytes, start, end));
      this.#place = 'after';
      this.#done = this.#open.length === 0;
      at = end;
    }
    if (isLast && !this.#done) throw new JsonDamage(this.base + at);
  }

  #element(bytes: Buffer, start: number, end: number): JsonElement {
    const inList = this.#open.at(-1) === 'list';
    return {
      key: this.#key,
      index: inList ? this.#index++ : null,
      text: bytes.toString('utf8', start, end),
      offset: this.base + start,
    };
  }

  /** Opens the outermost list or object, or a list that is a member. */
  #enters(byte: number | undefined): boolean {
    const depth = this.#open.length;
    const isList = byte === openList && (depth === 0 || (depth === 1 && this.#open[0] === 'object'));
    if (!isList && !(byte === openObject && depth === 0)) return false;
    this.#open.push(isList ? 'list' : 'object');
    this.#place = 'first';
    if (isList) this.#index = 0;
    return true;
  }

  #closes(byte: number | undefined): boolean {
    const open = this.#open.at(-1);
    if (open === undefined || this.#place === 'value') return false;
    if (byte !== (open === 'list' ? closeList : closeObject)) return false;
    this.#open.pop();
    this.#place = 'after';
    if (this.#open.length === 0) this.#done = true;
    return true;
  }

  /** @returns where the member's value begins, or null where that is still to come */
  #readKey(bytes: Buffer, at: number, isLast: boolean): number | null {
    if (bytes[at] !== quote) throw new JsonDamage(this.base + at);
    const end = stringEnd(bytes, at);
    const colonAt = end === null ? bytes.length : afterBlanks(bytes, end);
    const start = colonAt === bytes.length ? colonAt : afterBlanks(bytes, colonAt + 1);
    if (colonAt < bytes.length && bytes[colonAt] !== colon) throw new JsonDamage(this.base + colonAt);
    if (end === null || start >= bytes.length) {
      if (isLast) throw new JsonDamage(this.base + at);
      return null;
    }
    try {
      this.#key = String(JSON.parse(bytes.toString('utf8', at, end)));
    } catch {
      throw new JsonDamage(this.base + at);
    }
    return start;
  }
}

function isBracket(byte: number | undefined): boolean {
  return byte === openList || byte === openObject;
}

function afterBlanks(bytes: Buffer, start: number): number {
  let at = start;
  for (; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
  }
  return at;
}

/** Behind the closing quote, or null where that is still to come. */
function stringEnd(bytes: Buffer, start: number): number | null {
  for (let at = start + 1; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === backslash) at += 1;
    else if (byte === quote) return at + 1;
  }
  return null;
}

/** Behind the value that begins here, or null where its end is still to come. */
function valueEnd(bytes: Buffer, start: number, isLast: boolean): number | null {
  const unended = isLast ? bytes.length : null;
  const first = bytes[start];
  if (first === quote) return stringEnd(bytes, start) ?? unended;
  if (!isBracket(first)) {
    let at = start;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte <= 0x20 || byte === comma || byte === closeList || byte === closeObject) return at;
    }
    return unended;
  }
  let depth = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) {
      const end = stringEnd(bytes, at);
      if (end === null) return unended;
      at = end - 1;
    } else if (byte === openList || byte === openObject) depth += 1;
    else if (byte === closeList || byte === closeObject) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return unended;
}
