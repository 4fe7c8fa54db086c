/**
 * Exact numbering of pairs of integers: the n-th new pair gets id n. An n-gram is a pair of (its head's id, its last
 * element), so one table holds a whole vocabulary without making a string per n-gram.
 * Open addressing with linear probing in typed arrays, at most half full.
 */
export class PairTable {
  #first = new Int32Array(1024);
  #second = new Int32Array(1024);
  /** id + 1, 0 = free; a power of two long */
  #slots = new Int32Array(2048);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  first(id: number): number {
    return this.#first[id]!;
  }

  second(id: number): number {
    return this.#second[id]!;
  }

  /** The pair's id, or -1 when it was never added. */
  find(first: number, second: number): number {
    return this.#slots[this.#slot(first, second)]! - 1;
  }

  /** The pair's id, a new one when it is new. */
  add(first: number, second: number): number {
    const slot = this.#slot(first, second);
    const known = this.#slots[slot]!;
    if (known !== 0) return known - 1;
    const id = this.#size++;
    if (id === this.#first.length) {
      this.#first = doubled(this.#first);
      this.#second = doubled(this.#second);
    }
    this.#first[id] = first;
    this.#second[id] = second;
    this.#slots[slot] = id + 1;
    if (2 * this.#size >= this.#slots.length) this.#rehash();
    return id;
  }

  /** Where the pair is, or the free slot where it belongs. */
  #slot(first: number, second: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    // Multiplicative hashing (Knuth) with two odd constants; the high bits are the mixed ones, so fold them down.
    let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0x2c1b3c6d);
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const id = slots[slot]! - 1;
      if (id < 0 || (this.#first[id] === first && this.#second[id] === second)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #rehash(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    for (let id = 0; id < this.#size; id++) {
      this.#slots[this.#slot(this.#first[id]!, this.#second[id]!)] = id + 1;
    }
  }
}

function doubled(values: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * values.length);
  larger.set(values);
  return larger;
}
