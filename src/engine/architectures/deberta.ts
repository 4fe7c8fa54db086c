/**
 * DeBERTa v2 and v3 as Hugging Face's DebertaV2ForSequenceClassification computes them (He et al., DeBERTa, 2021, and
 * DeBERTaV3, 2021): BERT's layers with disentangled attention. Words and distances have vectors of their own, and a score
 * is the sum of word to word, word to distance ("c2p") and distance to word ("p2c").
 */
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import type { EncoderBuilder } from './architecture.ts';
import { activate, activationSchema, Blocks, classificationToken } from './blocks.ts';
import { epsilon, headSize, rate, readConfig, sizes } from './config.ts';
import { DisentangledAttention, type PositionTerm, positionTerms } from './disentangled-attention.ts';
import { ParameterList } from './parameters.ts';
import { afterAttention, parts } from './post-norm.ts';
import type { DistanceRows } from './relative-positions.ts';

/** A list, also as one text with bars: "p2c|c2p". */
const barred = (value: unknown): unknown =>
  typeof value === 'string'
    ? value
        .slice(0, 100)
        .toLowerCase()
        .split('|')
        .map((word) => word.trim())
    : value;

const optional = sizes.positions.or(z.literal(-1)).or(z.literal(0));

const configSchema = z.object({
  vocab_size: sizes.vocabulary,
  hidden_size: sizes.hidden,
  embedding_size: sizes.hidden.optional(),
  num_hidden_layers: sizes.layers,
  num_attention_heads: sizes.heads,
  attention_head_size: sizes.hidden.optional(),
  intermediate_size: sizes.feedForward,
  pooler_hidden_size: sizes.hidden.optional(),
  max_position_embeddings: sizes.positions,
  type_vocab_size: sizes.heads.or(z.literal(0)).default(0),
  relative_attention: z.literal(true, 'expected true (DeBERTa without relative attention is not supported)'),
  position_biased_input: z.boolean().default(true),
  pos_att_type: z.preprocess(
    barred,
    z
      .array(z.enum(positionTerms))
      .min(1, `expected at least one of ${positionTerms.join(', ')}`)
      .max(2),
  ),
  share_att_key: z.boolean().default(false),
  position_buckets: optional.default(-1),
  max_relative_positions: optional.default(-1),
  norm_rel_ebd: z.preprocess(barred, z.array(z.enum(['none', 'layer_norm']))).default(['none']),
  conv_kernel_size: z.literal(0, 'expected 0 (DeBERTa with a convolution is not supported; take a v3)').default(0),
  hidden_act: activationSchema.default('gelu'),
  pooler_hidden_act: activationSchema.default('gelu'),
  hidden_dropout_prob: rate.default(0.1),
  attention_probs_dropout_prob: rate.default(0.1),
  pooler_dropout: rate.default(0),
  cls_dropout: rate.nullable().default(null),
  layer_norm_eps: epsilon.default(1e-7),
  initializer_range: epsilon.default(0.02),
});
type Config = z.infer<typeof configSchema>;

const layerName = (index: number): string => `layer.${index}`;

/** @throws UserError for a scale of buckets that has no room */
function distanceRows({ position_buckets, max_relative_positions, max_position_embeddings }: Config): DistanceRows {
  const longest = max_relative_positions < 1 ? max_position_embeddings : max_relative_positions;
  if (position_buckets < 1) return { span: longest, buckets: null, longest };
  const middle = Math.floor(position_buckets / 2);
  if (middle >= 1 && longest - 1 > middle) return { span: position_buckets, buckets: position_buckets, longest };
  throw new UserError(
    `config.json: position_buckets: expected 2 or more, and half of them below max_relative_positions - 1 ` +
      `(${longest - 1}); got ${position_buckets}.`,
  );
}

/** @throws UserError for sizes that must be the same and aren't */
function checkSizes({ hidden_size: hidden, num_attention_heads: heads, ...config }: Config): void {
  const size = headSize(hidden, heads);
  for (const [field, got, expected] of [
    ['attention_head_size', config.attention_head_size, size],
    ['pooler_hidden_size', config.pooler_hidden_size, hidden],
  ] as const) {
    if (got !== undefined && got !== expected) {
      throw new UserError(`config.json: ${field}: expected ${expected} (others are not supported); got ${got}.`);
    }
  }
}

