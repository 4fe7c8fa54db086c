/** The validation documents with the weights as they are: answers and macro-F1. */
import type { ProviderName } from '../../flows/contracts.ts';
import type { TrainTask } from '../classifier.ts';
import { macroF1 } from '../metrics.ts';
import { answerKind } from '../strategy.ts';
import { openInference } from './inference-session.ts';
import type { Network, Weights } from './network.ts';
import { predictDocuments } from './prediction.ts';

export interface Validated {
  score: number;
  /** label indices per document */
  predicted: number[][];
}

/** The session lives as long as one validation: between them its memory is training's. */
export async function validate<D>(
  network: Network<D>,
  documents: readonly D[],
  { strategy, labels, validation }: TrainTask,
  { weights, provider, signal }: { weights: Weights; provider: ProviderName; signal: AbortSignal },
): Promise<Validated> {
  const opened = await openInference(network, weights, provider);
  try {
    const inference = { ...opened, strategy, classes: labels.length };
    const predicted = await predictDocuments(network, inference, documents, signal);
    return { score: macroF1(answerKind(strategy), labels.length, validation.targets, predicted), predicted };
  } finally {
    await opened.session.release();
  }
}
