import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CharacterNgrams, readCharacters, WordNgrams } from '../../../src/engine/linear/ngrams.ts';
import { PairTable } from '../../../src/engine/linear/pair-table.ts';
import { IntList, type SparseMatrix } from '../../../src/engine/linear/sparse.ts';
import { Vectorizer } from '../../../src/engine/linear/vectorizer.ts';
import { oracle } from './support.ts';

const noPause = async () => {};

/** term -> value of one row, for the words (columns below the number of words) or the characters */
function rowOf(matrix: SparseMatrix, row: number, terms: string[], shift: number): Map<string, number> {
  const found = new Map<string, number>();
  for (let entry = matrix.offsets[row] ?? 0; entry < (matrix.offsets[row + 1] ?? 0); entry++) {
    const term = terms[(matrix.indices[entry] ?? 0) - shift];
    if (term !== undefined) found.set(term, matrix.values[entry] ?? 0);
  }
  return found;
}

test("the TF-IDF matrix equals scikit-learn's, for training texts and new ones", async () => {
  const { tfidf } = oracle;
  const { vectorizer, matrix } = await Vectorizer.fit(tfidf.texts, noPause);
  const transformed = await vectorizer.transform(tfidf.testTexts, noPause);
  const vocabulary = vectorizer.vocabulary();
  const shift = vocabulary.words.terms.length;
  assert.equal(matrix.columns, shift + vocabulary.characters.terms.length);
  for (const [name, block, from] of [
    ['words', vocabulary.words, 0],
    ['characters', vocabulary.characters, shift],
  ] as const) {
    for (const [what, actual, expectedRows] of [
      ['train', matrix, tfidf[name].train],
      ['test', transformed, tfidf[name].test],
    ] as const) {
      for (const [row, expected] of expectedRows.entries()) {
        const found = rowOf(actual, row, block.terms, from);
        assert.deepEqual([...found.keys()].sort(), Object.keys(expected).sort(), `${name}, ${what} text ${row}`);
        for (const [term, value] of found) {
          const wanted = expected[term] ?? Number.NaN;
          assert.ok(Math.abs(value - wanted) <= 1e-6, `${name}, ${what} ${row}, "${term}": ${value}, not ${wanted}`);
        }
      }
    }
  }
});

test('a restored vocabulary gives the same matrix', async () => {
  const { vectorizer } = await Vectorizer.fit(oracle.tfidf.texts, noPause);
  const again = Vectorizer.restore(JSON.parse(JSON.stringify(vectorizer.vocabulary())));
  const texts = [...oracle.tfidf.testTexts, ...oracle.tfidf.texts];
  assert.deepEqual(await again.transform(texts, noPause), await vectorizer.transform(texts, noPause));
});

test('a very long text is read up to the limit only, never half a character', () => {
  for (const [ngrams, most] of [
    [new WordNgrams(), readCharacters],
    [new CharacterNgrams(2, 5), 5 * readCharacters],
  ] as const) {
    const out = new IntList();
    ngrams.extract('ab '.repeat(400_000), true, out);
    assert.ok(out.length > 0 && out.length < most, `${out.length} n-grams`);
  }
  const ngrams = new CharacterNgrams(2, 5);
  ngrams.extract(`${'x'.repeat(readCharacters - 1)}🚋`, true, new IntList());
  for (let node = 0; node < ngrams.nodes; node++) assert.ok(ngrams.term(node).isWellFormed());
});

test('property: terms come back as the nodes they were, in any script', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 8 }), (texts) => {
      for (const build of [() => new WordNgrams(), () => new CharacterNgrams(2, 5)]) {
        const learnt = build();
        const seen = new IntList();
        for (const text of texts) learnt.extract(text, true, seen);
        const restored = build();
        const nodes = new Map<number, number>();
        for (const node of seen.toArray()) nodes.set(node, restored.addTerm(learnt.term(node)));
        const found = new IntList();
        for (const text of texts) restored.extract(text, false, found);
        assert.deepEqual(
          [...found.toArray()],
          [...seen.toArray()].map((node) => nodes.get(node)),
        );
      }
    }),
    { numRuns: 60 },
  );
});

test('property: the pair table numbers pairs as a Map does', () => {
  const number = fc.oneof(fc.integer({ min: -1, max: 40 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number), { maxLength: 3000 }), (pairs) => {
      const table = new PairTable();
      const model = new Map<string, number>();
      for (const [first, second] of pairs) {
        const key = `${first} ${second}`;
        assert.equal(table.find(first, second), model.get(key) ?? -1);
        if (!model.has(key)) model.set(key, model.size);
        const id = table.add(first, second);
        assert.equal(id, model.get(key));
        assert.deepEqual([table.first(id), table.second(id)], [first, second]);
      }
      assert.equal(table.size, model.size);
    }),
    { numRuns: 30 },
  );
});
