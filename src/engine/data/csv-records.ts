/**
 * CSV and TSV into records. csv-parse does the parsing; what is ours is finding the delimiter, counting rows and lines
 * as a person sees them, and going on after a broken quote without swallowing the rows behind it.
 */
import { Buffer } from 'node:buffer';
import { CsvError, type Options, parse } from 'csv-parse/sync';
import { UserError } from '../../errors.ts';
import type { ReadLimits } from './read-limits.ts';
import type { RawRecord, RawTable } from './records.ts';
import { excerpt, listing, type WarningLog } from './warning-log.ts';

const candidates = [',', ';', '\t', '|'];
/** What stands in no text: reads a file of one column line by line. */
const noDelimiter = '\u001f';
const delimiterNames: Record<string, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'vertical bar' };
const maxBrokenQuotes = 100;
const newline = 0x0a;

interface Piece {
  cells: string[];
  line: number;
}

interface Chunk {
  records: { cells: string[]; end: number }[];
  error: CsvError | null;
}

/** Reads a table from decoded text. Rows are counted as a spreadsheet does: blank lines count too. */
export function readCsvRecords(text: string, fileName: string, limits: ReadLimits, log: WarningLog): RawTable {
  const declared = /^sep=(.)\r?\n/i.exec(text);
  const body = declared ? text.slice(declared[0].length) : text;
  const bytes = Buffer.from(body.includes('\n') ? body : body.replaceAll('\r', '\n'), 'utf8');
  const firstLine = declared ? 2 : 1;
  const delimiter = declared?.[1] ?? detectDelimiter(bytes, fileName);
  const pieces = readPieces(bytes, delimiter, firstLine, fileName, limits, log);

  const headerIndex = pieces.findIndex((piece) => !isBlank(piece.cells));
  const header = pieces[headerIndex];
  if (!header) throw new UserError(`${fileName} is empty. Expected a header line and at least one row.`);
  if (header.cells.length > limits.maxColumns) {
    const got = header.cells.length.toLocaleString('en');
    throw new UserError(`${fileName}, line ${header.line}: ${got} columns; at most ${limits.maxColumns} are read.`);
  }
  const columns = columnNames(header.cells, log);
  const records: RawRecord[] = [];
  for (let index = headerIndex + 1; index < pieces.length; index++) {
    const piece = pieces[index];
    if (!piece || isBlank(piece.cells)) continue;
    records.push(toRecord(piece, index + 1, columns, log));
    checkCells(piece, columns, fileName, limits);
  }
  checkShape(records.length, columns, delimiter, fileName, log);
  return { format: 'csv', delimiter: delimiter === noDelimiter ? null : delimiter, columns, records };
}

/** The delimiter under which most of the first rows have as many cells as the header. */
function detectDelimiter(bytes: Buffer, fileName: string): string {
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

function isBlank(cells: readonly string[]): boolean {
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
function readPieces(
  bytes: Buffer,
  delimiter: string,
  firstLine: number,
  fileName: string,
  limits: ReadLimits,
  log: WarningLog,
): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  let line = firstLine;
  let reparsedBytes = 0;
  let broken = 0;
  const add = (cells: string[], end: number) => {
    if (pieces.length > limits.maxRows) {
      throw new UserError(
        `${fileName} has more than ${limits.maxRows.toLocaleString('en')} rows, the most that is read.`,
      );
    }
    pieces.push({ cells, line });
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
    const width = pieces.find((piece) => !isBlank(piece.cells))?.cells.length ?? null;
    const recovered = recover(bytes, start, delimiter, width);
    const place = { row: pieces.length + 1, line };
    if (recovered.cells) log.row('quote_stray', place, null, quoteTrouble(bytes, start, 'it was read as a character'));
    else {
      const problem = quoteTrouble(bytes, start, `the line is left out (expected ${width ?? 'some'} cells)`);
      log.row('row_unreadable', place, null, problem);
    }
    add(recovered.cells ?? [''], recovered.end);
  }
  return pieces;
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

function withLines(records: Chunk['records'], bytes: Buffer, firstLine: number): Piece[] {
  let line = firstLine;
  let start = 0;
  return records.map(({ cells, end }) => {
    const piece = { cells, line };
    line += countNewlines(bytes, start, end);
    start = end;
    return piece;
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

function columnNames(cells: readonly string[], log: WarningLog): string[] {
  const used = new Set<string>();
  return cells.map((cell, index) => {
    const written = cell.normalize('NFC').trim();
    const wanted = written === '' ? `column ${index + 1}` : written;
    let name = wanted;
    for (let copy = 2; used.has(name); copy++) name = `${wanted} (${copy})`;
    used.add(name);
    if (written === '')
      log.whole('header_empty', name, `Column ${index + 1} has no name; it is called "${name}" here.`);
    else if (name !== wanted) {
      log.whole('header_twice', name, `Two columns are called "${wanted}"; the later one is called "${name}" here.`);
    }
    if (written.length > 200) {
      log.whole(
        'header_long',
        excerpt(name),
        'The first row looks like data, not like column names. Is the header missing?',
      );
    }
    return name;
  });
}

function toRecord(piece: Piece, row: number, columns: readonly string[], log: WarningLog): RawRecord {
  const { cells, line } = piece;
  const place = { row, line };
  if (cells.length < columns.length) {
    const missing = listing(columns.slice(cells.length));
    log.row('row_short', place, null, `${cells.length} cells instead of ${columns.length}; missing: ${missing}.`);
  }
  const extra = cells.slice(columns.length).filter((cell) => cell.trim() !== '');
  if (extra.length > 0) {
    const ignored = excerpt(extra.join(' | '), 60);
    log.row('row_long', place, null, `${cells.length} cells instead of ${columns.length}; ignored: ${ignored}.`);
  }
  return { row, line, cells: columns.map((_, index) => cells[index]), incomplete: cells.length < columns.length };
}

function checkCells(piece: Piece, columns: readonly string[], fileName: string, limits: ReadLimits): void {
  const index = piece.cells.findIndex((cell) => cell.length > limits.maxCellCharacters);
  if (index < 0) return;
  const got = piece.cells[index]?.length.toLocaleString('en');
  throw new UserError(
    `${fileName}, line ${piece.line}, column ${columns[index] ?? index + 1}: a cell of ${got} characters; ` +
      `at most ${limits.maxCellCharacters.toLocaleString('en')} are read.`,
  );
}

/** Rows that are mostly too long mean unquoted delimiters: the cells behind them stand in the wrong columns. */
function checkShape(
  rows: number,
  columns: readonly string[],
  delimiter: string,
  fileName: string,
  log: WarningLog,
): void {
  const long = log.count('row_long');
  if (long < 3 || long * 2 <= rows) return;
  const name = delimiterNames[delimiter] ?? `"${delimiter}"`;
  throw new UserError(
    `${fileName}: ${long.toLocaleString('en')} of ${rows.toLocaleString('en')} rows have more cells than the header's ` +
      `${columns.length} (${listing(columns)}). A text that holds the delimiter (${name}) must stand in quotes.`,
  );
}
