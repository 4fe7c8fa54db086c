/** Files of more than one window: cells, quotes, lines and characters that lie across its borders. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import iconv from 'iconv-lite';
import { type ByteSource, bytesSource, fileSource } from '../../../src/engine/data/byte-source.ts';
import { readDataset } from '../../../src/engine/data/read-dataset.ts';
import { countOf, labelsIn, places, read, refusal, texts } from './support.ts';

const megabyte = 1024 * 1024;
const roles = { roles: { text: 'text', id: null, language: null, annotation: null, labels: ['label'] } };
const labelOf = (index: number) => ['calm', 'angry', 'glad'][index % 3] ?? '';
/** About 4 MB, every third text over several lines. */
const given = Array.from({ length: 40_000 }, (_, index) => {
  const words = `${index} déjà vu 😀 "said" ${'more, words; '.repeat(index % 12)}`;
  return index % 3 ? words : `${words}\r\nand a line`;
});
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const csv = `text,label\n${given.map((text, index) => `${quoted(text)},${labelOf(index)}`).join('\n')}\n`;

/** The same bytes in pieces of a prime number of bytes, so that characters are cut. */
function inPieces(bytes: Uint8Array, length: number): ByteSource {
  return {
    ...bytesSource(bytes),
    async *stream() {
      for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
    },
  };
}

for (const [encoding, text] of [
  ['utf-8', csv],
  ['utf-16le', csv],
  ['windows-1252', csv.replaceAll('😀', 'ça')],
] as const) {
  test(`a CSV of several megabytes in ${encoding} comes out whole, wherever its bytes are cut`, async () => {
    const bytes = iconv.encode(text, encoding);
    const dataset = await readDataset(inPieces(bytes, 65_537), 'data.csv', roles);
    assert.equal(dataset.encoding, encoding);
    assert.equal(dataset.hash, createHash('sha256').update(bytes).digest('hex'));
    assert.equal(dataset.rows, given.length);
    assert.deepEqual(
      texts(dataset).map((own) => own.replaceAll('ça', '😀')),
      given,
    );
    assert.deepEqual(
      labelsIn(dataset, 'label'),
      given.map((_, index) => [labelOf(index)]),
    );
    assert.deepEqual(
      places(dataset).filter(([code]) => code !== 'encoding'),
      [],
    );
  });
}

test('lists of JSON, with a key or without, and JSON lines give the same documents as the CSV', async () => {
  const records = given.map((text, index) => ({ text, label: labelOf(index), extra: [{ '}': '"]\\' }] }));
  for (const [name, content] of [
    ['data.json', JSON.stringify(records)],
    [
      'data.txt',
      JSON.stringify({ about: { list: [1, 2], note: ']' }, names: ['a', 'b'], data: records, end: null }, null, 2),
    ],
    ['data.jsonl', records.map((record) => JSON.stringify(record)).join('\n')],
  ] as const) {
    const dataset = await readDataset(inPieces(Buffer.from(content), 65_537), name, roles);
    assert.equal(dataset.format, name === 'data.jsonl' ? 'jsonl' : 'json', name);
    assert.deepEqual(texts(dataset), given, name);
    assert.deepEqual(labelsIn(dataset, 'label').slice(0, 3), [['calm'], ['angry'], ['glad']], name);
  }
});

test('JSON lines without a telling name are known by most of their lines, also where the first is damaged', async () => {
  const lines = given.map((text, index) => JSON.stringify({ text, label: labelOf(index) }));
  lines[0] = '{"text": "some words here", "label": "ca';
  const dataset = await read(lines.join('\n'), 'data', roles);
  assert.equal(dataset.format, 'jsonl');
  assert.equal(dataset.documents.length, given.length);
  assert.equal(dataset.documents[0]?.incomplete, true);
});

test('a broken quote deep in a large file costs its own row, and rows and lines go on as they are', async () => {
  const rows = Array.from({ length: 90_000 }, (_, index) => `some words number ${index},${labelOf(index)}`);
  rows[70_000] = '"never closed,calm';
  rows[80_000] = 'too short';
  const dataset = await read(`text,label\n${rows.join('\n')}\n`, 'data.csv', roles);
  assert.equal(dataset.documents.length, 90_000);
  assert.equal(dataset.documents[70_000]?.text, '"never closed');
  assert.deepEqual(
    places(dataset).filter(([, row]) => row !== null),
    [
      ['quote_stray', 70_002, null],
      ['row_short', 80_002, null],
    ],
  );
});

