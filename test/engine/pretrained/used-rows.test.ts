import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { UsedRows } from '../../../src/engine/pretrained/used-rows.ts';

const vocabularySize = 50;
const ids = fc.array(fc.integer({ min: 0, max: vocabularySize - 1 }), { maxLength: 12 });

test('every document is found again through the rows, which are ascending and no more than are used', () => {
  fc.assert(
    fc.property(fc.array(ids), (lists) => {
      const documents = lists.map((list) => Uint32Array.from(list));
      const used = new UsedRows(documents, vocabularySize);
      const expected = [...new Set(lists.flat())].sort((a, b) => a - b);
      assert.deepEqual([...used.rows], expected);
      for (const document of documents) {
        assert.deepEqual(
          used.localise(document).map((position) => used.rows[position] ?? -1),
          document,
        );
      }
    }),
  );
});

test('a token that was not used is refused', () => {
  const used = new UsedRows([Uint32Array.of(3, 7)], vocabularySize);
  assert.throws(() => used.localise(Uint32Array.of(3, 8)), /Token 8 is none of the 2/);
  assert.throws(() => used.localise(Uint32Array.of(vocabularySize)), RangeError);
});
