/** Safetensors files damaged at random: refused in words, or read; never a crash, never more memory than the file has. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { openSafetensors } from '../../../src/engine/pretrained/safetensors.ts';
import { UserError } from '../../../src/errors.ts';
import { safetensorsBytes, temporaryFolder, writeBytes } from './support.ts';

/** Reads everything that the file claims to hold. */
async function readAll(file: string): Promise<number> {
  const source = await openSafetensors(file);
  let numbers = 0;
  try {
    for (const name of source.tensors.keys()) numbers += (await source.read(name)).length;
  } finally {
    await source.close();
  }
  return numbers;
}

/** Gives the numbers read, or null for a refusal; anything but a UserError fails the test. */
async function outcome(file: string, fileBytes: number): Promise<number | null> {
  const before = process.memoryUsage().arrayBuffers;
  try {
    const numbers = await readAll(file);
    assert.ok(numbers <= fileBytes, `${numbers} numbers in ${fileBytes} bytes`);
    return numbers;
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  } finally {
    const grown = process.memoryUsage().arrayBuffers - before;
    assert.ok(grown < 2 ** 24, `${grown} bytes for a file of ${fileBytes}`);
  }
}

const size = fc.oneof(
  fc.nat({ max: 8 }),
  fc.constantFrom(2 ** 31, 2 ** 32, 2 ** 40, 2 ** 53 - 1, 2 ** 53, 1e300, -1, -0, 1.5, Number.MAX_VALUE),
);
const anything = fc.oneof(
  fc.json({ maxDepth: 3 }).map((text): unknown => JSON.parse(text)),
  size,
  fc.string(),
);
const tensor = fc.record(
  {
    dtype: fc.oneof(fc.constantFrom('F32', 'F16', 'BF16', 'F64', 'I64', 'BOOL', 'F4', 'X', ''), anything),
    shape: fc.oneof(fc.array(size, { maxLength: 10 }), anything),
    data_offsets: fc.oneof(fc.tuple(size, size), fc.array(size, { maxLength: 3 }), anything),
    more: anything,
  },
  { requiredKeys: [] },
);
const names = fc.oneof(fc.string(), fc.constantFrom('a', 'b', '__proto__', 'constructor', '__metadata__', '../x'));

test('headers of wrong types, sizes that overflow and offsets outside the file', async (t) => {
  const folder = await temporaryFolder(t);
  const header = fc.oneof(fc.dictionary(names, fc.oneof({ weight: 4, arbitrary: tensor }, anything)), anything);
  const claimed = fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { nil: undefined, freq: 6 });
  await fc.assert(
    fc.asyncProperty(header, fc.nat({ max: 64 }), claimed, async (value, dataBytes, length) => {
      const bytes = safetensorsBytes(value, new Uint8Array(dataBytes), length);
      await outcome(await writeBytes(folder, 'model.safetensors', bytes), bytes.length);
    }),
    { numRuns: 1500 },
  );
});

test('a good file with bytes changed, cut off or added', async (t) => {
  const folder = await temporaryFolder(t);
  const good = safetensorsBytes(
    {
      a: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
      b: { dtype: 'F16', shape: [4], data_offsets: [24, 32] },
    },
    new Uint8Array(32).fill(60),
  );
  assert.equal(await outcome(await writeBytes(folder, 'model.safetensors', good), good.length), 10);
  const change = fc.record({ at: fc.nat({ max: good.length - 1 }), byte: fc.nat({ max: 255 }) });
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 4 }), fc.integer({ min: -40, max: 40 }), async (changes, longer) => {
      const bytes = new Uint8Array(good.length + longer);
      bytes.set(good.subarray(0, bytes.length));
      for (const { at, byte } of changes) if (at < bytes.length) bytes[at] = byte;
      if ((await outcome(await writeBytes(folder, 'model.safetensors', bytes), bytes.length)) === null) refused++;
    }),
    { numRuns: 1000 },
  );
  assert.ok(refused > 300, `${refused} of 1000 refused`);
});

test('an index that is damaged leads nowhere', async (t) => {
  const folder = await temporaryFolder(t);
  const shard = safetensorsBytes({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, new Uint8Array(4));
  await writeBytes(folder, 'x.safetensors', shard);
  const place = fc.oneof(fc.constantFrom('x.safetensors', '../x.safetensors', '/etc/passwd', 'x', ''), anything);
  const index = fc.oneof(fc.record({ weight_map: fc.oneof(fc.dictionary(names, place), anything) }), anything);
  await fc.assert(
    fc.asyncProperty(index, async (value) => {
      const file = await writeBytes(folder, 'model.safetensors.index.json', JSON.stringify(value) ?? 'null');
      await outcome(path.join(folder, path.basename(file)), shard.length);
    }),
    { numRuns: 500 },
  );
});
