/**
 * What an architecture (BERT, DeBERTa, ...) is to the rest of the engine: from a checkpoint's config.json to a list of
 * parameters, each with its place in the checkpoint, and a forward pass as graph. No file is read here.
 */
import type { Graph, Value } from '../onnx/graph.ts';
import type { Dropout } from '../training/dropout.ts';

/**
 * One tensor of the Hugging Face checkpoint that is (part of) a parameter of ours. A linear layer's weight stands there
 * as [out, in], here as [in, out]: `transposed`.
 */
export interface TensorPart {
  /** name in a `...ForSequenceClassification` checkpoint; the export writes this one */
  tensor: string;
  /** other names it has in checkpoints (without the model's prefix, LayerNorm.gamma, ...), in order of preference */
  aliases: readonly string[];
  /** in the checkpoint */
  shape: readonly number[];
  transposed: boolean;
}

export interface EncoderParameter {
  name: string;
  /** ours: the parts, transposed where they say so, joined along the last axis */
  shape: readonly number[];
  parts: readonly TensorPart[];
  /** how it starts where a checkpoint hasn't got it (a new head); null: a checkpoint without it is refused */
  fresh: { kind: 'normal'; deviation: number } | { kind: 'zeros' } | { kind: 'ones' } | null;
  /** weight decay; not for biases and norms */
  decay: boolean;
  /** rows are tokens: vocabulary trimming keeps only those that the data uses */
  vocabulary: boolean;
}

/** Inputs of the forward pass. Every document starts at column 0 and is padded on the right. */
export interface EncoderInputs {
  /** int64 [B, T], rows of the vocabulary parameter */
  ids: Value;
  /** int64 [B, T], 1 for tokens and 0 for padding */
  mask: Value;
}

interface ForwardOptions {
  dropout: Dropout;
  /** compute the last layer for the classification token only, where the head reads nothing else */
  lastLayerOnFirstToken: boolean;
}

/** A model of one architecture, sized by its config. */
export interface Encoder {
  /** `model_type` of config.json */
  modelType: string;
  /** Hugging Face's class, for config.json's `architectures` */
  className: string;
  parameters: readonly EncoderParameter[];
  vocabularySize: number;
  hidden: number;
  layers: number;
  heads: number;
  feedForward: number;
  /** tokens of a document at most, special tokens included */
  maxTokens: number;
  /** Appends the forward pass; gives logits [B, K]. */
  forward(graph: Graph, parameters: ReadonlyMap<string, Value>, inputs: EncoderInputs, options: ForwardOptions): Value;
}

/** Reads a config.json (already parsed as JSON). @throws UserError naming the field that is missing or not supported */
export type EncoderBuilder = (config: unknown, classes: number) => Encoder;
