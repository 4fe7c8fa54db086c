/** Parquet into a table of records, a part of a row group at a time. Records count from 1: Parquet has no rows of its own. */
import { type AsyncBuffer, type ParquetRowRange, parquetScan } from 'hyparquet';
import { UserError } from '../../errors.ts';
import type { ByteSource } from './byte-source.ts';
import { columnNames } from './csv-records.ts';
import { checkGroup, intact, openParquet, type ParquetFile } from './parquet-file.ts';
import { compressors } from './parquet-pages.ts';
import { jsonCell, parsers } from './parquet-values.ts';
import { atMost, type ReadLimits } from './read-limits.ts';
import { type Cell, RecordTable } from './record-table.ts';
import { unpackedSize } from './unpacked-size.ts';
import { excerpt, type WarningLog } from './warning-log.ts';

/** What of a row group is decoded at once, in bytes of its unpacked pages. */
const partBytes = 64 * 1024 * 1024;

/** Reads all columns that may hold texts or labels. Throws a UserError for a file that is damaged, encrypted or too large. */
export async function readParquetRecords(
  source: ByteSource,
  fileName: string,
  limits: ReadLimits,
  log: WarningLog,
): Promise<RecordTable> {
  const file = await openParquet(source, fileName, limits, log);
  const names = file.columns.map(({ element }) => element.name);
  const table = new RecordTable('parquet', null, columnNames(names, log));
  const grow = unpackedSize(fileName, limits);
  let first = 0;
  for (const [index, group] of file.metadata.row_groups.entries()) {
    const rows = Number(group.num_rows);
    const parts = Math.ceil((await checkGroup(file, index, limits)) / partBytes);
    const partRows = Math.ceil(rows / Math.max(parts, 1));
    for (let start = 0; start < rows; start += partRows) {
      const range = { rowStart: first + start, rowEnd: first + Math.min(start + partRows, rows) };
      addRecords(table, await readPart(file, range), range, fileName, limits, grow);
    }
    first += rows;
  }
  return table;
}

/** Column by column: rows of one row group. */
async function readPart(
  { source, fileName, metadata, columns }: ParquetFile,
  range: ParquetRowRange,
): Promise<Cell[][]> {
  const { rowStart, rowEnd } = range;
  const rows = `rows ${(rowStart + 1).toLocaleString('en')} to ${rowEnd.toLocaleString('en')}`;
  const options = { compressors, parsers, useOffsetIndex: false, ...range };
  const names = columns.map(({ element }) => element.name);
  const file = asyncBuffer(source);
  const scan = await intact(fileName, () => parquetScan({ file, metadata, columns: names, ...options }));
  const parts: Cell[][] = [];
  for (const tree of columns) {
    const column = tree.element.name;
    const part = await intact(`${fileName}, column "${excerpt(column)}", ${rows}`, async () => {
      const values = await scan.readColumn({ column, ...range });
      if (values.length !== rowEnd - rowStart) throw new Error(`${values.length} values for ${rowEnd - rowStart} rows`);
      return Array.from(values, (value: unknown) => jsonCell(value, tree));
    });
    parts.push(part);
  }
  return parts;
}

/** hyparquet wants ArrayBuffers of just the bytes that it asked for. */
function asyncBuffer(source: ByteSource): AsyncBuffer {
  return {
    byteLength: source.sizeBytes,
    async slice(start, end = source.sizeBytes) {
      const bytes = await source.slice(start, end);
      const { buffer } = bytes;
      return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length
        ? buffer
        : new Uint8Array(bytes).buffer;
    },
  };
}

function addRecords(
  table: RecordTable,
  parts: Cell[][],
  { rowStart, rowEnd }: ParquetRowRange,
  fileName: string,
  limits: ReadLimits,
  grow: (cells: readonly Cell[]) => void,
): void {
  for (let row = rowStart; row < rowEnd; row++) {
    const cells = parts.map((part) => part[row - rowStart]);
    const long = cells.findIndex((cell) => typeof cell === 'string' && cell.length > limits.maxCellCharacters);
    if (long >= 0) {
      throw new UserError(
        `${fileName}, row ${row + 1}, column "${excerpt(table.columns[long] ?? '')}": ` +
          `${String(cells[long]).length.toLocaleString('en')} characters; ` +
          `${atMost('maxCellCharacters', limits)}.`,
      );
    }
    grow(cells);
    table.add({ row: row + 1, line: null, incomplete: false, cells });
  }
}
