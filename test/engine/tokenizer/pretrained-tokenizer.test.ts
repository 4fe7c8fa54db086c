import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { withDeadline } from '../../../src/engine/tokenizer/deadline.ts';
import { openPretrainedTokenizer } from '../../../src/engine/tokenizer/pretrained-tokenizer.ts';
import { UserError } from '../../../src/errors.ts';
import {
  type Json,
  kinds,
  readFixture,
  readTexts,
  temporaryFolder,
  tokenizerFolder,
  vocabularySize,
} from './tokenizer-fixture.ts';

const whole = { maxTokens: 8192, policy: 'truncate' } as const;
const lists = (encoded: readonly Uint32Array[]) => encoded.map((ids) => [...ids]);

describe('ids are those of the Rust tokenizers library', () => {
  for (const kind of kinds) {
    test(kind, async (t) => {
      const texts = await readTexts();
      const { tokenizer, ids, framed } = await readFixture(kind);
      const opened = await openPretrainedTokenizer(await tokenizerFolder(t, tokenizer), vocabularySize);
      const encoded = lists(await opened.encode(texts, whole));
      for (const [at, text] of texts.entries()) assert.deepEqual(encoded[at], ids[at], JSON.stringify(text));
      const { before, after } = opened.frame;
      assert.deepEqual(
        encoded.slice(0, framed.length).map((list) => [...before, ...list, ...after]),
        framed,
      );
    });
  }

  test('half a surrogate pair is an unknown character, as it is when it goes through UTF-8', async (t) => {
    for (const kind of kinds) {
      const { tokenizer } = await readFixture(kind);
      const opened = await openPretrainedTokenizer(await tokenizerFolder(t, tokenizer), vocabularySize);
      const [half, replaced] = await opened.encode(['fox \ud83d dog\udc36', 'fox \ufffd dog\ufffd'], whole);
      assert.deepEqual(half, replaced, kind);
    }
  });
});

describe('long texts', () => {
  test('of a megabyte give the ids of their start, or of their start and end', async (t) => {
    const { tokenizer } = await readFixture('bert-cased');
    const opened = await openPretrainedTokenizer(await tokenizerFolder(t, tokenizer), vocabularySize);
    const text = `The dog ${'Le café '.repeat(200_000)} lazy fox`;
    const limits = { maxTokens: 64, policy: 'truncate' } as const;
    const [start] = await opened.encode([text], limits);
    const [ends] = await opened.encode([text], { ...limits, policy: 'head+tail' });
    const [first, last] = await opened.encode([text.slice(0, 2000), text.slice(-2000)], { ...whole, maxTokens: 4096 });
    assert.ok(first && last && start && ends);
    assert.deepEqual(start, first.subarray(0, 65));
    assert.deepEqual(ends.subarray(0, 64), first.subarray(0, 64));
    assert.deepEqual(ends.subarray(64), last.subarray(-64));
  });

  test('of one endless word come to an end, whatever the tokenizer', async (t) => {
    for (const kind of kinds) {
      const { tokenizer } = await readFixture(kind);
      const opened = await openPretrainedTokenizer(await tokenizerFolder(t, tokenizer), vocabularySize);
      for (const word of ['a', '的', '👍🏽', ' ', '\u0301', '<mask>', '[MASK]']) {
        const [ids] = await opened.encode([word.repeat(1_000_000 / word.length)], { ...whole, maxTokens: 512 });
        assert.ok(ids && ids.length <= 513, `${kind} ${word}`);
      }
    }
  });
});

test('a calculation that never ends is ended', () => {
  const backtracking = () => /^(a+)+$/.test(`${'a'.repeat(50)}b`);
  assert.throws(() => withDeadline(50, 'Tokenizing', backtracking), {
    name: 'UserError',
    message: 'Tokenizing took longer than 0.05 s and was ended.',
  });
  assert.equal(
    withDeadline(50, 'Counting', () => 3),
    3,
  );
  assert.throws(
    () =>
      withDeadline(50, 'Failing', () => {
        throw new RangeError('as it came');
      }),
    { name: 'RangeError', message: 'as it came' },
  );
});

