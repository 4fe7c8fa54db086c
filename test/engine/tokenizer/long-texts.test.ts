import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  documentsOf,
  framedLengths,
  maxWindows,
  sequenceLength,
  shareOverLimit,
  usableIds,
  windowsCover,
} from '../../../src/engine/tokenizer/long-texts.ts';

const policies = ['truncate', 'head+tail', 'windows'] as const;
const frame = { before: [1000, 1001], after: [1002] };
const special = frame.before.length + frame.after.length;

/** Ids that say where they stand in their text. */
const textOf = (length: number) => Uint32Array.from({ length }, (_, at) => at);
const inside = (document: Uint32Array) => [
  ...document.slice(frame.before.length, document.length - frame.after.length),
];
const upTo = (length: number) => [...textOf(length)];

const size = fc.integer({ min: special + 1, max: 80 });
const length = fc.integer({ min: 0, max: 3000 });

test('no document is longer than the limit, and each has the special tokens around it', () => {
  fc.assert(
    fc.property(length, size, fc.constantFrom(...policies), (tokens, maxTokens, policy) => {
      for (const document of documentsOf(textOf(tokens), frame, maxTokens, policy)) {
        assert.ok(document.length <= maxTokens);
        assert.deepEqual([...document.slice(0, 2)], frame.before);
        assert.deepEqual([...document.slice(-1)], frame.after);
      }
    }),
  );
});

test('a text that fits is the same under every policy', () => {
  fc.assert(
    fc.property(size, fc.nat(), fc.constantFrom(...policies), (maxTokens, some, policy) => {
      const tokens = some % (maxTokens - special + 1);
      const documents = documentsOf(textOf(tokens), frame, maxTokens, policy);
      assert.deepEqual(
        documents.map((document) => [...document]),
        [[...frame.before, ...upTo(tokens), ...frame.after]],
      );
    }),
  );
});

test('truncate keeps the first tokens; head+tail the first quarter and the rest from the end', () => {
  fc.assert(
    fc.property(length, size, (tokens, maxTokens) => {
      const room = maxTokens - special;
      fc.pre(tokens > room);
      const [start] = documentsOf(textOf(tokens), frame, maxTokens, 'truncate');
      assert.deepEqual(inside(start), upTo(room));
      const [both] = documentsOf(textOf(tokens), frame, maxTokens, 'head+tail');
      const head = Math.round((room * 128) / 510);
      assert.deepEqual(inside(both), [...upTo(head), ...upTo(tokens).slice(tokens - (room - head))]);
    }),
  );
  // the very numbers of Sun et al.
  const [document] = documentsOf(textOf(2000), { before: [1], after: [2] }, 512, 'head+tail');
  assert.equal(document.indexOf(2000 - 382), 1 + 128);
});

test('windows cover the text without a gap up to their number, and end where it ends', () => {
  fc.assert(
    fc.property(length, size, (tokens, maxTokens) => {
      const room = maxTokens - special;
      const windows = documentsOf(textOf(tokens), frame, maxTokens, 'windows').map(inside);
      assert.ok(windows.length <= maxWindows);
      const covered = Math.min(tokens, windowsCover(room));
      assert.deepEqual([...new Set(windows.flat())], upTo(covered));
      if (tokens === 0) return;
      assert.equal(windows.at(-1)?.at(-1), covered - 1);
      for (const window of windows) assert.equal(window.length, Math.min(tokens, room));
      for (const [at, window] of windows.slice(1).entries()) {
        const shared = (windows[at]?.at(-1) ?? 0) - (window[0] ?? 0) + 1;
        assert.ok(shared >= Math.floor(room / 4), `${shared} of ${room} shared`);
      }
    }),
  );
});

test('what is kept of a text gives the same documents as the whole, and still tells a long text from a short one', () => {
  fc.assert(
    fc.property(length, size, fc.nat(), fc.constantFrom(...policies), (tokens, maxTokens, less, policy) => {
      const kept = usableIds(textOf(tokens), maxTokens, policy);
      const smaller = special + 1 + (less % (maxTokens - special));
      for (const limit of [maxTokens, smaller]) {
        assert.deepEqual(documentsOf(kept, frame, limit, policy), documentsOf(textOf(tokens), frame, limit, policy));
        assert.equal(kept.length > limit, tokens > limit);
      }
    }),
  );
});

test("the sequence length is the 99th percentile, the recipe's wish, and never beyond the model", () => {
  const lengths = framedLengths(
    Array.from({ length: 200 }, (_, at) => textOf(at + 1)),
    frame,
  );
  assert.equal(sequenceLength(lengths, 512, null), 198 + special);
  assert.equal(sequenceLength(lengths, 100, null), 100);
  assert.equal(sequenceLength(lengths, 512, 64), 64);
  assert.equal(sequenceLength(lengths, 512, 4096), 512);
  assert.equal(sequenceLength([], 512, null), 512);
  assert.equal(shareOverLimit(lengths, 198 + special), 0.01);
  assert.equal(shareOverLimit([], 8), 0);
});
