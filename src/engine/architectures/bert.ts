/**
 * BERT and its near relatives as `...ForSequenceClassification` of Hugging Face computes them: bert, roberta, xlm-roberta,
 * camembert, electra. They differ in names, in where positions start and in the head.
 */
import { z } from 'zod';
import { gelu, tanh } from '../onnx/elementwise.ts';
import type { Value } from '../onnx/graph.ts';
import type { Encoder, EncoderBuilder } from './architecture.ts';
import { activationSchema, Blocks, classificationToken, paddingBias } from './blocks.ts';
import { absolutePositions, epsilon, headSize, positionsFrom, rate, readConfig, sizes } from './config.ts';
import { ParameterList } from './parameters.ts';
import { layer, parts } from './post-norm.ts';

const configSchema = z.object({
  ...absolutePositions,
  vocab_size: sizes.vocabulary,
  hidden_size: sizes.hidden,
  num_hidden_layers: sizes.layers,
  num_attention_heads: sizes.heads,
  intermediate_size: sizes.feedForward,
  max_position_embeddings: sizes.positions,
  type_vocab_size: sizes.heads.default(2),
  embedding_size: sizes.hidden.optional(),
  pad_token_id: z.number().int().min(0).nullable().optional(),
  hidden_act: activationSchema.default('gelu'),
  hidden_dropout_prob: rate.default(0.1),
  attention_probs_dropout_prob: rate.default(0.1),
  classifier_dropout: rate.nullable().default(null),
  layer_norm_eps: epsilon.default(1e-12),
  initializer_range: epsilon.default(0.02),
});
type Config = z.infer<typeof configSchema>;

interface Variant {
  modelType: string;
  className: string;
  /** of its encoder's tensors */
  prefix: string;
  /** positions of a text start at padding id + 1 (RoBERTa), not at 0 */
  positionsAfterPadding: boolean;
  /** size of embeddings: that of the config's `embedding_size`, projected to the hidden size where they differ */
  ownEmbeddingSize: boolean;
  /** `pooler`: dense + tanh, dropout, classifier. Others: dropout, dense, activation, dropout, out_proj */
  head: 'pooler' | 'tanh' | 'gelu';
}

export const bertEncoder = builder({
  modelType: 'bert',
  className: 'BertForSequenceClassification',
  prefix: 'bert.',
  positionsAfterPadding: false,
  ownEmbeddingSize: false,
  head: 'pooler',
});

const robertaLike = (modelType: string, className: string): EncoderBuilder =>
  builder({
    modelType,
    className,
    prefix: 'roberta.',
    positionsAfterPadding: true,
    ownEmbeddingSize: false,
    head: 'tanh',
  });

export const robertaEncoder = robertaLike('roberta', 'RobertaForSequenceClassification');
export const xlmRobertaEncoder = robertaLike('xlm-roberta', 'XLMRobertaForSequenceClassification');
export const camembertEncoder = robertaLike('camembert', 'CamembertForSequenceClassification');

export const electraEncoder = builder({
  modelType: 'electra',
  className: 'ElectraForSequenceClassification',
  prefix: 'electra.',
  positionsAfterPadding: false,
  ownEmbeddingSize: true,
  head: 'gelu',
});

function builder(variant: Variant): EncoderBuilder {
  return (json, classes) => {
    const config = readConfig(json, configSchema);
    headSize(config.hidden_size, config.num_attention_heads);
    return encoder(variant, config, classes);
  };
}

const layerName = (index: number): string => `layer.${index}`;

function embeddingSize({ ownEmbeddingSize }: Variant, config: Config): number {
  return ownEmbeddingSize ? (config.embedding_size ?? config.hidden_size) : config.hidden_size;
}

