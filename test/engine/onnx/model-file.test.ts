import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { add } from '../../../src/engine/onnx/elementwise.ts';
import { Graph } from '../../../src/engine/onnx/graph.ts';
import { matMul } from '../../../src/engine/onnx/linear.ts';
import { type Pieces, type StreamedConstant, writeModelFile } from '../../../src/engine/onnx/model-file.ts';
import { openSession, realData, tensor } from '../../../src/engine/onnx/session.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'podium-model-file-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const weight = Float32Array.from({ length: 300 * 4 }, (_, index) => Math.sin(index));
const bias = Float32Array.of(1, 2, 3, 4);
const x = Float32Array.from({ length: 2 * 300 }, (_, index) => Math.cos(index));

async function* inPieces(numbers: Float32Array, bytes: number): AsyncGenerator<Uint8Array> {
  const all = new Uint8Array(numbers.buffer);
  for (let start = 0; start < all.length; start += bytes) yield all.subarray(start, start + bytes);
}

/** x w + b, whose w and b are given when the file is written; 0.5 stands in the graph itself. */
function linear(pieces: () => Pieces): { graph: Graph; constants: StreamedConstant[] } {
  const graph = new Graph('linear');
  const input = graph.input('x', 'float', ['B', 300]);
  const w = graph.input('weight', 'float', [300, 4]);
  const b = graph.input('bias', 'float', [4]);
  graph.output('y', add(add(matMul(input, w), b), 0.5));
  return {
    graph,
    constants: [
      { value: w, pieces },
      { value: b, pieces: () => [new Uint8Array(bias.buffer)] },
    ],
  };
}

async function run(model: Uint8Array | string): Promise<number[]> {
  const session = await openSession(model);
  try {
    assert.deepEqual(session.inputNames, ['x']);
    return Array.from(realData(await session.run({ x: tensor(x, [2, 300]) }), 'y'));
  } finally {
    await session.release();
  }
}

const expected = Array.from({ length: 8 }, (_, cell) => {
  const [row, column] = [Math.floor(cell / 4), cell % 4];
  let sum = bias[column]! + 0.5;
  for (let index = 0; index < 300; index++) sum += x[row * 300 + index]! * weight[index * 4 + column]!;
  return sum;
});

function assertClose(got: number[]): void {
  assert.equal(got.length, expected.length);
  for (const [index, value] of got.entries()) assert.ok(Math.abs(value - expected[index]!) < 1e-4, `${value}`);
}

test('constants that come in pieces stand in the model as if they had been there all along', async () => {
  const file = path.join(folder, 'inline.onnx');
  const { graph, constants } = linear(() => inPieces(weight, 1000));
  assert.deepEqual(await writeModelFile(file, graph, constants), [file]);
  assertClose(await run(file));
  assertClose(await run(await readFile(file)));
});

test('constants too big for one file go beside it', async () => {
  const file = path.join(folder, 'external.onnx');
  const { graph, constants } = linear(() => inPieces(weight, 64));
  assert.deepEqual(await writeModelFile(file, graph, constants, 1000), [file, `${file}_data`]);
  assert.equal((await readFile(`${file}_data`)).length, 4 * (300 * 4 + 4));
  assertClose(await run(file));
});

test('a constant that comes short is an error', async () => {
  const { graph, constants } = linear(() => inPieces(weight.slice(4), 1000));
  await assert.rejects(writeModelFile(path.join(folder, 'short.onnx'), graph, constants), {
    message: 'weight: expected 4800 bytes, got 4784.',
  });
});
