/** An Excel workbook's first sheet with data into a table of records. Rows are numbered as Excel shows them. */
import { Buffer } from 'node:buffer';
import { errorText, UserError } from '../../errors.ts';
import type { ByteSource } from './byte-source.ts';
import { columnNames } from './csv-records.ts';
import { valueText } from './json-value.ts';
import { atMost, type ReadLimits } from './read-limits.ts';
import { type Cell, RecordTable } from './record-table.ts';
import { unpackedSize } from './unpacked-size.ts';
import { excerpt, listing, type WarningLog } from './warning-log.ts';
import { type MergedCells, readSheet, type SheetRow } from './xlsx-cells.ts';
import { openZip, type ZipPackage } from './xlsx-package.ts';
import { readWorkbook, type Sheet, type Workbook } from './xlsx-workbook.ts';

/** A character of a text takes up to six bytes in XML: `&quot;`, `_x000D_` take more, but no text is made of them. */
const bytesPerCharacter = 6;

/** Opens what begins as a ZIP archive; null where it holds no workbook. Throws a UserError where it is damaged. */
export async function openWorkbook(source: ByteSource, fileName: string): Promise<ZipPackage | null> {
  const zip = await openZip(source).catch((cause: unknown) => {
    throw new UserError(
      `${fileName} begins as a ZIP archive or an Excel workbook, but is damaged or cut off ` +
        `(${excerpt(errorText(cause), 120)}). Open it in Excel and save it again, or copy it again.`,
      { cause },
    );
  });
  if (zip.names.has('xl/workbook.bin')) throw otherWorkbook(fileName, 'a binary Excel workbook (.xlsb)');
  if (zip.names.has('content.xml') && zip.names.has('mimetype')) {
    throw otherWorkbook(fileName, 'an OpenDocument spreadsheet (.ods)');
  }
  return zip.names.has('[Content_Types].xml') && [...zip.names].some((name) => name.startsWith('xl/')) ? zip : null;
}

/** Why an OLE container can't be read: old workbooks are such, and new ones with a password. */
export async function oleError(source: ByteSource, fileName: string): Promise<UserError> {
  const name = Buffer.from('EncryptedPackage', 'utf16le');
  for await (const piece of source.stream()) {
    if (!Buffer.from(piece.buffer, piece.byteOffset, piece.length).includes(name)) continue;
    return new UserError(
      `${fileName} is an Excel workbook with a password. Remove it in Excel (File, Info, Protect Workbook, Encrypt with ` +
        'Password, leave it empty) and save the workbook again.',
    );
  }
  return otherWorkbook(fileName, 'an old Excel workbook (.xls) or another old Office document');
}

function otherWorkbook(fileName: string, what: string): UserError {
  return new UserError(
    `${fileName} is ${what}, which is not read. Save it as Excel workbook (.xlsx) or as CSV (UTF-8).`,
  );
}

/** Reads the first sheet that isn't empty; the others are named in a warning. Throws a UserError for a damaged file. */
export async function readXlsxRecords(
  zip: ZipPackage,
  fileName: string,
  limits: ReadLimits,
  log: WarningLog,
): Promise<RecordTable> {
  const maxTextBytes = limits.maxCellCharacters * bytesPerCharacter;
  const grow = unpackedSize(fileName, limits);
  const workbook = await intact(fileName, () => readWorkbook(zip, maxTextBytes, (text) => grow([text])));
  const visible = workbook.sheets.filter(({ hidden }) => !hidden);
  for (const sheet of visible) {
    const table = await readTable(zip, sheet, workbook, fileName, limits, log);
    if (table) {
      reportOtherSheets(sheet, workbook.sheets, log);
      return table;
    }
  }
  const hidden = workbook.sheets.length - visible.length;
  const besides = hidden > 0 ? `; ${hidden} hidden sheet(s) are not looked at, show them if they hold the data` : '';
  throw new UserError(
    `${fileName} has ${visible.length} empty sheet(s)${besides}. Expected a header row and at least one row.`,
  );
}

function reportOtherSheets(read: Sheet, sheets: Sheet[], log: WarningLog): void {
  const others = sheets.filter((sheet) => sheet !== read);
  if (others.length === 0) return;
  const names = others.map(({ name, hidden }) => `"${name}"${hidden ? ' (hidden)' : ''}`);
  log.whole('sheets_left_out', null, `Only the sheet "${excerpt(read.name)}" is read, not ${listing(names, 10)}.`);
}

