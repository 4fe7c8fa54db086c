import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bytesSource } from '../../../src/engine/data/byte-source.ts';
import { readCsvRecords } from '../../../src/engine/data/csv-records.ts';
import { openText } from '../../../src/engine/data/decode.ts';
import { readJsonLines } from '../../../src/engine/data/json-records.ts';
import type { Dataset } from '../../../src/engine/data/read-dataset.ts';
import { defaultReadLimits } from '../../../src/engine/data/read-limits.ts';
import { createWarningLog } from '../../../src/engine/data/warning-log.ts';
import { countOf, read, refusal } from './support.ts';
import { parquetOf, type Records, recordsOf, xlsxOf } from './writers.ts';

/** Beside the repository: dirty-files.test.ts reads them as they are. */
const folder = fileURLToPath(new URL('../../../../shared/datasets/dirty/', import.meta.url));
const skip = existsSync(folder) ? false : `${folder} is not here`;
const names = skip ? [] : readdirSync(folder).filter((name) => /\.(csv|jsonl)$/.test(name));
/** One for each file, in turn. */
const codecs = ['SNAPPY', 'UNCOMPRESSED', 'GZIP', 'BROTLI', 'ZSTD'] as const;
const refused = new Set(['12_empty.csv', '13_header_only.csv']);

/**
 * Troubles of text files alone: neither Excel nor Parquet has delimiters, quotes, encodings, rows of unequal length or
 * lines of broken JSON. What they have in common is left.
 */
const ofText = new Set([
  'encoding',
  'quote_stray',
  'row_short',
  'row_long',
  'row_unreadable',
  'line_repaired',
  'line_unreadable',
]);

async function recordsIn(bytes: Uint8Array, name: string): Promise<Records> {
  const text = await openText(bytesSource(bytes), name);
  const reader = name.endsWith('.jsonl') ? readJsonLines : readCsvRecords;
  return recordsOf(await reader(text, name, defaultReadLimits, createWarningLog('row')));
}

/** All but the places, which change with the format, and what was lost before the records were written. */
function contentOf(dataset: Dataset, textOf: (text: string) => string = (text) => text) {
  const lost = countOf(dataset, 'row_unreadable', 'line_unreadable');
  return {
    columns: dataset.columns,
    rows: dataset.rows - lost,
    roles: dataset.roles,
    categories: dataset.categories,
    documents: dataset.documents.map(({ id, text, language, labels }) => ({
      id,
      text: textOf(text),
      language,
      labels: [...labels],
    })),
    problems: dataset.warnings
      .filter(({ code, row }) => row === null && !ofText.has(code))
      .map(({ code, column, message }) => ({ code, column, message: message.replace(/^([\d,]+) line/, '$1 row') })),
  };
}

for (const [index, name] of names.filter((name) => !refused.has(name)).entries()) {
  const bytes = () => readFileSync(`${folder}${name}`);

  test(`${name} as Parquet is read as the file itself`, { skip }, async () => {
    const direct = contentOf(await read(bytes(), name));
    const records = await recordsIn(bytes(), name);
    const codec = codecs[index % codecs.length];
    const dataset = await read(parquetOf(records, codec), `${name}.parquet`);
    assert.equal(dataset.format, 'parquet');
    assert.deepEqual(contentOf(dataset), direct);
    for (const { row, text } of dataset.documents) assert.ok(records.cells[row - 1]?.includes(text), `row ${row}`);
  });

  test(`${name} as XLSX is read as the file itself`, { skip }, async () => {
    const records = await recordsIn(bytes(), name);
    const dataset = await read(await xlsxOf(records), `${name}.xlsx`);
    assert.equal(dataset.format, 'xlsx');
    // XML knows one way to end a line
    const oneLineEnd = (text: string) => text.replaceAll(/\r\n?/g, '\n');
    assert.deepEqual(contentOf(dataset, oneLineEnd), contentOf(await read(bytes(), name), oneLineEnd));
    for (const { row, text } of dataset.documents) {
      assert.ok(
        records.cells[row - 2]?.some((cell) => oneLineEnd(String(cell)) === text),
        `row ${row}`,
      );
    }
  });

  test(`${name} with gzip is the same dataset, under the hash of the gzip file`, { skip }, async () => {
    const direct = await read(bytes(), name);
    const packed = gzipSync(bytes());
    const dataset = await read(packed, `${name}.gz`);
    assert.deepEqual([dataset.sizeBytes, dataset.fileName], [packed.length, `${name}.gz`]);
    assert.notEqual(dataset.hash, direct.hash);
    assert.deepEqual(contentOf(dataset), contentOf(direct));
    assert.deepEqual(dataset.warnings, direct.warnings);
  });
}

test('a header without rows is refused in every format', { skip }, async () => {
  const name = '13_header_only.csv';
  const records = await recordsIn(readFileSync(`${folder}${name}`), name);
  for (const [written, end] of [
    [await xlsxOf(records), 'xlsx'],
    [parquetOf(records), 'parquet'],
    [gzipSync(readFileSync(`${folder}${name}`)), 'csv.gz'],
  ] as const) {
    assert.match(
      await refusal(written, `data.${end}`),
      /^data\.\S+ has a header \(text, label, language\) and no rows/,
    );
  }
});
