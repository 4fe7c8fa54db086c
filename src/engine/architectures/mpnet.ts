/**
 * MPNet as Hugging Face's MPNetForSequenceClassification computes it: BERT's layers, with a learnt bias per head and
 * distance between tokens (Raffel et al., T5, 2020) added to the scores of every layer.
 */
import { z } from 'zod';
import { add, subtract, tanh } from '../onnx/elementwise.ts';
import type { Value } from '../onnx/graph.ts';
import { dimensionOf, gather, slice, transpose, unsqueeze } from '../onnx/layout.ts';
import type { EncoderBuilder, EncoderInputs } from './architecture.ts';
import { activationSchema, Blocks, classificationToken, paddingBias } from './blocks.ts';
import { epsilon, headSize, positionsFrom, rate, readConfig, sizes } from './config.ts';
import { ParameterList } from './parameters.ts';
import { layer, parts } from './post-norm.ts';

const bucketCount = 32;

const configSchema = z.object({
  vocab_size: sizes.vocabulary,
  hidden_size: sizes.hidden,
  num_hidden_layers: sizes.layers,
  num_attention_heads: sizes.heads,
  intermediate_size: sizes.feedForward,
  max_position_embeddings: sizes.positions,
  // its code computes 32 buckets, whatever the config says
  relative_attention_num_buckets: z.literal(bucketCount, `expected ${bucketCount}`).default(bucketCount),
  hidden_act: activationSchema.default('gelu'),
  hidden_dropout_prob: rate.default(0.1),
  attention_probs_dropout_prob: rate.default(0.1),
  layer_norm_eps: epsilon.default(1e-12),
  initializer_range: epsilon.default(0.02),
});
type Config = z.infer<typeof configSchema>;

/** Distances from here on share one bucket; written in its code, not in its config. */
const maxDistance = 128;
/** Behind the row of padding, 1 in its code, whatever the config says. */
const firstPosition = 2;
const layerName = (index: number): string => `layer.${index}`;

/**
 * The bucket of a distance (key's position - query's position): one each up to a quarter of the buckets, then wider ones on
 * a logarithmic scale; half of them for keys that come later. MPNetEncoder.relative_position_bucket.
 */
function distanceBucket(distance: number): number {
  const half = bucketCount / 2;
  const exact = half / 2;
  const length = Math.abs(distance);
  const side = distance > 0 ? half : 0;
  if (length < exact) return side + length;
  // PyTorch computes this in float, where log(128 / 8) / log(16) x 8 and the like must not fall below the whole number
  const scaled = Math.fround(Math.fround(Math.log(length / exact)) / Math.log(maxDistance / exact)) * (half - exact);
  return side + Math.min(half - 1, exact + Math.floor(scaled));
}

export const mpnetEncoder: EncoderBuilder = (json, classes) => {
  const config = readConfig(json, configSchema);
  headSize(config.hidden_size, config.num_attention_heads);
  const maxTokens = positionsFrom(firstPosition, config.max_position_embeddings);
  const settings = {
    hidden: config.hidden_size,
    heads: config.num_attention_heads,
    activation: config.hidden_act,
    epsilon: config.layer_norm_eps,
    dropout: {
      attention: config.attention_probs_dropout_prob,
      attentionOutput: config.hidden_dropout_prob,
      output: config.hidden_dropout_prob,
    },
  };
  return {
    modelType: 'mpnet',
    className: 'MPNetForSequenceClassification',
    parameters: parametersOf(config, classes),
    vocabularySize: config.vocab_size,
    hidden: config.hidden_size,
    layers: config.num_hidden_layers,
    heads: config.num_attention_heads,
    feedForward: config.intermediate_size,
    maxTokens,
    forward(graph, parameters, inputs, { dropout, lastLayerOnFirstToken }) {
      const blocks = new Blocks(graph, parameters, dropout);
      const tables = { word: 'embeddings.word', position: 'embeddings.position', type: null };
      const embedded = blocks.embed(inputs, { tables, firstPosition });
      const normed = blocks.norm(embedded, 'embeddings.norm', config.layer_norm_eps);
      let x = dropout.apply(normed, config.hidden_dropout_prob);
      const distances = distanceBias(blocks, inputs, maxTokens);
      for (let index = 0; index < config.num_hidden_layers; index++) {
        const firstOnly = lastLayerOnFirstToken && index === config.num_hidden_layers - 1;
        const bias = firstOnly ? slice(distances, 2, 0, 1) : distances;
        x = layer(blocks, x, [bias, paddingBias(graph, inputs)], layerName(index), settings, firstOnly);
      }
      const drop = (value: Value): Value => dropout.apply(value, config.hidden_dropout_prob);
      const text = tanh(blocks.linear(drop(classificationToken(x)), 'head.dense'));
      return blocks.linear(drop(text), 'head.classifier');
    },
  };
};

