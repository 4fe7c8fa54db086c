/**
 * The layers that BERT, RoBERTa, ELECTRA, DistilBERT, ALBERT and MPNet share: attention, then a feed-forward part, each
 * followed by the residual sum and a norm (Vaswani et al., Attention Is All You Need, 2017; Devlin et al., BERT, 2019).
 */
import { add } from '../onnx/elementwise.ts';
import type { Value } from '../onnx/graph.ts';
import { type Activation, activate, type Blocks, firstToken } from './blocks.ts';

export interface LayerSettings {
  hidden: number;
  heads: number;
  activation: Activation;
  epsilon: number;
  dropout: {
    /** of the shares of attention */
    attention: number;
    /** of what attention adds */
    attentionOutput: number;
    /** of what the feed-forward part adds */
    output: number;
  };
}

/** Our names of a layer's parameters, behind the layer's own. */
export const parts = {
  qkv: 'attention.qkv',
  attentionOutput: 'attention.output',
  attentionNorm: 'attention.norm',
  inner: 'feed_forward.inner',
  output: 'feed_forward.output',
  norm: 'norm',
} as const;

/** One layer: x [B, T, H] -> [B, T, H], or [B, 1, H] with `firstOnly`. `biases` are added to the scores. */
export function layer(
  blocks: Blocks,
  x: Value,
  biases: readonly Value[],
  name: string,
  settings: LayerSettings,
  firstOnly: boolean,
): Value {
  const projected = blocks.queriesKeysValues(x, `${name}.${parts.qkv}`, settings.hidden, firstOnly);
  const mixed = blocks.attention(projected, settings.heads, biases, settings.dropout.attention);
  return afterAttention(blocks, x, mixed, name, settings, firstOnly);
}

/** The rest of a layer behind the heads' values, mixed [B, T or 1, H] by attention. */
export function afterAttention(
  blocks: Blocks,
  x: Value,
  mixed: Value,
  name: string,
  { activation, epsilon, dropout }: LayerSettings,
  firstOnly: boolean,
): Value {
  const at = (part: keyof typeof parts): string => `${name}.${parts[part]}`;
  const drop = (value: Value, rate: number): Value => blocks.dropout.apply(value, rate);
  const attended = drop(blocks.linear(mixed, at('attentionOutput')), dropout.attentionOutput);
  const kept = firstOnly ? firstToken(x) : x;
  const middle = blocks.norm(add(attended, kept), at('attentionNorm'), epsilon);
  const inner = activate(blocks.linear(middle, at('inner')), activation);
  const added = drop(blocks.linear(inner, at('output')), dropout.output);
  return blocks.norm(add(added, middle), at('norm'), epsilon);
}
