/**
 * Looks through a column's pages before they are decoded. hyparquet believes the counts that stand in a page: in a
 * damaged one, a run of a billion values fills the memory, and a negative block size never ends.
 * The formats: https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import {
  type ColumnMetaData,
  type Compressors,
  type DataReader,
  type PageHeader,
  type SchemaTree,
  snappyUncompress,
} from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel, isFlatColumn } from 'hyparquet/src/schema.js';
import { readVarInt } from 'hyparquet/src/thrift.js';
import { checkThrift } from './parquet-thrift.ts';

/** DuckDB, whose pages are the largest, ends them at 100 MB. */
const maxPageBytes = 256 * 1024 * 1024;

/** Native ones where Node has them; each is held to the size that the page's header gives. */
export const compressors: Compressors = {
  SNAPPY: (input, length) => {
    const output = new Uint8Array(length);
    snappyUncompress(input, output);
    return output;
  },
  GZIP: (input, maxOutputLength) => gunzipSync(input, { maxOutputLength: maxOutputLength || 1 }),
  BROTLI: (input, maxOutputLength) => brotliDecompressSync(input, { maxOutputLength: maxOutputLength || 1 }),
  ZSTD: (input, maxOutputLength) => zstdDecompressSync(input, { maxOutputLength: maxOutputLength || 1 }),
};

/**
 * Throws an Error where a page of the column says what can't be true.
 * @param bytes one column of one row group, from its first page on
 * @param path from the schema's root to the column
 * @param rows of the row group
 * @returns how many bytes the pages have when unpacked
 */
export function checkPages(bytes: Uint8Array, column: ColumnMetaData, path: SchemaTree[], rows: number): number {
  const reader = readerOf(bytes);
  const [expected, flat] = [Number(column.num_values), isFlatColumn(path)];
  if (flat && expected !== rows) throw new Error(`${expected} values for ${rows} rows`);
  let values = 0;
  let unpackedBytes = 0;
  // as hyparquet does: a nested column ends with its bytes, a flat one with its rows
  while (flat ? values < expected : reader.offset < bytes.length - 1) {
    checkThrift(reader);
    const header = parquetHeader(reader);
    const { type, compressed_page_size: packed, uncompressed_page_size: unpacked } = header;
    const end = reader.offset + packed;
    if (!(packed >= 0) || end > bytes.length) throw new Error(`a page of ${packed} bytes ends beyond its column`);
    if (!(unpacked >= 0 && unpacked <= maxPageBytes)) throw new Error(`a page of ${unpacked} bytes`);
    unpackedBytes += unpacked;
    if (type === 'DATA_PAGE' || type === 'DATA_PAGE_V2') {
      const pageValues = header.data_page_header?.num_values ?? header.data_page_header_v2?.num_values ?? -1;
      values += pageValues;
      if (!(pageValues >= 0) || values > expected) throw new Error(`more values than the ${expected} of the column`);
      const page = bytes.subarray(reader.offset, end);
      if (type === 'DATA_PAGE') checkPage(page, header, column, path);
      else checkPageV2(page, header, column, path);
    } else if (type !== 'DICTIONARY_PAGE' && type !== 'INDEX_PAGE') throw new Error(`a page of the type ${type}`);
    reader.offset = end;
  }
  if (values !== expected) throw new Error(`${values} values instead of ${expected}`);
  return unpackedBytes;
}

function readerOf(bytes: Uint8Array): DataReader {
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
}

/** In the first form of data pages the levels are packed with the values, each run led by its length. */
function checkPage(bytes: Uint8Array, header: PageHeader, column: ColumnMetaData, path: SchemaTree[]): void {
  const { num_values: values = 0, encoding = '' } = header.data_page_header ?? {};
  const reader = readerOf(decompressPage(bytes, header.uncompressed_page_size, column.codec, compressors));
  for (const level of [getMaxRepetitionLevel(path), getMaxDefinitionLevel(path)]) {
    if (level > 0) checkRunsWithLength(reader, widthOf(level), values);
  }
  checkValues(reader, encoding, column, values);
}