test('a tab-separated file is read without quoting wherever its first stray quote stands', async () => {
  const rows = Array.from({ length: 60_000 }, (_, index) => `some words number ${index}\t${labelOf(index)}`);
  rows[55_000] = '"so he said\tcalm';
  rows[55_001] = 'and "left" it\tangry';
  const dataset = await read(`text\tlabel\n${rows.join('\n')}\n`, 'data.tsv', roles);
  assert.deepEqual(texts(dataset).slice(55_000, 55_002), ['"so he said', 'and "left" it']);
  assert.deepEqual(dataset.warnings, []);
});

test('a cell of more than a window is refused by its size or its quote, never read into memory', async () => {
  const limit = { limits: { maxCellCharacters: 2_000_000 } };
  const long = 'a'.repeat(3_000_000);
  const message = await refusal(`text,label\nwords,a\n"${long}",b\n`, 'data.csv', limit);
  assert.match(
    message,
    /line 3, column text: a cell of 3,000,000 characters; at most 2,000,000 are read \(PODIUM_MAX_CELL/,
  );
  const endless = 'b'.repeat(9 * megabyte);
  assert.match(await refusal(`text,label\nwords,a\n${endless},b\n`), /line 3: a row of more than \d+\.\d MB/);
  assert.match(await refusal(`{"text": "${endless}"}\n`, 'data.jsonl'), /line 1: a record of more than 8\.0 MB/);
  assert.match(
    await refusal(`[{"text": "${endless}"}]`, 'data.json'),
    /a record of more than 8\.0 MB|characters; at most/,
  );
});

test('damage far into a large JSON file is named with its line and column', async () => {
  const lines = Array.from(
    { length: 300_000 },
    (_, index) => `{"text": "some more words, number ${index}", "label": "calm"}`,
  );
  lines[250_000] = '{"text": "some words", "label": calm"}';
  const message = await refusal(`[\n${lines.join(',\n')}\n]`, 'data.json');
  assert.match(message, /^data\.json, line 250002, column \d+: the JSON is damaged near ‹.*some words/);
  lines[250_000] = '{"text": "some words"} {"text": "others"}';
  assert.match(
    await refusal(`[\n${lines.join(',\n')}\n]`, 'data.json'),
    /^data\.json, line 250002, column 24: the JSON/,
  );
});

test('a file on disk reads like its bytes in memory', async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-large-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'data.csv');
  await writeFile(file, csv);
  const source = await fileSource(file);
  assert.equal(source.sizeBytes, Buffer.byteLength(csv));
  assert.equal(Buffer.from(await source.slice(5, 10)).toString(), 'label');
  assert.equal((await source.slice(source.sizeBytes - 2, source.sizeBytes + 10)).length, 2);
  const dataset = await readDataset(source, 'data.csv', roles);
  const { hash, documents } = await read(csv, 'data.csv', roles);
  assert.equal(dataset.hash, hash);
  assert.equal(dataset.documents.length, documents.length);
  await assert.rejects(fileSource(path.join(folder, 'none.csv')), { code: 'ENOENT' });
  await assert.rejects(fileSource(folder), { code: 'EISDIR' });
});

test('labels beyond ten times the limit are counted, not kept', async () => {
  const rows = Array.from(
    { length: 400 },
    (_, index) => `some words number ${index},${index < 200 ? `label ${index}` : 'x'}`,
  );
  const dataset = await read(`text,label\n${rows.join('\n')}\n`, 'data.csv', { ...roles, limits: { maxLabels: 5 } });
  const different = new Set(dataset.documents.flatMap((document) => document.labels.get('label') ?? []));
  assert.equal(different.size, 50);
  assert.match(
    dataset.warnings.find(({ code }) => code === 'labels_too_many')?.message ?? '',
    /^label: 201 different labels; only the first 50 are read\.$/,
  );
  assert.equal(countOf(dataset, 'text_missing'), 0);
});
