import { nameToEmoji } from 'gemoji';

// gemoji has GitHub's names. Slack's are mostly the same; these circles and squares aren't.
const withoutSize = (name: string) => name.replace(/^large_/, '');

/** The emoji of a short code such as `tada`; undefined: there is none. */
export function emojiOf(name: string): string | undefined {
  const known = [name, withoutSize(name)].find((one) => Object.hasOwn(nameToEmoji, one));
  return known === undefined ? undefined : nameToEmoji[known];
}

/** A text in which known short codes have become emoji. */
export const withEmoji = (text: string): string =>
  text.replace(/:([a-z0-9_+-]+):/g, (whole, name: string) => emojiOf(name) ?? whole);

/** Short codes that begin with `start`, the shortest first. */
export const emojiNames = (start: string): string[] =>
  Object.keys(nameToEmoji)
    .filter((name) => name.startsWith(start))
    .sort((a, b) => a.length - b.length || a.localeCompare(b));
