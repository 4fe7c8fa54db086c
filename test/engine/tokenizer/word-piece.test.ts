import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { specialTokens, trainVocabulary } from '../../../src/engine/tokenizer/train-vocabulary.ts';
import { WordPieceTokenizer } from '../../../src/engine/tokenizer/word-piece.ts';

const texts = [
  'the lower the newer the wider',
  'newer and lower roads',
  'la rue est fermée',
  '道路が壊れています',
  'ถนนพัง',
];
const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.string({ unit: 'binary', maxLength: 80 }));

test('a vocabulary begins with the special tokens, keeps to its size and depends on nothing but the texts', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), fc.integer({ min: 3, max: 200 }), (sample, size) => {
      const pieces = trainVocabulary(sample, size);
      assert.deepEqual(pieces.slice(0, specialTokens.length), [...specialTokens]);
      assert.ok(pieces.length <= size);
      assert.equal(new Set(pieces).size, pieces.length);
      assert.deepEqual(trainVocabulary(sample, size), pieces);
    }),
  );
});

test('frequent words become one piece, and the pieces of a word spell it', () => {
  const pieces = trainVocabulary(
    Array.from({ length: 20 }, () => texts.join(' ')),
    400,
  );
  const tokenizer = new WordPieceTokenizer(pieces, 64);
  const spelt = (of: string) => [...tokenizer.encode(of)].map((id) => pieces[id]);
  assert.deepEqual(spelt('the newer'), ['[CLS]', 'the', 'newer']);
  assert.equal(spelt('Fermée').slice(1).join('').replaceAll('##', ''), 'fermée');
  assert.deepEqual(spelt('xyz👾'), ['[CLS]', '[UNK]', '[UNK]']);
});

test('scripts without blanks are cut into characters, not into one unknown word', () => {
  const pieces = trainVocabulary(texts, 400);
  const tokenizer = new WordPieceTokenizer(pieces, 64);
  assert.equal(tokenizer.encode('道路が').length, 4);
  assert.ok(![...tokenizer.encode('道路が')].includes(pieces.indexOf('[UNK]')));
});

test('any text gives ids of the vocabulary, at least [CLS], at most the limit, and the same after a journey as JSON', () => {
  const tokenizer = new WordPieceTokenizer(trainVocabulary(texts, 60), 12);
  const copy = WordPieceTokenizer.fromJson(tokenizer.toJson());
  fc.assert(
    fc.property(text, (any) => {
      const ids = tokenizer.encode(any);
      assert.ok(ids.length >= 1 && ids.length <= 12);
      assert.ok(ids.every((id) => id < tokenizer.pieces.length));
      assert.deepEqual(copy.encode(any), ids);
    }),
  );
});

test('a text of a million characters is cut before it costs anything', () => {
  const tokenizer = new WordPieceTokenizer(trainVocabulary(texts, 60), 128);
  assert.equal(tokenizer.encode('the '.repeat(250_000)).length, 128);
});
