/** Text on its way to a terminal. */
import { stripVTControlCharacters } from 'node:util';

/** Untrusted text without what a terminal would obey: escape sequences and control characters other than line ends. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/(?!\n)\p{Cc}/gu, '');
}

/** Columns padded to their widest cell. */
export function tableAsText(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
