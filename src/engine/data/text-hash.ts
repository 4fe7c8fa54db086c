/** Which texts are equal, without keeping a million of them in memory. */

/** 53 bits of a text, as a whole number that isn't 0: Bryc's cyrb53 (public domain), two multiplicative hashes mixed. */
export function textHash(text: string): number {
  let [first, second] = [0xdeadbeef, 0x41c6ce57];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    first = Math.imul(first ^ code, 0x9e3779b1);
    second = Math.imul(second ^ code, 0x5f356495);
  }
  first = Math.imul(first ^ (first >>> 16), 0x85ebca6b) ^ Math.imul(second ^ (second >>> 13), 0xc2b2ae35);
  second = Math.imul(second ^ (second >>> 16), 0x85ebca6b) ^ Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return (second & 0x1f_ffff) * 2 ** 32 + (first >>> 0) || 1;
}

/** Counts different texts by their hashes: for a million texts the count is too low by one with probability 0.00006. */
export class DistinctTexts {
  /** open addressing; 0 is free */
  #table = new Float64Array(64);
  size = 0;

  /** @returns whether the text is new */
  add(text: string): boolean {
    if (!insert(this.#table, textHash(text))) return false;
    this.size += 1;
    if (this.size * 2 > this.#table.length) {
      const larger = new Float64Array(this.#table.length * 2);
      for (const hash of this.#table) if (hash !== 0) insert(larger, hash);
      this.#table = larger;
    }
    return true;
  }
}

function insert(table: Float64Array, hash: number): boolean {
  const mask = table.length - 1;
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    if (table[slot] === hash) return false;
    if (table[slot] === 0) {
      table[slot] = hash;
      return true;
    }
  }
}
