/**
 * CSV text to rows of cells. csv-parse does the parsing; what is ours is finding the delimiter, counting lines as a
 * person sees them, and going on after a broken quote without swallowing the rows behind it.
 */
import { Buffer } from 'node:buffer';
import { CsvError, type Options, parse } from 'csv-parse/sync';
import { UserError } from '../../errors.ts';
import type { ReadLimits } from './read-limits.ts';
import { excerpt, type WarningLog } from './warning-log.ts';

const candidates = [',', ';', '\t', '|'];
/** What stands in no text: reads a file of one column line by line. */
export const noDelimiter = '\u001f';
const maxBrokenQuotes = 100;
const newline = 0x0a;

/** A row, blank or not, with the line it begins on. */
export interface CsvRow {
  cells: string[];
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
 * All records with the line each begins on. After a broken quote the parser starts again behind the record that broke:
 * a quote that is never closed would otherwise swallow the rest of the file.
 */
export function readRows(
  bytes: Buffer,
  delimiter: string,
  firstLine: number,
  fileName: string,
  limits: ReadLimits,
  log: WarningLog,
): CsvRow[] {
  const rows: CsvRow[] = [];
  let start = 0;
  let line = firstLine;
  let reparsedBytes = 0;
  let broken = 0;
  const add = (cells: string[], end: number) => {
    if (rows.length > limits.maxRows) {
      throw new UserError(
        `${fileName} has more than ${limits.maxRows.toLocaleString('en')} rows, the most that is read.`,
      );
    }
    rows.push({ cells, line });
    line += countNewlines(bytes, start, end);
    start = end;
  };
  while (start < bytes.length) {
    const base = start;
    const { records, error } = parseChunk(bytes.subarray(base), delimiter, {});
    if (error && broken === 0 && delimiter === '\t') {
      const literal = readLiterally(bytes, delimiter);
      if (literal) return withLines(literal, bytes, firstLine);
    }
    for (const { cells, end } of records) add(cells, base + end);
    if (!error) break;
    broken += 1;
    if (error.code === 'CSV_QUOTE_NOT_CLOSED') reparsedBytes += bytes.length - start;
    if (broken > maxBrokenQuotes || reparsedBytes > bytes.length * 3 + 10_000_000) {
      throw new UserError(
        `${fileName}, line ${line}: a quote (") opens and is not closed properly, and there are many such lines. ` +
          'Expected every quote inside a quoted cell to be doubled (""). Save the file again as CSV from a spreadsheet.',
      );
    }
    const width = rows.find((row) => !isBlank(row.cells))?.cells.length ?? null;
    const recovered = recover(bytes, start, delimiter, width);
    const place = { row: rows.length + 1, line };
    if (recovered.cells) log.row('quote_stray', place, null, quoteTrouble(bytes, start, 'it was read as a character'));
    else {
      const problem = quoteTrouble(bytes, start, `the line is left out (expected ${width ?? 'some'} cells)`);
      log.row('row_unreadable', place, null, problem);
    }
    add(recovered.cells ?? [''], recovered.end);
  }
  return rows;
}

function quoteTrouble(bytes: Buffer, start: number, outcome: string): string {
  const beginning = excerpt(bytes.subarray(start, Math.min(start + 200, lineEnd(bytes, start))).toString('utf8'), 50);
  return `a quote (") is opened and not closed properly in ‹${beginning}›; ${outcome}.`;
}

/**
 * The record at `start` read another way: its line alone with quotes as ordinary characters, or a quoted cell of
 * several lines with a stray quote inside. Accepted only when it has as many cells as the header.
 */
function recover(
  bytes: Buffer,
  start: number,
  delimiter: string,
  width: number | null,
): { cells: string[] | null; end: number } {
  const end = lineEnd(bytes, start);
  const line = bytes.subarray(start, end);
  const ways: Options[] = [{ relax_quotes: true }, { quote: false }];
  for (const way of ways) {
    const { records, error } = parseChunk(line, delimiter, way);
    if (!error && records.length === 1 && records[0] && (width === null || records[0].cells.length === width)) {
      return { cells: records[0].cells.map(withoutQuotes), end };
    }
  }
  const window = bytes.subarray(start, start + 200_000);
  const several = parseChunk(window, delimiter, { relax_quotes: true, to: 1 }).records[0];
  if (several && several.cells.length === width) {
    const inner = window
      .subarray(end - start, several.end)
      .toString('utf8')
      .split('\n')
      .slice(0, -1);
    const swallowsRows = inner.some((text) => {
      const records = parseChunk(Buffer.from(text), delimiter, { relax_quotes: true }).records;
      return records.length === 1 && records[0]?.cells.length === width;
    });
    if (!swallowsRows) return { cells: several.cells, end: start + several.end };
  }
  return { cells: null, end };
}

/** A cell read literally keeps the quotes it stands in. */
function withoutQuotes(cell: string): string {
  return cell.length > 1 && cell.startsWith('"') && cell.endsWith('"') ? cell.slice(1, -1) : cell;
}

/** Tab-separated files often come without any quoting: quotes are then ordinary characters. */
function readLiterally(bytes: Buffer, delimiter: string): Chunk['records'] | null {
  const { records, error } = parseChunk(bytes, delimiter, { quote: false });
  const width = records.find(({ cells }) => !isBlank(cells))?.cells.length ?? 0;
  const even = records.every(({ cells }) => cells.length === width || isBlank(cells));
  return !error && width > 1 && even ? records : null;
}

function withLines(records: Chunk['records'], bytes: Buffer, firstLine: number): CsvRow[] {
  let line = firstLine;
  let start = 0;
  return records.map(({ cells, end }) => {
    const row = { cells, line };
    line += countNewlines(bytes, start, end);
    start = end;
    return row;
  });
}

// csv-parse's own line count takes \r and \n inside a quoted cell for two lines
function countNewlines(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf(newline, start); at >= 0 && at < end; at = bytes.indexOf(newline, at + 1)) count += 1;
  return count;
}

function lineEnd(bytes: Buffer, start: number): number {
  const at = bytes.indexOf(newline, start);
  return at < 0 ? bytes.length : at + 1;
}