/** In the second form the levels stand unpacked before the values. */
function checkPageV2(bytes: Uint8Array, header: PageHeader, column: ColumnMetaData, path: SchemaTree[]): void {
  const page = header.data_page_header_v2;
  if (!page) throw new Error('a data page without its header');
  const { num_values: values, num_nulls: nulls, num_rows: rows } = page;
  const [repetitions, definitions] = [page.repetition_levels_byte_length, page.definition_levels_byte_length];
  const unpacked = header.uncompressed_page_size - repetitions - definitions;
  const inside = repetitions >= 0 && definitions >= 0 && repetitions + definitions <= bytes.length && unpacked >= 0;
  if (!inside || !(nulls >= 0 && nulls <= values) || !(rows >= 0 && rows <= values)) {
    throw new Error('the sizes in a page header contradict each other');
  }
  const levels = readerOf(bytes);
  if (getMaxRepetitionLevel(path) > 0) checkRuns(levels, widthOf(getMaxRepetitionLevel(path)), values, repetitions);
  levels.offset = repetitions;
  const end = repetitions + definitions;
  if (getMaxDefinitionLevel(path) > 0) checkRuns(levels, widthOf(getMaxDefinitionLevel(path)), values, end);
  const packed = bytes.subarray(end);
  const codec = page.is_compressed === false ? 'UNCOMPRESSED' : column.codec;
  checkValues(readerOf(decompressPage(packed, unpacked, codec, compressors)), page.encoding, column, values - nulls);
}

/** Bits of the largest level. */
function widthOf(level: number): number {
  return 32 - Math.clz32(level);
}

/** `values` may count absent ones too: it bounds what can be there. */
function checkValues(reader: DataReader, encoding: string, column: ColumnMetaData, values: number): void {
  const end = reader.view.byteLength;
  if (values === 0 || reader.offset >= end) return;
  if (encoding === 'RLE' && column.type === 'BOOLEAN') checkRunsWithLength(reader, 1, values);
  else if (encoding === 'RLE' || encoding.endsWith('_DICTIONARY')) {
    const width = reader.view.getUint8(reader.offset++);
    if (width > 0) checkRuns(reader, width, values, end);
  } else if (encoding === 'DELTA_BINARY_PACKED' || encoding === 'DELTA_LENGTH_BYTE_ARRAY') {
    checkDeltaHeader({ ...reader }, values);
  } else if (encoding === 'DELTA_BYTE_ARRAY') checkPrefixes(reader, values);
}

function checkRunsWithLength(reader: DataReader, width: number, values: number): void {
  const length = reader.view.getUint32(reader.offset, true);
  reader.offset += 4;
  const end = reader.offset + length;
  if (end > reader.view.byteLength) throw new Error('a run of values ends beyond its page');
  checkRuns(reader, width, values, end);
  reader.offset = end;
}

/** Runs of equal values and runs of packed ones; writers fill the last one up to a multiple of 8. */
function checkRuns(reader: DataReader, width: number, values: number, end: number): void {
  let seen = 0;
  while (seen < values && reader.offset < end) {
    const header = readVarInt(reader);
    const packed = (header & 1) === 1;
    const count = packed ? (header >>> 1) * 8 : header >>> 1;
    if (header < 0 || count > values + 512) throw new Error(`a run of ${count} values among ${values}`);
    reader.offset += packed ? (count / 8) * width : Math.ceil(width / 8);
    seen += count;
  }
}

/** @returns how many values it announces */
function checkDeltaHeader(reader: DataReader, values: number): number {
  const [blockSize, miniblocks, count] = [readVarInt(reader), readVarInt(reader), readVarInt(reader)];
  const sound = blockSize > 0 && blockSize <= 1 << 20 && miniblocks > 0 && blockSize % miniblocks === 0;
  if (!sound || count < 0 || count > values) throw new Error(`differences in ${miniblocks} blocks of ${blockSize}`);
  return count;
}

/** Texts that share their beginning with the one before: each prefix must be as long as that one at most. */
function checkPrefixes(reader: DataReader, values: number): void {
  const count = checkDeltaHeader({ ...reader }, values);
  const prefixes = new Int32Array(Math.max(count, 1));
  deltaBinaryUnpack(reader, count, prefixes);
  checkDeltaHeader({ ...reader }, values);
  const suffixes = new Int32Array(Math.max(count, 1));
  deltaBinaryUnpack(reader, count, suffixes);
  let before = 0;
  let total = 0;
  for (let index = 0; index < count; index++) {
    const [prefix = 0, suffix = 0] = [prefixes[index], suffixes[index]];
    if (prefix < 0 || prefix > before || suffix < 0) throw new Error('a text that begins with more than was there');
    before = prefix + suffix;
    total += before;
  }
  if (total > maxPageBytes) throw new Error(`a page of ${total} bytes`);
}
