/** What a Parquet file says of itself, checked before anything is read by it. */
import { type ColumnMetaData, type FileMetaData, parquetMetadata, parquetSchema, type SchemaTree } from 'hyparquet';
import { getTreePath } from 'hyparquet/src/schema.js';
import { z } from 'zod';
import { errorText, UserError } from '../../errors.ts';
import type { ByteSource } from './byte-source.ts';
import { checkPages, compressors } from './parquet-pages.ts';
import { checkThrift } from './parquet-thrift.ts';
import { parsers, unreadableType, withoutDecimals } from './parquet-values.ts';
import { atMost, type ReadLimits } from './read-limits.ts';
import { excerpt, listing, type WarningLog } from './warning-log.ts';

/** Some 300 bytes for each column of each row group; what is read of it takes many times that. */
const maxFooterBytes = 8 * 1024 * 1024;
/** Of one column in one row group; lists have more values than rows. */
const maxValues = 20_000_000;

/** What hyparquet takes for granted, and a damaged file may lack. */
const soundMetadata = z.object({
  schema: z.array(
    z.object({
      name: z.string(),
      num_children: z.number().nonnegative().optional(),
      type_length: z.number().nonnegative().optional(),
      scale: z.number().optional(),
    }),
  ),
  row_groups: z.array(
    z.object({
      num_rows: z.bigint().nonnegative(),
      columns: z.array(
        z.object({
          meta_data: z
            .object({
              path_in_schema: z.array(z.string()).min(1),
              num_values: z.bigint().nonnegative(),
              total_compressed_size: z.bigint().nonnegative(),
              data_page_offset: z.bigint().nonnegative(),
              dictionary_page_offset: z.bigint().nonnegative().optional(),
            })
            .optional(),
        }),
      ),
    }),
  ),
});

export interface ParquetFile {
  source: ByteSource;
  fileName: string;
  metadata: FileMetaData;
  /** the top-level columns that may hold texts or labels */
  columns: SchemaTree[];
}

/** Throws a UserError for a file that is damaged, encrypted, packed by an unknown codec or too large. */
export async function openParquet(
  source: ByteSource,
  fileName: string,
  limits: ReadLimits,
  log: WarningLog,
): Promise<ParquetFile> {
  const metadata = await readFooter(source, fileName);
  const columns = await readableColumns(metadata, fileName, limits, log);
  const file = { source, fileName, metadata, columns };
  checkRows(file, limits);
  for (const chunk of metadata.row_groups.flatMap((group) => group.columns)) {
    if (!chunk.meta_data || chunk.crypto_metadata) throw encrypted(fileName);
    if (chunk.file_path) throw new UserError(`${fileName} keeps its columns in other files. Write it as one file.`);
    if (isRead(chunk.meta_data, columns)) checkColumn(chunk.meta_data, file);
  }
  return file;
}

/** Whatever goes wrong within hyparquet is the file's fault; it throws errors of every kind at damaged ones. */
export async function intact<Result>(place: string, read: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const text = `${place}: the Parquet file is damaged (${excerpt(errorText(cause), 120)}). Write it again.`;
    throw new UserError(text, { cause });
  }
}

/** The schema and the places of all columns, which stand at the file's end, before their length and "PAR1". */
async function readFooter(source: ByteSource, fileName: string): Promise<FileMetaData> {
  const size = source.sizeBytes;
  const tail = await source.slice(Math.max(size - 8, 0), size);
  const ending = new TextDecoder('latin1').decode(tail.subarray(-4));
  if (ending === 'PARE') throw encrypted(fileName);
  if (tail.length < 8 || ending !== 'PAR1') {
    throw new UserError(
      `${fileName} begins as a Parquet file, but doesn't end as one: expected "PAR1", got "${excerpt(ending)}". ` +
        'It was cut off or is damaged; copy or write it again.',
    );
  }
  const length = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true);
  if (length > size - 12 || length > maxFooterBytes) {
    const most = Math.min(size - 12, maxFooterBytes).toLocaleString('en');
    const got = length.toLocaleString('en');
    throw new UserError(
      `${fileName}: the Parquet file's description of itself has ${got} bytes; expected at most ${most}.`,
    );
  }
  return await intact(fileName, async () => {
    const footer = await source.slice(size - 8 - length, size);
    checkThrift({ view: new DataView(footer.buffer, footer.byteOffset, length), offset: 0 });
    const metadata = parquetMetadata(footer, { parsers, geoparquet: false });
    const [issue] = soundMetadata.safeParse(metadata).error?.issues ?? [];
    if (issue) throw new Error(`${issue.path.join('.')}: ${issue.message}`);
    return { ...metadata, schema: metadata.schema.map(withoutDecimals) };
  });
}

