/**
 * CSV text to rows of cells, a piece of the file at a time. csv-parse does the parsing; what is ours is finding the
 * delimiter, counting lines as a person sees them, and going on after a broken quote without swallowing the rows
 * behind it.
 */
import { Buffer } from 'node:buffer';
import { CsvError, type Options, parse } from 'csv-parse/sync';
import { UserError } from '../../errors.ts';
import type { ReadLimits } from '../../flows/contracts.ts';
import { raisedBy } from './read-limits.ts';
import type { TextWindow } from './text-window.ts';
import { excerpt, type WarningLog } from './warning-log.ts';

const candidates = [',', ';', '\t', '|'];
/** What stands in no text: reads a file of one column line by line. */
export const noDelimiter = '\u001f';
const maxBrokenQuotes = 100;
const newline = 0x0a;

/** A row, blank or not, with its number and the line it begins on. */
export interface CsvRow {
  cells: string[];
  row: number;
  line: number;
}

interface Chunk {
  records: { cells: string[]; end: number }[];
  error: CsvError | null;
}

/** The delimiter under which most of the first rows have as many cells as the header. */
export function detectDelimiter(bytes: Buffer, fileName: string): string {
  const cut = bytes.length > 65_536 ? Math.max(bytes.lastIndexOf(newline, 65_536), 0) || 65_536 : bytes.length;
  const sample = bytes.subarray(0, cut);
  let best = { delimiter: noDelimiter, score: 0 };
  for (const delimiter of candidates) {
    const { records } = parseChunk(sample, delimiter, { relax_quotes: true, to: 300 });
    const filled = records.filter(({ cells }) => !isBlank(cells));
    const width = filled[0]?.cells.length ?? 1;
    if (width < 2) continue;
    const even = filled.filter(({ cells }) => cells.length === width).length / Math.max(filled.length, 1);
    const named = delimiter === '\t' && /\.tsv$/i.test(fileName) ? 1 : 0;
    const score = even + Math.min(width, 20) / 1000 + named;
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

export function isBlank(cells: readonly string[]): boolean {
  return cells.length === 1 && cells[0]?.trim() === '';
}

function parseChunk(bytes: Buffer, delimiter: string, options: Options): Chunk {
  const records: Chunk['records'] = [];
  try {
    parse(bytes, {
      delimiter,
      relax_column_count: true,
      skip_empty_lines: false,
      record_delimiter: ['\r\n', '\n'],
      // cells are checked against our own limit, with a message that names the place
      max_record_size: 0,
      ...options,
      on_record: (cells: string[], context) => {
        records.push({ cells, end: context.bytes });
        return null;
      },
    });
  } catch (error) {
    if (error instanceof CsvError) return { records, error };
    throw error;
  }
  return { records, error: null };
}

/**
 * The records at the window's beginning that are whole, and the error behind them. Where the window shows only a part of
 * its first record, it is widened; an error counts only at the first record, since the cut may have made it.
 */
async function parseWindow(window: TextWindow, delimiter: string, options: Options): Promise<Chunk> {
  for (;;) {
    const { records, error } = parseChunk(window.bytes, delimiter, options);
    if (window.isLast) return { records, error };
    if (error === null && window.bytes.at(-1) !== newline) records.pop();
    if (records.length > 0) return { records, error: null };
    if (window.isWidest) return { records, error };
    await window.widen();
  }
}

/** How a file of records is written: each read of it begins with a new window. */
export interface CsvText {
  open(): Promise<TextWindow>;
  delimiter: string;
  /** of the first record */
  firstLine: number;
  sizeBytes: number;
}

/**
 * All records in batches, blank ones too. After a broken quote the parser starts again behind the record that broke: a
 * quote that is never closed would otherwise swallow the rest of the file.
 */
export async function* readRows(
  text: CsvText,
  fileName: string,
  limits: ReadLimits,
  log: WarningLog,
): AsyncGenerator<CsvRow[]> {
  const options: Options = (await isLiteral(text)) ? { quote: false } : {};
  const window = await text.open();
  try {
    yield* rowsOf(window, options, text, fileName, limits, log);
  } finally {
    await window.close();
  }
}

async function* rowsOf(
  window: TextWindow,
  options: Options,
  { delimiter, firstLine, sizeBytes }: CsvText,
  fileName: string,
  limits: ReadLimits,
  log: WarningLog,
): AsyncGenerator<CsvRow[]> {
  let batch: CsvRow[] = [];
  let [row, line, width]: [number, number, number | null] = [0, firstLine, null];
  let [broken, reparsedBytes] = [0, 0];
  const add = (cells: string[], bytes: Buffer) => {
    row += 1;
    if (row > limits.maxRows + 1) throw tooManyRows(fileName, limits);
    if (width === null && !isBlank(cells)) width = cells.length;
    batch.push({ cells, row, line });
    line += countNewlines(bytes);
  };
  while (window.bytes.length > 0) {
    const { records, error } = await parseWindow(window, delimiter, options);
    const { bytes } = window;
    let start = 0;
    for (const { cells, end } of records) {
      add(cells, bytes.subarray(start, end));
      start = end;
    }
    if (error) {
      broken += 1;
      if (error.code === 'CSV_QUOTE_NOT_CLOSED') reparsedBytes += bytes.length - start;
      if (broken > maxBrokenQuotes || reparsedBytes > sizeBytes * 3 + 10_000_000) throw tooBroken(fileName, line);
      const rest = bytes.subarray(start);
      const { cells, end } = recover(rest, delimiter, width);
      const place = { row: row + 1, line };
      const trouble = `a quote (") is opened and not closed properly in ‹${excerpt(lineStart(rest), 50)}›`;
      if (cells) log.row('quote_stray', place, null, trouble, 'it was read as a character');
      else log.row('row_unreadable', place, null, trouble, `the line is left out (expected ${width ?? 'some'} cells)`);
      add(cells ?? [''], rest.subarray(0, end));
      start += end;
    }
    const cut = error !== null && start === bytes.length && !window.isLast && bytes.at(-1) !== newline;
    if (start === 0 || cut) throw rowTooLong(fileName, line, bytes.length, limits);
    yield batch;
    batch = [];
    await window.advance(start);
  }
}

function tooManyRows(fileName: string, limits: ReadLimits): UserError {
  const most = limits.maxRows.toLocaleString('en');
  return new UserError(`${fileName} has more than ${most} rows, the most that is read${raisedBy('maxRows')}.`);
}

function tooBroken(fileName: string, line: number): UserError {
  return new UserError(
    `${fileName}, line ${line}: a quote (") opens and is not closed properly, and there are many such lines. ` +
      'Expected every quote inside a quoted cell to be doubled (""). Save the file again as CSV from a spreadsheet.',
  );
}

function rowTooLong(fileName: string, line: number, bytes: number, limits: ReadLimits): UserError {
  return new UserError(
    `${fileName}, line ${line}: a row of more than ${(bytes / 1024 / 1024).toFixed(1)} MB. Of a cell at most ` +
      `${limits.maxCellCharacters.toLocaleString('en')} characters are read${raisedBy('maxCellCharacters')}.`,
  );
}

function lineStart(bytes: Buffer): string {
  return bytes.subarray(0, Math.min(200, lineEnd(bytes, 0))).toString('utf8');
}

/**
 * The first record read another way: its line alone with quotes as ordinary characters, or a quoted cell of several
 * lines with a stray quote inside. Accepted only when it has as many cells as the header.
 */
function recover(bytes: Buffer, delimiter: string, width: number | null): { cells: string[] | null; end: number } {
  const end = lineEnd(bytes, 0);
  const line = bytes.subarray(0, end);
  const ways: Options[] = [{ relax_quotes: true }, { quote: false }];
  for (const way of ways) {
    const { records, error } = parseChunk(line, delimiter, way);
    if (!error && records.length === 1 && records[0] && (width === null || records[0].cells.length === width)) {
      return { cells: records[0].cells.map(withoutQuotes), end };
    }
  }
  const near = bytes.subarray(0, 200_000);
  const several = parseChunk(near, delimiter, { relax_quotes: true, to: 1 }).records[0];
  if (several && several.cells.length === width) {
    const inner = near.subarray(end, several.end).toString('utf8').split('\n').slice(0, -1);
    const swallowsRows = inner.some((text) => {
      const records = parseChunk(Buffer.from(text), delimiter, { relax_quotes: true }).records;
      return records.length === 1 && records[0]?.cells.length === width;
    });
    if (!swallowsRows) return { cells: several.cells, end: several.end };
  }
  return { cells: null, end };
}

/** A cell read literally keeps the quotes it stands in. */
function withoutQuotes(cell: string): string {
  return cell.length > 1 && cell.startsWith('"') && cell.endsWith('"') ? cell.slice(1, -1) : cell;
}

/**
 * Tab-separated files often come without any quoting: quotes are then ordinary characters. So they are where they break
 * the reading, and without them every line has as many cells as the header.
 */
async function isLiteral(text: CsvText): Promise<boolean> {
  if (text.delimiter !== '\t') return false;
  const breaks = await someChunk(text, {}, ({ error }) => error !== null);
  if (!breaks) return false;
  let width = 0;
  const uneven = await someChunk(text, { quote: false }, ({ records, error }) => {
    const filled = records.filter(({ cells }) => !isBlank(cells));
    width ||= filled[0]?.cells.length ?? 0;
    return error !== null || filled.some(({ cells }) => cells.length !== width);
  });
  return !uneven && width > 1;
}

async function someChunk(text: CsvText, options: Options, holds: (chunk: Chunk) => boolean): Promise<boolean> {
  const window = await text.open();
  while (window.bytes.length > 0) {
    const chunk = await parseWindow(window, text.delimiter, options);
    const end = chunk.records.at(-1)?.end ?? 0;
    if (holds(chunk) || end === 0) {
      await window.close();
      return true;
    }
    await window.advance(end);
  }
  return false;
}

// csv-parse's own line count takes \r and \n inside a quoted cell for two lines
function countNewlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) count += 1;
  return count;
}

function lineEnd(bytes: Buffer, start: number): number {
  const at = bytes.indexOf(newline, start);
  return at < 0 ? bytes.length : at + 1;
}
