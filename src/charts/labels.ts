/** Names from files, people and model hubs, made fit for a chart. */

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const split = (text: string): string[] => Array.from(graphemes.segment(text), ({ segment }) => segment);

/** One line: no control characters, no marks that turn the direction of what follows, no runs of white space. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim();
}

/** Width in ordinary letters, roughly: nothing here can ask a font, and a remote server has another one. */
function widthOf(letter: string): number {
  if (/^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]/u.test(letter))
    return 2;
  if (/^[mwMW@%…—]/.test(letter)) return 1.5;
  if (/^\p{Lu}/u.test(letter)) return 1.2;
  return /^[ijlft.,:;'|!()[\]/ -]/.test(letter) ? 0.6 : 1;
}

const widthOfAll = (letters: string[]): number => letters.reduce((sum, letter) => sum + widthOf(letter), 0);

/** Cuts from the middle: file names and model ids differ at both ends ("…-base", "…-large"). */
export function shortenMiddle(text: string, most: number): string {
  const letters = split(oneLine(text));
  if (widthOfAll(letters) <= most) return letters.join('');
  const room = most - widthOf('…');
  const tail = fitting(letters.toReversed(), room * 0.55).reverse();
  const head = fitting(letters, room - widthOfAll(tail));
  return `${head.join('').trimEnd()}…${tail.join('').trimStart()}`;
}

/** Width of one line in ordinary letters, roughly. */
export const widthOfText = (text: string): number => widthOfAll(split(text));

/** At most `mostLines` lines that are `most` wide, broken between words; what doesn't fit ends the last one as "…". */
export function wrapWords(text: string, most: number, mostLines: number): string[] {
  const lines: string[] = [];
  for (const word of oneLine(text).split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && widthOfText(longer) <= most) lines[lines.length - 1] = longer;
    else lines.push(shortenMiddle(word, most));
  }
  if (lines.length <= mostLines) return lines;
  return [...lines.slice(0, mostLines - 1), `${shortenEnd(lines[mostLines - 1] ?? '', most)}…`];
}

function shortenEnd(text: string, most: number): string {
  return fitting(split(text), most - widthOf('…'))
    .join('')
    .trimEnd();
}

function fitting(letters: string[], most: number): string[] {
  let width = 0;
  const end = letters.findIndex((letter) => {
    width += widthOf(letter);
    return width > most;
  });
  return letters.slice(0, end === -1 ? letters.length : end);
}

/**
 * At most two lines that are `most` wide, broken at a joint of the name (space, `/`, `-`, `_`, `.`). Where that takes
 * shortening, a model's organisation goes first, then its middle.
 */
export function wrapName(name: string, most: number): string[] {
  const clean = oneLine(name);
  const withoutOwner = clean.replace(/[^\s/]+\//, '…/');
  const tries = [clean, withoutOwner];
  for (let width = 2 * most; width > most; width--) tries.push(shortenMiddle(withoutOwner, width));
  for (const text of tries) {
    const lines = breakInTwo(split(text), most);
    if (lines !== null) return lines;
  }
  return [shortenMiddle(clean, most)];
}

function breakInTwo(letters: string[], most: number): string[] | null {
  if (widthOfAll(letters) <= most) return [letters.join('')];
  const first = fitting(letters, most);
  const joint = first.findLastIndex((letter) => ' /-_.'.includes(letter));
  const rest = letters.slice(joint + 1);
  // A break right after the rank's "12. " would be none.
  if (joint < 4 || widthOfAll(rest) > most) return null;
  return [
    letters
      .slice(0, joint + 1)
      .join('')
      .trimEnd(),
    rest.join(''),
  ];
}
