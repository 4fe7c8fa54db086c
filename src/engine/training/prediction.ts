/** Labels for many documents, in batches of similar length. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { InferenceSession } from 'onnxruntime-node';
import type { ResolvedStrategy } from '../../flows/contracts.ts';
import { type Feeds, realData, tensor } from '../onnx/session.ts';
import { predictionBatches } from './batches.ts';
import { averagedLogits, decide, probabilityRows } from './decisions.ts';
import type { Network, Weights } from './network.ts';

const maxDocuments = 64;
/** so that predicting takes no more memory than training does; larger batches aren't faster */
const maxTokens = 4096;

export interface Inference {
  session: InferenceSession;
  /** fed when the session's model takes its parameters as inputs; null when they stand in the model */
  weights: Weights | null;
  strategy: ResolvedStrategy;
  classes: number;
}

function weightFeeds(parameters: Network<never>['parameters'], weights: Weights | null): Feeds {
  const feeds: Feeds = {};
  for (const { name, shape } of parameters) {
    const data = weights?.get(name);
    if (data) feeds[`p/${name}`] = tensor(data, shape);
  }
  return feeds;
}

/** How documents become inputs: all that a delivered model needs of its network. */
export type InputMaker<Document> = Pick<Network<Document>, 'inferenceFeeds' | 'length' | 'windows'> & {
  readonly parameters?: Network<Document>['parameters'];
};

/** Label indices per document, in their order. */
export async function predictDocuments<Document>(
  inputs: InputMaker<Document>,
  inference: Inference,
  documents: readonly Document[],
  signal?: AbortSignal,
): Promise<number[][]> {
  const logits = await documentLogits(inputs, inference, documents, signal);
  return decide(inference.strategy, logits, inference.classes);
}

/** Every label's probability per document, in their order. */
export async function scoreDocuments<Document>(
  inputs: InputMaker<Document>,
  inference: Inference,
  documents: readonly Document[],
  signal?: AbortSignal,
): Promise<number[][]> {
  const logits = await documentLogits(inputs, inference, documents, signal);
  return probabilityRows(inference.strategy, logits, inference.classes);
}

/** Logits per document, [N, K], in their order. The probabilities of a document's windows are averaged. */
async function documentLogits<Document>(
  inputs: InputMaker<Document>,
  inference: Inference,
  documents: readonly Document[],
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const windows = documents.map((document) => inputs.windows?.(document) ?? [document]);
  const logits = await windowLogits(inputs, inference, windows.flat(), signal);
  const counts = windows.map(({ length }) => length);
  return averagedLogits(inference.strategy, logits, inference.classes, counts);
}

/** Logits of what is read in one pass, [N, K], in their order. */
async function windowLogits<Document>(
  inputs: InputMaker<Document>,
  { session, weights, classes }: Inference,
  documents: readonly Document[],
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const result = new Float32Array(documents.length * classes);
  const fixed = weightFeeds(inputs.parameters ?? [], weights);
  const lengths = documents.map((document) => inputs.length(document));
  for (const batch of predictionBatches(lengths, maxDocuments, maxTokens)) {
    signal?.throwIfAborted();
    const feeds = inputs.inferenceFeeds(batch.map((index) => documents[index]!));
    const logits = realData(await session.run({ ...fixed, ...feeds }), 'logits');
    for (const [position, index] of batch.entries()) {
      result.set(logits.subarray(position * classes, (position + 1) * classes), index * classes);
    }
    await nextTurn();
  }
  return result;
}
