/** CSV and TSV into a table of records. Rows are counted as a spreadsheet does: blank lines count too. */
import { Buffer } from 'node:buffer';
import { UserError } from '../../errors.ts';
import { type CsvRow, type CsvText, detectDelimiter, isBlank, noDelimiter, readRows } from './csv-rows.ts';
import type { TextSource } from './decode.ts';
import { normaliseName } from './labels.ts';
import { atMost, type ReadLimits, widestRecordBytes } from './read-limits.ts';
import { RecordTable } from './record-table.ts';
import { TextWindow } from './text-window.ts';
import { excerpt, listing, type WarningLog } from './warning-log.ts';

const delimiterNames: Record<string, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'vertical bar' };

/** Reads a table from decoded text. */
export async function readCsvRecords(
  text: TextSource,
  fileName: string,
  limits: ReadLimits,
  log: WarningLog,
): Promise<RecordTable> {
  const csv = await csvText(text, fileName, limits);
  const { delimiter } = csv;
  let table: RecordTable | null = null;
  for await (const rows of readRows(csv, fileName, limits, log)) {
    for (const row of rows) {
      if (isBlank(row.cells)) continue;
      if (table === null) {
        checkWidth(row, fileName, limits);
        table = new RecordTable('csv', delimiter === noDelimiter ? null : delimiter, columnNames(row.cells, log));
      } else {
        addRecord(row, table, log);
        checkCells(row, table.columns, fileName, limits);
      }
    }
  }
  if (table === null) throw new UserError(`${fileName} is empty. Expected a header line and at least one row.`);
  checkShape(table, delimiter, fileName, log);
  return table;
}

/** Finds the delimiter: what the file declares in a first line `sep=;`, as Excel does, else what fits its first rows. */
async function csvText(text: TextSource, fileName: string, limits: ReadLimits): Promise<CsvText> {
  const widest = widestRecordBytes(limits);
  const open = () => TextWindow.open(text.pieces(), widest);
  const window = await open();
  try {
    const { bytes } = window;
    const declared = /^sep=(.)\r?\n/i.exec(bytes.subarray(0, 16).toString('utf8'));
    const skipped = declared ? Buffer.byteLength(declared[0]) : 0;
    return {
      delimiter: declared?.[1] ?? detectDelimiter(bytes, fileName),
      firstLine: declared ? 2 : 1,
      sizeBytes: text.sizeBytes,
      async open() {
        const own = await open();
        await own.advance(skipped);
        return own;
      },
    };
  } finally {
    await window.close();
  }
}

function checkWidth({ cells, line }: CsvRow, fileName: string, { maxColumns }: ReadLimits): void {
  if (cells.length <= maxColumns) return;
  const got = cells.length.toLocaleString('en');
  throw new UserError(`${fileName}, line ${line}: ${got} columns; at most ${maxColumns} are read.`);
}

export function columnNames(cells: readonly string[], log: WarningLog): string[] {
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

function addRecord({ cells, row, line }: CsvRow, table: RecordTable, log: WarningLog): void {
  const { columns } = table;
  const place = { row, line };
  if (cells.length < columns.length) {
    const missing = listing(columns.slice(cells.length));
    log.row('row_short', place, null, `${cells.length} cells instead of ${columns.length}; missing: ${missing}`);
  } else if (cells.length > columns.length) {
    const extra = cells.slice(columns.length).filter((cell) => cell.trim() !== '');
    if (extra.length > 0) {
      const got = `${cells.length} cells instead of ${columns.length}`;
      log.row('row_long', place, null, got, `ignored: ${excerpt(extra.join(' | '), 60)}`);
    }
  }
  table.add({ row, line, cells, incomplete: cells.length < columns.length });
}

function checkCells(row: CsvRow, columns: readonly string[], fileName: string, limits: ReadLimits): void {
  const index = row.cells.findIndex((cell) => cell.length > limits.maxCellCharacters);
  if (index < 0) return;
  const got = row.cells[index]?.length.toLocaleString('en');
  throw new UserError(
    `${fileName}, line ${row.line}, column ${columns[index] ?? index + 1}: a cell of ${got} characters; ` +
      `${atMost('maxCellCharacters', limits)}.`,
  );
}

/** Rows that are mostly too long mean unquoted delimiters: the cells behind them stand in the wrong columns. */
function checkShape(table: RecordTable, delimiter: string, fileName: string, log: WarningLog): void {
  const { length: rows, columns } = table;
  const long = log.count('row_long');
  if (long < 3 || long * 2 <= rows) return;
  const name = delimiterNames[delimiter] ?? `"${delimiter}"`;
  throw new UserError(
    `${fileName}: ${long.toLocaleString('en')} of ${rows.toLocaleString('en')} rows have more cells than the header's ` +
      `${columns.length} (${listing(columns)}). A text that holds the delimiter (${name}) must stand in quotes.`,
  );
}
