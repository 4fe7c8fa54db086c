/** Languages told once, for every job on a host that reads the same texts. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import packageJson from '../../../package.json' with { type: 'json' };
import type { Document } from '../../../src/engine/data/document.ts';
import { detectorVersion } from '../../../src/engine/data/language-detection.ts';
import { languagesOfTexts } from '../../../src/engine/data/text-languages.ts';
import { keep } from '../../../src/engine/kept-files.ts';
import { temporaryFolder } from '../tokenizer/tokenizer-fixture.ts';

const texts = [
  'Tous les êtres humains naissent libres et égaux en dignité et en droits',
  'All human beings are born free and equal in dignity and rights',
  '12345 67890',
  'Todos los seres humanos nacen libres e iguales en dignidad y derechos',
];
const told = ['fr', 'en', null, 'es'];

const documentsOf = (own: readonly string[]): Document[] =>
  own.map((text, index) => ({ row: index + 2, id: null, text, language: null, labels: new Map(), incomplete: false }));

const script = fileURLToPath(new URL('prepare-alone.ts', import.meta.url));

async function prepareAlone(...args: string[]): Promise<unknown> {
  const child = fork(script, args);
  const [answer] = await once(child, 'message');
  return answer;
}

test('a second process gets the same documents without loading the library; another choice is told anew', async (t) => {
  const folder = await temporaryFolder(t);
  const [file, cache] = [path.join(folder, 'data.csv'), path.join(folder, 'made', 'when needed')];
  await writeFile(file, `text,language\n${texts.map((text) => `${text},`).join('\n')}\n${texts[0]},de\n`);
  const first = await prepareAlone(file, cache, '{}');
  assert.deepEqual(first, {
    languages: [...told, 'de'],
    detected: [
      ['fr', 1],
      ['en', 1],
      [null, 1],
      ['es', 1],
    ],
    warnings: ['Languages of 4 texts detected from the text: French 1, English 1, Spanish 1; 1 too uncertain.'],
  });
  assert.deepEqual(await prepareAlone(file, cache, '{}', 'forbidden'), first);
  const needed = { error: 'The library is needed' };
  for (const choices of [{ minConfidence: 0.71 }, { detect: 'all' }])
    assert.deepEqual(await prepareAlone(file, cache, JSON.stringify(choices), 'forbidden'), needed);
  // what becomes of a language that was told is decided afterwards
  const changes = JSON.stringify({ changes: [{ from: 'es', to: null }] });
  const changed = await prepareAlone(file, cache, changes, 'forbidden');
  assert.deepEqual(changed, await prepareAlone(file, path.join(folder, 'other'), changes));
  await writeFile(file, `text,language\n${texts.toReversed().join(',\n')},\n`);
  assert.deepEqual(await prepareAlone(file, cache, '{}', 'forbidden'), needed);
});

test('other texts and confidences are other entries', async (t) => {
  const folder = await temporaryFolder(t);
  const tell = (own: string[], minConfidence = 0.7) => languagesOfTexts(documentsOf(own), minConfidence, folder);
  const [french = '', english = ''] = texts;
  assert.deepEqual(await tell([french, english]), ['fr', 'en']);
  assert.deepEqual(await tell([english, french]), ['en', 'fr']);
  assert.deepEqual(await tell([french + english]), ['fr']);
  assert.deepEqual(await tell([french, english], 1), [null, null]);
  assert.equal((await readdir(path.join(folder, 'languages'))).length, 4);
});

test('a damaged or foreign entry is told again, wherever the damage is', async (t) => {
  const folder = await temporaryFolder(t);
  const tell = () => languagesOfTexts(documentsOf(texts), 0.7, folder);
  assert.deepEqual(await tell(), told);
  const [name = ''] = await readdir(path.join(folder, 'languages'));
  const file = path.join(folder, 'languages', name);
  const sound = await readFile(file);
  const damaged = Array.from(sound, (byte, at) => Buffer.from(sound).fill(byte ^ 0x41, at, at + 1));
  const cut = Array.from(sound, (_, length) => sound.subarray(0, length));
  const withCrc = (body: string) => {
    const crc = Buffer.alloc(4);
    crc.writeUInt32LE(crc32(body));
    return Buffer.concat([crc, Buffer.from(body)]);
  };
  const foreign = ['', 'hello', 'hello\n', '[1]\n1234', '["en"]', '["en"]\n\0'].map(withCrc);
  for (const bytes of [...damaged, ...cut, ...foreign]) {
    await writeFile(file, bytes);
    assert.deepEqual(await tell(), told, bytes.toString('hex'));
    assert.deepEqual(await readFile(file), sound, 'written anew');
  }
});

test('jobs side by side get the same languages and leave one whole entry', async (t) => {
  const folder = await temporaryFolder(t);
  const all = await Promise.all(Array.from({ length: 8 }, () => languagesOfTexts(documentsOf(texts), 0.7, folder)));
  for (const own of all) assert.deepEqual(own, told);
  assert.equal((await readdir(path.join(folder, 'languages'))).length, 1);
});

test("a folder that can't be written costs nothing but time, and none keeps nothing", async (t) => {
  const file = path.join(await temporaryFolder(t), 'a file');
  await writeFile(file, '');
  assert.deepEqual(await languagesOfTexts(documentsOf(texts), 0.7, file), told);
  assert.deepEqual(await languagesOfTexts(documentsOf(texts), 0.7, null), told);
});

test('beyond its number of files a folder loses what was used longest ago, and nothing of another kind', async (t) => {
  const folder = await temporaryFolder(t);
  const bounds = { maxBytes: 1_000, maxFiles: 3 };
  const write = async (name: string, seconds: number) => {
    await keep(path.join(folder, name), Buffer.alloc(10), bounds);
    await utimes(path.join(folder, name), seconds, seconds);
  };
  await writeFile(path.join(folder, 'readme'), '');
  for (const [index, name] of ['b.kept', 'a.kept', 'd.kept', 'c.kept', 'e.kept'].entries())
    await write(name, 1000 + index);
  assert.deepEqual(await readdir(folder), ['c.kept', 'd.kept', 'e.kept', 'readme']);
  await rm(path.join(folder, 'd.kept'));
  await write('f.kept', 2000);
  assert.deepEqual(await readdir(folder), ['c.kept', 'e.kept', 'f.kept', 'readme']);
});

test('another version of the library is another detector', () => {
  assert.ok(detectorVersion.includes(`"eld ${packageJson.dependencies.eld} small"`));
});