describe('what is no usable tokenizer is refused by name', () => {
  async function refused(t: TestContext, contents: unknown, message: RegExp, rows = vocabularySize): Promise<void> {
    await assert.rejects(openPretrainedTokenizer(await tokenizerFolder(t, contents), rows), (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, message);
      assert.ok(error.message.length < 500, error.message);
      return true;
    });
  }

  /** A sound tokenizer with some parts replaced. */
  async function changed(kind: (typeof kinds)[number], parts: Json): Promise<Json> {
    return { ...(await readFixture(kind)).tokenizer, ...parts };
  }
  const model = async (kind: (typeof kinds)[number], parts: Json) => {
    const { tokenizer } = await readFixture(kind);
    assert.ok(typeof tokenizer['model'] === 'object');
    return { ...tokenizer, model: { ...tokenizer['model'], ...parts } };
  };

  test('a folder without tokenizer.json, saying what it has instead', async (t) => {
    const folder = await temporaryFolder(t);
    await assert.rejects(openPretrainedTokenizer(folder, 100), {
      name: 'UserError',
      message: /has no tokenizer\.json,/,
    });
    await writeFile(path.join(folder, 'spm.model'), 'x');
    await assert.rejects(openPretrainedTokenizer(folder, 100), /has no tokenizer\.json \(it has spm\.model\)/);
  });

  test('a file that is none, or is too large', async (t) => {
    const folder = await temporaryFolder(t);
    const file = path.join(folder, 'tokenizer.json');
    await writeFile(file, '');
    await truncate(file, 2 ** 40);
    await assert.rejects(openPretrainedTokenizer(folder, 100), /has 1099511627776 bytes; at most/);
    const second = await temporaryFolder(t);
    await mkdir(path.join(second, 'tokenizer.json'));
    await assert.rejects(openPretrainedTokenizer(second, 100), { name: 'UserError', message: /is no file/ });
    const third = await temporaryFolder(t);
    await promisify(execFile)('mkfifo', [path.join(third, 'tokenizer.json')]);
    await assert.rejects(openPretrainedTokenizer(third, 100), { name: 'UserError', message: /is no file/ });
  });

  test('what is nested too deeply or made of too many parts', async (t) => {
    const folder = await temporaryFolder(t);
    const file = path.join(folder, 'tokenizer.json');
    await writeFile(file, '['.repeat(1_000_000));
    await assert.rejects(openPretrainedTokenizer(folder, 100), { name: 'UserError', message: /nested 1000000 levels/ });
    await writeFile(file, `{"model":[${'{},'.repeat(3_000_000)}1]}`);
    await assert.rejects(openPretrainedTokenizer(folder, 100), {
      name: 'UserError',
      message: /3000002 lists and objects/,
    });
  });

  test('parts of a type that nobody knows', async (t) => {
    await refused(
      t,
      await changed('roberta', { model: { type: 'WordLevel' } }),
      /model has the type "WordLevel"; known are/,
    );
    await refused(t, await changed('roberta', { normalizer: { type: 'Nmt' } }), /normalizer has the type "Nmt"/);
    await refused(
      t,
      await changed('roberta', { pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'UnicodeScripts' }] } }),
      /pre_tokenizer has the type "UnicodeScripts"/,
    );
    await refused(t, await changed('roberta', { post_processor: { type: 'x' } }), /post_processor has the type "x"/);
  });

  test('ids beyond the encoder', async (t) => {
    await refused(t, (await readFixture('bert-cased')).tokenizer, /the encoder's are 0 to 99/, 100);
    await refused(t, (await readFixture('xlm-roberta')).tokenizer, /the encoder has 100 rows/, 100);
    const added = { id: 5000, content: '<new>', special: true };
    await refused(t, await changed('roberta', { added_tokens: [added] }), /gives the token "<new>" the id 5000/);
    await refused(
      t,
      await changed('roberta', { post_processor: { type: 'RobertaProcessing', cls: ['<s>', 7000], sep: ['</s>', 2] } }),
      /7000/,
    );
    for (const id of [-1, 1.5, '3', null, 1e300]) {
      await refused(t, await model('bert-cased', { vocab: { '[UNK]': 1, a: id } }), /gives the token "a" the id/);
    }
  });

  test('a model that contradicts itself', async (t) => {
    await refused(t, await model('bert-cased', { unk_token: '[NO]' }), /lacks its own unk_token "\[NO\]"/);
    await refused(t, await model('roberta', { merges: ['a b c'] }), /no two tokens as merge 0/);
    await refused(t, await model('roberta', { merges: [['qq', 'zz']] }), /the token "qq" in merge 0/);
    await refused(t, await model('xlm-roberta', { unk_id: 999_999 }), /unk_id 999999/);
    await refused(t, await model('xlm-roberta', { unk_id: null }), /unk_id/);
    await refused(t, await model('xlm-roberta', { unk_id: 0, vocab: [['a', 'b']] }), /no \[piece, score\] as entry 0/);
    await refused(t, await model('bert-cased', { vocab: { '[UNK]': 1, ['x'.repeat(5000)]: 2 } }), /5000 characters/);
  });

  test('no token before a text', async (t) => {
    await refused(t, await changed('roberta', { post_processor: null }), /puts no token before a text/);
    await refused(
      t,
      await changed('roberta', { post_processor: { type: 'ByteLevel' } }),
      /puts no token before a text/,
    );
  });

  test('regular expressions that are none, and replacements that grow without end', async (t) => {
    const replace = (pattern: Json, content: string) => ({ type: 'Replace', pattern, content });
    await refused(
      t,
      await changed('roberta', { normalizer: replace({ Regex: '(' }, '') }),
      /a regular expression that can't be used/,
    );
    const doubling = Array.from({ length: 60 }, () => replace({ String: 'a' }, 'aaaaaaaaaaaaaaaa'));
    const growing = await changed('roberta', { normalizer: { type: 'Sequence', normalizers: doubling } });
    const opened = await openPretrainedTokenizer(await tokenizerFolder(t, growing), vocabularySize);
    await assert.rejects(opened.encode(['aaaa'.repeat(100)], whole), { name: 'UserError', message: /makes a text of/ });
  });

  test("a precompiled map that isn't one", async (t) => {
    for (const precompiled_charsmap of ['', 'AAAA', 'not base64 at all', '/////w==', 'BAAAAP////8=']) {
      const contents = await changed('xlm-roberta', { normalizer: { type: 'Precompiled', precompiled_charsmap } });
      const folder = await tokenizerFolder(t, contents);
      const outcome = await openPretrainedTokenizer(folder, vocabularySize).then(
        (opened) => opened.encode(['é ok'], whole),
        (error: unknown) => error,
      );
      assert.ok(Array.isArray(outcome) || outcome instanceof UserError, String(outcome));
    }
  });
});
