import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonValue } from '../../../src/engine/data/json-value.ts';
import { type Cell, RecordTable } from '../../../src/engine/data/record-table.ts';

/** Through JSON, as cells come: fast-check's own objects may lack a prototype and hold -0. */
const json = fc.jsonValue().map((value): JsonValue => JSON.parse(JSON.stringify(value)));
const cell = fc.oneof(
  fc.constantFrom<Cell>(undefined, null, '', true, false, 0, '0', 'a', 'ü'.repeat(300), 'half a \ud83d pair'),
  fc.string({ unit: 'binary', maxLength: 400 }),
  json,
);

test('every cell comes back as it was, whatever it is, and what a record lacks is told from null and empty', () => {
  fc.assert(
    fc.property(fc.array(fc.array(cell, { maxLength: 4 }), { maxLength: 60 }), (records) => {
      const table = new RecordTable('json', null, ['a', 'b', 'c', 'd']);
      for (const [index, cells] of records.entries()) {
        table.add({ row: index + 2, line: index % 2 ? index : null, incomplete: index % 3 === 0, cells });
      }
      assert.equal(table.length, records.length);
      for (const [index, cells] of records.entries()) {
        const read = table.columns.map((_, column) => table.cell(index, column));
        assert.deepEqual(read, [...cells, ...Array(4 - cells.length).fill(undefined)]);
        const place = [table.row(index), table.line(index), table.incomplete(index)];
        assert.deepEqual(place, [index + 2, index % 2 ? index : null, index % 3 === 0]);
      }
    }),
    { seed: 51, numRuns: 200 },
  );
});

test('many records: labels, texts and identifiers of a column that turns up late are all kept', () => {
  const table = new RecordTable('jsonl', null, ['label', 'text']);
  const count = 50_000;
  const label = (index: number) => `label ${index % 300}`;
  const text = (index: number) => `${index} ${'words '.repeat(index % 40)}é`;
  for (let index = 0; index < count; index++) {
    if (index === 20_000) table.addColumn('id');
    const cells = [label(index), text(index), ...(index < 20_000 ? [] : [`r${index}`])];
    table.add({ row: index + 1, line: null, incomplete: false, cells });
  }
  for (let index = 0; index < count; index += 7) {
    assert.equal(table.cell(index, 0), label(index));
    assert.equal(table.cell(index, 1), text(index));
    assert.equal(table.cell(index, 2), index < 20_000 ? undefined : `r${index}`);
  }
});

test('cells of many megabytes stand beside small ones', () => {
  const table = new RecordTable('csv', ',', ['text']);
  const cells = ['a'.repeat(400), 'b'.repeat(9_000_000), 'c'.repeat(400), '😀'.repeat(2_000_000), 'd'];
  for (const [index, text] of cells.entries()) table.add({ row: index, line: null, incomplete: false, cells: [text] });
  for (const [index, text] of cells.entries()) assert.ok(table.cell(index, 0) === text, `cell ${index}`);
});

test('columns that are not kept read as absent', () => {
  const table = new RecordTable('csv', ',', ['a', 'b']);
  table.add({ row: 2, line: 2, incomplete: false, cells: ['x', 'y'] });
  table.keepOnly([1, -1]);
  assert.deepEqual([table.cell(0, 0), table.cell(0, 1), table.columns], [undefined, 'y', ['a', 'b']]);
});

test('what nests deeper than JSON can be written is kept down to a depth that nothing is looked for in', () => {
  const deep: JsonValue = JSON.parse(`${'['.repeat(30_000)}1${']'.repeat(30_000)}`);
  const table = new RecordTable('json', null, ['a']);
  table.add({ row: 1, line: null, incomplete: false, cells: [{ label: 'x', deep }] });
  const read = table.cell(0, 0);
  assert.ok(typeof read === 'object' && read !== null && !Array.isArray(read));
  assert.equal(read.label, 'x');
  let level: Cell = read.deep;
  for (let depth = 0; depth < 100; depth++) level = Array.isArray(level) ? level[0] : assert.fail(`depth ${depth}`);
});
