/**
 * What encoders are built of, as graph: linear layers, norms, activations, attention. Letters of shapes as in
 * onnx/shapes.ts; Q is T, or 1 where only the classification token is computed.
 */
import { z } from 'zod';
import { add, cast, gelu, multiply, relu, sigmoid, subtract, tanh } from '../onnx/elementwise.ts';
import type { Graph, Value } from '../onnx/graph.ts';
import { dimensionOf, gather, reshape, slice, split, squeeze, transpose, unsqueeze } from '../onnx/layout.ts';
import { layerNorm, matMul, softmax } from '../onnx/linear.ts';
import type { Dropout } from '../training/dropout.ts';
import { named } from '../training/network.ts';
import type { EncoderInputs } from './architecture.ts';

/** added to the scores of padding before softmax; e^-10000 is 0 in float, and a row of them stays finite */
export const maskedScore = -1e4;

/** x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))): the approximation that Hugging Face calls gelu_new. */
function geluTanh(x: Value): Value {
  const cubed = multiply(multiply(multiply(x, x), x), 0.044715);
  const inner = multiply(add(x, cubed), Math.sqrt(2 / Math.PI));
  return multiply(multiply(x, 0.5), add(tanh(inner), 1));
}

const activations = {
  gelu,
  gelu_new: geluTanh,
  gelu_fast: geluTanh,
  gelu_pytorch_tanh: geluTanh,
  relu,
  silu: (x: Value) => multiply(x, sigmoid(x)),
  swish: (x: Value) => multiply(x, sigmoid(x)),
  tanh,
} as const;

export const activationSchema = z.enum(
  ['gelu', 'gelu_new', 'gelu_fast', 'gelu_pytorch_tanh', 'relu', 'silu', 'swish', 'tanh'],
  `expected one of ${Object.keys(activations).join(', ')}`,
);
export type Activation = z.infer<typeof activationSchema>;

export function activate(x: Value, name: Activation): Value {
  return activations[name](x);
}

interface Embedding {
  /** names of parameters; null: the model has no such table */
  tables: { word: string; position: string | null; type: string | null };
  /** row of the position table at which a text starts */
  firstPosition: number;
}

/** The parameters of an encoder while its graph is built. */
export class Blocks {
  readonly graph: Graph;
  readonly dropout: Dropout;
  private readonly parameters: ReadonlyMap<string, Value>;

  constructor(graph: Graph, parameters: ReadonlyMap<string, Value>, dropout: Dropout) {
    this.graph = graph;
    this.parameters = parameters;
    this.dropout = dropout;
  }

  parameter(name: string): Value {
    return named(this.parameters, name);
  }

  has(name: string): boolean {
    return this.parameters.has(name);
  }

  /** [..., rows] -> [..., columns]; the bias is added where there is one */
  linear(x: Value, name: string): Value {
    const product = matMul(x, this.parameter(`${name}.weight`));
    return this.has(`${name}.bias`) ? add(product, this.parameter(`${name}.bias`)) : product;
  }

  norm(x: Value, name: string, epsilon: number): Value {
    const bias = this.has(`${name}.bias`) ? this.parameter(`${name}.bias`) : null;
    return layerNorm(x, this.parameter(`${name}.weight`), bias, epsilon);
  }

  /** Words, their positions and, where there are, the type of a single text: [B, T] -> [B, T, E] */
  embed(inputs: EncoderInputs, { tables, firstPosition }: Embedding): Value {
    const word = this.words(tables.word, inputs);
    const position = tables.position === null ? null : this.positions(tables.position, inputs, firstPosition);
    const type = tables.type === null ? null : this.firstType(tables.type);
    // both are the same for every document: added to each other first, they cost one pass over the batch, not two
    const common = position && type ? add(position, type) : (position ?? type);
    return common ? add(word, common) : word;
  }

  /** Rows of the vocabulary: [B, T] -> [B, T, E] */
  words(name: string, { ids }: EncoderInputs): Value {
    return gather(this.parameter(name), ids);
  }

  /** Rows of a table of positions for T tokens, from row `first` on: [P, E] -> [T, E] */
  private positions(name: string, { ids }: EncoderInputs, first: number): Value {
    const tokens = dimensionOf(ids, 1);
    const end = first === 0 ? tokens : add(tokens, this.graph.integers([first]));
    return slice(this.parameter(name), 0, first, { at: end, dimension: 'T' });
  }

  /** Row 0 of the table of token types, [E]: a single text has no other type. */
  private firstType(name: string): Value {
    return squeeze(slice(this.parameter(name), 0, 0, 1), [0]);
  }

