import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPretrainedTokenizer } from '../../../src/engine/tokenizer/pretrained-tokenizer.ts';
import { encodeInThreads } from '../../../src/engine/tokenizer/tokenize-threads.ts';
import { readFixture, readTexts, tokenizerFolder, vocabularySize } from './tokenizer-fixture.ts';

const limits = { maxTokens: 512, policy: 'truncate' } as const;

/** Threads of this process. */
const threads = () =>
  process.getActiveResourcesInfo().filter((name) => name === 'MessagePort' || name === 'Worker').length;

/** A tokenizer whose regular expression takes time that doubles with each letter of a long word. */
async function endless() {
  const { tokenizer } = await readFixture('roberta');
  return { ...tokenizer, pre_tokenizer: { type: 'Split', pattern: { Regex: '(a+)+$' }, behavior: 'Isolated' } };
}
const endlessText = `${'a'.repeat(60)}b`;

test('the ids are the same whatever the number of threads', async (t) => {
  const { tokenizer } = await readFixture('xlm-roberta');
  const opened = await openPretrainedTokenizer(await tokenizerFolder(t, tokenizer), vocabularySize);
  const some = await readTexts();
  const texts = Array.from({ length: 40 }, (_, round) => some.map((text) => `${text} ${round}`)).flat();
  const alone = await opened.encode(texts, { ...limits, threads: 0 });
  for (const threads of [1, 2, 3]) {
    assert.deepEqual(await opened.encode(texts, { ...limits, threads }), alone, `${threads} threads`);
  }
  assert.deepEqual(await opened.encode(texts, limits), alone, 'as many as it thinks best');
  assert.deepEqual(await opened.encode([], { ...limits, threads: 2 }), []);
});

test('an abort ends the threads at once, though their text would keep them for ever', async (t) => {
  const before = threads();
  const opened = await openPretrainedTokenizer(await tokenizerFolder(t, await endless()), vocabularySize);
  const controller = new AbortController();
  const encoding = opened.encode([endlessText], { ...limits, threads: 1, signal: controller.signal });
  const reason = new Error('no longer wanted');
  setImmediate(() => {
    assert.ok(threads() > before, 'a thread is seen');
    controller.abort(reason);
  });
  await assert.rejects(encoding, reason);
  await assert.rejects(opened.encode(['a'], { ...limits, signal: controller.signal }), reason);
  assert.equal(threads(), before);
});

test('an error in a thread comes back as what it was', async () => {
  const bytes = new TextEncoder().encode('{"model": {"type": "nonsense"}}');
  await assert.rejects(encodeInThreads({ source: { bytes, vocabularySize: 10 }, limits }, [['a']], 2, undefined), {
    name: 'UserError',
    message: /tokenizer\.json: model has the type "nonsense"/,
  });
});
