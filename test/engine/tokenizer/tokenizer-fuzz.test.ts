import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { openPretrainedTokenizer } from '../../../src/engine/tokenizer/pretrained-tokenizer.ts';
import { UserError } from '../../../src/errors.ts';
import { type Json, kinds, readFixture, readTexts, temporaryFolder, vocabularySize } from './tokenizer-fixture.ts';

type Value = Json[string];

const numbers = [-1, 0.5, 2 ** 31, 2 ** 32, 2 ** 53, 1e308, 99_999_999];

/** What may stand in the place of anything. */
const strange = fc.oneof(
  fc.constantFrom<Value>(null, true, '', [], {}, ...numbers),
  fc.constantFrom<Value>('x'.repeat(20_000), '\ud800', '\u0000', '__proto__', 'constructor'),
  fc.constantFrom<Value>({ type: 'Sequence' }, { type: 'BPE' }, { type: 'Split', pattern: { Regex: '[' } }),
  fc.constantFrom<Value>(['a', 'b'], [[[[[[[[]]]]]]]], { Regex: '(a*)*$' }, { String: '' }),
  fc.constantFrom<Value>(nested(10), nested(40), nested(500)),
);

/** Parts within parts, as a file that refers to itself would have. */
function nested(levels: number): Value {
  let value: Value = { type: 'NFC' };
  for (let level = 0; level < levels; level++) value = { type: 'Sequence', normalizers: [value] };
  return value;
}

/** One change at a place that the numbers lead to. */
function mutate(value: Value, route: readonly number[], replacement: Value, drop: boolean): Value {
  const [step = 0, ...rest] = route;
  if (Array.isArray(value) && value.length > 0 && route.length > 0) {
    const at = step % value.length;
    if (rest.length === 0 && drop) return value.filter((_, index) => index !== at);
    return value.map((item, index) => (index === at ? mutate(item, rest, replacement, drop) : item));
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && route.length > 0) {
    const entries = Object.entries(value);
    const at = step % Math.max(1, entries.length);
    const changed = entries.flatMap(([key, item], index): [string, Value][] => {
      if (index !== at) return [[key, item]];
      return rest.length === 0 && drop ? [] : [[key, mutate(item, rest, replacement, drop)]];
    });
    return Object.fromEntries(changed);
  }
  return replacement;
}

const change = fc.record({
  route: fc.array(fc.nat({ max: 500 }), { minLength: 1, maxLength: 6 }),
  replacement: strange,
  drop: fc.boolean(),
});

test('a damaged tokenizer is refused or works; it never crashes, hangs or takes the memory', async (t) => {
  const folder = await temporaryFolder(t);
  const texts = (await readTexts()).filter((text) => text.length < 200);
  const fixtures = await Promise.all(kinds.map((kind) => readFixture(kind)));
  let refused = 0;
  let worked = 0;
  const heap = process.memoryUsage().rss;
  const mutated = fc.asyncProperty(
    fc.nat({ max: kinds.length - 1 }),
    fc.array(change, { minLength: 1, maxLength: 3 }),
    async (at, changes) => {
      let contents: Value = fixtures[at]?.tokenizer ?? {};
      for (const { route, replacement, drop } of changes) contents = mutate(contents, route, replacement, drop);
      await writeFile(path.join(folder, 'tokenizer.json'), JSON.stringify(contents));
      try {
        const opened = await openPretrainedTokenizer(folder, vocabularySize);
        const encoded = await opened.encode(texts, { maxTokens: 64, policy: 'truncate' });
        for (const ids of encoded) for (const id of ids) assert.ok(id < vocabularySize, `id ${id}`);
        worked++;
      } catch (error) {
        assert.ok(error instanceof UserError, error instanceof Error ? error.stack : String(error));
        assert.ok(error.message.length < 500, error.message);
        refused++;
      }
    },
  );
  await fc.assert(mutated, { numRuns: 600 });
  assert.ok(refused > 50 && worked > 50, `${refused} refused, ${worked} worked`);
  assert.ok(process.memoryUsage().rss - heap < 800e6, 'memory');
});

test('bytes that are damaged anywhere are refused or work', async (t) => {
  const folder = await temporaryFolder(t);
  const { tokenizer } = await readFixture('xlm-roberta');
  const sound = Buffer.from(JSON.stringify(tokenizer));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 }),
      async (hits) => {
        const bytes = Buffer.from(sound);
        for (const [at, byte] of hits) bytes[at % bytes.length] = byte;
        await writeFile(path.join(folder, 'tokenizer.json'), bytes);
        const outcome = await openPretrainedTokenizer(folder, vocabularySize).then(
          (opened) => opened.encode(['The quick é fox'], { maxTokens: 64, policy: 'windows' }),
          (error: unknown) => error,
        );
        assert.ok(Array.isArray(outcome) || outcome instanceof UserError, String(outcome));
      },
    ),
    { numRuns: 300 },
  );
});