  /**
   * Queries, keys and values by one product: [B, T, H] -> 3 times [B, T, H]. `firstOnly`: queries of the first token
   * alone, [B, 1, H]; then the weight is split instead, because keys and values are still needed of all.
   */
  queriesKeysValues(x: Value, name: string, hidden: number, firstOnly: boolean): [Value, Value, Value] {
    if (!firstOnly) return three(split(this.linear(x, name), 2, [hidden, hidden, hidden]));
    const [queries, both] = this.splitLinear(name, [hidden, 2 * hidden]);
    const [keys, values] = two(split(both(x), 2, [hidden, hidden]));
    return [queries(firstToken(x)), keys, values];
  }

  /** A linear layer as two, of so many columns each. */
  splitLinear(name: string, columns: readonly [number, number]): [(x: Value) => Value, (x: Value) => Value] {
    const weights = split(this.parameter(`${name}.weight`), 1, columns);
    const biases = this.has(`${name}.bias`) ? split(this.parameter(`${name}.bias`), 0, columns) : [];
    const [first, second] = two(weights).map((weight, index) => (x: Value): Value => {
      const [product, bias] = [matMul(x, weight), biases[index]];
      return bias ? add(product, bias) : product;
    });
    if (!first || !second) throw new RangeError('A split in two gave less.');
    return [first, second];
  }

  /**
   * softmax(q k^T / sqrt(D) + bias) v over heads: q [B, Q, H], k and v [B, T, H] -> [B, Q, H]. `biases` are added to the
   * scores [B, A, Q, T].
   */
  attention(
    [q, k, v]: readonly [Value, Value, Value],
    heads: number,
    biases: readonly Value[],
    dropoutRate: number,
  ): Value {
    const hidden = q.shape[2];
    const scale = 1 / Math.sqrt(typeof hidden === 'number' ? hidden / heads : 1);
    const scores = multiply(matMul(inHeads(q, heads), transposedInHeads(k, heads)), scale);
    return this.mix(scores, biases, inHeads(v, heads), dropoutRate);
  }

  /** softmax(scores + biases) v: scores [B, A, Q, T], v [B, A, T, D] -> [B, Q, H] */
  mix(scores: Value, biases: readonly Value[], v: Value, dropoutRate: number): Value {
    const shares = softmax(biases.reduce((sum, bias) => add(sum, bias), scores));
    const mixed = matMul(this.dropout.apply(shares, dropoutRate), v);
    const [, heads, , size] = v.shape;
    if (typeof heads !== 'number' || typeof size !== 'number') throw new RangeError('Heads must be of known size.');
    return reshape(transpose(mixed, [0, 2, 1, 3]), ['B', scores.shape[2] ?? 'T', heads * size]);
  }
}

/** [B, Q, H] -> [B, Q, A, D] in the order that `permutation` says. */
function splitHeads(x: Value, heads: number, permutation: readonly number[]): Value {
  const hidden = x.shape[2];
  if (typeof hidden !== 'number') throw new RangeError('Heads are of a known size.');
  return transpose(reshape(x, ['B', x.shape[1] ?? 'T', heads, hidden / heads]), permutation);
}

/** [B, Q, H] -> [B, A, Q, D] */
const inHeads = (x: Value, heads: number): Value => splitHeads(x, heads, [0, 2, 1, 3]);
/** [B, T, H] -> [B, A, D, T], as keys stand in the product with queries */
const transposedInHeads = (x: Value, heads: number): Value => splitHeads(x, heads, [0, 2, 3, 1]);

/** 0 for tokens and very negative for padding: [B, 1, 1, T]. */
export function paddingBias(graph: Graph, { mask }: EncoderInputs): Value {
  return unsqueeze(multiply(subtract(cast(mask, graph.real), 1), -maskedScore), [1, 2]);
}

/** The first token of each document: [B, T, H] -> [B, 1, H] */
export function firstToken(x: Value): Value {
  return x.shape[1] === 1 ? x : slice(x, 1, 0, 1);
}

/** The classification token's state: [B, T or 1, H] -> [B, H] */
export function classificationToken(x: Value): Value {
  return squeeze(firstToken(x), [1]);
}

function two(values: readonly Value[]): [Value, Value] {
  const [a, b] = values;
  if (!a || !b) throw new RangeError('A split in two gave less.');
  return [a, b];
}

function three(values: readonly Value[]): [Value, Value, Value] {
  const [a, b, c] = values;
  if (!a || !b || !c) throw new RangeError('A split in three gave less.');
  return [a, b, c];
}
