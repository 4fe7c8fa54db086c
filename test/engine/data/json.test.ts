import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countOf, labelsIn, places, read, refusal, texts } from './support.ts';

const lines = (...values: unknown[]) =>
  values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join('\n');

test('JSON lines of different shapes become one table, rows counted as lines', async () => {
  const dataset = await read(
    lines({ text: 'first words', tone: 'a' }, '', { tone: 'b', text: 'second words', id: 7 }),
    'data.jsonl',
  );
  assert.equal(dataset.format, 'jsonl');
  assert.deepEqual(dataset.columns, ['text', 'tone', 'id']);
  assert.deepEqual(
    dataset.documents.map(({ row, text }) => [row, text]),
    [
      [1, 'first words'],
      [3, 'second words'],
    ],
  );
});

test('a list or object of records is read, whatever the file is called', async () => {
  const records = [
    { text: 'first words', tone: 'a' },
    { text: 'second words', tone: 'b' },
  ];
  for (const [content, name] of [
    [JSON.stringify(records), 'data.json'],
    [JSON.stringify(records, null, 2), 'data.csv'],
    [JSON.stringify({ version: 3, data: records }), 'data.json'],
    [JSON.stringify({ data: records }, null, 2), 'data.txt'],
  ] as const) {
    const dataset = await read(content, name);
    assert.deepEqual([dataset.format, texts(dataset)], ['json', ['first words', 'second words']], name);
  }
  assert.equal((await read(lines(...records), 'data.json')).format, 'jsonl');
});

test('booleans, numbers and lists are labels; null, empty and "null" are none', async () => {
  const values = [true, false, 0, 2.5, 'null', null, '', 'N/A', ['x', 1, null, true], [], 'none'];
  const dataset = await read(
    lines(...values.map((tone, index) => ({ text: `words number ${index}`, tone }))),
    'data.jsonl',
  );
  assert.deepEqual(labelsIn(dataset, 'tone'), [
    ['true'],
    ['false'],
    ['0'],
    ['2.5'],
    null,
    null,
    null,
    null,
    ['x', '1', 'true'],
    null,
    ['none'],
  ]);
  assert.deepEqual(dataset.categories, [{ name: 'tone', kind: 'multi' }]);
});

test('lines that are no objects are left out one by one, cut-off lines keep their complete fields', async () => {
  const good = { text: 'some words here', tone: 'a' };
  const dataset = await read(
    lines(good, '["a", "list"]', '"a string"', '42', 'no JSON at all', '{"text": "cut off here", "tone": "b'),
    'data.jsonl',
  );
  assert.equal(dataset.rows, 6);
  assert.deepEqual(texts(dataset), ['some words here', 'cut off here']);
  assert.deepEqual(labelsIn(dataset, 'tone'), [['a'], null]);
  assert.equal(dataset.documents[1]?.incomplete, true);
  assert.deepEqual(
    places(dataset).filter(([, row]) => row !== null),
    [
      ['line_unreadable', 2, null],
      ['line_unreadable', 3, null],
      ['line_unreadable', 4, null],
      ['line_unreadable', 5, null],
      ['line_repaired', 6, null],
    ],
  );
});

test('elements of a list that are no objects are left out and counted', async () => {
  const dataset = await read(JSON.stringify([{ text: 'some words here', tone: 'a' }, null, 'words', 3]), 'data.json');
  assert.equal(dataset.rows, 4);
  assert.deepEqual(
    places(dataset).filter(([code]) => code === 'line_unreadable'),
    [null, 2, 3, 4].map((row) => ['line_unreadable', row, null]),
  );
});

test('JSON that holds no records is refused, saying what was expected', async () => {
  assert.match(
    await refusal('[1, 2, 3]', 'data.json'),
    /no JSON object in it.*element 1: expected a JSON object, got 1/,
  );
  assert.match(await refusal('{"a": 1}', 'data.json'), /./);
  assert.match(await refusal('"only a string"', 'data.json'), /no list of records/);
  assert.match(await refusal('[]', 'data.json'), /no JSON object in it/);
});

test('damaged JSON is refused with the line and column of the damage', async () => {
  const pretty = JSON.stringify([{ text: 'first words' }, { text: 'second words' }], null, 1);
  for (const [content, place] of [
    [pretty.replace('"second words"', 'second words'), 'line 6, column 11'],
    [pretty.slice(0, -3), 'line 6, column 25'],
    [pretty.replace('"text"', '"text'), 'line 3, column 11'],
  ] as const) {
    for (const name of ['data.json', 'data.csv', 'data']) {
      assert.ok(
        (await refusal(content, name)).startsWith(`${name}, ${place}: the JSON is damaged near ‹`),
        await refusal(content, name),
      );
    }
  }
});

test('a text that is a number is a text, a nested one is none', async () => {
  const dataset = await read(
    lines({ text: 42, tone: 'a' }, { text: { deep: 1 }, tone: 'b' }, { text: 'words here', tone: 'c' }),
    'data.jsonl',
    {
      roles: { text: 'text' },
    },
  );
  assert.deepEqual(texts(dataset), ['42', 'words here']);
  assert.deepEqual(places(dataset)[1], ['text_missing', 2, 'text']);
});

test('keys such as __proto__ and constructor are ordinary columns and categories', async () => {
  const content =
    '{"text": "some words here", "__proto__": "x", "annotation": {"constructor": "a", "__proto__": "b"}}\n';
  const dataset = await read(content.repeat(3), 'data.jsonl', {
    roles: { text: 'text', annotation: 'annotation', labels: [] },
  });
  assert.ok(dataset.columns.includes('__proto__'));
  assert.deepEqual(labelsIn(dataset, 'constructor')[0], ['a']);
  assert.deepEqual(labelsIn(dataset, '__proto__')[0], ['b']);
});

test('nesting without end is no crash', async () => {
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  const dataset = await read(
    `{"text": "some words here", "tone": ${deep}}\n{"text": "more words here", "tone": "a"}`,
    'data.jsonl',
  );
  assert.equal(dataset.documents.length, 2);
  const cut = await read(
    `{"text": "some words here", "annotation": ${'{"a":'.repeat(20_000)}\n{"text": "more", "tone": "a"}`,
    'data.jsonl',
  );
  assert.equal(cut.rows, 2);
});

test('limits hold for JSON too', async () => {
  const content = lines({ text: 'some words here', tone: 'a' }, { text: 'more words here', tone: 'b' });
  assert.match(await refusal(content, 'data.jsonl', { limits: { maxRows: 1 } }), /has 2 records; at most 1/);
  assert.match(await refusal(content, 'data.jsonl', { limits: { maxColumns: 1 } }), /more than 1 different fields/);
  assert.match(
    await refusal(content, 'data.jsonl', { limits: { maxCellCharacters: 5 } }),
    /record 1, field text: 15 characters/,
  );
});

test('whatever JSON stands in a record, it is read without an error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 6 }), async (records) => {
      const content = lines({ text: 'some words here' }, ...records);
      const dataset = await read(content, 'data.jsonl', { roles: { text: 'text' } });
      assert.equal(dataset.rows, dataset.documents.length + countOf(dataset, 'text_missing', 'line_unreadable'));
    }),
    { seed: 42, numRuns: 150 },
  );
});
