import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parquetMetadata } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { z } from 'zod';
import { bytesSource, fileSource } from '../../../src/engine/data/byte-source.ts';
import { readParquetRecords } from '../../../src/engine/data/parquet-records.ts';
import { readDataset } from '../../../src/engine/data/read-dataset.ts';
import { defaultReadLimits } from '../../../src/engine/data/read-limits.ts';
import type { RecordTable } from '../../../src/engine/data/record-table.ts';
import { createWarningLog } from '../../../src/engine/data/warning-log.ts';
import { openWorkbook, readXlsxRecords } from '../../../src/engine/data/xlsx-records.ts';

/** Written by pyarrow, openpyxl and XlsxWriter: fixtures/formats.py. */
const folder = fileURLToPath(new URL('fixtures/formats/', import.meta.url));
const expected = z
  .object({
    parquet: z.record(z.string(), z.record(z.string(), z.array(z.json()))),
    xlsx: z.record(
      z.string(),
      z.object({
        rows: z.array(z.number()),
        columns: z.array(z.string()),
        cells: z.array(z.array(z.json())),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(`${folder}../formats.json`, 'utf8')));

/** Column by column; what a record doesn't have is null, as in Python. */
function valuesOf(table: RecordTable): Record<string, unknown[]> {
  return Object.fromEntries(
    table.columns.map((name, column) => [
      name,
      Array.from({ length: table.length }, (_, record) => table.cell(record, column) ?? null),
    ]),
  );
}

async function readParquet(name: string, limits = defaultReadLimits): Promise<RecordTable> {
  return await readParquetRecords(await fileSource(`${folder}${name}`), name, limits, createWarningLog('row'));
}

async function readXlsx(name: string, log = createWarningLog('row'), limits = defaultReadLimits): Promise<RecordTable> {
  const zip = await openWorkbook(await fileSource(`${folder}${name}`), name);
  assert.ok(zip);
  return await readXlsxRecords(zip, name, limits, log);
}

for (const [name, columns] of Object.entries(expected.parquet)) {
  test(`${name} holds what pyarrow wrote`, async () => {
    const table = await readParquet(name);
    assert.deepEqual(valuesOf(table), columns);
    assert.deepEqual(
      Array.from({ length: table.length }, (_, record) => table.row(record)),
      [1, 2, 3, 4, 5],
    );
  });
}

for (const [name, { rows, columns, cells }] of Object.entries(expected.xlsx)) {
  test(`${name} holds what was written, in the rows that Excel shows`, async () => {
    const table = await readXlsx(name);
    assert.deepEqual(table.columns, columns);
    const values = Array.from({ length: table.length }, (_, record) =>
      columns.map((_, column) => table.cell(record, column) ?? null),
    );
    assert.deepEqual(values, cells);
    assert.deepEqual(
      Array.from({ length: table.length }, (_, record) => table.row(record)),
      rows,
    );
  });
}

test('sheets that are not read, errors and nameless columns are told', async () => {
  const log = createWarningLog('row');
  await readXlsx('excel.xlsx', log);
  await readXlsx('openpyxl.xlsx', log);
  assert.deepEqual(
    log.finish().map(({ code, message }) => [code, message]),
    [
      ['sheets_left_out', 'Only the sheet "answers" is read, not "notes", "lookup" (hidden), "summary".'],
      ['header_empty', 'Column 1 has no name; it is called "column 1" here.'],
      ['cell_error', '2 rows with an Excel error such as #N/A, or a formula without a value, read as empty.'],
      ['cell_error', 'row 8: a cell holds #N/A.'],
      ['cell_error', 'row 4: a cell holds #N/A.'],
    ],
  );
});

test('lists and structs of Parquet are labels and annotation as JSON is', async () => {
  const dataset = await readDataset(await fileSource(`${folder}nested.parquet`), 'nested.parquet');
  assert.deepEqual(dataset.roles, {
    text: 'text',
    id: null,
    language: null,
    annotation: 'annotation',
    labels: ['labels'],
  });
  assert.deepEqual(dataset.categories.slice(0, 3), [
    { name: 'labels', kind: 'multi' },
    { name: 'theme', kind: 'multi' },
    { name: 'tone', kind: 'single' },
  ]);
  assert.deepEqual(
    dataset.documents.map(({ row, labels }) => [row, labels.get('labels'), labels.get('theme'), labels.get('tone')]),
    [
      [1, ['a', 'b'], ['roads'], ['angry']],
      [2, undefined, undefined, undefined],
      [5, ['d'], ['parks', 'waste'], ['calm']],
    ],
  );
});

test('Parquet that can not be read says why and what to do', async () => {
  const refused = (name: string, message: RegExp) => assert.rejects(readParquet(name), { name: 'UserError', message });
  await refused(
    'encrypted.parquet',
    /^encrypted\.parquet is an encrypted Parquet file, .* Write it without encryption/,
  );
  await refused('encrypted-columns.parquet', /is an encrypted Parquet file/);
  await refused('lz4.parquet', /column "text": compressed with LZ4_RAW, .* Write it with snappy or zstd/);
  await assert.rejects(readParquet('scalars.parquet', { ...defaultReadLimits, maxRows: 4 }), {
    name: 'UserError',
    message: /scalars\.parquet has 5 rows; at most 4 are read/,
  });
});

test('Parquet that was cut off, anywhere, or whose pages claim what can not be is refused', async () => {
  for (const name of ['scalars.parquet', 'groups.parquet', 'pages-2.parquet']) {
    const bytes = readFileSync(`${folder}${name}`);
    for (let length = 4; length < bytes.length; length += 97) {
      const source = bytesSource(bytes.subarray(0, length));
      await assert.rejects(
        readParquetRecords(source, name, defaultReadLimits, createWarningLog('row')),
        { name: 'UserError', message: new RegExp(`^${name}.*(cut off|damaged|description)`) },
        `${name} cut after ${length} bytes`,
      );
    }
  }
});

test('counts in a page that can not be true are found before anything is made as large as they say', async () => {
  const huge = [0xfe, 0xff, 0xff, 0xff, 0x0f];
  const cases: [name: string, column: string, skipped: number, bytes: number[], message: RegExp][] = [
    // definition levels: their length, then a run of 2^31 - 1 equal ones
    [
      'nested.parquet',
      'text',
      0,
      [6, 0, 0, 0, ...huge, 1],
      /column "text": .* damaged \(a run of 2147483647 values among 5\)/,
    ],
    // repetition levels of a list: as many bytes as there aren't
    [
      'nested.parquet',
      'labels',
      0,
      [0, 0, 1, 0],
      /column "labels.list.element": .*\(a run of values ends beyond its page\)/,
    ],
    // behind 6 bytes of definition levels: a dictionary's numbers of 1 bit each
    ['nested.parquet', 'text', 6, [1, 0xfe, 0x7f], /column "text": .*\(a run of 8191 values among 5\)/],
    [
      'differences.parquet',
      'int64',
      6,
      [0x80, 1, 0xff, 0xff, 0xff, 0xff, 0x0f],
      /column "int64": .*\(differences in -1 blocks of 128\)/,
    ],
    [
      'differences.parquet',
      'int8',
      6,
      [...huge.slice(0, 4), 7, 4],
      /column "int8": .*\(differences in \d+ blocks of 2147483646\)/,
    ],
  ];
  for (const [name, column, skipped, bytes, message] of cases) {
    const file = readFileSync(`${folder}${name}`);
    const chunk = parquetMetadata(file).row_groups[0]?.columns.find(
      ({ meta_data: own }) => own?.path_in_schema[0] === column,
    );
    assert.ok(chunk?.meta_data);
    const reader = { view: new DataView(file.buffer, file.byteOffset, file.length), offset: 0 };
    reader.offset = Number(chunk.meta_data.data_page_offset);
    assert.equal(parquetHeader(reader).type, 'DATA_PAGE');
    const unpacked = Buffer.from(file);
    unpacked.set(bytes, reader.offset + skipped);
    await assert.rejects(
      readParquetRecords(bytesSource(unpacked), name, defaultReadLimits, createWarningLog('row')),
      { name: 'UserError', message },
      `${name}, ${column}`,
    );
  }
});

test('a description that claims more than it has is refused before it is read', async () => {
  const footer = (bytes: number[]) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([Buffer.from('PAR1'), Buffer.from(bytes), length, Buffer.from('PAR1')]);
  };
  const cases: [bytes: number[], message: RegExp][] = [
    // field 1 a list of 2^28 - 1 structs
    [[0x19, 0xfc, 0xff, 0xff, 0xff, 0x7f, 0], /damaged \(268435455 values in 1 bytes\)/],
    // field 1 a text of 127 bytes
    [[0x18, 0x7f, 0x41, 0], /damaged \(127 values in 2 bytes\)/],
    [Array.from({ length: 200 }, () => 0x1c), /damaged \(parts nested deeper than 32\)/],
    [[0x16, ...Array.from({ length: 40 }, () => 0x80), 0], /damaged \(a number of more than ten bytes\)/],
    [[0x1a, 0], /damaged \(a value of the unknown type 10\)/],
    // a list of 400,000 empty structs
    [[0x19, 0xfc, 0x80, 0xb5, 0x18, ...Array.from({ length: 400_001 }, () => 0)], /damaged \(more than 300000 parts/],
  ];
  for (const [bytes, message] of cases) {
    await assert.rejects(
      readParquetRecords(bytesSource(footer(bytes)), 'data.parquet', defaultReadLimits, createWarningLog('row')),
      { name: 'UserError', message },
    );
  }
});

test('a workbook that was cut off, or whose parts are not what they were, is refused', async () => {
  const bytes = readFileSync(`${folder}excel.xlsx`);
  const read = async (changed: Uint8Array) => {
    const zip = await openWorkbook(bytesSource(changed), 'excel.xlsx');
    assert.ok(zip);
    return await readXlsxRecords(zip, 'excel.xlsx', defaultReadLimits, createWarningLog('row'));
  };
  const damaged = { name: 'UserError', message: /^excel\.xlsx.*: the workbook is damaged \(.*\)\. Open it in Excel/ };
  const cutOff = { name: 'UserError', message: /^excel\.xlsx begins as .* but is damaged or cut off \(/ };
  for (let length = 4; length < bytes.length; length += 97) {
    await assert.rejects(read(bytes.subarray(0, length)), cutOff);
  }
  const sheet = bytes.indexOf('xl/worksheets/sheet3.xml');
  const changed = Uint8Array.from(bytes);
  changed[sheet + 200] = (changed[sheet + 200] ?? 0) ^ 1;
  await assert.rejects(read(changed), damaged);
});
