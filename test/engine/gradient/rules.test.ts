/**
 * Every gradient rule against central differences, in double precision, over shapes that broadcast.
 * loss = sum of y times fixed random numbers, so that no gradient cancels by symmetry.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sigmoidCrossEntropy, softmaxCrossEntropy } from '../../../src/engine/gradient/losses.ts';
import { gradientRules, gradients } from '../../../src/engine/gradient/reverse.ts';
import * as elementwise from '../../../src/engine/onnx/elementwise.ts';
import { Graph, type Value } from '../../../src/engine/onnx/graph.ts';
import * as layout from '../../../src/engine/onnx/layout.ts';
import * as linear from '../../../src/engine/onnx/linear.ts';
import { openSession, realData, tensor } from '../../../src/engine/onnx/session.ts';
import { Random } from '../../../src/engine/training/random.ts';
import { inDouble } from './in-double.ts';

const { add, subtract, multiply, divide } = elementwise;

interface Case {
  /** the rules that this case is for */
  rules: string[];
  what: string;
  inputs: number[][];
  build: (graph: Graph, ...inputs: Value[]) => Value;
  /** inputs are drawn around this with deviation 1; `positive`: their absolute values plus 0.5 */
  draw?: 'any' | 'positive' | 'away from zero';
  /** relative; default 1e-7 */
  tolerance?: number;
  /** of the differences; default 1e-5 */
  step?: number;
}

const broadcasts: [string, number[][]][] = [
  [
    'the same shape',
    [
      [3, 4],
      [3, 4],
    ],
  ],
  ['a row along rows', [[3, 4], [4]]],
  [
    'a column along columns',
    [
      [3, 4],
      [3, 1],
    ],
  ],
  [
    'both stretched',
    [
      [2, 1, 4],
      [3, 1],
    ],
  ],
  ['a missing axis on the left', [[4], [2, 3, 4]]],
  ['a number without axes', [[2, 3], []]],
];

const both = (rules: string[], build: (a: Value, b: Value) => Value, draw: Case['draw'] = 'any'): Case[] =>
  broadcasts.map(([what, inputs]) => ({ rules, what, inputs, draw, build: (_, a, b) => build(a!, b!) }));

const one = (rule: string, build: (x: Value) => Value, draw: Case['draw'] = 'any'): Case[] =>
  [[2, 3], [5], []].map((shape) => ({
    rules: [rule],
    what: `shape [${shape}]`,
    inputs: [shape],
    draw,
    build: (_, x) => build(x!),
  }));

/** Booleans of this shape, about half of them true; a gradient never flows into them. */
function condition(graph: Graph, shape: number[]): Value {
  const count = shape.reduce((product, length) => product * length, 1);
  return graph.initializer(
    'condition',
    shape,
    Uint8Array.from({ length: count }, (_, index) => ((index * 7) % 3 === 0 ? 1 : 0)),
  );
}

const indices = (graph: Graph, shape: number[], values: number[]): Value =>
  graph.initializer('indices', shape, BigInt64Array.from(values, BigInt));

