/**
 * A small BERT-like encoder with a classifier on top, as ONNX graph. Pre-norm (Xiong et al., On Layer Normalization in
 * the Transformer Architecture, 2020), so it needs no long warm-up; positions are sines (Vaswani et al., Attention Is
 * All You Need, 2017), so there is nothing to learn about them; texts are the mean of their tokens.
 *
 * Both products that write into the residual stream start at zero: at the first step the network is a bag of
 * embeddings, which learns from a few hundred texts, and attention adds to it what it finds.
 */
import { add, cast, divide, gelu, multiply, subtract } from '../onnx/elementwise.ts';
import type { Graph, Value } from '../onnx/graph.ts';
import { gather, reshape, shapeOf, slice, split, transpose, unsqueeze } from '../onnx/layout.ts';
import { layerNorm, matMul, reduceSum, softmax } from '../onnx/linear.ts';
import type { Dropout } from '../training/dropout.ts';
import { type Network, named, type Parameter, type TrainingBatch } from '../training/network.ts';
import { Random } from '../training/random.ts';
import { compactRows, tokenBatch, tokenInputs } from '../training/token-batch.ts';

/** Shapes of an encoder; letters as in onnx/shapes.ts. */
export interface EncoderSize {
  /** V */
  vocabulary: number;
  /** longest T */
  maxTokens: number;
  layers: number;
  /** H */
  hidden: number;
  /** A */
  heads: number;
  feedForward: number;
  /** K */
  classes: number;
}

export interface EncoderNoise {
  /** share of numbers dropped after the embedding and before the classifier */
  dropout: number;
  /** share of tokens that training reads as [UNK], so that no single word decides */
  unknownShare: number;
  /** ids of the tokens that stand for any other, and for padding */
  unknown: number;
  padding: number;
}

const normEpsilon = 1e-5;
/** Embeddings see few of the steps that dense parameters see, each only those with its own token. */
const tableRateScale = 10;
/** added to the scores of padding before softmax; e^-10000 is 0 in float, and a row of them stays finite */
const maskedScore = -1e4;

type Initial = Pick<Parameter, 'initial' | 'decay'>;

function parametersOf(size: EncoderSize, seed: number): Parameter[] {
  const { vocabulary, layers, hidden, feedForward, classes } = size;
  const random = new Random(seed, 'initial');
  const weight = (rows: number, columns: number): Initial => ({
    initial: random.normals(rows * columns, 1 / Math.sqrt(rows)),
    decay: true,
  });
  const zeros = (count: number, decay: boolean): Initial => ({ initial: new Float32Array(count), decay });
  const ones = (count: number): Initial => ({ initial: new Float32Array(count).fill(1), decay: false });
  const dense = (name: string, shape: number[], values: Initial): Parameter => ({
    name,
    shape,
    ...values,
    table: false,
    learningRateScale: 1,
  });
  const norm = (name: string) => [
    dense(`${name}.weight`, [hidden], ones(hidden)),
    dense(`${name}.bias`, [hidden], zeros(hidden, false)),
  ];
  const linear = (name: string, rows: number, columns: number, values: Initial) => [
    dense(`${name}.weight`, [rows, columns], values),
    dense(`${name}.bias`, [columns], zeros(columns, false)),
  ];
  const embedding: Parameter = {
    name: 'embedding',
    shape: [vocabulary, hidden],
    initial: random.normals(vocabulary * hidden, 0.1),
    decay: false,
    table: true,
    learningRateScale: tableRateScale,
  };
  const layer = (index: number) => [
    ...norm(`layer.${index}.attention.norm`),
    ...linear(`layer.${index}.attention.qkv`, hidden, 3 * hidden, weight(hidden, 3 * hidden)),
    ...linear(`layer.${index}.attention.output`, hidden, hidden, zeros(hidden * hidden, true)),
    ...norm(`layer.${index}.feed_forward.norm`),
    ...linear(`layer.${index}.feed_forward.inner`, hidden, feedForward, weight(hidden, feedForward)),
    ...linear(`layer.${index}.feed_forward.output`, feedForward, hidden, zeros(feedForward * hidden, true)),
  ];
  return [
    embedding,
    ...Array.from({ length: layers }, (_, index) => layer(index)).flat(),
    ...norm('norm'),
    ...linear('classifier', hidden, classes, weight(hidden, classes)),
  ];
}

/** Sines and cosines of falling frequency, [maxTokens, H], as small as an embedding at the start. */
function sinePositions(maxTokens: number, hidden: number): Float32Array {
  const scale = 0.1;
  const positions = new Float32Array(maxTokens * hidden);
  for (let position = 0; position < maxTokens; position++) {
    for (let index = 0; index < hidden; index++) {
      const angle = position / 10_000 ** ((index - (index % 2)) / hidden);
      positions[position * hidden + index] = scale * (index % 2 === 0 ? Math.sin(angle) : Math.cos(angle));
    }
  }
  return positions;
}

