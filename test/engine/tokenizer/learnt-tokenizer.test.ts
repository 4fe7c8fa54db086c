import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { learnTokenizer } from '../../../src/engine/tokenizer/learnt-tokenizer.ts';
import { tokenizerOf } from '../../../src/engine/tokenizer/pretrained-tokenizer.ts';
import { transformersJs } from '../export/support.ts';
import { learnt, tricky } from './learnt/texts.ts';

type Learnt = typeof learnt;

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.string({ unit: 'binary', maxLength: 80 }));
const vocabularySchema = z.object({ model: z.object({ vocab: z.record(z.string(), z.number()) }) });

function piecesOf({ json }: Learnt): string[] {
  const { model } = vocabularySchema.parse(json);
  return Object.entries(model.vocab)
    .sort(([, a], [, b]) => a - b)
    .map(([piece]) => piece);
}

/** Ids with the special token in front. */
async function encode({ json, vocabularySize }: Learnt, texts: readonly string[]): Promise<number[][]> {
  const tokenizer = tokenizerOf({ bytes: new TextEncoder().encode(JSON.stringify(json)), vocabularySize });
  const all = await tokenizer.encode(texts, { maxTokens: 512, policy: 'truncate', threads: 0 });
  return all.map((ids) => [...tokenizer.frame.before, ...ids, ...tokenizer.frame.after]);
}

async function spelt(by: Learnt, written: string): Promise<string[]> {
  const pieces = piecesOf(by);
  const [ids = []] = await encode(by, [written]);
  return ids.map((id) => pieces[id] ?? '');
}

test('a vocabulary begins with the special tokens, keeps to its size and depends on nothing but the texts', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), fc.integer({ min: 3, max: 200 }), (sample, size) => {
      const made = learnTokenizer(sample, size, 2);
      const pieces = piecesOf(made);
      assert.deepEqual(pieces.slice(0, 3), ['[PAD]', '[UNK]', '[CLS]']);
      assert.ok(made.vocabularySize <= size);
      assert.equal(new Set(pieces).size, made.vocabularySize);
      assert.deepEqual(learnTokenizer(sample, size, 2), made);
    }),
  );
});

test('frequent words become one piece, in any case and Unicode form, and rare ones their parts', async () => {
  assert.deepEqual(await spelt(learnt, 'The NEWER road'), ['[CLS]', 'the', 'newer', 'road']);
  assert.deepEqual(await spelt(learnt, 'ferme\u0301e'), await spelt(learnt, 'Fermée'));
  assert.equal((await spelt(learnt, 'widened')).slice(1).join(''), 'widened');
});

test('scripts without blanks are read in pieces that are frequent, and one unknown character spoils nothing else', async () => {
  assert.deepEqual(await spelt(learnt, '道路が龘道路'), ['[CLS]', '道路', 'が', '[UNK]', '道路']);
  assert.deepEqual(await spelt(learnt, 'ถนนพัง').then((pieces) => pieces.slice(0, 2)), ['[CLS]', 'ถนน']);
  for (const written of ['ຖະໜົນທາງ', 'ផ្លូវបិទ', 'လမ်းပိတ်']) {
    const pieces = await spelt(learnt, written);
    assert.ok(pieces.length - 1 < Array.from(written).length, `${written}: ${pieces.join(' ')}`);
  }
});

test('a run of ten thousand characters without a blank is learnt from and read', async () => {
  const long = '道路工事'.repeat(2_500);
  const made = learnTokenizer([long], 100, 8);
  const [ids = []] = await encode(made, [long]);
  assert.ok(ids.length > 1 && ids.length <= 513 && !ids.includes(1));
});

test("Python's tokenizers gives the same ids", async () => {
  const fixtureSchema = z.object({ sha256: z.string(), ids: z.array(z.array(z.number())) });
  const file = await readFile(new URL('learnt/fixtures/ids.json', import.meta.url), 'utf8');
  const fixture = fixtureSchema.parse(JSON.parse(file));
  const sha256 = createHash('sha256').update(JSON.stringify(learnt.json)).digest('hex');
  assert.equal(
    sha256,
    fixture.sha256,
    'the fixture is of another tokenizer; make it anew (learnt/fixtures/make_ids.py)',
  );
  for (const [index, ids] of (await encode(learnt, tricky)).entries()) {
    assert.deepEqual(ids, fixture.ids[index], JSON.stringify(tricky[index]));
  }
});

test('transformers.js gives the same ids, for any text', async () => {
  const { PreTrainedTokenizer } = await transformersJs();
  const theirs = new PreTrainedTokenizer(learnt.json, learnt.config);
  for (const [index, ids] of (await encode(learnt, tricky)).entries()) {
    assert.deepEqual(theirs.encode(tricky[index] ?? ''), ids, JSON.stringify(tricky[index]));
  }
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 5 }), async (parts) => {
      const written = parts.join(' ').toWellFormed();
      const [ids] = await encode(learnt, [written]);
      assert.deepEqual(theirs.encode(written), ids);
    }),
  );
});