/** [1, A, T, T]: for each head, the learnt bias of the distance between query and key */
function distanceBias(blocks: Blocks, { ids }: EncoderInputs, maxTokens: number): Value {
  const { graph } = blocks;
  const count = 2 * maxTokens - 1;
  const buckets = BigInt64Array.from({ length: count }, (_, at) => BigInt(distanceBucket(at - maxTokens + 1)));
  const counted = BigInt64Array.from({ length: maxTokens }, (_, at) => BigInt(at));
  const tokens = { at: dimensionOf(ids, 1), dimension: 'T' };
  const positions = slice(graph.initializer('positions', [maxTokens], counted), 0, 0, tokens);
  const distances = subtract(unsqueeze(positions, [0]), unsqueeze(positions, [1])); // key's - query's, [T, T]
  const places = add(distances, graph.integers([maxTokens - 1]));
  const used = gather(graph.initializer('distance_buckets', [count], buckets), places);
  return unsqueeze(transpose(gather(blocks.parameter('distance_bias'), used), [2, 0, 1]), [0]);
}

function parametersOf(config: Config, classes: number): ParameterList['all'] {
  const { hidden_size: hidden, intermediate_size: inner, initializer_range: fresh } = config;
  const prefix = 'mpnet.';
  const list = new ParameterList(prefix);
  const embeddings = `${prefix}embeddings`;
  list.vocabulary('embeddings.word', `${embeddings}.word_embeddings.weight`, [config.vocab_size, hidden]);
  list.table('embeddings.position', `${embeddings}.position_embeddings.weight`, [
    config.max_position_embeddings,
    hidden,
  ]);
  list.norm('embeddings.norm', `${embeddings}.LayerNorm`, hidden);
  list.table('distance_bias', `${prefix}encoder.relative_attention_bias.weight`, [
    bucketCount,
    config.num_attention_heads,
  ]);
  for (let index = 0; index < config.num_hidden_layers; index++) {
    const [own, theirs] = [layerName(index), `${prefix}encoder.layer.${index}`];
    const qkv = ['q', 'k', 'v'].map((name) => `${theirs}.attention.attn.${name}`);
    list.linear(`${own}.${parts.qkv}`, qkv, hidden, hidden);
    list.linear(`${own}.${parts.attentionOutput}`, `${theirs}.attention.attn.o`, hidden, hidden);
    list.norm(`${own}.${parts.attentionNorm}`, `${theirs}.attention.LayerNorm`, hidden);
    list.linear(`${own}.${parts.inner}`, `${theirs}.intermediate.dense`, hidden, inner);
    list.linear(`${own}.${parts.output}`, `${theirs}.output.dense`, inner, hidden);
    list.norm(`${own}.${parts.norm}`, `${theirs}.output.LayerNorm`, hidden);
  }
  list.linear('head.dense', 'classifier.dense', hidden, hidden, { fresh });
  list.linear('head.classifier', 'classifier.out_proj', hidden, classes, { fresh });
  return list.all;
}
