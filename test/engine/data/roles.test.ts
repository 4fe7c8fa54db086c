import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read, refusal } from './support.ts';

/** A CSV of `rows` rows; a column is a list of values that repeat, or a function of the row. */
function table(rows: number, columns: Record<string, readonly string[] | ((row: number) => string)>): string {
  const names = Object.keys(columns);
  const line = (row: number) =>
    Object.values(columns).map(
      (column) => `"${typeof column === 'function' ? column(row) : (column[row % column.length] ?? '')}"`,
    );
  return [names, ...Array.from({ length: rows }, (_, row) => line(row))].map((cells) => cells.join(',')).join('\n');
}

const sentence = (row: number) => `this is sentence number ${row} of the file`;

test('columns are told by name and content, each with a reason', async () => {
  const { roles, reasons } = await read(
    table(60, {
      ID: (row) => `x${row}`,
      Message: sentence,
      Sprache: ['de', 'fr'],
      Thème: ['a', 'b', 'c'],
      price: (row) => `${row}.5`,
    }),
  );
  assert.deepEqual(roles, { text: 'Message', id: 'ID', language: 'Sprache', annotation: null, labels: ['Thème'] });
  assert.deepEqual(Object.keys(reasons).sort(), ['id', 'labels', 'language', 'text', 'unused']);
  assert.match(reasons.unused ?? '', /price/);
});

test('columns without a telling name are told by their cells', async () => {
  const { roles } = await read(
    table(60, { a: (row) => `k${row}`, b: ['yes', 'no'], c: sentence, d: ['English', 'français', 'Deutsch'] }),
  );
  assert.deepEqual(roles, { text: 'c', id: 'a', language: 'd', annotation: null, labels: ['b'] });
});

test('the annotation column is the one with JSON objects, even if most of it is damaged', async () => {
  const cells = ['{""tone"": ""a""}', 'nothing', 'null', "{'tone': 'b'}"];
  const { roles } = await read(table(60, { text: sentence, annotation: cells, remark: ['x', 'y'] }));
  assert.equal(roles.annotation, 'annotation');
  assert.equal((await read(table(60, { text: sentence, extra: ['{""tone"": ""a""}'] }))).roles.annotation, 'extra');
});

test('dates, measurements, splits and free remarks are no labels', async () => {
  const { roles } = await read(
    table(60, {
      text: sentence,
      date: ['2024-01-02', '2024-01-03'],
      score: (row) => `${row / 7}`,
      split: ['train', 'test'],
      remark: (row) => `a remark about row ${row}, as long as many a text is`,
      stars: ['1', '2', '3'],
    }),
  );
  assert.deepEqual(roles.labels, ['stars']);
});

test('a label column with another value in every row is not taken for the id', async () => {
  const dataset = await read(table(60, { text: sentence, category: (row) => `kind-${row}` }));
  assert.deepEqual([dataset.roles.id, dataset.roles.labels], [null, ['category']]);
  assert.deepEqual(dataset.categories, []);
  assert.deepEqual(
    dataset.warnings.map(({ code }) => code),
    ['category_not_labels', 'no_category'],
  );
});

test('what the user names wins, case aside, and is taken from the guesses', async () => {
  const content = table(60, {
    text: sentence,
    Summary: (row) => `summary of it, number ${row}`,
    tone: ['a', 'b'],
    lang: ['en', 'fr'],
  });
  const { roles } = await read(content, 'data.csv', { roles: { text: 'summary', language: null, labels: ['lang'] } });
  assert.deepEqual(roles, { text: 'Summary', id: null, language: null, annotation: null, labels: ['lang'] });
});

test('a column that is not there is refused, listing those that are', async () => {
  const content = table(5, { text: sentence, tone: ['a', 'b'] });
  const message = await refusal(content, 'data.csv', { roles: { labels: ['mood'] } });
  assert.match(message, /data\.csv has no column "mood" \(wanted as label column\)\. Its columns are: text, tone\./);
});

test('a file without any text is refused: no text column, or an empty one', async () => {
  assert.match(await refusal(table(30, { a: (row) => `${row}`, b: ['1', '2'] })), /line 1: no column with texts/);
  assert.match(
    await refusal(table(30, { text: ['', 'null'], tone: ['a'] }), 'data.csv', { roles: { text: 'text' } }),
    /no row has a text/,
  );
});
