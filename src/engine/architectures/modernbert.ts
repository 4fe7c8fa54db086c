/**
 * ModernBERT as Hugging Face's ModernBertForSequenceClassification computes it (Warner et al., Smarter, Better, Faster,
 * Longer, 2024): norms before each part, rotary positions (Su et al., RoFormer, 2021), gated feed-forward parts, and
 * attention to a window of neighbours in most layers.
 */
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { add, cast, divide, minimum, multiply, relu, subtract } from '../onnx/elementwise.ts';
import type { Graph, Value } from '../onnx/graph.ts';
import { concat, dimensionOf, reshape, slice, split, unsqueeze } from '../onnx/layout.ts';
import { reduceSum } from '../onnx/linear.ts';
import type { EncoderBuilder, EncoderInputs } from './architecture.ts';
import {
  activate,
  activationSchema,
  Blocks,
  classificationToken,
  firstToken,
  maskedScore,
  paddingBias,
} from './blocks.ts';
import { epsilon, headSize, maxLayers, rate, readConfig, sizes } from './config.ts';
import { ParameterList } from './parameters.ts';

const attentionTypes = ['full_attention', 'sliding_attention'] as const;
type AttentionType = (typeof attentionTypes)[number];

const theta = z.number().min(1).max(1e9);
const ropeSchema = z.object({
  rope_theta: theta.optional(),
  rope_type: z.literal('default', 'expected "default" (other rotary positions are not supported)').default('default'),
});

const configSchema = z.object({
  vocab_size: sizes.vocabulary,
  hidden_size: sizes.hidden,
  num_hidden_layers: sizes.layers,
  num_attention_heads: sizes.heads,
  intermediate_size: sizes.feedForward,
  max_position_embeddings: sizes.positions,
  hidden_activation: activationSchema.default('gelu'),
  norm_eps: epsilon.default(1e-5),
  norm_bias: z.boolean().default(false),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  classifier_bias: z.boolean().default(false),
  classifier_activation: activationSchema.default('gelu'),
  classifier_pooling: z.enum(['cls', 'mean']).default('cls'),
  embedding_dropout: rate.default(0),
  attention_dropout: rate.default(0),
  mlp_dropout: rate.default(0),
  classifier_dropout: rate.default(0),
  initializer_range: epsilon.default(0.02),
  local_attention: sizes.positions.default(128),
  /** as the published checkpoints say it, and as today's transformers writes it */
  global_attn_every_n_layers: sizes.layers.default(3),
  layer_types: z.array(z.enum(attentionTypes)).max(maxLayers).nullable().optional(),
  global_rope_theta: theta.default(160_000),
  local_rope_theta: theta.nullable().default(10_000),
  rope_parameters: z
    .object({ full_attention: ropeSchema.nullable(), sliding_attention: ropeSchema.nullable() })
    .partial()
    .nullable()
    .optional(),
});
type Config = z.infer<typeof configSchema>;

/** Of each of its tables of cosines and sines: 16 times those of the published checkpoints, 16 MB a table. */
const maxAngles = 2 ** 22;

const layerName = (index: number): string => `layer.${index}`;

function layerTypes(config: Config): AttentionType[] {
  const { layer_types: given, num_hidden_layers: layers, global_attn_every_n_layers: every } = config;
  if (given && given.length !== layers) {
    throw new UserError(`config.json: layer_types has ${given.length} entries for ${layers} layers.`);
  }
  return (
    given ??
    Array.from({ length: layers }, (_, index) => (index % every === 0 ? 'full_attention' : 'sliding_attention'))
  );
}

function thetaOf(config: Config, type: AttentionType): number {
  const told = config.rope_parameters?.[type]?.rope_theta;
  const global = config.global_rope_theta;
  return told ?? (type === 'full_attention' ? global : (config.local_rope_theta ?? global));
}

