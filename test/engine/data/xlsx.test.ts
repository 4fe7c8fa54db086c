import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import { strToU8, zipSync } from 'fflate';
import { labelsIn, places, read, refusal, texts } from './support.ts';

/** Parts of a workbook by name; `sheets` are given as [name, attributes, rows as XML]. */
interface Book {
  sheets: [name: string, attributes: string, rows: string][];
  /** the XML within `<sst>` */
  shared?: string;
  /** the XML within `<styleSheet>` */
  styles?: string;
  after?: string;
  properties?: string;
  parts?: Record<string, string>;
}

const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const relation = (id: string, type: string, target: string) =>
  `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`;

/** As Excel lays a workbook out, with nothing that isn't needed. */
function bookOf({ sheets, shared = '', styles = '', after = '', properties = '', parts = {} }: Book): Buffer {
  const files: Record<string, string> = {
    '[Content_Types].xml': '<Types/>',
    '_rels/.rels': `<Relationships>${relation('r1', 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    'xl/workbook.xml': `<workbook xmlns:r="${office}"><workbookPr ${properties}/><sheets>${sheets
      .map(([name, attributes], index) => `<sheet name="${name}" ${attributes} r:id="s${index}"/>`)
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${[
      ...sheets.map((_, index) => relation(`s${index}`, 'worksheet', `worksheets/sheet${index}.xml`)),
      relation('t', 'sharedStrings', '/xl/sharedStrings.xml'),
      relation('u', 'styles', '../xl/styles.xml'),
    ].join('')}</Relationships>`,
    'xl/sharedStrings.xml': `<sst>${shared}</sst>`,
    'xl/styles.xml': `<styleSheet>${styles}</styleSheet>`,
    ...Object.fromEntries(
      sheets.map(([, , rows], index) => [
        `xl/worksheets/sheet${index}.xml`,
        `<worksheet><sheetData>${rows}</sheetData>${after}</worksheet>`,
      ]),
    ),
    ...parts,
  };
  return Buffer.from(zipSync(Object.fromEntries(Object.entries(files).map(([name, xml]) => [name, strToU8(xml)]))));
}

const inline = (...cells: string[]) => cells.map((text) => `<c t="inlineStr"><is><t>${text}</t></is></c>`).join('');
const header = `<row>${inline('text', 'label')}</row>`;
const line = (text: string, cell: string) => `<row>${inline(text)}${cell}</row>`;
const one = (rows: string, more: Partial<Book> = {}) => bookOf({ sheets: [['Sheet1', '', header + rows]], ...more });

test('numbers, dates and times are what Excel shows, whatever their format', async () => {
  const formats = [
    'General',
    'd/m/yy',
    'yyyy\\-mm\\-dd;@',
    '[$-409]mmm d, yyyy',
    'h:mm AM/PM',
    '[h]:mm',
    '"days" 0',
    '#,##0.00 [$kr-41D]',
    '[Red]0.0',
    '0000',
    '0.00E+00',
    '_-* #,##0_-;[Blue]d',
  ];
  const styles =
    `<numFmts>${formats.map((code, index) => `<numFmt numFmtId="${200 + index}" formatCode="${code.replaceAll('"', '&quot;')}"/>`).join('')}</numFmts>` +
    `<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>` +
    `<cellXfs>${[0, 14, 22, 45, ...formats.map((_, index) => 200 + index)].map((id) => `<xf numFmtId="${id}"/>`).join('')}</cellXfs>`;
  const cases: [value: string, style: number, expected: string][] = [
    ['12345678901', 0, '12345678901'],
    ['1E+15', 14, '1000000000000000'],
    ['1.2345678901234599E+16', 0, '12345678901234600'],
    ['0.30000000000000004', 0, '0.3'],
    ['45413', 1, '2024-05-01'],
    ['45413.520833333336', 2, '2024-05-01T12:30:00'],
    ['45413', 5, '2024-05-01'],
    ['45413', 6, '2024-05-01'],
    ['45413', 7, '2024-05-01'],
    ['0.5', 8, '12:00:00'],
    ['0.75', 3, '18:00:00'],
    ['1.5208333333333333', 9, '36:30:00'],
    ['59', 1, '1900-02-28'],
    ['61', 1, '1900-03-01'],
    ['7', 10, '7'],
    ['2.5', 11, '2.5'],
    ['2.5', 12, '2.5'],
    ['7', 13, '0007'],
    ['45413', 15, '45413'],
    ['-3', 1, '-3'],
  ];
  const rows = cases.map(([value, style], index) => line(`sentence ${index}`, `<c s="${style}"><v>${value}</v></c>`));
  const dataset = await read(one(rows.join(''), { styles }), 'data.xlsx', { roles: { labels: ['label'] } });
  assert.deepEqual(
    labelsIn(dataset, 'label').map((labels, index) => [cases[index]?.slice(0, 2), labels?.[0]]),
    cases.map(([value, style, expected]) => [[value, style], expected]),
  );
});

test('shared, inline and formula texts are joined, unescaped and kept with their blanks', async () => {
  const shared =
    '<si><t xml:space="preserve"> a &amp; b </t></si>' +
    '<si><r><t>rich </t></r><r><rPr><b/></rPr><t>text</t></r><rPh sb="0" eb="1"><t>リッチ</t></rPh></si>' +
    '<si><t>line_x000D_\n_x005F_x0041_ <![CDATA[<b>]]></t></si>';
  const rows = [0, 1, 2].map((index) => `<row><c t="s"><v>${index}</v></c><c t="str"><f>1</f><v>yes</v></c></row>`);
  const dataset = await read(one(rows.join(''), { shared }), 'data.xlsx', {
    roles: { text: 'text', labels: ['label'] },
  });
  assert.deepEqual(texts(dataset), [' a & b ', 'rich text', 'line\r\n_x0041_ <b>']);
  assert.deepEqual(labelsIn(dataset, 'label'), [['yes'], ['yes'], ['yes']]);
});

test('a formula that was never calculated is told, not taken for an empty cell', async () => {
  const rows = line('one', '<c><f>A2</f></c>') + line('two', '<c t="str"><f>A3</f><v></v></c>') + line('three', '<c/>');
  const dataset = await read(one(rows), 'data.xlsx', { roles: { text: 'text', labels: ['label'] } });
  assert.deepEqual(labelsIn(dataset, 'label'), [null, null, null]);
  const told = dataset.warnings.filter(({ code }) => code === 'cell_error').map(({ message }) => message);
  assert.deepEqual(told, [
    '1 row with an Excel error such as #N/A, or a formula without a value, read as empty.',
    'row 2: a cell holds a formula without its value.',
  ]);
});

test('names with a prefix, cells without a place and rows with gaps are read where they stand', async () => {
  const sheet =
    '<x:worksheet xmlns:x="urn:x"><x:sheetData><x:row r="3"><x:c r="B3" t="inlineStr"><x:is><x:t>text</x:t></x:is></x:c>' +
    '<x:c t="inlineStr"><x:is><x:t>label</x:t></x:is></x:c></x:row><x:row r="9"><x:c r="B9" t="inlineStr"><x:is><x:t>one</x:t>' +
    '</x:is></x:c><x:c r="C9" t="b"><x:v>1</x:v></x:c></x:row><x:row><x:c r="C10" t="e"><x:v>#REF!</x:v></x:c></x:row>' +
    '<x:row r="12"><x:c r="B12" t="inlineStr"><x:is><x:t>two</x:t></x:is></x:c><x:c r="E12"><x:v>5</x:v></x:c></x:row>' +
    '</x:sheetData></x:worksheet>';
  const book = bookOf({ sheets: [['Sheet1', '', '']], parts: { 'xl/worksheets/sheet0.xml': sheet } });
  const dataset = await read(book, 'data.xlsx', { roles: { text: 'text', labels: ['label'] } });
  assert.deepEqual(dataset.columns, ['column 1', 'text', 'label']);
  assert.deepEqual(
    dataset.documents.map(({ row, text, labels }) => [row, text, labels.get('label')]),
    [
      [9, 'one', ['true']],
      [12, 'two', undefined],
    ],
  );
  assert.deepEqual(
    places(dataset).filter(([code]) => ['cell_error', 'row_long', 'header_empty'].includes(code)),
    [
      ['header_empty', null, 'column 1'],
      ['cell_error', null, 'label'],
      ['cell_error', 10, 'label'],
      ['row_long', null, null],
      ['row_long', 12, null],
    ],
  );
});

test('cells merged downwards hold for all of their rows, those of the header and beside them do not', async () => {
  const rows = ['a', 'b', 'c', 'd', 'e'].map((text, index) =>
    line(text, index === 1 ? inline('x') : index === 4 ? inline('y') : ''),
  );
  const after = '<mergeCells><mergeCell ref="B3:B4"/><mergeCell ref="A1:B1"/><mergeCell ref="B5:C5"/></mergeCells>';
  const dataset = await read(one(rows.join(''), { after }), 'data.xlsx', {
    roles: { text: 'text', labels: ['label'] },
  });
  assert.deepEqual(labelsIn(dataset, 'label'), [null, ['x'], ['x'], null, ['y']]);
});

test('the first visible sheet with data is read; without one the file is refused', async () => {
  const data = header + line('one', inline('a'));
  const sheets: Book['sheets'] = [
    ['empty', '', '<row/>'],
    ['secret', 'state="veryHidden"', data],
    ['data', '', data + line('two', inline('b'))],
    ['more', '', data],
  ];
  const dataset = await read(bookOf({ sheets }), 'data.xlsx', { roles: { text: 'text' } });
  assert.deepEqual(texts(dataset), ['one', 'two']);
  const told = dataset.warnings.find(({ code }) => code === 'sheets_left_out');
  assert.equal(told?.message, 'Only the sheet "data" is read, not "empty", "secret" (hidden), "more".');
  assert.match(
    await refusal(bookOf({ sheets: sheets.slice(0, 2) }), 'data.xlsx'),
    /^data\.xlsx has 1 empty sheet\(s\); 1 hidden sheet\(s\) are not looked at, .* Expected a header row/,
  );
});

test('other workbooks and archives are told from Excel, with the way out', async () => {
  const ole = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]);
  assert.match(
    await refusal(ole, 'data.xls'),
    /^data\.xls is an old Excel workbook \(\.xls\).*Save it as Excel workbook/,
  );
  const locked = Buffer.concat([ole, Buffer.from('EncryptedPackage', 'utf16le'), Buffer.alloc(600)]);
  assert.match(await refusal(locked, 'data.xlsx'), /^data\.xlsx is an Excel workbook with a password\. Remove it/);
  const zip = (names: string[]) =>
    Buffer.from(zipSync(Object.fromEntries(names.map((name) => [name, strToU8('<a/>')]))));
  assert.match(await refusal(zip(['xl/workbook.bin']), 'data.xlsb'), /is a binary Excel workbook \(\.xlsb\).*\.xlsx/);
  assert.match(await refusal(zip(['mimetype', 'content.xml']), 'data.ods'), /is an OpenDocument spreadsheet \(\.ods\)/);
  assert.match(await refusal(zip(['data.csv']), 'data.zip'), /is a ZIP archive without an Excel workbook in it/);
});

test('what grows without end is refused before it has grown', async () => {
  const limits = { maxBytes: 1024 * 1024, maxCellCharacters: 100_000, maxRows: 100, maxColumns: 20 };
  const message = (rows: string, more: Partial<Book> = {}) => refusal(one(rows, more), 'data.xlsx', { limits });
  const shared = `<si><t>${'x'.repeat(50_000)}</t></si>`;
  const same = line('a', '<c t="s"><v>0</v></c>').repeat(60);
  assert.match(
    await message(same, { shared }),
    /^data\.xlsx, sheet "Sheet1" holds more than 1 MB of text once it is unpacked/,
  );
  assert.match(await message('', { shared: shared.repeat(30) }), /^data\.xlsx holds more than 1 MB of text once/);
  assert.match(await message(line('x'.repeat(100_001), '')), /row 2, column "text": a cell of 100,001 characters/);
  assert.match(
    await message(line('x'.repeat(9_000_000), '')),
    /the workbook is damaged \(one value of more than 600000 bytes/,
  );
  assert.match(await message(line('a', '').repeat(101)), /sheet "Sheet1" has more than 100 rows; at most 100 are read/);
  assert.match(await message('<a>'.repeat(100_000)), /the workbook is damaged \(elements nested deeper than 200/);
  assert.match(await message('<row r="1048577"/>'), /the workbook is damaged \(row 1048577 after row 1/);
  assert.match(await message('<row r="2"/><row r="2"/>'), /the workbook is damaged \(row 2 after row 2/);
  assert.match(await message('<row><c r="XFE2"><v>1</v></c></row>'), /the workbook is damaged \(a cell called XFE2/);
  assert.match(await message('<row><c t="s"><v>1</v></c></row>'), /the workbook is damaged \(the shared text 1 of 0/);
  const wide = bookOf({
    sheets: [['Sheet1', '', `<row>${inline(...Array.from({ length: 21 }, (_, i) => `c${i}`))}</row>`]],
  });
  assert.match(await refusal(wide, 'data.xlsx', { limits }), /sheet "Sheet1": 21 columns; at most 20 are read/);
  // entities of its own are not XML that Excel writes, and the way to a billion laughs
  const laughs = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;">]><sst><si><t>&c;</t></si></sst>';
  assert.match(await message('', { parts: { 'xl/sharedStrings.xml': laughs } }), /damaged \(.*undefined entity/);
});
