import assert from 'node:assert/strict';
import { chmod, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { EncodeOptions, PretrainedTokenizer } from '../../../src/engine/tokenizer/pretrained-tokenizer.ts';
import { openPretrainedTokenizer } from '../../../src/engine/tokenizer/pretrained-tokenizer.ts';
import { encodeCached } from '../../../src/engine/tokenizer/token-cache.ts';
import { readFixture, readTexts, temporaryFolder, tokenizerFolder, vocabularySize } from './tokenizer-fixture.ts';

const options: EncodeOptions = { maxTokens: 64, policy: 'truncate' };

/** A real tokenizer that counts how often it is asked. */
async function counting(t: TestContext, kind: 'roberta' | 'bert-cased' = 'roberta') {
  const { tokenizer } = await readFixture(kind);
  const opened = await openPretrainedTokenizer(await tokenizerFolder(t, tokenizer), vocabularySize);
  const asked: number[] = [];
  const counted: PretrainedTokenizer = {
    ...opened,
    encode(texts, wanted) {
      asked.push(texts.length);
      return opened.encode(texts, wanted);
    },
  };
  return { counted, asked };
}

test('the second time the ids come from the disk, and are the same', async (t) => {
  const folder = path.join(await temporaryFolder(t), 'made', 'when needed');
  const { counted, asked } = await counting(t);
  const texts = await readTexts();
  const first = await encodeCached(counted, texts, options, folder);
  assert.deepEqual(await encodeCached(counted, texts, options, folder), first);
  assert.deepEqual(asked, [texts.length]);
  assert.deepEqual(first, await counted.encode(texts, options));
});

test('other texts, limits, policies or tokenizers are other entries', async (t) => {
  const folder = await temporaryFolder(t);
  const { counted, asked } = await counting(t);
  const other = await counting(t, 'bert-cased');
  await encodeCached(counted, ['ab', 'c'], options, folder);
  await encodeCached(counted, ['a', 'bc'], options, folder);
  await encodeCached(counted, ['abc'], options, folder);
  await encodeCached(counted, ['ab', 'c'], { ...options, maxTokens: 32 }, folder);
  await encodeCached(counted, ['ab', 'c'], { ...options, policy: 'windows' }, folder);
  await encodeCached(other.counted, ['ab', 'c'], options, folder);
  assert.equal(asked.length + other.asked.length, 6);
  assert.equal((await readdir(folder)).length, 6);
});

test('a damaged entry is made again, wherever the damage is', async (t) => {
  const folder = await temporaryFolder(t);
  const { counted, asked } = await counting(t);
  const texts = ['The quick brown fox', 'and the dog'];
  const right = await encodeCached(counted, texts, options, folder);
  const [name = ''] = await readdir(folder);
  const file = path.join(folder, name);
  const sound = await readFile(file);
  for (let at = 0; at < sound.length; at++) {
    const damaged = Buffer.from(sound);
    damaged[at] = damaged[at]! ^ 0x41;
    await writeFile(file, damaged);
    assert.deepEqual(await encodeCached(counted, texts, options, folder), right, `byte ${at}`);
  }
  for (const length of [0, 3, 16, sound.length - 4, sound.length - 1]) {
    await writeFile(file, sound.subarray(0, length));
    assert.deepEqual(await encodeCached(counted, texts, options, folder), right, `${length} bytes`);
  }
  assert.equal(asked.length, 1 + sound.length + 5);
  assert.deepEqual(await readFile(file), sound);
});

test('jobs side by side get the same ids and leave one whole entry', async (t) => {
  const folder = await temporaryFolder(t);
  const { counted } = await counting(t);
  const texts = await readTexts();
  const all = await Promise.all(Array.from({ length: 8 }, () => encodeCached(counted, texts, options, folder)));
  for (const encoded of all) assert.deepEqual(encoded, all[0]);
  assert.equal((await readdir(folder)).length, 1);
});

test('beyond its size the cache loses what was used longest ago', async (t) => {
  const folder = await temporaryFolder(t);
  const { counted, asked } = await counting(t);
  const entry = (text: string, maxBytes?: number) =>
    encodeCached(counted, [text], options, folder, maxBytes === undefined ? {} : { maxBytes });
  await entry('aaaa');
  const [oldest = ''] = await readdir(folder);
  await entry('bbbb');
  const second = (await readdir(folder)).find((name) => name !== oldest) ?? '';
  await utimes(path.join(folder, oldest), 1000, 1000);
  await utimes(path.join(folder, second), 2000, 2000);
  // a process that was killed while it wrote
  await writeFile(path.join(folder, 'x.part'), '');
  await utimes(path.join(folder, 'x.part'), 1000, 1000);
  await entry('aaaa');
  assert.ok((await stat(path.join(folder, oldest))).mtimeMs > 2_000_000, 'used just now');
  await entry('cccc', 2 * (await stat(path.join(folder, oldest))).size + 20);
  const left = await readdir(folder);
  assert.equal(left.length, 2);
  assert.ok(left.includes(oldest) && !left.includes(second));
  assert.equal(asked.length, 3);
});

test("a folder that can't be written costs nothing but time", async (t) => {
  const folder = await temporaryFolder(t);
  const file = path.join(folder, 'a file');
  await writeFile(file, '');
  await chmod(file, 0o400);
  const { counted } = await counting(t);
  assert.deepEqual(await encodeCached(counted, ['fox'], options, file), await counted.encode(['fox'], options));
});