/** The encoder's forward pass while its graph is built. */
class Forward {
  private readonly graph: Graph;
  private readonly parameters: ReadonlyMap<string, Value>;
  private readonly size: EncoderSize;

  constructor(graph: Graph, parameters: ReadonlyMap<string, Value>, size: EncoderSize) {
    this.graph = graph;
    this.parameters = parameters;
    this.size = size;
  }

  private parameter(name: string): Value {
    return named(this.parameters, name);
  }

  linear(x: Value, name: string): Value {
    return add(matMul(x, this.parameter(`${name}.weight`)), this.parameter(`${name}.bias`));
  }

  norm(x: Value, name: string): Value {
    return layerNorm(x, this.parameter(`${name}.weight`), this.parameter(`${name}.bias`), normEpsilon);
  }

  /** [B, T] -> [B, T, H] */
  embed(ids: Value): Value {
    const { maxTokens, hidden } = this.size;
    const all = this.graph.initializer(
      'positions',
      [maxTokens, hidden],
      this.graph.reals(sinePositions(maxTokens, hidden)),
    );
    const length = slice(shapeOf(ids), 0, 1, 2);
    return add(gather(this.parameter('embedding'), ids), slice(all, 0, 0, { at: length, dimension: 'T' }));
  }

  /** Each head's queries, keys or values: [B, T, H] -> [B, A, T, D] */
  private heads(x: Value): Value {
    const { heads, hidden } = this.size;
    return transpose(reshape(x, ['B', 'T', heads, hidden / heads]), [0, 2, 1, 3]);
  }

  /** x [B, T, H]; `hiding` [B, 1, 1, T] is 0 for tokens and very negative for padding. */
  private attention(x: Value, hiding: Value, name: string): Value {
    const { heads, hidden } = this.size;
    const projected = this.linear(x, `${name}.qkv`);
    const [q, k, v] = split(projected, 2, [hidden, hidden, hidden]).map((part) => this.heads(part));
    if (!q || !k || !v) throw new RangeError('Attention needs queries, keys and values.');
    const scores = multiply(matMul(q, transpose(k, [0, 1, 3, 2])), 1 / Math.sqrt(hidden / heads)); // [B, A, T, T]
    const mixed = matMul(softmax(add(scores, hiding)), v); // [B, A, T, D]
    return this.linear(reshape(transpose(mixed, [0, 2, 1, 3]), ['B', 'T', hidden]), `${name}.output`);
  }

  layer(x: Value, hiding: Value, name: string): Value {
    const attended = add(x, this.attention(this.norm(x, `${name}.attention.norm`), hiding, `${name}.attention`));
    const inner = gelu(this.linear(this.norm(attended, `${name}.feed_forward.norm`), `${name}.feed_forward.inner`));
    return add(attended, this.linear(inner, `${name}.feed_forward.output`));
  }
}

/** Mean of the tokens that the mask [B, T] shows: [B, T, H] -> [B, H]. Every text has at least one ([CLS]). */
function meanOfTokens(x: Value, shown: Value): Value {
  return divide(reduceSum(multiply(x, unsqueeze(shown, [2])), [1]), reduceSum(shown, [1], true));
}

/** Logits [B, K] from `input_ids` and `attention_mask` [B, T]. */
function forward(
  size: EncoderSize,
  rate: number,
  graph: Graph,
  parameters: ReadonlyMap<string, Value>,
  dropout: Dropout,
): Value {
  const { ids, mask } = tokenInputs(graph);
  const network = new Forward(graph, parameters, size);
  const shown = cast(mask, graph.real);
  const hiding = unsqueeze(multiply(subtract(shown, 1), -maskedScore), [1, 2]);
  let x = dropout.apply(network.embed(ids), rate);
  for (let index = 0; index < size.layers; index++) x = network.layer(x, hiding, `layer.${index}`);
  const text = dropout.apply(meanOfTokens(network.norm(x, 'norm'), shown), rate);
  return network.linear(text, 'classifier');
}

function trainingBatch(documents: readonly Uint32Array[], random: Random, noise: EncoderNoise): TrainingBatch {
  const noisy = documents.map((ids) =>
    ids.map((id, index) => (index > 0 && random.uniform() < noise.unknownShare ? noise.unknown : id)),
  );
  const { rows, local } = compactRows(noisy, [noise.padding]);
  return { feeds: tokenBatch(local), rows: new Map([['embedding', rows]]) };
}

/** An encoder with parameters drawn from the seed. Documents are token ids, [CLS] first. */
export function encoderNetwork(size: EncoderSize, noise: EncoderNoise, seed: number): Network<Uint32Array> {
  return {
    name: 'encoder',
    parameters: parametersOf(size, seed),
    forward: (graph, parameters, { dropout }) => forward(size, noise.dropout, graph, parameters, dropout),
    trainingBatch: (documents, random) => trainingBatch(documents, random, noise),
    inferenceFeeds: tokenBatch,
    length: (document) => document.length,
  };
}
