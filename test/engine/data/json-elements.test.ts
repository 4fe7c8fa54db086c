import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { JsonDamage, JsonTooLong, jsonElements } from '../../../src/engine/data/json-elements.ts';
import type { JsonValue } from '../../../src/engine/data/json-value.ts';
import { TextWindow } from '../../../src/engine/data/text-window.ts';

type Found = [key: string | null, index: number | null, value: JsonValue];

/** From pieces of so many bytes, through a window of so many. */
async function elements(
  text: string,
  pieceBytes: number,
  widest = 1024 * 1024,
): Promise<{ found: Found[]; span: number }> {
  const bytes = Buffer.from(text);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  const found: Found[] = [];
  // how far the elements' ends lie apart at most
  let [span, end] = [0, 0];
  for await (const batch of jsonElements(await TextWindow.open(pieces(), widest))) {
    for (const { key, index, text: json, offset } of batch) {
      assert.equal(bytes.subarray(offset, offset + Buffer.byteLength(json)).toString(), json);
      found.push([key, index, JSON.parse(json)]);
      span = Math.max(span, offset + Buffer.byteLength(json) - end);
      end = offset + Buffer.byteLength(json);
    }
  }
  return { found, span };
}

function expected(value: JsonValue): Found[] {
  if (Array.isArray(value)) return value.map((inner, index): Found => [null, index, inner]);
  if (value === null || typeof value !== 'object') return [[null, null, value]];
  return Object.entries(value).flatMap(([key, inner]): Found[] =>
    Array.isArray(inner) ? inner.map((own, index): Found => [key, index, own]) : [[key, null, inner]],
  );
}

// keys such as 1 would change their order
const key = fc.string().map((name) => `k${name}`);
const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(
      fc.string(),
      fc.constantFrom('"', '\\', '[', '}', '\\"', 'é😀'),
      fc.double({ noNaN: true }).map((n) => n + 0),
    ),
    fc.constantFrom(true, false, null),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(key, tie('value'), { maxKeys: 5 }),
  ),
})).value;

test('the elements of any JSON are those that JSON.parse finds, wherever its bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      json,
      fc.constantFrom(undefined, 1),
      fc.integer({ min: 1, max: 40 }),
      async (given, indent, cut) => {
        const text = JSON.stringify(given, null, indent);
        const value: JsonValue = JSON.parse(text);
        const { found, span } = await elements(` ${text}\n`, cut);
        assert.deepEqual(found, expected(value));
        // a window that is just wide enough has to be moved all the time
        assert.deepEqual((await elements(text, cut, span + 1)).found, expected(value));
      },
    ),
    { seed: 52, numRuns: 300 },
  );
});

test('what is no JSON between the elements is damage at its place; elements before it are told first', async () => {
  for (const [text, offset] of [
    ['[1, 2', 5],
    ['[1 2]', 3],
    ['[1, ]', 4],
    ['{"a": 1,}', 8],
    ['{"a" 1}', 5],
    ['{a: 1}', 1],
    ['[1] x', 4],
    ['{"a": 1', 7],
    ['', 0],
  ] as const) {
    await assert.rejects(elements(text, 3), (error) => error instanceof JsonDamage && error.offset === offset, text);
  }
  const seen: string[] = [];
  async function* pieces() {
    yield Buffer.from('[{"a": 1}, {"a": b}, {"a": 2} oops]');
  }
  await assert.rejects(async () => {
    for await (const batch of jsonElements(await TextWindow.open(pieces(), 1000)))
      for (const { text } of batch) seen.push(text);
  }, JsonDamage);
  assert.deepEqual(seen, ['{"a": 1}', '{"a": b}', '{"a": 2}']);
});

test('a value longer than the widest window is refused where it begins', async () => {
  const text = JSON.stringify(['a', 'b'.repeat(5_000)]);
  await assert.rejects(elements(text, 100, 1_000), (error) => error instanceof JsonTooLong && error.offset === 5);
});
