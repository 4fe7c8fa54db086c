/** Records written as a workbook and as Parquet, by other libraries than the ones that read them. */
import { Buffer } from 'node:buffer';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { CompressionCodec } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import writeXlsxFile, { type SheetData } from 'write-excel-file/node';
import type { Cell, RecordTable } from '../../../src/engine/data/record-table.ts';

/** A header and below it the records, without those empty lines that the file may have had. */
export interface Records {
  columns: readonly string[];
  cells: readonly (readonly Cell[])[];
}

export function recordsOf(table: RecordTable): Records {
  const cells = Array.from({ length: table.length }, (_, record) =>
    table.columns.map((_, column) => table.cell(record, column)),
  );
  return { columns: table.columns, cells };
}

/** Lists and objects become JSON text: a spreadsheet has no other form for them. */
export async function xlsxOf({ columns, cells }: Records): Promise<Buffer> {
  const text = (value: string) => ({ value, type: String });
  const sheet: SheetData = [
    columns.map(text),
    ...cells.map((row) =>
      row.map((cell) => {
        if (cell === undefined || cell === null || cell === '') return null;
        if (typeof cell === 'number' || typeof cell === 'boolean') return cell;
        return text(typeof cell === 'string' ? cell : JSON.stringify(cell));
      }),
    ),
  ];
  return await writeXlsxFile(sheet).toBuffer();
}

const compressors = {
  GZIP: (bytes: Uint8Array) => gzipSync(bytes),
  BROTLI: (bytes: Uint8Array) => brotliCompressSync(bytes),
  ZSTD: (bytes: Uint8Array) => zstdCompressSync(bytes),
};

/** A column of nothing but texts is one of strings; any other is one of JSON. */
export function parquetOf(
  { columns, cells }: Records,
  codec: CompressionCodec = 'SNAPPY',
  rowGroupSize = 1000,
): Buffer {
  const columnData = columns.map((name, index) => {
    const data = cells.map((row) => row[index] ?? null);
    const texts = data.every((cell) => cell === null || typeof cell === 'string');
    return { name, data, type: texts ? ('STRING' as const) : ('JSON' as const) };
  });
  return Buffer.from(parquetWriteBuffer({ columnData, codec, compressors, rowGroupSize }));
}
