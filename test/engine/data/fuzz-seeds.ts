/** The sound files that the fuzz damages: every format, by several writers. */
import { Buffer } from 'node:buffer';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bytesSource } from '../../../src/engine/data/byte-source.ts';
import { readCsvRecords } from '../../../src/engine/data/csv-records.ts';
import { openText } from '../../../src/engine/data/decode.ts';
import { defaultReadLimits } from '../../../src/engine/data/read-limits.ts';
import type { Cell } from '../../../src/engine/data/record-table.ts';
import { createWarningLog } from '../../../src/engine/data/warning-log.ts';
import { parquetOf, type Records, recordsOf, xlsxOf } from './writers.ts';

export interface Seed {
  name: string;
  bytes: Buffer;
}

const annotations = [
  '{"theme": ["roads", "waste"], "tone": "angry"}',
  "{'theme': ['parks'], 'tone': None}",
  '```json\n{"tone": {"value": "calm"}}\n```',
  '[{"theme": []}]',
  '{"tone": "cal',
];
const csv = (delimiter: string) =>
  [
    ['id', 'text', 'language', 'label', 'annotation'],
    ...Array.from({ length: 24 }, (_, row) => [
      `r${row}`,
      row % 3 ? `sentence ${row}, with "quotes"\nand a line` : `déjà vu 😀 ${row}`,
      ['en', 'français', 'xx', ''][row % 4] ?? '',
      ['a', 'b|c', 'null'][row % 3] ?? '',
      annotations[row % annotations.length] ?? '',
    ]),
  ]
    .map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter))
    .join('\r\n');
const objects = Array.from({ length: 24 }, (_, row) => ({
  text: `sentence ${row} é`,
  label: [true, 3, null, ['a', 'b'], { value: 'x' }][row % 5],
  annotation: row % 2 ? annotations[row % annotations.length] : { tone: 'angry', theme: ['roads'] },
}));
const texts: [string, Buffer][] = [
  ['data.csv', Buffer.from(csv(','))],
  ['data.tsv', Buffer.from(csv('\t'))],
  ['data.csv', Buffer.from(csv(';'), 'latin1')],
  ['data.csv', Buffer.from(`\ufeff${csv(',')}`, 'utf16le')],
  ['data.jsonl', Buffer.from(objects.map((record) => JSON.stringify(record)).join('\n'))],
  ['data.json', Buffer.from(JSON.stringify(objects))],
  ['data', Buffer.from(JSON.stringify({ records: objects }, null, 1))],
];

/** Larger dirty files take the time of many small ones, and are no dirtier. */
const largestDirty = 64 * 1024;
const dirtyFolder = fileURLToPath(new URL('../../../../shared/datasets/dirty/', import.meta.url));
const fixtures = fileURLToPath(new URL('fixtures/formats/', import.meta.url));

/** In the same order wherever the same files are. */
export async function fuzzSeeds(): Promise<Seed[]> {
  const seeds = texts.map(([name, bytes]) => ({ name, bytes }));
  const records: Records = {
    columns: ['text', 'label', 'annotation'],
    cells: objects.map(({ text, label, annotation }): Cell[] => [text, label, annotation]),
  };
  seeds.push({ name: 'data.xlsx', bytes: await xlsxOf(records) });
  for (const codec of ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'ZSTD'] as const) {
    seeds.push({ name: 'data.parquet', bytes: parquetOf(records, codec, codec === 'SNAPPY' ? 10 : 1000) });
  }
  for (const name of readdirSync(fixtures).sort()) {
    seeds.push({ name: `data${name.slice(name.lastIndexOf('.'))}`, bytes: readFileSync(`${fixtures}${name}`) });
  }
  for (const name of existsSync(dirtyFolder) ? readdirSync(dirtyFolder).sort() : []) {
    const bytes = readFileSync(`${dirtyFolder}${name}`);
    if (!/\.(csv|jsonl)$/.test(name) || bytes.length === 0 || bytes.length > largestDirty) continue;
    seeds.push({ name: `data${name.slice(name.lastIndexOf('.'))}`, bytes });
    if (!name.endsWith('.csv')) continue;
    const text = await openText(bytesSource(bytes), name);
    const dirty = recordsOf(await readCsvRecords(text, name, defaultReadLimits, createWarningLog('row')));
    seeds.push({ name: 'data.xlsx', bytes: await xlsxOf(dirty) });
    seeds.push({ name: 'data.parquet', bytes: parquetOf(dirty, 'UNCOMPRESSED') });
  }
  const packed = seeds.filter((_, index) => index % 3 === 0);
  return [...seeds, ...packed.map(({ name, bytes }) => ({ name: `${name}.gz`, bytes: gzipSync(bytes) }))];
}
