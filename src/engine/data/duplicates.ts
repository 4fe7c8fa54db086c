/** Documents with the same text. */
import { type Document, duplicateKey } from './document.ts';
import { textHash } from './text-hash.ts';

/**
 * The groups of documents with equal `duplicateKey` that have more than one, in the order of their first documents. Keys
 * are compared by their hashes first and by themselves where hashes are equal, so that only few are in memory at once.
 */
export function repeatedTexts(documents: readonly Document[]): Document[][] {
  const hashes = Float64Array.from(documents, ({ text }) => textHash(duplicateKey(text)));
  const sorted = hashes.toSorted();
  const repeated = new Set(sorted.filter((hash, index) => hash === sorted[index - 1]));
  const alike = documents.filter((_, index) => repeated.has(hashes[index] ?? 0));
  const groups = Map.groupBy(alike, ({ text }) => duplicateKey(text));
  return [...groups.values()].filter((group) => group.length > 1);
}