export const modernBertEncoder: EncoderBuilder = (json, classes) => {
  const config = readConfig(json, configSchema);
  const size = headSize(config.hidden_size, config.num_attention_heads);
  if (size % 2 !== 0) throw new UserError(`config.json: rotary positions need heads of even size, got ${size}.`);
  const angles = (config.max_position_embeddings * size) / 2;
  if (angles > maxAngles) {
    throw new UserError(
      `config.json: max_position_embeddings: expected at most ${(2 * maxAngles) / size} with heads of ${size}; ` +
        `got ${config.max_position_embeddings}.`,
    );
  }
  const types = layerTypes(config);
  return {
    modelType: 'modernbert',
    className: 'ModernBertForSequenceClassification',
    parameters: parametersOf(config, classes),
    vocabularySize: config.vocab_size,
    hidden: config.hidden_size,
    layers: config.num_hidden_layers,
    heads: config.num_attention_heads,
    feedForward: config.intermediate_size,
    maxTokens: config.max_position_embeddings,
    forward(graph, parameters, inputs, { dropout, lastLayerOnFirstToken }) {
      const blocks = new Blocks(graph, parameters, dropout);
      const norm = (x: Value, name: string): Value => blocks.norm(x, name, config.norm_eps);
      const words = blocks.words('embeddings.word', inputs);
      let x = dropout.apply(norm(words, 'embeddings.norm'), config.embedding_dropout);
      const layers = new Layers(blocks, inputs, config);
      const firstOnly = lastLayerOnFirstToken && config.classifier_pooling === 'cls';
      for (const [index, type] of types.entries()) {
        x = layers.layer(x, index, type, firstOnly && index === types.length - 1);
      }
      const text =
        config.classifier_pooling === 'cls'
          ? norm(classificationToken(x), 'norm')
          : meanOfTokens(norm(x, 'norm'), cast(inputs.mask, graph.real));
      const head = norm(activate(blocks.linear(text, 'head.dense'), config.classifier_activation), 'head.norm');
      return blocks.linear(dropout.apply(head, config.classifier_dropout), 'head.classifier');
    },
  };
};

/** Mean of the tokens that the mask [B, T] shows: [B, T, H] -> [B, H]. Every text has at least one. */
function meanOfTokens(x: Value, shown: Value): Value {
  return divide(reduceSum(multiply(x, unsqueeze(shown, [2])), [1]), reduceSum(shown, [1], true));
}

/** The layers while the graph is built, with what they have in common: rotations and masks. */
class Layers {
  private readonly blocks: Blocks;
  private readonly inputs: EncoderInputs;
  private readonly config: Config;
  private readonly padding: Value;
  private readonly rotations = new Map<number, { cosines: Value; sines: Value }>();
  private windowBias: Value | null = null;

  constructor(blocks: Blocks, inputs: EncoderInputs, config: Config) {
    this.blocks = blocks;
    this.inputs = inputs;
    this.config = config;
    this.padding = paddingBias(blocks.graph, inputs);
  }

  /** x [B, T, H] -> [B, T, H], or [B, 1, H] with `firstOnly` */
  layer(x: Value, index: number, type: AttentionType, firstOnly: boolean): Value {
    const { blocks, config } = this;
    const name = layerName(index);
    // the embeddings' norm has just been
    const normed = index === 0 ? x : blocks.norm(x, `${name}.attention.norm`, config.norm_eps);
    const attended = add(firstOnly ? firstToken(x) : x, this.attention(normed, name, type, firstOnly));
    const inner = blocks.linear(blocks.norm(attended, `${name}.norm`, config.norm_eps), `${name}.feed_forward.inner`);
    const [input, gate] = split(inner, 2, [config.intermediate_size, config.intermediate_size]);
    if (!input || !gate) throw new RangeError('A split in two gave less.');
    const gated = multiply(activate(input, config.hidden_activation), gate);
    return add(attended, blocks.linear(blocks.dropout.apply(gated, config.mlp_dropout), `${name}.feed_forward.output`));
  }

  private attention(x: Value, name: string, type: AttentionType, firstOnly: boolean): Value {
    const { blocks, config } = this;
    const { num_attention_heads: heads, attention_dropout: drop } = config;
    const [q, k, v] = blocks.queriesKeysValues(x, `${name}.attention.qkv`, config.hidden_size, firstOnly);
    // position 0 is turned by no angle
    const queries = firstOnly ? q : this.rotated(q, type);
    const biases = type === 'full_attention' ? [this.padding] : [this.padding, this.window(firstOnly)];
    const mixed = blocks.attention([queries, this.rotated(k, type), v], heads, biases, drop);
    return blocks.dropout.apply(blocks.linear(mixed, `${name}.attention.output`), drop);
  }

  /** [B, T, H]: each head's pairs (x1, x2) of its halves turned by the angle of the token's position */
  private rotated(x: Value, type: AttentionType): Value {
    const { hidden_size: hidden, num_attention_heads: heads } = this.config;
    const half = hidden / heads / 2;
    const { cosines, sines } = this.rotation(thetaOf(this.config, type), half);
    const [x1, x2] = split(reshape(x, ['B', 'T', heads, 2 * half]), 3, [half, half]);
    if (!x1 || !x2) throw new RangeError('A split in two gave less.');
    const turned = [
      subtract(multiply(x1, cosines), multiply(x2, sines)),
      add(multiply(x2, cosines), multiply(x1, sines)),
    ];
    return reshape(concat(turned, 3), ['B', 'T', hidden]);
  }

