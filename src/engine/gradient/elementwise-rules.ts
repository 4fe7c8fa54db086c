/** Gradient rules of the operators that work number by number. dy is the gradient of the output y. */
import {
  add,
  cast,
  divide,
  equal,
  erf,
  exp,
  multiply,
  negate,
  power,
  sigmoid,
  subtract,
  where,
} from '../onnx/elementwise.ts';
import { inputOf, type Node, outputOf, type Value } from '../onnx/graph.ts';
import type { Rule, RuleTable } from './rule.ts';
import { unbroadcast } from './unbroadcast.ts';

type OfInput = (dy: Value, x: Value, y: Value) => Value;

/** One input, same shape: dx from dy, x and y. */
const unaryRule =
  (dx: OfInput): Rule =>
  (node, [dy]) => [dy ? dx(dy, inputOf(node, 0), outputOf(node, 0)) : null];

type OfPair = (dy: Value, a: Value, b: Value, node: Node) => Value;

/** Two inputs that may broadcast; each side is computed only where it is needed. */
const binaryRule =
  (da: OfPair, db: OfPair): Rule =>
  (node, [dy], needs) => {
    if (!dy) return [null, null];
    const [a, b] = [inputOf(node, 0), inputOf(node, 1)];
    return [
      needs[0] ? unbroadcast(da(dy, a, b, node), a.shape) : null,
      needs[1] ? unbroadcast(db(dy, a, b, node), b.shape) : null,
    ];
  };

const inverseSqrtTwo = Math.SQRT1_2;
const inverseSqrtTwoPi = 1 / Math.sqrt(2 * Math.PI);

export const elementwiseRules: RuleTable = {
  // y = a + b: da = dy, db = dy
  Add: binaryRule(
    (dy) => dy,
    (dy) => dy,
  ),
  // y = a - b: da = dy, db = -dy
  Sub: binaryRule(
    (dy) => dy,
    (dy) => negate(dy),
  ),
  // y = a b: da = dy b, db = dy a
  Mul: binaryRule(
    (dy, _, b) => multiply(dy, b),
    (dy, a) => multiply(dy, a),
  ),
  // y = a / b: da = dy / b, db = -dy y / b
  Div: binaryRule(
    (dy, _, b) => divide(dy, b),
    (dy, _, b, node) => negate(divide(multiply(dy, outputOf(node, 0)), b)),
  ),
  // y = x^p, p constant: dx = dy p x^(p-1)
  Pow: (node, [dy]) => {
    const exponent = inputOf(node, 1);
    const p = exponent.graph.initializers.get(exponent)?.[0];
    const x = inputOf(node, 0);
    return [dy && typeof p === 'number' ? multiply(dy, multiply(power(x, p - 1), p)) : null, null];
  },
  // y = -x: dx = -dy
  Neg: unaryRule((dy) => negate(dy)),
  // y = e^x: dx = dy y
  Exp: unaryRule((dy, _, y) => multiply(dy, y)),
  // y = log x: dx = dy / x
  Log: unaryRule((dy, x) => divide(dy, x)),
  // y = sqrt x: dx = dy / (2 y)
  Sqrt: unaryRule((dy, _, y) => divide(dy, multiply(y, 2))),
  // y = tanh x: dx = dy (1 - y^2)
  Tanh: unaryRule((dy, _, y) => subtract(dy, multiply(dy, multiply(y, y)))),
  // y = 1 / (1 + e^-x): dx = dy (y - y^2)
  Sigmoid: unaryRule((dy, _, y) => multiply(dy, subtract(y, multiply(y, y)))),
  // y = max(x, 0): dx = dy where y > 0, else 0
  Relu: unaryRule((dy, _, y) => where(equal(y, y.graph.scalar(0)), y.graph.scalar(0), dy)),
  // y = erf x: dx = dy 2/sqrt(pi) e^(-x^2)
  Erf: unaryRule((dy, x) => multiply(dy, multiply(exp(negate(multiply(x, x))), 2 / Math.sqrt(Math.PI)))),
  // y = x P(x), P(x) = (1 + erf(x / sqrt 2)) / 2: dx = dy (P(x) + x e^(-x^2/2) / sqrt(2 pi))
  Gelu: unaryRule((dy, x) => {
    const cumulative = multiply(add(erf(multiply(x, inverseSqrtTwo)), 1), 0.5);
    const density = multiply(exp(multiply(multiply(x, x), -0.5)), inverseSqrtTwoPi);
    return multiply(dy, add(cumulative, multiply(x, density)));
  }),
  // y = log(1 + e^x): dx = dy / (1 + e^-x)
  Softplus: unaryRule((dy, x) => multiply(dy, sigmoid(x))),
  // y = x: dx = dy
  Identity: unaryRule((dy) => dy),
  // y = x in another type: dx = dy in x's type
  Cast: unaryRule((dy, x) => cast(dy, x.type)),
  // y = a where c, else b: da = dy where c, else 0; db = 0 where c, else dy
  Where: (node, [dy], needs) => {
    if (!dy) return [null, null, null];
    const [condition, a, b] = [inputOf(node, 0), inputOf(node, 1), inputOf(node, 2)];
    const zero = dy.graph.scalar(0);
    return [
      null,
      needs[1] ? unbroadcast(where(condition, dy, zero), a.shape) : null,
      needs[2] ? unbroadcast(where(condition, zero, dy), b.shape) : null,
    ];
  },
};
