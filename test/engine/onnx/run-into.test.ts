import assert from 'node:assert/strict';
import { test } from 'node:test';
import { multiply } from '../../../src/engine/onnx/elementwise.ts';
import { Graph } from '../../../src/engine/onnx/graph.ts';
import { gather } from '../../../src/engine/onnx/layout.ts';
import { markForRunInto, runInto } from '../../../src/engine/onnx/run-into.ts';
import { openSession, tensor } from '../../../src/engine/onnx/session.ts';

test('a run writes into the given buffers, also where that is the buffer it reads from', async () => {
  const graph = new Graph('double');
  markForRunInto(graph);
  graph.output('y', multiply(graph.input('x', 'float', ['N']), 2));
  const session = await openSession(graph.encode());
  const data = Float32Array.of(1, 2, 3);
  const other = new Float32Array(3);
  await runInto(session, { x: tensor(data, [3]) }, { y: tensor(other, [3]) });
  assert.deepEqual([...other], [2, 4, 6]);
  await runInto(session, { x: tensor(data, [3]) }, { y: tensor(data, [3]) });
  await runInto(session, { x: tensor(data, [3]) }, { y: tensor(data, [3]) });
  assert.deepEqual([...data], [4, 8, 12]);
  await session.release();
});

test('a run that fails says so', async () => {
  const graph = new Graph('rows');
  markForRunInto(graph);
  const indices = graph.input('i', 'int64', ['N']);
  graph.output('y', gather(graph.input('x', 'float', [2, 1]), indices));
  const session = await openSession(graph.encode());
  const feeds = { x: tensor(new Float32Array(2), [2, 1]), i: tensor(BigInt64Array.of(7n), [1]) };
  await assert.rejects(runInto(session, feeds, { y: tensor(new Float32Array(1), [1, 1]) }), /out of data bounds/);
  await session.release();
});
