/** DistilBERT as Hugging Face's DistilBertForSequenceClassification computes it. */
import { z } from 'zod';
import { relu } from '../onnx/elementwise.ts';
import type { EncoderBuilder } from './architecture.ts';
import { activationSchema, Blocks, classificationToken, paddingBias } from './blocks.ts';
import { epsilon, headSize, rate, readConfig, sizes } from './config.ts';
import { ParameterList } from './parameters.ts';
import { layer, parts } from './post-norm.ts';

const configSchema = z.object({
  vocab_size: sizes.vocabulary,
  dim: sizes.hidden,
  n_layers: sizes.layers,
  n_heads: sizes.heads,
  hidden_dim: sizes.feedForward,
  max_position_embeddings: sizes.positions,
  activation: activationSchema.default('gelu'),
  dropout: rate.default(0.1),
  attention_dropout: rate.default(0.1),
  seq_classif_dropout: rate.default(0.2),
  initializer_range: epsilon.default(0.02),
});
type Config = z.infer<typeof configSchema>;

/** Written in its code, not in its config. */
const normEpsilon = 1e-12;
const layerName = (index: number): string => `layer.${index}`;

export const distilbertEncoder: EncoderBuilder = (json, classes) => {
  const config = readConfig(json, configSchema);
  headSize(config.dim, config.n_heads);
  const settings = {
    hidden: config.dim,
    heads: config.n_heads,
    activation: config.activation,
    epsilon: normEpsilon,
    dropout: { attention: config.attention_dropout, attentionOutput: 0, output: config.dropout },
  };
  return {
    modelType: 'distilbert',
    className: 'DistilBertForSequenceClassification',
    parameters: parametersOf(config, classes),
    vocabularySize: config.vocab_size,
    hidden: config.dim,
    layers: config.n_layers,
    heads: config.n_heads,
    feedForward: config.hidden_dim,
    maxTokens: config.max_position_embeddings,
    forward(graph, parameters, inputs, { dropout, lastLayerOnFirstToken }) {
      const blocks = new Blocks(graph, parameters, dropout);
      const tables = { word: 'embeddings.word', position: 'embeddings.position', type: null };
      const embedded = blocks.embed(inputs, { tables, firstPosition: 0 });
      let x = dropout.apply(blocks.norm(embedded, 'embeddings.norm', normEpsilon), config.dropout);
      const biases = [paddingBias(graph, inputs)];
      for (let index = 0; index < config.n_layers; index++) {
        const firstOnly = lastLayerOnFirstToken && index === config.n_layers - 1;
        x = layer(blocks, x, biases, layerName(index), settings, firstOnly);
      }
      const text = relu(blocks.linear(classificationToken(x), 'head.dense'));
      return blocks.linear(dropout.apply(text, config.seq_classif_dropout), 'head.classifier');
    },
  };
};

function parametersOf({ vocab_size, dim, hidden_dim, ...config }: Config, classes: number): ParameterList['all'] {
  const prefix = 'distilbert.';
  const list = new ParameterList(prefix);
  const embeddings = `${prefix}embeddings`;
  list.vocabulary('embeddings.word', `${embeddings}.word_embeddings.weight`, [vocab_size, dim]);
  list.table('embeddings.position', `${embeddings}.position_embeddings.weight`, [config.max_position_embeddings, dim]);
  list.norm('embeddings.norm', `${embeddings}.LayerNorm`, dim);
  for (let index = 0; index < config.n_layers; index++) {
    const [own, theirs] = [layerName(index), `${prefix}transformer.layer.${index}`];
    const qkv = ['q_lin', 'k_lin', 'v_lin'].map((name) => `${theirs}.attention.${name}`);
    list.linear(`${own}.${parts.qkv}`, qkv, dim, dim);
    list.linear(`${own}.${parts.attentionOutput}`, `${theirs}.attention.out_lin`, dim, dim);
    list.norm(`${own}.${parts.attentionNorm}`, `${theirs}.sa_layer_norm`, dim);
    list.linear(`${own}.${parts.inner}`, `${theirs}.ffn.lin1`, dim, hidden_dim);
    list.linear(`${own}.${parts.output}`, `${theirs}.ffn.lin2`, hidden_dim, dim);
    list.norm(`${own}.${parts.norm}`, `${theirs}.output_layer_norm`, dim);
  }
  list.linear('head.dense', 'pre_classifier', dim, dim, { fresh: config.initializer_range });
  list.linear('head.classifier', 'classifier', dim, classes, { fresh: config.initializer_range });
  return list.all;
}
