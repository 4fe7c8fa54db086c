/** Macro-F1 on the validation documents, with the weights as they are. */
import type { ProviderName } from '../../flows/contracts.ts';
import type { TrainTask } from '../classifier.ts';
import { macroF1 } from '../metrics.ts';
import { openInference } from './inference-session.ts';
import type { Network, Weights } from './network.ts';
import { predictDocuments } from './prediction.ts';

/** The session lives as long as one validation: between them its memory is training's. */
export async function validationScore<D>(
  network: Network<D>,
  documents: readonly D[],
  { kind, labels, validation }: TrainTask,
  { weights, provider, signal }: { weights: Weights; provider: ProviderName; signal: AbortSignal },
): Promise<number> {
  const opened = await openInference(network, weights, provider);
  try {
    const inference = { ...opened, kind, classes: labels.length };
    const predicted = await predictDocuments(network, inference, documents, signal);
    return macroF1(kind, labels.length, validation.targets, predicted);
  } finally {
    await opened.session.release();
  }
}
