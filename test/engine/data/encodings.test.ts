import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import iconv from 'iconv-lite';
import { places, read, refusal, texts } from './support.ts';

const french = 'texte,étiquette\n"L’été où Zoë goûta du maïs, ça déçut",à côté\nDéjà vu à Noël près des forêts,gâté\n';
const legacy = french.replace('’', "'");

for (const encoding of ['utf-8', 'utf-16le', 'utf-16be'] as const) {
  test(`${encoding} is read with and without a byte order mark`, async () => {
    for (const addBOM of [true, false]) {
      const dataset = await read(iconv.encode(french, encoding, { addBOM }));
      assert.equal(dataset.encoding, encoding);
      assert.deepEqual(dataset.columns, ['texte', 'étiquette']);
      assert.equal(texts(dataset)[0], 'L’été où Zoë goûta du maïs, ça déçut');
      assert.ok(!places(dataset).some(([code]) => code === 'encoding'));
    }
  });
}

for (const encoding of ['latin1', 'windows-1252', 'iso-8859-15']) {
  test(`${encoding} comes out with its accents, and with a word of doubt`, async () => {
    const dataset = await read(iconv.encode(legacy.repeat(3), encoding));
    assert.equal(texts(dataset)[1], 'Déjà vu à Noël près des forêts');
    assert.deepEqual(places(dataset)[0], ['encoding', null, null]);
  });
}

for (const [encoding, sentence] of [
  ['windows-1251', 'Дорога возле школы снова разбита, и никто не отвечает на наши письма уже третью неделю подряд'],
  ['shift_jis', '学校の前の道路がまた壊れています。三週間も誰も返事をしてくれません。早く直してください。'],
  ['gb18030', '学校门口的路又坏了，已经三个星期没有人回复我们的来信，请尽快修好，谢谢大家。'],
] as const) {
  test(`${encoding} is told from the rest by its letters`, async () => {
    const dataset = await read(iconv.encode(`text,label\n${`"${sentence}",a\n`.repeat(10)}`, encoding));
    assert.equal(texts(dataset)[0], sentence);
    assert.deepEqual(places(dataset)[0], ['encoding', null, null]);
  });
}

test('a UTF-8 file with a damaged byte stays UTF-8, and the line is named', async () => {
  const bytes = Buffer.from(`text,label\n${'été très joli à Noël,a\n'.repeat(4)}`);
  bytes[bytes.indexOf('à')] = 0xff;
  const dataset = await read(bytes);
  assert.equal(dataset.encoding, 'utf-8');
  assert.equal(texts(dataset)[1], 'été très joli à Noël');
  assert.match(dataset.warnings[0]?.message ?? '', /damaged character\(s\) in a UTF-8 file, first on line 2/);
});

test('files that are no text are refused by what they are', async () => {
  const start = (...bytes: number[]) => Buffer.concat([Buffer.from(bytes), Buffer.alloc(200, 7)]);
  assert.match(
    await refusal(start(0x50, 0x4b, 3, 4), 'book.csv'),
    /^book\.csv begins as a ZIP archive or an Excel workbook, but is damaged/,
  );
  assert.match(await refusal(start(0x25, 0x50, 0x44, 0x46)), /is a PDF/);
  assert.match(await refusal(start(0x50, 0x41, 0x52, 0x31)), /begins as a Parquet file, but doesn't end as one/);
  assert.match(await refusal(Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256))), /is a binary file/);
  assert.match(await refusal(''), /is empty \(0 bytes\)/);
  assert.match(await refusal(' \n\t\r\n'), /holds only blanks/);
  assert.match(await refusal('\ufeff'), /holds only blanks/);
});

test('a NUL character is refused with its line', async () => {
  assert.match(await refusal('text,label\nsome words here,a\nmore \0 words here,b\n'), /line 3: a NUL character\./);
});

test('a file name in a message cannot break its line nor turn it around', async () => {
  assert.match(await refusal('', 'a\u202eb\nc.csv'), /^a b c\.csv is empty/);
});
