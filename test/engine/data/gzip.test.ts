import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type ByteSource, bytesSource } from '../../../src/engine/data/byte-source.ts';
import { gunzipped } from '../../../src/engine/data/gzip-source.ts';
import { defaultReadLimits } from '../../../src/engine/data/read-limits.ts';
import { read, refusal, texts } from './support.ts';
import { parquetOf, xlsxOf } from './writers.ts';

const records = {
  columns: ['text', 'label'],
  cells: Array.from({ length: 6 }, (_, row) => [`sentence ${row}`, row % 2 ? 'a' : 'b']),
};
const csv = Buffer.from([records.columns, ...records.cells].map((row) => row.join(',')).join('\n'));
const expected = records.cells.map(([text]) => text);

test('every format is read with gzip, whatever the file is called', async () => {
  const json = records.cells.map(([text, label]) => ({ text, label }));
  const files: [string, Uint8Array, string][] = [
    ['data.csv.gz', csv, 'csv'],
    ['data.csv', csv, 'csv'],
    ['data', csv, 'csv'],
    ['data.tsv.GZ', Buffer.from(csv.toString().replaceAll(',', '\t')), 'csv'],
    ['data.json.gz', Buffer.from(JSON.stringify(json)), 'json'],
    ['data.jsonl.gz', Buffer.from(json.map((record) => JSON.stringify(record)).join('\n')), 'jsonl'],
    ['data.parquet.gz', parquetOf(records), 'parquet'],
    ['data.xlsx.gz', await xlsxOf(records), 'xlsx'],
  ];
  for (const [name, bytes, format] of files) {
    const dataset = await read(gzipSync(bytes), name);
    assert.deepEqual([dataset.fileName, dataset.format, texts(dataset)], [name, format, expected]);
  }
});

test('gzip in several members, and with zeros behind its end, is one file', async () => {
  const half = csv.indexOf('\n', csv.length / 2);
  const members = [gzipSync(csv.subarray(0, half)), gzipSync(csv.subarray(half)), Buffer.alloc(700)];
  assert.deepEqual(texts(await read(Buffer.concat(members), 'data.csv.gz')), expected);
});

test('gzip that is cut off, damaged, followed by something, empty or packed twice is refused', async () => {
  const packed = gzipSync(csv);
  for (let length = 2; length < packed.length; length++) {
    assert.match(
      await refusal(packed.subarray(0, length), 'data.csv.gz'),
      /^data\.csv\.gz is (cut off|a damaged gzip)/,
    );
  }
  const damaged = Buffer.from(packed);
  damaged[20] = (damaged[20] ?? 0) ^ 0x55;
  assert.match(await refusal(damaged, 'data.csv.gz'), /^data\.csv\.gz is a damaged gzip file/);
  assert.match(await refusal(Buffer.concat([packed, csv]), 'data.csv.gz'), /something behind its end/);
  const afterZeros = Buffer.concat([packed, Buffer.alloc(20), csv]);
  assert.match(await refusal(afterZeros, 'data.csv.gz'), /something else stands behind the end of its gzip data/);
  assert.match(await refusal(gzipSync(''), 'data.csv.gz'), /holds only blanks/);
  assert.match(await refusal(gzipSync(packed), 'data.csv.gz'), /is packed with gzip twice\. Unpack it once/);
});

test('a bomb is refused as soon as it is larger than a file may be', async () => {
  const packed = gzipSync(Buffer.alloc(64 * 1024 * 1024, 'a,b\n'));
  assert.ok(packed.length < 100_000);
  const message = await refusal(packed, 'data.csv.gz', { limits: { maxBytes: 1024 * 1024 } });
  assert.match(message, /^data\.csv\.gz has more than 1 MB when it is unpacked; at most 1 MB are read/);
});

test('a large text is unpacked anew for each reading, its pieces and slices the same', async () => {
  const text = Buffer.alloc(40 * 1024 * 1024, 'The quick brown fox jumps over the lazy dog. 0123456789\n');
  const packed = bytesSource(gzipSync(text));
  let readings = 0;
  const counting: ByteSource = {
    ...packed,
    stream() {
      readings += 1;
      return packed.stream();
    },
  };
  const source = await gunzipped(counting, 'data.txt.gz', defaultReadLimits);
  assert.equal(source.sizeBytes, text.length);
  for (const _ of [1, 2]) {
    const pieces: Uint8Array[] = [];
    for await (const piece of source.stream()) pieces.push(piece);
    assert.ok(Buffer.concat(pieces).equals(text));
  }
  for (const [start, end] of [
    [0, 10],
    [1_000_000, 2_000_001],
    [text.length - 3, text.length + 9],
  ] as const) {
    assert.deepEqual(Buffer.from(await source.slice(start, end)), text.subarray(start, end));
  }
  assert.equal(readings, 6);
});

test('the fixtures of other writers are read with gzip as without', async () => {
  const folder = fileURLToPath(new URL('fixtures/formats/', import.meta.url));
  for (const name of ['nested.parquet', 'excel.xlsx']) {
    const bytes = readFileSync(`${folder}${name}`);
    const [plain, packed] = [await read(bytes, name), await read(gzipSync(bytes), `${name}.gz`)];
    assert.deepEqual(packed.documents, plain.documents);
    assert.deepEqual(packed.warnings, plain.warnings);
  }
});