export const debertaEncoder: EncoderBuilder = (json, classes) => {
  const config = readConfig(json, configSchema);
  checkSizes(config);
  const rows = distanceRows(config);
  const { hidden_size: hidden, num_attention_heads: heads, layer_norm_eps: small } = config;
  const settings = {
    hidden,
    heads,
    activation: config.hidden_act,
    epsilon: small,
    dropout: {
      attention: config.attention_probs_dropout_prob,
      attentionOutput: config.hidden_dropout_prob,
      output: config.hidden_dropout_prob,
    },
  };
  return {
    modelType: 'deberta-v2',
    className: 'DebertaV2ForSequenceClassification',
    parameters: parametersOf(config, rows, classes),
    vocabularySize: config.vocab_size,
    hidden,
    layers: config.num_hidden_layers,
    heads,
    feedForward: config.intermediate_size,
    maxTokens: config.max_position_embeddings,
    forward(graph, parameters, inputs, { dropout, lastLayerOnFirstToken }) {
      const blocks = new Blocks(graph, parameters, dropout);
      const has = (name: string): string | null => (blocks.has(name) ? name : null);
      const tables = { word: 'embeddings.word', position: has('embeddings.position'), type: has('embeddings.type') };
      const words = blocks.embed(inputs, { tables, firstPosition: 0 });
      const embedded = blocks.has('embeddings.project.weight') ? blocks.linear(words, 'embeddings.project') : words;
      let x = dropout.apply(blocks.norm(embedded, 'embeddings.norm', small), config.hidden_dropout_prob);
      const distances = blocks.parameter('distances');
      const attention = new DisentangledAttention(blocks, inputs, {
        ...settings,
        rows,
        terms: config.pos_att_type,
        table: blocks.has('distances.norm.weight') ? blocks.norm(distances, 'distances.norm', small) : distances,
        maxTokens: config.max_position_embeddings,
        positionDropout: config.hidden_dropout_prob,
      });
      for (let index = 0; index < config.num_hidden_layers; index++) {
        const firstOnly = lastLayerOnFirstToken && index === config.num_hidden_layers - 1;
        const name = layerName(index);
        x = afterAttention(blocks, x, attention.mixed(x, name, firstOnly), name, settings, firstOnly);
      }
      const first = dropout.apply(classificationToken(x), config.pooler_dropout);
      const text = activate(blocks.linear(first, 'head.dense'), config.pooler_hidden_act);
      return blocks.linear(dropout.apply(text, config.cls_dropout ?? config.hidden_dropout_prob), 'head.classifier');
    },
  };
};

/** Projections of distances, in the order in which DisentangledAttention takes them apart. */
const positionTensors: Readonly<Record<PositionTerm, string>> = { c2p: 'pos_key_proj', p2c: 'pos_query_proj' };

function parametersOf(config: Config, { span }: DistanceRows, classes: number): ParameterList['all'] {
  const { hidden_size: hidden, intermediate_size: inner, initializer_range: fresh } = config;
  const embedded = config.embedding_size ?? hidden;
  const prefix = 'deberta.';
  const list = new ParameterList(prefix);
  const embeddings = `${prefix}embeddings`;
  const table = (name: string, rows: number): void =>
    list.table(`embeddings.${name}`, `${embeddings}.${name === 'type' ? 'token_type' : name}_embeddings.weight`, [
      rows,
      embedded,
    ]);
  list.vocabulary('embeddings.word', `${embeddings}.word_embeddings.weight`, [config.vocab_size, embedded]);
  if (config.position_biased_input) table('position', config.max_position_embeddings);
  if (config.type_vocab_size > 0) table('type', config.type_vocab_size);
  if (embedded !== hidden)
    list.linear('embeddings.project', `${embeddings}.embed_proj`, embedded, hidden, { bias: false });
  list.norm('embeddings.norm', `${embeddings}.LayerNorm`, hidden);
  list.table('distances', `${prefix}encoder.rel_embeddings.weight`, [2 * span, hidden]);
  if (config.norm_rel_ebd.includes('layer_norm')) list.norm('distances.norm', `${prefix}encoder.LayerNorm`, hidden);
  for (let index = 0; index < config.num_hidden_layers; index++) {
    const [own, theirs] = [layerName(index), `${prefix}encoder.layer.${index}`];
    const qkv = ['query', 'key', 'value'].map((name) => `${theirs}.attention.self.${name}_proj`);
    list.linear(`${own}.${parts.qkv}`, qkv, hidden, hidden);
    if (!config.share_att_key) {
      const terms = positionTerms.filter((term) => config.pos_att_type.includes(term));
      const positions = terms.map((term) => `${theirs}.attention.self.${positionTensors[term]}`);
      list.linear(`${own}.attention.positions`, positions, hidden, hidden);
    }
    list.linear(`${own}.${parts.attentionOutput}`, `${theirs}.attention.output.dense`, hidden, hidden);
    list.norm(`${own}.${parts.attentionNorm}`, `${theirs}.attention.output.LayerNorm`, hidden);
    list.linear(`${own}.${parts.inner}`, `${theirs}.intermediate.dense`, hidden, inner);
    list.linear(`${own}.${parts.output}`, `${theirs}.output.dense`, inner, hidden);
    list.norm(`${own}.${parts.norm}`, `${theirs}.output.LayerNorm`, hidden);
  }
  list.linear('head.dense', 'pooler.dense', hidden, hidden, { fresh });
  list.linear('head.classifier', 'classifier', hidden, classes, { fresh });
  return list.all;
}
