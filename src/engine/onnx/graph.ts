/**
 * An ONNX graph under construction: values with types and shapes, nodes in the order they were made (which is a
 * topological order), inputs, outputs and constants. Operators are functions in the neighbouring files.
 */
import { FinalError } from '../../errors.ts';
import { encodeModel } from './proto.ts';
import { elementCount, type Shape, shapeText } from './shapes.ts';

/** `double` exists so that the same graph can be checked by finite differences. */
export type RealType = 'float' | 'double';
export type ElementType = RealType | 'int64' | 'bool';
export type TensorData = Float32Array | Float64Array | BigInt64Array | Uint8Array;

export type Attribute =
  | { kind: 'int'; value: number }
  | { kind: 'float'; value: number }
  | { kind: 'ints'; value: readonly number[] }
  | { kind: 'string'; value: string }
  /** a graph of its own, whose nodes may also read values of the graph around it (`Graph.outer`) */
  | { kind: 'graph'; value: Graph };

/** One tensor of the graph. It knows its graph and the node that makes it; it holds no numbers. */
export interface Value {
  readonly graph: Graph;
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
}

export interface Node {
  readonly operator: string;
  /** '' is ONNX's own domain */
  readonly domain: string;
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface NodeDescription {
  operator: string;
  inputs: readonly (Value | null)[];
  outputs: readonly { type: ElementType; shape: Shape }[];
  attributes?: Record<string, Attribute>;
}

export class Graph {
  readonly name: string;
  readonly real: RealType;
  readonly nodes: Node[] = [];
  readonly inputs: Value[] = [];
  readonly outputs: { name: string; value: Value; sequence: boolean }[] = [];
  readonly initializers = new Map<Value, TensorData>();
  /** values through which no gradient flows */
  readonly stopped = new Set<Value>();
  /**
   * what a symbol stands for, int64 [1], where the graph computes it: reading it off a tensor's shape instead would keep
   * that tensor in memory until then
   */
  readonly lengths = new Map<string, Value>();
  private readonly constants = new Map<string, Value>();
  private readonly names = new Set<string>();
  private readonly prefix: string;
  private counter = 0;

  /** @param prefix of the names that the graph makes up itself: a graph inside another may not use that one's */
  constructor(name: string, real: RealType = 'float', prefix = '') {
    this.name = name;
    this.real = real;
    this.prefix = prefix;
  }

  /** A value given at each run. */
  input(name: string, type: ElementType, shape: Shape): Value {
    const value = this.value(name, type, shape);
    this.inputs.push(value);
    return value;
  }

  /** A named constant inside the model, such as a trained weight. */
  initializer(name: string, shape: Shape, data: TensorData): Value {
    const expected = elementCount(shape, name);
    if (data.length !== expected) {
      throw new FinalError(`${name}: ${shapeText(shape)} needs ${expected} numbers, got ${data.length}.`);
    }
    const value = this.value(name, elementTypeOf(data), shape);
    this.initializers.set(value, data);
    return value;
  }

  /** A real number of the graph's type; the same number is stored once. */
  scalar(number: number): Value {
    return this.constant(`scalar:${number}`, [], this.reals([number]));
  }

  /** A one-dimensional int64 constant, as shapes and axes are given to operators. */
  integers(numbers: readonly number[]): Value {
    return this.constant(`integers:${numbers.join()}`, [numbers.length], BigInt64Array.from(numbers, BigInt));
  }

  /** A single int64 without dimensions. */
  integer(number: number): Value {
    return this.constant(`integer:${number}`, [], BigInt64Array.of(BigInt(number)));
  }

  /** Numbers as the graph's real type stores them. */
  reals(numbers: ArrayLike<number>): Float32Array | Float64Array {
    return this.real === 'float' ? Float32Array.from(numbers) : Float64Array.from(numbers);
  }

  /** Adds a node and gives its outputs. */
  node(description: NodeDescription): Node {
    const outputs = description.outputs.map(({ type, shape }) =>
      this.value(`${this.prefix}${description.operator}_${this.counter++}`, type, shape),
    );
    const { operator, inputs, attributes = {} } = description;
    const node: Node = { operator, domain: '', inputs, outputs, attributes };
    this.nodes.push(node);
    return node;
  }

  /** Makes a value an output of the model under this name. */
  output(name: string, value: Value): void {
    const named = this.value(name, value.type, value.shape);
    this.nodes.push({ operator: 'Identity', domain: '', inputs: [value], outputs: [named], attributes: {} });
    this.outputs.push({ name, value: named, sequence: false });
  }

  /** Makes a sequence an output; ONNX Runtime finds out its type by itself (see run-into.ts). */
  sequenceOutput(name: string, value: Value): void {
    const named = this.value(name, value.type, value.shape);
    this.nodes.push({ operator: 'Identity', domain: '', inputs: [value], outputs: [named], attributes: {} });
    this.outputs.push({ name, value: named, sequence: true });
  }

  /** A value of the graph around this one, as operands of this one's nodes: ONNX finds it by its name. */
  outer(value: Value): Value {
    return { ...value, graph: this };
  }

  /** The bytes of the model. */
  encode(): Uint8Array {
    return encodeModel(this);
  }

  private value(name: string, type: ElementType, shape: Shape): Value {
    if (this.names.has(name)) throw new FinalError(`Graph ${this.name}: the name ${name} is taken.`);
    this.names.add(name);
    return { graph: this, name, type, shape };
  }

  private constant(key: string, shape: Shape, data: TensorData): Value {
    const known = this.constants.get(key);
    if (known) return known;
    const value = this.initializer(`${this.prefix}constant_${this.constants.size}`, shape, data);
    this.constants.set(key, value);
    return value;
  }
}

function elementTypeOf(data: TensorData): ElementType {
  if (data instanceof Float32Array) return 'float';
  if (data instanceof Float64Array) return 'double';
  if (data instanceof BigInt64Array) return 'int64';
  return 'bool';
}

/** The integers of a constant, for rules that must know an axis. */
export function constantIntegers(value: Value | null | undefined): number[] {
  const data = value ? value.graph.initializers.get(value) : undefined;
  if (!(data instanceof BigInt64Array)) {
    throw new FinalError(`${value?.name ?? 'a missing input'} must be a constant list of integers.`);
  }
  return Array.from(data, Number);
}

/** An integer attribute that the node must have. */
export function integerAttribute(node: Node, name: string): number {
  const attribute = node.attributes[name];
  if (attribute?.kind !== 'int') throw new FinalError(`${node.operator}: attribute ${name} must be an integer.`);
  return attribute.value;
}

/** A list of integers that the node must have as an attribute. */
export function integersAttribute(node: Node, name: string): readonly number[] {
  const attribute = node.attributes[name];
  if (attribute?.kind !== 'ints') throw new FinalError(`${node.operator}: attribute ${name} must be integers.`);
  return attribute.value;
}

/** Input `index` of a node, which must be there. */
export function inputOf(node: Node, index: number): Value {
  const input = node.inputs[index];
  if (!input) throw new FinalError(`${node.operator}: input ${index} is missing.`);
  return input;
}

/** Output `index` of a node, which must be there. */
export function outputOf(node: Node, index: number): Value {
  const output = node.outputs[index];
  if (!output) throw new FinalError(`${node.operator}: output ${index} is missing.`);
  return output;
}
