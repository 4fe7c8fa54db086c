/** Text on its way to a terminal. */
import { stripVTControlCharacters } from 'node:util';

/**
 * Untrusted text without what a terminal would obey: escape sequences, control characters other than line ends, and
 * the marks that turn the direction of what follows.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/(?!\n)\p{Cc}|\p{Bidi_Control}/gu, '');
}

/** The same on one line: no file name or label may look like a message of ours. */
export function printableLine(text: string): string {
  return printable(text.replace(/\s+/g, ' ')).trim();
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** What terminals draw two columns wide. */
const wide =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uff01-\uff60]/u;

export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}

/** Columns padded to their widest cell. */
export function tableAsText(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
