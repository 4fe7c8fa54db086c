/**
 * ALBERT as Hugging Face's AlbertForSequenceClassification computes it: small embeddings projected up, and layers that
 * share their weights within a group (Lan et al., ALBERT, 2020).
 */
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { tanh } from '../onnx/elementwise.ts';
import type { EncoderBuilder } from './architecture.ts';
import { activationSchema, Blocks, classificationToken, paddingBias } from './blocks.ts';
import { absolutePositions, epsilon, headSize, maxLayers, rate, readConfig, sizes } from './config.ts';
import { ParameterList } from './parameters.ts';
import { layer, parts } from './post-norm.ts';

const configSchema = z.object({
  ...absolutePositions,
  vocab_size: sizes.vocabulary,
  embedding_size: sizes.hidden.default(128),
  hidden_size: sizes.hidden,
  num_hidden_layers: sizes.layers,
  num_hidden_groups: sizes.layers.default(1),
  inner_group_num: sizes.layers.default(1),
  num_attention_heads: sizes.heads,
  intermediate_size: sizes.feedForward,
  max_position_embeddings: sizes.positions,
  type_vocab_size: sizes.heads.default(2),
  hidden_act: activationSchema.default('gelu_new'),
  hidden_dropout_prob: rate.default(0),
  attention_probs_dropout_prob: rate.default(0),
  classifier_dropout_prob: rate.default(0.1),
  layer_norm_eps: epsilon.default(1e-12),
  initializer_range: epsilon.default(0.02),
});
type Config = z.infer<typeof configSchema>;

const layerName = (group: number, inner: number): string => `group.${group}.${inner}`;

/** @throws UserError for groups without a layer, and for more layers than there may be altogether */
function checkGroups({ num_hidden_layers: layers, num_hidden_groups: groups, inner_group_num: inner }: Config): void {
  if (groups > layers) {
    throw new UserError(`config.json: num_hidden_groups: expected at most the ${layers} layers; got ${groups}.`);
  }
  if (layers * inner > maxLayers) {
    throw new UserError(
      `config.json: inner_group_num: expected at most ${maxLayers} layers altogether; got ${layers * inner}.`,
    );
  }
}

/** The names of the layers in the order they are applied. */
function layerNames({ num_hidden_layers, num_hidden_groups, inner_group_num }: Config): string[] {
  return Array.from({ length: num_hidden_layers }, (_, index) => {
    const group = Math.floor(index / (num_hidden_layers / num_hidden_groups));
    return Array.from({ length: inner_group_num }, (_, inner) => layerName(group, inner));
  }).flat();
}

export const albertEncoder: EncoderBuilder = (json, classes) => {
  const config = readConfig(json, configSchema);
  headSize(config.hidden_size, config.num_attention_heads);
  checkGroups(config);
  const settings = {
    hidden: config.hidden_size,
    heads: config.num_attention_heads,
    activation: config.hidden_act,
    epsilon: config.layer_norm_eps,
    dropout: {
      attention: config.attention_probs_dropout_prob,
      attentionOutput: config.hidden_dropout_prob,
      output: 0,
    },
  };
  return {
    modelType: 'albert',
    className: 'AlbertForSequenceClassification',
    parameters: parametersOf(config, classes),
    vocabularySize: config.vocab_size,
    hidden: config.hidden_size,
    layers: layerNames(config).length,
    heads: config.num_attention_heads,
    feedForward: config.intermediate_size,
    maxTokens: config.max_position_embeddings,
    forward(graph, parameters, inputs, { dropout, lastLayerOnFirstToken }) {
      const blocks = new Blocks(graph, parameters, dropout);
      const tables = { word: 'embeddings.word', position: 'embeddings.position', type: 'embeddings.type' };
      const embedded = blocks.embed(inputs, { tables, firstPosition: 0 });
      const normed = blocks.norm(embedded, 'embeddings.norm', config.layer_norm_eps);
      let x = blocks.linear(dropout.apply(normed, config.hidden_dropout_prob), 'embeddings.project');
      const biases = [paddingBias(graph, inputs)];
      for (const [index, name] of layerNames(config).entries()) {
        const firstOnly = lastLayerOnFirstToken && index === layerNames(config).length - 1;
        x = layer(blocks, x, biases, name, settings, firstOnly);
      }
      const text = tanh(blocks.linear(classificationToken(x), 'head.dense'));
      return blocks.linear(dropout.apply(text, config.classifier_dropout_prob), 'head.classifier');
    },
  };
};

function parametersOf(config: Config, classes: number): ParameterList['all'] {
  const { embedding_size: embedded, hidden_size: hidden, intermediate_size: inner, initializer_range: fresh } = config;
  const prefix = 'albert.';
  const list = new ParameterList(prefix);
  const embeddings = `${prefix}embeddings`;
  list.vocabulary('embeddings.word', `${embeddings}.word_embeddings.weight`, [config.vocab_size, embedded]);
  const positions = [config.max_position_embeddings, embedded];
  list.table('embeddings.position', `${embeddings}.position_embeddings.weight`, positions);
  list.table('embeddings.type', `${embeddings}.token_type_embeddings.weight`, [config.type_vocab_size, embedded]);
  list.norm('embeddings.norm', `${embeddings}.LayerNorm`, embedded);
  list.linear('embeddings.project', `${prefix}encoder.embedding_hidden_mapping_in`, embedded, hidden);
  for (let group = 0; group < config.num_hidden_groups; group++) {
    for (let index = 0; index < config.inner_group_num; index++) {
      const own = layerName(group, index);
      const theirs = `${prefix}encoder.albert_layer_groups.${group}.albert_layers.${index}`;
      const qkv = ['query', 'key', 'value'].map((name) => `${theirs}.attention.${name}`);
      list.linear(`${own}.${parts.qkv}`, qkv, hidden, hidden);
      list.linear(`${own}.${parts.attentionOutput}`, `${theirs}.attention.dense`, hidden, hidden);
      list.norm(`${own}.${parts.attentionNorm}`, `${theirs}.attention.LayerNorm`, hidden);
      list.linear(`${own}.${parts.inner}`, `${theirs}.ffn`, hidden, inner);
      list.linear(`${own}.${parts.output}`, `${theirs}.ffn_output`, inner, hidden);
      list.norm(`${own}.${parts.norm}`, `${theirs}.full_layer_layer_norm`, hidden);
    }
  }
  list.linear('head.dense', `${prefix}pooler`, hidden, hidden, { fresh });
  list.linear('head.classifier', 'classifier', hidden, classes, { fresh });
  return list.all;
}
