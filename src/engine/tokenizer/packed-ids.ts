/** Many lists of ids as two flat arrays, the way they travel between threads and lie on disk. */

export interface PackedIds {
  /** ids of each list */
  lengths: Uint32Array<ArrayBuffer>;
  /** all lists, one behind the other */
  ids: Uint32Array<ArrayBuffer>;
}

export function pack(lists: readonly Uint32Array[]): PackedIds {
  const lengths = Uint32Array.from(lists, ({ length }) => length);
  const ids = new Uint32Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const list of lists) {
    ids.set(list, at);
    at += list.length;
  }
  return { lengths, ids };
}

/** The lists again, as views of the flat array. */
export function unpack({ lengths, ids }: PackedIds): Uint32Array[] {
  let at = 0;
  return Array.from(lengths, (length) => {
    at += length;
    return ids.subarray(at - length, at);
  });
}