const cases: Case[] = [
  ...both(['Add'], add),
  ...both(['Sub'], subtract),
  ...both(['Mul'], multiply),
  ...both(['Div'], divide, 'away from zero'),
  ...[2, 3, 0.5, -1].flatMap((exponent) => one('Pow', (x) => elementwise.power(x, exponent), 'positive')),
  ...one('Neg', elementwise.negate),
  ...one('Exp', elementwise.exp),
  ...one('Log', elementwise.log, 'positive'),
  ...one('Sqrt', elementwise.sqrt, 'positive'),
  ...one('Tanh', elementwise.tanh),
  ...one('Sigmoid', elementwise.sigmoid),
  ...one('Relu', elementwise.relu, 'away from zero'),
  ...one('Erf', elementwise.erf),
  ...one('Gelu', elementwise.gelu),
  ...one('Softplus', elementwise.softplus),
  // an output is an Identity of its own
  ...one('Identity', (x) => outputAndBack(x)),
  // Through float and back: rounding to float calls for a wide step, and the function is linear.
  ...one('Cast', (x) => multiply(elementwise.cast(elementwise.cast(x, 'float'), 'double'), 3)).map((each) => ({
    ...each,
    step: 0.1,
    tolerance: 1e-4,
  })),
  ...broadcasts.map(
    ([what, inputs]): Case => ({
      rules: ['Where'],
      what,
      inputs,
      build: (graph, a, b) => elementwise.where(condition(graph, []), a!, b!),
    }),
  ),
  {
    rules: ['Where'],
    what: 'a condition that is stretched',
    inputs: [[2, 3], [3]],
    build: (graph, a, b) => elementwise.where(condition(graph, [2, 1]), a!, b!),
  },
  {
    rules: ['Where'],
    what: 'a condition that stretches both',
    inputs: [[1, 3], [1]],
    build: (graph, a, b) => elementwise.where(condition(graph, [4, 3]), a!, b!),
  },
  {
    rules: ['MatMul'],
    what: 'two matrices',
    inputs: [
      [3, 4],
      [4, 2],
    ],
    build: (_, a, b) => linear.matMul(a!, b!),
  },
  {
    rules: ['MatMul'],
    what: 'a weight for a batch of rows',
    inputs: [
      [2, 3, 4],
      [4, 5],
    ],
    build: (_, a, b) => linear.matMul(a!, b!),
  },
  {
    rules: ['MatMul'],
    what: 'a batch of matrices',
    inputs: [
      [2, 3, 4],
      [2, 4, 2],
    ],
    build: (_, a, b) => linear.matMul(a!, b!),
  },
  {
    rules: ['MatMul'],
    what: 'leading axes stretched on both sides',
    inputs: [
      [2, 1, 3, 4],
      [5, 4, 2],
    ],
    build: (_, a, b) => linear.matMul(a!, b!),
  },
  ...['ReduceSum', 'ReduceMean'].flatMap((rule) =>
    [[0], [1], [-1], [0, 2], [0, 1, 2]].flatMap((axes) =>
      [false, true].map(
        (keep): Case => ({
          rules: [rule],
          what: `axes [${axes}], kept: ${keep}`,
          inputs: [[2, 3, 4]],
          build: (_, x) => (rule === 'ReduceSum' ? linear.reduceSum : linear.reduceMean)(x!, axes, keep),
        }),
      ),
    ),
  ),
  // Mean and deviation leave ONNX Runtime's LayerNormalization as float, whatever its input is: seven digits at best.
  ...[
    [3, 4],
    [2, 3, 4],
  ].map(
    (shape): Case => ({
      rules: ['LayerNormalization'],
      what: `shape [${shape}]`,
      inputs: [shape, [4], [4]],
      tolerance: 1e-5,
      build: (_, x, scale, bias) => linear.layerNorm(x!, scale!, bias!, 1e-5),
    }),
  ),
  ...one('Softmax', linear.softmax).slice(0, 2),
  ...one('LogSoftmax', linear.logSoftmax).slice(0, 2),
  { rules: ['Reshape'], what: 'axes joined', inputs: [[2, 3, 4]], build: (_, x) => layout.reshape(x!, [6, 4]) },
  { rules: ['Squeeze'], what: 'two axes', inputs: [[1, 3, 1]], build: (_, x) => layout.squeeze(x!, [0, 2]) },
  { rules: ['Unsqueeze'], what: 'two axes', inputs: [[3]], build: (_, x) => layout.unsqueeze(x!, [0, 2]) },
  {
    rules: ['Transpose'],
    what: 'a cycle of three axes',
    inputs: [[2, 3, 4]],
    build: (_, x) => layout.transpose(x!, [2, 0, 1]),
  },
  {
    rules: ['Expand'],
    what: 'axes of 1 and missing ones',
    inputs: [[3, 1]],
    build: (graph, x) => layout.expandLike(x!, graph.initializer('like', [2, 3, 4], new Float64Array(24))),
  },
  {
    rules: ['Gather'],
    what: 'rows taken several times and not at all',
    inputs: [[4, 3]],
    build: (graph, table) => layout.gather(table!, indices(graph, [2, 3], [0, 2, 0, 0, 3, 2])),
  },
  {
    rules: ['Concat'],
    what: 'three pieces along axis 1',
    inputs: [
      [2, 1],
      [2, 3],
      [2, 2],
    ],
    build: (_, ...values) => layout.concat(values, 1),
  },
  {
    rules: ['Split'],
    what: 'pieces of which one is not used',
    inputs: [[2, 6]],
    build: (_, x) => {
      const [first, , third] = layout.split(x!, 1, [2, 3, 1]);
      return add(first!, third!);
    },
  },
  ...[
    [0, 2],
    [1, 3],
    [2, 4],
    [0, 4],
  ].map(
    ([start, end]): Case => ({
      rules: ['Slice'],
      what: `${start} to ${end} of 4`,
      inputs: [[2, 4]],
      build: (_, x) => layout.slice(x!, 1, start!, end!),
    }),
  ),
  {
    rules: ['Mul', 'Add', 'Tanh'],
    what: 'a value that is used three times',
    inputs: [[3]],
    build: (_, x) => add(multiply(x!, x!), elementwise.tanh(x!)),
  },
  ...[false, true].flatMap((weighted): Case[] => [
    {
      rules: ['LogSoftmax'],
      what: `softmax cross-entropy, class weights: ${weighted}`,
      inputs: [[4, 3]],
      build: (graph, logits) =>
        softmaxCrossEntropy(logits!, oneHot(graph), weighted ? weights(graph) : null, graph.scalar(4)),
    },
    {
      rules: ['Softplus'],
      what: `sigmoid cross-entropy, positive weights: ${weighted}`,
      inputs: [[4, 3]],
      build: (graph, logits) =>
        sigmoidCrossEntropy(logits!, oneHot(graph), weighted ? weights(graph) : null, graph.scalar(12)),
    },
  ]),
];

