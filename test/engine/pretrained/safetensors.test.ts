import assert from 'node:assert/strict';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import {
  openSafetensors,
  type TensorEntry,
  type TensorSource,
  writeSafetensors,
} from '../../../src/engine/pretrained/safetensors.ts';
import { FinalError, UserError } from '../../../src/errors.ts';
import { safetensorsBytes, temporaryFolder, writeBytes } from './support.ts';

async function opened(t: TestContext, file: string): Promise<TensorSource> {
  const source = await openSafetensors(file);
  t.after(() => source.close());
  return source;
}

const twoRows = { a: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] } };
const bytesOf = (numbers: ArrayLike<number>) => new Uint8Array(Float32Array.from(numbers).buffer);

async function* inChunks(numbers: Float32Array, size: number): AsyncGenerator<Float32Array> {
  for (let start = 0; start < numbers.length; start += size) yield numbers.subarray(start, start + size);
}

test('what is written is read again, by tensor and by row, however it was cut', async (t) => {
  const folder = await temporaryFolder(t);
  const tensor = fc.record({
    rows: fc.integer({ min: 0, max: 20 }),
    width: fc.integer({ min: 1, max: 9 }),
    chunk: fc.integer({ min: 1, max: 50 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(tensor, { maxLength: 5 }),
      fc.array(fc.nat(), { maxLength: 30 }),
      async (sizes, wanted) => {
        const numbers = sizes.map(({ rows, width }, at) =>
          Float32Array.from({ length: rows * width }, (_, index) =>
            Math.fround(Math.sin(at + index) * 10 ** (index % 7)),
          ),
        );
        const entries = sizes.map(
          ({ rows, width, chunk }, at): TensorEntry => ({
            name: `tensor "${at}" é`,
            shape: [rows, width],
            chunks: at % 2 ? numbers[at]! : inChunks(numbers[at]!, chunk),
          }),
        );
        const file = path.join(folder, 'model.safetensors');
        await writeSafetensors(file, entries);
        const source = await openSafetensors(file);
        try {
          assert.deepEqual(
            [...source.tensors.keys()],
            entries.map(({ name }) => name),
          );
          for (const [at, { rows, width }] of sizes.entries()) {
            const { name } = entries[at]!;
            assert.deepEqual(source.tensors.get(name), { name, dtype: 'F32', shape: [rows, width] });
            assert.deepEqual(await source.read(name), numbers[at]);
            const some = Uint32Array.from(rows ? wanted : [], (row) => row % rows);
            const expected = Array.from(some, (row) => [...numbers[at]!.subarray(row * width, (row + 1) * width)]);
            assert.deepEqual([...(await source.readRows(name, some))], expected.flat());
          }
        } finally {
          await source.close();
        }
      },
    ),
    { numRuns: 40 },
  );
  assert.deepEqual(await readdir(folder), ['model.safetensors']);
});

test('rows far apart and rows of more than one read come back in the order asked for', async (t) => {
  const file = path.join(await temporaryFolder(t), 'model.safetensors');
  const [height, width] = [9_000, 300]; // 10.8 MB: more than one read
  const numbers = Float32Array.from({ length: height * width }, (_, index) => index % 65_537);
  await writeSafetensors(file, [{ name: 'table', shape: [height, width], chunks: numbers }]);
  const source = await opened(t, file);
  const all = Uint32Array.from({ length: height }, (_, index) => height - 1 - index);
  for (const rows of [all, Uint32Array.of(8_999, 0, 4_000, 4_001, 4_000, 13), Uint32Array.of()]) {
    const found = await source.readRows('table', rows);
    assert.equal(found.length, rows.length * width);
    for (const [at, row] of rows.entries()) {
      assert.equal(found[at * width], numbers[row * width]);
      assert.equal(found[(at + 1) * width - 1], numbers[(row + 1) * width - 1]);
    }
  }
  await assert.rejects(source.readRows('table', Uint32Array.of(9_000)), RangeError);
});

test('every half, bfloat16 and double is read as the float32 nearest to it', async (t) => {
  const folder = await temporaryFolder(t);
  const every = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
  const doubles = Float64Array.of(0.1, -1e300, 1e-320, Number.NaN, 3);
  const data = new Uint8Array(2 * every.byteLength + doubles.byteLength);
  data.set(new Uint8Array(every.buffer), 0);
  data.set(new Uint8Array(every.buffer), every.byteLength);
  data.set(new Uint8Array(doubles.buffer), 2 * every.byteLength);
  const header = {
    half: { dtype: 'F16', shape: [256, 256], data_offsets: [0, 131_072] },
    brain: { dtype: 'BF16', shape: [65_536], data_offsets: [131_072, 262_144] },
    double: { dtype: 'F64', shape: [5], data_offsets: [262_144, 262_184] },
  };
  const source = await opened(t, await writeBytes(folder, 'model.safetensors', safetensorsBytes(header, data)));
  const half = await source.read('half');
  const view = new DataView(data.buffer);
  const bits = (numbers: Float32Array, index: number) => (Number.isNaN(numbers[index]) ? 'NaN' : numbers[index]);
  for (let index = 0; index < 65_536; index++) {
    const expected = view.getFloat16(2 * index, true);
    assert.ok(Object.is(half[index], expected), `half ${index}: ${half[index]}, expected ${expected}`);
  }
  const brain = await source.read('brain');
  const upper = new Float32Array(Uint32Array.from(every, (value) => value << 16).buffer);
  assert.deepEqual(
    every.every((_, index) => Object.is(bits(brain, index), bits(upper, index))),
    true,
  );
  assert.deepEqual(await source.read('double'), Float32Array.from(doubles));
  assert.deepEqual(
    await source.readRows('half', Uint32Array.of(200, 3)),
    Float32Array.of(...half.subarray(200 * 256, 201 * 256), ...half.subarray(3 * 256, 4 * 256)),
  );
});

test('a header that lies is refused, naming what is wrong', async (t) => {
  const folder = await temporaryFolder(t);
  const data = new Uint8Array(16);
  const entry = (changes: object) => ({ a: { ...twoRows.a, ...changes } });
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(5), /has 5 bytes: too few/],
    [safetensorsBytes(twoRows, data, 2n ** 63n), /its header has 9223372036854775808 bytes/],
    [safetensorsBytes(twoRows, data, 4000n), /ends inside its header: 4000 bytes expected/],
    [safetensorsBytes(twoRows, new Uint8Array(15)), /cut off: tensor "a" ends at byte/],
    [safetensorsBytes(twoRows, new Uint8Array(17)), /1 bytes after its last tensor/],
    [safetensorsBytes(entry({ data_offsets: [4, 20] }), new Uint8Array(20)), /4 bytes before tensor "a" are nobody's/],
    [safetensorsBytes(entry({ data_offsets: [-16, 0] }), data), /wrong at tensor "a": data_offsets\.0/],
    [safetensorsBytes(entry({ data_offsets: [16, 0] }), data), /needs 16 bytes; it has -16/],
    [safetensorsBytes(entry({ shape: [2 ** 40, 2 ** 40] }), data), /needs far more bytes; it has 16/],
    [safetensorsBytes(entry({ shape: [1e300] }), data), /wrong at tensor "a": shape\.0/],
    [safetensorsBytes(entry({ shape: [1.5] }), data), /wrong at tensor "a": shape\.0/],
    [safetensorsBytes(entry({ dtype: 'F33' }), data), /unknown type "F33"/],
    [safetensorsBytes(entry({ more: 1 }), data), /wrong at tensor "a"/],
    [safetensorsBytes('[]', data), /no JSON object/],
    [safetensorsBytes('{"a":', data), /isn't JSON/],
    [safetensorsBytes(`${'['.repeat(100_000)}${']'.repeat(100_000)}`, data), /nested 100000 levels deep/],
    [safetensorsBytes(`{"a":${JSON.stringify(twoRows.a)},"a":${JSON.stringify(twoRows.a)}}`, data), /same key twice/],
    [
      safetensorsBytes({ ...twoRows, b: { dtype: 'F32', shape: [2], data_offsets: [8, 16] } }, data),
      /tensor "b" overlaps/,
    ],
  ];
  for (const [bytes, message] of cases) {
    const file = await writeBytes(folder, 'model.safetensors', bytes);
    await assert.rejects(openSafetensors(file), (error) => error instanceof UserError && message.test(error.message));
  }
  await assert.rejects(openSafetensors(path.join(folder, 'other.safetensors')), /other\.safetensors is missing/);
  await assert.rejects(openSafetensors(`${folder}/.`), UserError);
});

test('a file cut after it was opened is refused, and integers are no weights', async (t) => {
  const folder = await temporaryFolder(t);
  const header = { ...twoRows, ids: { dtype: 'I64', shape: [1], data_offsets: [16, 24] } };
  const file = await writeBytes(folder, 'model.safetensors', safetensorsBytes(header, new Uint8Array(24)));
  const source = await opened(t, file);
  await assert.rejects(source.read('ids'), /"ids" is of type I64; weights can be F32, F16, BF16, F64/);
  await truncate(file, 100);
  await assert.rejects(source.read('a'), /became shorter/);
});

test('a sharded checkpoint is one source; its index names plain files only', async (t) => {
  const folder = await temporaryFolder(t);
  const shard = (name: string, value: number) =>
    safetensorsBytes({ [name]: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, bytesOf([value]));
  await writeBytes(folder, 'model-00001-of-00002.safetensors', shard('a', 1));
  await writeBytes(folder, 'model-00002-of-00002.safetensors', shard('b', 2));
  const index = async (map: unknown) =>
    await writeBytes(folder, 'model.safetensors.index.json', JSON.stringify({ metadata: {}, weight_map: map }));
  const good = { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' };
  const source = await opened(t, await index(good));
  assert.deepEqual([...(await source.read('a')), ...(await source.read('b'))], [1, 2]);

  const cases: [unknown, RegExp][] = [
    [{ ...good, c: good.a }, /holds tensor "c"; it doesn't/],
    [{ a: '../model.safetensors' }, /"\.\.\/model\.safetensors" is no name of a safetensors file/],
    [{ a: '/etc/x.safetensors' }, /is no name of a safetensors file/],
    [{ a: '..\\x.safetensors' }, /is no name of a safetensors file/],
    [{ a: 'gone.safetensors' }, /gone\.safetensors is missing/],
    [[], /no weight_map/],
    [undefined, /no weight_map/],
  ];
  for (const [map, message] of cases) await assert.rejects(index(map).then(openSafetensors), message);

  await writeBytes(
    folder,
    'model-00002-of-00002.safetensors',
    safetensorsBytes(
      {
        a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
        b: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
      },
      bytesOf([1, 2]),
    ),
  );
  await assert.rejects(index(good).then(openSafetensors), /two files share a name/);
});

test('a file is whole or not there, also when a tensor delivers another count than its shape says', async (t) => {
  const folder = await temporaryFolder(t);
  const file = path.join(folder, 'model.safetensors');
  const wrong: TensorEntry = { name: 'a', shape: [3], chunks: [Float32Array.of(1), Float32Array.of(2)] };
  await assert.rejects(writeSafetensors(file, [wrong]), FinalError);
  await assert.rejects(
    writeSafetensors(file, [
      { ...wrong, shape: [2] },
      { ...wrong, shape: [2] },
    ]),
    /written twice/,
  );
  assert.deepEqual(await readdir(folder), []);
});

test('Python writes it, too: the same bytes as the reference writer gives for one tensor', async (t) => {
  const folder = await temporaryFolder(t);
  const file = path.join(folder, 'model.safetensors');
  await writeSafetensors(file, [{ name: 'weight', shape: [2, 2], chunks: Float32Array.of(1, 2, 3, 4) }]);
  const reference = new URL('./fixtures/reference.safetensors', import.meta.url);
  assert.deepEqual(await readFile(file), await readFile(reference));
  await writeFile(file, await readFile(reference));
  assert.deepEqual(await (await opened(t, file)).read('weight'), Float32Array.of(1, 2, 3, 4));
});
