/** Macro-F1 on the validation documents, with the weights as they are. */
import type { InferenceSession } from 'onnxruntime-node';
import type { TrainTask } from '../classifier.ts';
import { macroF1 } from '../metrics.ts';
import type { Network, Weights } from './network.ts';
import { predictDocuments } from './prediction.ts';

export class Validator<Document> {
  private readonly network: Network<Document>;
  private readonly session: InferenceSession;
  private readonly documents: readonly Document[];
  private readonly task: TrainTask;

  constructor(network: Network<Document>, session: InferenceSession, documents: readonly Document[], task: TrainTask) {
    this.network = network;
    this.session = session;
    this.documents = documents;
    this.task = task;
  }

  async score(weights: Weights, signal: AbortSignal): Promise<number> {
    const { kind, labels, validation } = this.task;
    const inference = { session: this.session, weights, kind, classes: labels.length };
    const predicted = await predictDocuments(this.network, inference, this.documents, signal);
    return macroF1(kind, labels.length, validation.targets, predicted);
  }
}
