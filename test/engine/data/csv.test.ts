import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { countOf, labelsIn, places, read, refusal, texts } from './support.ts';

const two = 'first sentence here,a\nsecond sentence here,b\n';

test('quoted cells keep delimiters, doubled quotes and line breaks as they stand', async () => {
  const dataset = await read('text,label\n"one, two ""three""\r\n\r\nfour",a\nplain words follow,b\n');
  assert.deepEqual(texts(dataset), ['one, two "three"\r\n\r\nfour', 'plain words follow']);
  assert.deepEqual(labelsIn(dataset, 'label'), [['a'], ['b']]);
  assert.deepEqual(dataset.warnings, []);
});

test('rows are counted as a spreadsheet does, lines as an editor does', async () => {
  const dataset = await read('text,label\n"broken over\ntwo lines",a\nan ordinary row,b\nshort row\n');
  assert.deepEqual(
    dataset.documents.map(({ row }) => row),
    [2, 3, 4],
  );
  const short = dataset.warnings.find(({ row }) => row !== null);
  assert.match(String(short?.message), /^row 4 \(line 5\): 1 cells instead of 2; missing: label\.$/);
});

for (const [name, delimiter] of [
  ['comma', ','],
  ['semicolon', ';'],
  ['tab', '\t'],
  ['vertical bar', '|'],
] as const) {
  test(`the delimiter ${name} is found, also where texts hold the others`, async () => {
    const content = [
      `text${delimiter}label`,
      `well; one, two | three\t"so`,
      'more words; here, too',
      'and | a third, one; here',
    ];
    const rows = content.map((line, index) => {
      if (index === 0) return line;
      return `"${line.replaceAll('"', '""')}"${delimiter}${index % 2 === 0 ? 'a' : 'b'}`;
    });
    const dataset = await read(`${rows.join('\n')}\n`);
    assert.equal(dataset.delimiter, delimiter);
    assert.deepEqual(labelsIn(dataset, 'label'), [['b'], ['a'], ['b']]);
  });
}

test("Excel's sep= line declares the delimiter and is no row", async () => {
  const dataset = await read('sep=;\r\ntext;label\r\n"one; two, three";a\r\n');
  assert.deepEqual([dataset.delimiter, dataset.columns, texts(dataset)], [';', ['text', 'label'], ['one; two, three']]);
});

test('CR line ends of an old Mac, blank lines and a missing last line end are all read', async () => {
  assert.deepEqual(texts(await read('text,label\rfirst words here,a\rsecond words here,b')), [
    'first words here',
    'second words here',
  ]);
  const blank = await read('\n\ntext,label\n\nfirst words here,a\n\n\nsecond words here,b');
  assert.deepEqual(
    blank.documents.map(({ row, text }) => [row, text]),
    [
      [5, 'first words here'],
      [8, 'second words here'],
    ],
  );
  assert.equal(blank.rows, 2);
});

test('a file of one column has texts, no delimiter, and says that it has no category', async () => {
  const dataset = await read('text\nfirst words, and more\nsecond words\n');
  assert.equal(dataset.delimiter, null);
  assert.deepEqual(texts(dataset), ['first words, and more', 'second words']);
  assert.deepEqual(places(dataset), [['no_category', null, null]]);
});

test('duplicate and empty headers get names of their own, each with a warning', async () => {
  const dataset = await read(`text,label,label,\n${'some words here,a,b,c\n'.repeat(2)}`);
  assert.deepEqual(dataset.columns, ['text', 'label', 'label (2)', 'column 4']);
  assert.deepEqual(
    places(dataset).filter(([code]) => code.startsWith('header')),
    [
      ['header_twice', null, 'label (2)'],
      ['header_empty', null, 'column 4'],
    ],
  );
});

test('column names lose what would break a line or turn it around, and are found all the same', async () => {
  const content = `"\u202etext\ufeff"," to\nne"\n${two}`;
  const dataset = await read(content, 'data.csv', { roles: { text: 'text', labels: ['to ne'] } });
  assert.deepEqual(dataset.columns, ['text', 'to ne']);
  assert.deepEqual(labelsIn(dataset, 'to ne'), [['a'], ['b']]);
});

test('a file none of whose rows can be read says so, and why', async () => {
  assert.match(
    await refusal('text,label\n"never closed\n'),
    /none of its rows can be read.*First trouble: row 2: a quote/,
  );
});

