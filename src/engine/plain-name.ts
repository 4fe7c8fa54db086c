/** Letters and digits of ASCII, all else as one hyphen: other people's names never reach a path as they are. */
export function plainName(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
}