  /** Cosines and sines of the angles, [T, 1, D / 2] each: position / theta^(2 i / D) */
  private rotation(theta: number, half: number): { cosines: Value; sines: Value } {
    const known = this.rotations.get(theta);
    if (known) return known;
    const positions = this.config.max_position_embeddings;
    const frequencies = Array.from({ length: half }, (_, index) => Math.fround(1 / theta ** (index / half)));
    const angles = new Float32Array(positions * half);
    for (let at = 0; at < angles.length; at++) angles[at] = Math.floor(at / half) * (frequencies[at % half] ?? 0);
    const made = {
      cosines: this.forTokens(`cosines_${theta}`, angles.map(Math.cos), [positions, 1, half]),
      sines: this.forTokens(`sines_${theta}`, angles.map(Math.sin), [positions, 1, half]),
    };
    this.rotations.set(theta, made);
    return made;
  }

  /** A constant with a row for each position, cut to T of them. */
  private forTokens(name: string, numbers: Float32Array, shape: readonly number[]): Value {
    const { graph } = this.blocks;
    const all = graph.initializer(name, shape, graph.reals(numbers));
    return slice(all, 0, 0, { at: dimensionOf(this.inputs.ids, 1), dimension: 'T' });
  }

  /** 0 for keys in the window around the query and very negative for others: [1, 1, T, T], or of query 0 [1, 1, 1, T] */
  private window(firstOnly: boolean): Value {
    this.windowBias ??= this.makeWindow(this.blocks.graph);
    return firstOnly ? slice(this.windowBias, 2, 0, 1) : this.windowBias;
  }

  private makeWindow(graph: Graph): Value {
    const reach = Math.floor(this.config.local_attention / 2);
    const count = this.config.max_position_embeddings;
    const counted = Float32Array.from({ length: count }, (_, index) => index);
    const positions = this.forTokens('window_positions', counted, [count]);
    const distances = subtract(unsqueeze(positions, [1]), unsqueeze(positions, [0]));
    // squares of whole numbers: beyond the reach they exceed its square by 1 at least
    const beyond = minimum(relu(subtract(multiply(distances, distances), graph.scalar(reach * reach))), 1);
    return unsqueeze(multiply(beyond, maskedScore), [0, 1]);
  }
}

function parametersOf(config: Config, classes: number): ParameterList['all'] {
  const { hidden_size: hidden, intermediate_size: inner, num_hidden_layers: layers } = config;
  const { attention_bias, mlp_bias, norm_bias, initializer_range } = config;
  const prefix = 'model.';
  const norm = { bias: norm_bias };
  const list = new ParameterList(prefix);
  list.vocabulary('embeddings.word', `${prefix}embeddings.tok_embeddings.weight`, [config.vocab_size, hidden]);
  list.norm('embeddings.norm', `${prefix}embeddings.norm`, hidden, norm);
  for (let index = 0; index < layers; index++) {
    const [own, theirs] = [layerName(index), `${prefix}layers.${index}`];
    if (index > 0) list.norm(`${own}.attention.norm`, `${theirs}.attn_norm`, hidden, norm);
    list.linear(`${own}.attention.qkv`, `${theirs}.attn.Wqkv`, hidden, 3 * hidden, { bias: attention_bias });
    list.linear(`${own}.attention.output`, `${theirs}.attn.Wo`, hidden, hidden, { bias: attention_bias });
    list.norm(`${own}.norm`, `${theirs}.mlp_norm`, hidden, norm);
    list.linear(`${own}.feed_forward.inner`, `${theirs}.mlp.Wi`, hidden, 2 * inner, { bias: mlp_bias });
    list.linear(`${own}.feed_forward.output`, `${theirs}.mlp.Wo`, inner, hidden, { bias: mlp_bias });
  }
  list.norm('norm', `${prefix}final_norm`, hidden, norm);
  const dense = { bias: config.classifier_bias, fresh: initializer_range / Math.sqrt(2 * layers) };
  list.linear('head.dense', 'head.dense', hidden, hidden, dense);
  list.norm('head.norm', 'head.norm', hidden, { ...norm, fresh: true });
  list.linear('head.classifier', 'classifier', hidden, classes, { fresh: 1 / Math.sqrt(hidden) });
  return list.all;
}
