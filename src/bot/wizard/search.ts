/** Finding by typing, for lists longer than a select holds. */

const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** Those in which every typed word occurs, whatever its case and accents; what is nearest to what was typed first. */
export function foundBy<T>(typed: string, all: readonly T[], textOf: (one: T) => string): T[] {
  const exact = typed.trim();
  const query = fold(exact);
  if (exact === '') return [...all];
  const typedWords = query.split(/\s+/);
  const nearness = (text: string): number => {
    if (text.trim() === exact) return 4;
    const folded = fold(text.trim());
    if (!typedWords.every((word) => folded.includes(word))) return 0;
    return folded === query ? 3 : folded.startsWith(query) ? 2 : 1;
  };
  return all
    .map((one) => ({ one, near: nearness(textOf(one)) }))
    .filter(({ near }) => near > 0)
    .toSorted((a, b) => b.near - a.near)
    .map(({ one }) => one);
}