async function readTable(
  zip: ZipPackage,
  sheet: Sheet,
  workbook: Workbook,
  fileName: string,
  limits: ReadLimits,
  log: WarningLog,
): Promise<RecordTable | null> {
  const place = `${fileName}, sheet "${excerpt(sheet.name)}"`;
  const builder = tableBuilder(place, limits, log);
  const merged = await intact(place, () =>
    readSheet(zip, sheet, workbook, limits.maxCellCharacters * bytesPerCharacter, builder.add),
  );
  const table = builder.table();
  return table && merged.length > 0 ? withMerged(table, merged, builder.headerRow()) : table;
}

interface TableBuilder {
  add(row: SheetRow): void;
  /** null while there was no row with a value */
  table(): RecordTable | null;
  headerRow(): number;
}

/** The first row with a value is the header; empty rows are passed over, as everywhere. */
function tableBuilder(place: string, limits: ReadLimits, log: WarningLog): TableBuilder {
  const grow = unpackedSize(place, limits);
  let table: RecordTable | null = null;
  let headerRow = 0;
  const add = ({ row, cells, error }: SheetRow) => {
    if (error) {
      const column = table?.columns[error.column] ?? null;
      log.row('cell_error', { row, line: null }, column, `a cell holds ${excerpt(error.text)}`);
    }
    if (cells.every(isBlank)) return;
    if (table === null) {
      headerRow = row;
      table = new RecordTable('xlsx', null, headerNames(cells, place, limits, log));
      return;
    }
    if (table.length === limits.maxRows) {
      const most = limits.maxRows.toLocaleString('en');
      throw new UserError(`${place} has more than ${most} rows; ${atMost('maxRows', limits)}.`);
    }
    const kept = cells.slice(0, table.columns.length);
    const extra = cells.slice(table.columns.length).filter((cell) => !isBlank(cell));
    if (extra.length > 0) {
      const ignored = excerpt(extra.map((cell) => valueText(cell)).join(' | '), 60);
      log.row('row_long', { row, line: null }, null, `${extra.length} cells beyond the header`, `ignored: ${ignored}`);
    }
    checkCells(kept, row, table.columns, place, limits);
    grow(kept);
    table.add({ row, line: null, incomplete: false, cells: kept });
  };
  return { add, table: () => table, headerRow: () => headerRow };
}

function isBlank(cell: Cell): boolean {
  return cell === undefined || (typeof cell === 'string' && cell.trim() === '');
}

function headerNames(cells: readonly Cell[], place: string, limits: ReadLimits, log: WarningLog): string[] {
  const width = cells.findLastIndex((cell) => !isBlank(cell)) + 1;
  if (width > limits.maxColumns) {
    const got = width.toLocaleString('en');
    throw new UserError(`${place}: ${got} columns; at most ${limits.maxColumns} are read.`);
  }
  return columnNames(
    Array.from({ length: width }, (_, index) => valueText(cells[index])),
    log,
  );
}

function checkCells(
  cells: readonly Cell[],
  row: number,
  columns: readonly string[],
  place: string,
  limits: ReadLimits,
): void {
  const index = cells.findIndex((cell) => typeof cell === 'string' && cell.length > limits.maxCellCharacters);
  if (index < 0) return;
  const got = valueText(cells[index]).length.toLocaleString('en');
  throw new UserError(
    `${place}, row ${row}, column "${excerpt(columns[index] ?? '')}": a cell of ${got} characters; ` +
      `${atMost('maxCellCharacters', limits)}.`,
  );
}

/** Cells merged downwards mean that their value holds for all of these rows; the file has it in the first only. */
function withMerged(table: RecordTable, merged: readonly MergedCells[], headerRow: number): RecordTable {
  const areas = table.columns.map((_, index) =>
    merged
      .filter(({ column, firstRow }) => column === index && firstRow > headerRow)
      .sort((a, b) => a.firstRow - b.firstRow),
  );
  const next = areas.map(() => 0);
  const held: Cell[] = [];
  const filled = new RecordTable(table.format, table.delimiter, table.columns);
  for (let record = 0; record < table.length; record++) {
    const row = table.row(record);
    const cells = areas.map((list, column) => {
      while ((list[next[column] ?? 0]?.lastRow ?? row) < row) next[column] = (next[column] ?? 0) + 1;
      const area = list[next[column] ?? 0];
      const own = table.cell(record, column);
      if (!area || row < area.firstRow) return own;
      if (row === area.firstRow) held[column] = own;
      else if (table.row(Math.max(record - 1, 0)) < area.firstRow) held[column] = undefined;
      return isBlank(own) ? held[column] : own;
    });
    filled.add({ row, line: null, incomplete: table.incomplete(record), cells });
  }
  return filled;
}

/** Whatever goes wrong within the archive or its XML is the file's fault. */
async function intact<Result>(place: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const why = excerpt(errorText(cause), 120);
    throw new UserError(`${place}: the workbook is damaged (${why}). Open it in Excel and save it again.`, { cause });
  }
}
