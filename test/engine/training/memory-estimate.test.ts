import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encoderFor } from '../../../src/engine/architectures/registry.ts';
import { encoderNetwork } from '../../../src/engine/models/encoder-network.ts';
import { add, exp, multiply } from '../../../src/engine/onnx/elementwise.ts';
import { Graph } from '../../../src/engine/onnx/graph.ts';
import { reshape } from '../../../src/engine/onnx/layout.ts';
import { sumAll } from '../../../src/engine/onnx/linear.ts';
import { buildGradientGraph } from '../../../src/engine/training/gradient-graph.ts';
import { peakActivationBytes, piecesThatFit } from '../../../src/engine/training/memory-estimate.ts';
import { UserError } from '../../../src/errors.ts';

test('what is alive at once is counted: results until their last use, a view not at all, inputs and outputs neither', () => {
  const graph = new Graph('chain');
  const x = graph.input('x', 'float', ['B', 'T']);
  const a = exp(x); // 1
  const b = exp(a); // 2
  const flat = reshape(b, ['N']); // a view of b
  const c = multiply(flat, flat); // 3: a, b, c, as a is still needed
  const d = reshape(c, ['B', 'T'], x);
  graph.output('sum', sumAll(add(d, a))); // 3: a, c and the sum before it is summed up; b is gone
  const bytes = peakActivationBytes(graph, new Map(Object.entries({ B: 10, T: 25 })));
  const one = 4 * 10 * 25;
  assert.ok(bytes >= 3 * one && bytes < 3 * one + 100, `${bytes}, one is ${one}`);
});

const config = {
  model_type: 'bert',
  vocab_size: 100,
  hidden_size: 32,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  intermediate_size: 64,
  max_position_embeddings: 128,
};
const encoder = encoderFor(config, 3);
const network = encoderNetwork(
  encoder,
  new Map(encoder.parameters.map(({ name, shape }) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1))])),
);
const objective = { strategy: 'multi-class' as const, classes: 3, weights: null };

test('twice the documents need twice the memory, twice the tokens more than twice', () => {
  const { graph } = buildGradientGraph(network, objective);
  const bytes = (B: number, T: number) => peakActivationBytes(graph, new Map(Object.entries({ B, T })));
  const ratio = bytes(16, 32) / bytes(8, 32);
  assert.ok(ratio > 1.95 && ratio <= 2, String(ratio));
  assert.ok(bytes(8, 64) > 2 * bytes(8, 32));
});

test('a batch is cut until it fits; where one text alone does not, that is said with what is needed and what is there', () => {
  const batch = { size: 16, longest: 100 };
  const whole = piecesThatFit(network, objective, batch, 1, 1e12);
  assert.equal(whole.pieces, 1);
  const half = piecesThatFit(network, objective, batch, 1, whole.neededBytes - 1);
  assert.equal(half.pieces, 2);
  assert.ok(half.neededBytes < whole.neededBytes);
  assert.equal(piecesThatFit(network, objective, batch, 4, 1e12).pieces, 4);
  const single = piecesThatFit(network, objective, batch, 16, 1e12);
  assert.equal(piecesThatFit(network, objective, batch, 1, single.neededBytes).pieces, 16);
  assert.throws(
    () => piecesThatFit(network, objective, batch, 1, single.neededBytes - 1),
    (error) =>
      error instanceof UserError &&
      /bert needs about 0\.3 GB .* one text of 100 tokens .* 0\.3 GB are free/.test(error.message),
  );
});
