/** Formats that aren't text, told by their first bytes whatever a file is called. */
import { Buffer } from 'node:buffer';
import type { ByteSource } from './byte-source.ts';
import { gunzipped } from './gzip-source.ts';
import { readParquetRecords } from './parquet-records.ts';
import type { ReadLimits } from './read-limits.ts';
import type { RecordTable } from './record-table.ts';
import type { WarningLog } from './warning-log.ts';
import { oleError, openWorkbook, readXlsxRecords } from './xlsx-records.ts';

async function firstBytes(source: ByteSource): Promise<string> {
  return Buffer.from(await source.slice(0, 4)).toString('latin1');
}

/** What a gzip file holds, by the name that it has without `.gz`; any other file as it is. */
export async function withoutGzip(
  source: ByteSource,
  fileName: string,
  limits: ReadLimits,
): Promise<{ source: ByteSource; fileName: string }> {
  if (!(await firstBytes(source)).startsWith('\x1f\x8b')) return { source, fileName };
  const inner = await gunzipped(source, fileName, limits);
  return { source: inner, fileName: fileName.replace(/\.gz(ip)?$/i, '') };
}

/** Reads Parquet or an Excel workbook; null for what is neither. Throws a UserError for one that can't be read. */
export async function readPackedRecords(
  source: ByteSource,
  fileName: string,
  limits: ReadLimits,
  log: WarningLog,
): Promise<RecordTable | null> {
  const start = await firstBytes(source);
  if (start === 'PAR1' || start === 'PARE') return await readParquetRecords(source, fileName, limits, log);
  if (start === '\xd0\xcf\x11\xe0') throw await oleError(source, fileName);
  if (start !== 'PK\x03\x04') return null;
  const zip = await openWorkbook(source, fileName);
  return zip && (await readXlsxRecords(zip, fileName, limits, log));
}
