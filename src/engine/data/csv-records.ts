/** CSV and TSV into a table of records. Rows are counted as a spreadsheet does: blank lines count too. */
import { Buffer } from 'node:buffer';
import { UserError } from '../../errors.ts';
import { type CsvRow, detectDelimiter, isBlank, noDelimiter, readRows } from './csv-rows.ts';
import { normaliseName } from './labels.ts';
import type { ReadLimits } from './read-limits.ts';
import type { RawRecord, RawTable } from './records.ts';
import { excerpt, listing, type WarningLog } from './warning-log.ts';

const delimiterNames: Record<string, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'vertical bar' };

/** Reads a table from decoded text. */
export function readCsvRecords(text: string, fileName: string, limits: ReadLimits, log: WarningLog): RawTable {
  const declared = /^sep=(.)\r?\n/i.exec(text);
  const body = declared ? text.slice(declared[0].length) : text;
  const bytes = Buffer.from(body.includes('\n') ? body : body.replaceAll('\r', '\n'), 'utf8');
  const firstLine = declared ? 2 : 1;
  const delimiter = declared?.[1] ?? detectDelimiter(bytes, fileName);
  const rows = readRows(bytes, delimiter, firstLine, fileName, limits, log);

  const headerIndex = rows.findIndex((row) => !isBlank(row.cells));
  const header = rows[headerIndex];
  if (!header) throw new UserError(`${fileName} is empty. Expected a header line and at least one row.`);
  if (header.cells.length > limits.maxColumns) {
    const got = header.cells.length.toLocaleString('en');
    throw new UserError(`${fileName}, line ${header.line}: ${got} columns; at most ${limits.maxColumns} are read.`);
  }
  const columns = columnNames(header.cells, log);
  const records: RawRecord[] = [];
  for (let index = headerIndex + 1; index < rows.length; index++) {
    const row = rows[index];
    if (!row || isBlank(row.cells)) continue;
    records.push(toRecord(row, index + 1, columns, log));
    checkCells(row, columns, fileName, limits);
  }
  checkShape(records.length, columns, delimiter, fileName, log);
  return { format: 'csv', delimiter: delimiter === noDelimiter ? null : delimiter, columns, records };
}

function columnNames(cells: readonly string[], log: WarningLog): string[] {
  const used = new Set<string>();
  return cells.map((cell, index) => {
    const written = normaliseName(cell);
    const wanted = written === '' ? `column ${index + 1}` : written;
    let name = wanted;
    for (let copy = 2; used.has(name); copy++) name = `${wanted} (${copy})`;
    used.add(name);
    if (written === '')
      log.whole('header_empty', name, `Column ${index + 1} has no name; it is called "${excerpt(name)}" here.`);
    else if (name !== wanted) {
      log.whole(
        'header_twice',
        name,
        `Two columns are called "${excerpt(wanted)}"; the later one is called "${excerpt(name)}" here.`,
      );
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

function toRecord(csvRow: CsvRow, row: number, columns: readonly string[], log: WarningLog): RawRecord {
  const { cells, line } = csvRow;
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

function checkCells(row: CsvRow, columns: readonly string[], fileName: string, limits: ReadLimits): void {
  const index = row.cells.findIndex((cell) => cell.length > limits.maxCellCharacters);
  if (index < 0) return;
  const got = row.cells[index]?.length.toLocaleString('en');
  throw new UserError(
    `${fileName}, line ${row.line}, column ${columns[index] ?? index + 1}: a cell of ${got} characters; ` +
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
