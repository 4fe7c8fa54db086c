import assert from 'node:assert/strict';
import { test } from 'node:test';
import { add, multiply } from '../../../src/engine/onnx/elementwise.ts';
import { Graph, outputOf } from '../../../src/engine/onnx/graph.ts';
import { openSession, realData, tensor } from '../../../src/engine/onnx/session.ts';

test('a graph inside a node reads values of the graph around it, and has constants of its own', async () => {
  const graph = new Graph('around');
  const start = add(graph.input('start', 'float', ['N']), 1);
  const factor = multiply(graph.input('factor', 'float', ['N']), 1);
  const body = new Graph('body', 'float', 'body/');
  body.input('iteration', 'int64', []);
  const goingOn = body.input('going_on', 'bool', []);
  const x = body.input('x', 'float', ['N']);
  body.output('go_on', goingOn);
  body.output('next', add(multiply(x, body.outer(factor)), 2));
  const loop = graph.node({
    operator: 'Loop',
    inputs: [graph.input('times', 'int64', []), null, start],
    outputs: [{ type: 'float', shape: ['N'] }],
    attributes: { body: { kind: 'graph', value: body } },
  });
  graph.output('y', outputOf(loop, 0));
  const session = await openSession(graph.encode());
  const results = await session.run({
    start: tensor(Float32Array.of(0, 1), [2]),
    factor: tensor(Float32Array.of(3, -1), [2]),
    times: tensor(BigInt64Array.of(3n), []),
  });
  // ((1 * 3 + 2) * 3 + 2) * 3 + 2, and ((2 * -1 + 2) * -1 + 2) * -1 + 2
  assert.deepEqual([...realData(results, 'y')], [53, 0]);
  await session.release();
});