const oneHot = (graph: Graph): Value =>
  graph.initializer('target', [4, 3], Float64Array.of(1, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0));
const weights = (graph: Graph): Value => graph.initializer('weights', [3], Float64Array.of(0.5, 2, 1.5));

function outputAndBack(x: Value): Value {
  const node = x.graph.node({ operator: 'Identity', inputs: [x], outputs: [{ type: x.type, shape: x.shape }] });
  return multiply(node.outputs[0]!, 3);
}

function draws(random: Random, count: number, draw: Case['draw']): Float64Array {
  const normal = Float64Array.from(random.normals(count, 0.7));
  if (draw === 'positive') return normal.map((value) => Math.abs(value) + 0.5);
  // finite differences mean nothing across a kink or a pole
  if (draw === 'away from zero') return normal.map((value) => value + (value < 0 ? -0.5 : 0.5));
  return normal;
}

const size = (shape: number[]): number => shape.reduce((product, length) => product * length, 1);

async function check({ inputs, build, draw, tolerance = 1e-7, step = 1e-5 }: Case, seed: number): Promise<void> {
  const random = new Random(seed, 'finite differences');
  const graph = new Graph('check', 'double');
  const values = inputs.map((shape, index) => graph.input(`x${index}`, 'double', shape));
  const y = build(graph, ...values);
  const shape = y.shape.map(Number);
  const factors = graph.initializer('factors', shape, Float64Array.from(random.normals(size(shape), 1)));
  const loss = linear.sumAll(multiply(y, factors));
  const found = gradients(loss, values);
  graph.output('loss', loss);
  for (const [index, gradient] of found.entries()) graph.output(`gradient${index}`, gradient);
  inDouble(graph);
  const session = await openSession(graph.encode());
  const points = inputs.map((one) => draws(random, size(one), draw));
  const run = () =>
    session.run(Object.fromEntries(points.map((data, index) => [`x${index}`, tensor(data, inputs[index]!)])));
  const exact = await run();
  for (const [index, data] of points.entries()) {
    const gradient = Float64Array.from(realData(exact, `gradient${index}`));
    for (let at = 0; at < data.length; at++) {
      const value = data[at]!;
      const lossAt = async (moved: number): Promise<number> => {
        data[at] = moved;
        return realData(await run(), 'loss')[0]!;
      };
      const numeric = ((await lossAt(value + step)) - (await lossAt(value - step))) / (2 * step);
      data[at] = value;
      const error = Math.abs(numeric - gradient[at]!) / Math.max(1, Math.abs(numeric));
      assert.ok(error < tolerance, `input ${index}[${at}]: ${gradient[at]} by the rule, ${numeric} by differences`);
    }
  }
  await session.release();
}

for (const [index, one] of cases.entries()) {
  test(`${one.rules.join(', ')} agrees with finite differences: ${one.what}`, () => check(one, index));
}

test('every rule has such a check', () => {
  const checked = new Set(cases.flatMap(({ rules }) => rules));
  assert.deepEqual(
    Object.keys(gradientRules).filter((rule) => !checked.has(rule)),
    [],
  );
});

test('an operator without a rule is refused by name, with those that have one', () => {
  const graph = new Graph('unknown');
  const x = graph.input('x', 'float', [3]);
  const loss = linear.sumAll(elementwise.minimum(x, 1));
  assert.throws(() => gradients(loss, [x]), /no gradient rule for the operator Min\. Rules exist for: Add, Cast, /);
});

test('a target that the loss does not depend on, and a loss of several numbers, are refused', () => {
  const graph = new Graph('refused');
  const x = graph.input('x', 'float', [3]);
  const other = graph.input('other', 'float', [3]);
  assert.throws(() => gradients(linear.sumAll(x), [other]), /doesn't depend on other/);
  assert.throws(() => gradients(x, [x]), /must be one number/);
});

test('no gradient flows through a stop', () => {
  const graph = new Graph('stopped');
  const x = graph.input('x', 'float', [3]);
  const loss = linear.sumAll(elementwise.stopGradient(x));
  assert.throws(() => gradients(loss, [x]), /doesn't depend on x/);
});
