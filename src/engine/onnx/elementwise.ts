/** Operators that work number by number, with NumPy's broadcasting. Each makes one ONNX node of the same name. */
import { type ElementType, type Graph, outputOf, type Value } from './graph.ts';
import { broadcastShapes } from './shapes.ts';

type UnaryOperator =
  | 'Neg'
  | 'Exp'
  | 'Log'
  | 'Sqrt'
  | 'Tanh'
  | 'Sigmoid'
  | 'Relu'
  | 'Erf'
  | 'Gelu'
  | 'Softplus'
  | 'Identity';
type BinaryOperator = 'Add' | 'Sub' | 'Mul' | 'Div' | 'Pow' | 'Min';

function unary(operator: UnaryOperator, x: Value): Value {
  return outputOf(x.graph.node({ operator, inputs: [x], outputs: [{ type: x.type, shape: x.shape }] }), 0);
}

function binary(operator: BinaryOperator | 'Equal', a: Value, b: Value, type: ElementType): Value {
  const shape = broadcastShapes(a.shape, b.shape, operator);
  return outputOf(a.graph.node({ operator, inputs: [a, b], outputs: [{ type, shape }] }), 0);
}

/** A number stands for a constant of the graph's real type. */
export type Operand = Value | number;

function operand(graph: Graph, value: Operand): Value {
  return typeof value === 'number' ? graph.scalar(value) : value;
}

export const add = (a: Value, b: Operand): Value => binary('Add', a, operand(a.graph, b), a.type);
export const subtract = (a: Value, b: Operand): Value => binary('Sub', a, operand(a.graph, b), a.type);
export const multiply = (a: Value, b: Operand): Value => binary('Mul', a, operand(a.graph, b), a.type);
export const divide = (a: Value, b: Operand): Value => binary('Div', a, operand(a.graph, b), a.type);
/** The smaller of both; for the optimizer only, there is no gradient rule. */
export const minimum = (a: Value, b: Operand): Value => binary('Min', a, operand(a.graph, b), a.type);
/** x ^ exponent for a constant exponent. */
export const power = (x: Value, exponent: number): Value => binary('Pow', x, x.graph.scalar(exponent), x.type);
/** True where both are equal; booleans, so no gradient. */
export const equal = (a: Value, b: Value): Value => binary('Equal', a, b, 'bool');

export const negate = (x: Value): Value => unary('Neg', x);
export const exp = (x: Value): Value => unary('Exp', x);
export const log = (x: Value): Value => unary('Log', x);
export const sqrt = (x: Value): Value => unary('Sqrt', x);
export const tanh = (x: Value): Value => unary('Tanh', x);
export const sigmoid = (x: Value): Value => unary('Sigmoid', x);
export const relu = (x: Value): Value => unary('Relu', x);
export const erf = (x: Value): Value => unary('Erf', x);
/** x * Phi(x), exact (by erf), as in BERT. */
export const gelu = (x: Value): Value => unary('Gelu', x);
/** log(1 + e^x), computed without overflow. */
export const softplus = (x: Value): Value => unary('Softplus', x);

/** The same numbers, but no gradient flows back through here. */
export function stopGradient(x: Value): Value {
  const stopped = unary('Identity', x);
  x.graph.stopped.add(stopped);
  return stopped;
}

/** Chooses a where the condition is true, else b. */
export function where(condition: Value, a: Value, b: Value): Value {
  const shape = broadcastShapes(condition.shape, broadcastShapes(a.shape, b.shape, 'Where'), 'Where');
  const inputs = [condition, a, b];
  return outputOf(a.graph.node({ operator: 'Where', inputs, outputs: [{ type: a.type, shape }] }), 0);
}

/** ONNX's numbers of the element types (TensorProto.DataType), for Cast. */
const castCodes: Record<ElementType, number> = { float: 1, int64: 7, bool: 9, double: 11 };

export function cast(x: Value, type: ElementType): Value {
  if (x.type === type) return x;
  const attributes = { to: { kind: 'int' as const, value: castCodes[type] } };
  return outputOf(x.graph.node({ operator: 'Cast', inputs: [x], outputs: [{ type, shape: x.shape }], attributes }), 0);
}