function encrypted(fileName: string): UserError {
  return new UserError(`${fileName} is an encrypted Parquet file, which can't be read. Write it without encryption.`);
}

async function readableColumns(
  metadata: FileMetaData,
  fileName: string,
  limits: ReadLimits,
  log: WarningLog,
): Promise<SchemaTree[]> {
  const columns = await intact(fileName, () => parquetSchema(metadata).children);
  const names = columns.map(({ element }) => element.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UserError(`${fileName}: two columns are called "${excerpt(twice)}". Rename one.`);
  if (columns.length > limits.maxColumns) {
    const got = columns.length.toLocaleString('en');
    throw new UserError(`${fileName} has ${got} columns; at most ${limits.maxColumns} are read.`);
  }
  return columns.filter((column) => {
    const type = unreadableType(column);
    const { name } = column.element;
    if (type) log.whole('column_unreadable', name, `Column "${excerpt(name)}" is left out: its type is ${type}.`);
    return type === null;
  });
}

function checkRows({ metadata, fileName }: ParquetFile, limits: ReadLimits): void {
  const counts = metadata.row_groups.map(({ num_rows: count }) => Number(count));
  const rows = counts.reduce((sum, count) => sum + count, 0);
  if (rows <= limits.maxRows) return;
  throw new UserError(`${fileName} has ${rows.toLocaleString('en')} rows; ${atMost('maxRows', limits)}.`);
}

function isRead({ path_in_schema: [name] }: ColumnMetaData, columns: readonly SchemaTree[]): boolean {
  return columns.some(({ element }) => element.name === name);
}

function checkColumn(column: ColumnMetaData, { source, fileName }: ParquetFile): void {
  const place = `${fileName}, column "${excerpt(column.path_in_schema.join('.'))}"`;
  const { codec } = column;
  if (codec !== 'UNCOMPRESSED' && !compressors[codec]) {
    const known = listing(['none', ...Object.keys(compressors).map((name) => name.toLowerCase())]);
    throw new UserError(
      `${place}: compressed with ${codec ?? 'an unknown codec'}, which is not read. Expected one of ${known}. ` +
        'Write it with snappy or zstd.',
    );
  }
  const [start, end] = extent(column);
  if (start >= 4 && end >= start && end <= source.sizeBytes) return;
  throw new UserError(
    `${place}: should stand at bytes ${start} to ${end}, but the file has ${source.sizeBytes}. ` +
      'It was cut off or is damaged; copy or write it again.',
  );
}

/** First byte and last (exclusive), as hyparquet reckons them. */
function extent(column: ColumnMetaData): [start: number, end: number] {
  const start = Number(column.dictionary_page_offset || column.data_page_offset);
  return [start, start + Number(column.total_compressed_size)];
}

/**
 * Looks through the pages of one row group. Throws a UserError where they can't be what they say.
 * @returns how many bytes they have when unpacked
 */
export async function checkGroup(file: ParquetFile, index: number, limits: ReadLimits): Promise<number> {
  const { source, metadata, columns } = file;
  const place = `${file.fileName}, row group ${index + 1}`;
  const root = parquetSchema(metadata);
  const group = metadata.row_groups[index];
  let unpackedBytes = 0;
  for (const { meta_data: column } of group?.columns ?? []) {
    if (!column || !isRead(column, columns)) continue;
    const values = Number(column.num_values);
    const name = excerpt(column.path_in_schema.join('.'));
    if (values > maxValues) {
      const [got, most] = [values, maxValues].map((count) => count.toLocaleString('en'));
      throw new UserError(`${place}, column "${name}": ${got} values; at most ${most} are read. Leave it out.`);
    }
    unpackedBytes += await intact(`${place}, column "${name}"`, async () => {
      const path = getTreePath(root, column.path_in_schema);
      return checkPages(await source.slice(...extent(column)), column, path, Number(group?.num_rows));
    });
    const most = limits.maxBytes * 4;
    if (unpackedBytes <= most) continue;
    throw new UserError(
      `${place} has more than ${most.toLocaleString('en')} bytes once it is unpacked. Split the file.`,
    );
  }
  return unpackedBytes;
}