test('short rows lack their last cells, long rows lose the cells beyond the header, and both are said', async () => {
  const dataset = await read(`text,label\n${two}only a text\na longer row,b,surplus\n${two}trailing delimiter,a,\n`);
  assert.deepEqual(labelsIn(dataset, 'label'), [['a'], ['b'], null, ['b'], ['a'], ['b'], ['a']]);
  assert.deepEqual(places(dataset), [
    ['values_missing', null, 'label'],
    ['row_short', null, null],
    ['row_short', 4, null],
    ['row_long', null, null],
    ['row_long', 5, null],
  ]);
});

test('a file where most rows are too long is refused: its texts are not quoted', async () => {
  const message = await refusal(`text,label\n${'well, that is, it,a\n'.repeat(5)}fine,b\n`);
  assert.match(message, /5 of 6 rows have more cells than the header's 2 \(text, label\)/);
});

test('a quote that is never closed costs its own row, not those behind it', async () => {
  const dataset = await read(`text,label\n${two}"never closed,a\n${two}`);
  assert.equal(dataset.documents.length, 5);
  assert.deepEqual(texts(dataset)[2], '"never closed');
  assert.deepEqual(places(dataset), [
    ['quote_stray', null, null],
    ['quote_stray', 4, null],
  ]);
});

test('an unclosed quote in a row with too few cells leaves that row out, and counts it', async () => {
  const dataset = await read(`text,label\n${two}"never closed\n${two}`);
  assert.equal(dataset.rows, 5);
  assert.equal(dataset.documents.length, 4);
  assert.deepEqual(places(dataset)[1], ['row_unreadable', 4, null]);
});

test('quotes inside an unquoted or badly closed cell are read as characters', async () => {
  const dataset = await read('text,label\nsay "hello" to them,a\n"he said "no" twice",b\nlast one here,a\n');
  assert.deepEqual(texts(dataset).slice(0, 2), ['say "hello" to them', 'he said "no" twice']);
  assert.deepEqual(labelsIn(dataset, 'label'), [['a'], ['b'], ['a']]);
});

test('too many broken quotes end in one message that names the line', async () => {
  assert.match(
    await refusal(`text,label\n${'"a "b" c" d,x\n"e\n'.repeat(300)}`),
    /data\.csv, line \d+: a quote \("\) opens/,
  );
});

test('a tab-separated file without any quoting keeps its quotes', async () => {
  const dataset = await read('text\tlabel\n"so he said\ta\nand "left" it\tb\n', 'data.tsv');
  assert.deepEqual(texts(dataset), ['"so he said', 'and "left" it']);
});

test('limits name what was found and what is allowed', async () => {
  const limits = (own: Record<string, number>) => ({ limits: own });
  assert.match(await refusal(`text,label\n${two}`, 'data.csv', limits({ maxBytes: 10 })), /at most 0\.0 MB/);
  assert.match(await refusal(`text,label\n${two}`, 'data.csv', limits({ maxRows: 1 })), /more than 1 rows/);
  assert.equal((await read(`text,label\n${two}`, 'data.csv', limits({ maxRows: 2 }))).rows, 2);
  assert.match(
    await refusal(`text,label\n${two}`, 'data.csv', limits({ maxColumns: 1 })),
    /line 1: 2 columns; at most 1/,
  );
  const long = await refusal(`text,label\n${two}`, 'data.csv', limits({ maxCellCharacters: 19 }));
  assert.match(long, /line 3, column text: a cell of 20 characters; at most 19/);
});

test('any cells written as CSV come back as they were', async () => {
  const cell = fc.string({
    unit: fc.constantFrom('a', 'é', '"', ',', ';', '\n', '\r\n', ' ', '|', '😀', "'"),
    maxLength: 12,
  });
  const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(rows, async (given) => {
      const quoted = given.map((cells) => cells.map((value) => `"${value.replaceAll('"', '""')}"`).join(','));
      const content = `"text","other"\n"first one, of words","x"\n${quoted.join('\n')}\n`;
      const dataset = await read(content, 'data.csv', {
        roles: { text: 'text', id: null, language: null, annotation: null, labels: [] },
      });
      const expected = parse(content, { from_line: 2 }).map(([text]: string[]) => text ?? '');
      const kept = texts(dataset);
      assert.deepEqual(
        kept,
        expected.filter((text: string) => kept.includes(text)),
      );
      assert.equal(dataset.rows - kept.length, countOf(dataset, 'text_missing'));
      assert.equal(dataset.rows, given.length + 1);
    }),
    { seed: 41, numRuns: 150 },
  );
});