function parametersOf(variant: Variant, config: Config, classes: number): ParameterList {
  const { prefix, head } = variant;
  const { hidden_size: hidden, intermediate_size: inner, initializer_range: fresh } = config;
  const embedded = embeddingSize(variant, config);
  const list = new ParameterList(prefix);
  const embeddings = `${prefix}embeddings`;
  list.vocabulary('embeddings.word', `${embeddings}.word_embeddings.weight`, [config.vocab_size, embedded]);
  const positions = [config.max_position_embeddings, embedded];
  list.table('embeddings.position', `${embeddings}.position_embeddings.weight`, positions);
  list.table('embeddings.type', `${embeddings}.token_type_embeddings.weight`, [config.type_vocab_size, embedded]);
  list.norm('embeddings.norm', `${embeddings}.LayerNorm`, embedded);
  if (embedded !== hidden) list.linear('embeddings.project', `${prefix}embeddings_project`, embedded, hidden);
  for (let index = 0; index < config.num_hidden_layers; index++) {
    const [own, theirs] = [layerName(index), `${prefix}encoder.layer.${index}`];
    const qkv = ['query', 'key', 'value'].map((name) => `${theirs}.attention.self.${name}`);
    list.linear(`${own}.${parts.qkv}`, qkv, hidden, hidden);
    list.linear(`${own}.${parts.attentionOutput}`, `${theirs}.attention.output.dense`, hidden, hidden);
    list.norm(`${own}.${parts.attentionNorm}`, `${theirs}.attention.output.LayerNorm`, hidden);
    list.linear(`${own}.${parts.inner}`, `${theirs}.intermediate.dense`, hidden, inner);
    list.linear(`${own}.${parts.output}`, `${theirs}.output.dense`, inner, hidden);
    list.norm(`${own}.${parts.norm}`, `${theirs}.output.LayerNorm`, hidden);
  }
  const dense = head === 'pooler' ? `${prefix}pooler.dense` : 'classifier.dense';
  list.linear('head.dense', dense, hidden, hidden, { fresh });
  list.linear('head.classifier', head === 'pooler' ? 'classifier' : 'classifier.out_proj', hidden, classes, { fresh });
  return list;
}

function encoder(variant: Variant, config: Config, classes: number): Encoder {
  // Hugging Face's create_position_ids_from_input_ids: the first token is at padding id + 1
  const firstPosition = variant.positionsAfterPadding ? (config.pad_token_id ?? 1) + 1 : 0;
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
    modelType: variant.modelType,
    className: variant.className,
    parameters: parametersOf(variant, config, classes).all,
    vocabularySize: config.vocab_size,
    hidden: config.hidden_size,
    layers: config.num_hidden_layers,
    heads: config.num_attention_heads,
    feedForward: config.intermediate_size,
    maxTokens: positionsFrom(firstPosition, config.max_position_embeddings),
    forward(graph, parameters, inputs, { dropout, lastLayerOnFirstToken }) {
      const blocks = new Blocks(graph, parameters, dropout);
      const embedded = blocks.embed(inputs, {
        tables: { word: 'embeddings.word', position: 'embeddings.position', type: 'embeddings.type' },
        firstPosition,
      });
      const normed = blocks.norm(embedded, 'embeddings.norm', config.layer_norm_eps);
      let x = dropout.apply(normed, config.hidden_dropout_prob);
      if (blocks.has('embeddings.project.weight')) x = blocks.linear(x, 'embeddings.project');
      const biases = [paddingBias(graph, inputs)];
      for (let index = 0; index < config.num_hidden_layers; index++) {
        const firstOnly = lastLayerOnFirstToken && index === config.num_hidden_layers - 1;
        x = layer(blocks, x, biases, layerName(index), settings, firstOnly);
      }
      return classify(blocks, classificationToken(x), variant, config);
    },
  };
}

function classify(blocks: Blocks, first: Value, { head }: Variant, config: Config): Value {
  const drop = (value: Value): Value =>
    blocks.dropout.apply(value, config.classifier_dropout ?? config.hidden_dropout_prob);
  const dense = blocks.linear(head === 'pooler' ? first : drop(first), 'head.dense');
  return blocks.linear(drop(head === 'gelu' ? gelu(dense) : tanh(dense)), 'head.classifier');
}
