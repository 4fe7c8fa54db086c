/** What a neural model is to the training loop. */
import type { Graph, Value } from '../onnx/graph.ts';
import type { Feeds } from '../onnx/session.ts';
import type { Dropout } from './dropout.ts';
import type { Random } from './random.ts';

export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** values before the first step; training doesn't change them */
  readonly initial: Float32Array;
  /** weight decay; not for biases and norms */
  readonly decay: boolean;
  /**
   * A table [V, H] of which one batch touches few rows. Only those travel through the training step, as a sub-table
   * [U, H] that the batch's indices point into.
   */
  readonly table: boolean;
  /** the recipe's learning rate is multiplied by this */
  readonly learningRateScale: number;
}

/** What a forward pass is for. */
export interface Pass {
  dropout: Dropout;
  /** tables are [U, H] and inputs those of `trainingBatch`; else [V, H] and those of `inferenceFeeds` */
  training: boolean;
}

export interface TrainingBatch {
  feeds: Feeds;
  /** per table: the rows that this batch touches, each once; position = index in the sub-table */
  rows: ReadonlyMap<string, Uint32Array>;
}

export interface Network<Document> {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Declares the inputs it needs and gives logits [B, K]. */
  forward(graph: Graph, parameters: ReadonlyMap<string, Value>, pass: Pass): Value;
  trainingBatch(documents: readonly Document[], random: Random): TrainingBatch;
  inferenceFeeds(documents: readonly Document[]): Feeds;
  /** for bucketing: documents of similar length are batched together */
  length(document: Document): number;
  /** The parts in which a document is read at inference, where it isn't read at once. */
  windows?(document: Document): readonly Document[];
}

export type Weights = ReadonlyMap<string, Float32Array>;

/** The parameter of this name, which must be there. */
export function named(parameters: ReadonlyMap<string, Value>, name: string): Value {
  const value = parameters.get(name);
  if (!value) throw new RangeError(`The network has no parameter ${name}.`);
  return value;
}

export function parameterCount(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, { initial }) => sum + initial.length, 0);
}
