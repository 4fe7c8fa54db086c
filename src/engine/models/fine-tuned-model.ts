/** A pretrained encoder after its training: predicts, and is written as a Hugging Face folder. */
import { UserError } from '../../errors.ts';
import type { ProviderName, TextLimit } from '../../flows/contracts.ts';
import type { TrainedModel, TrainTask } from '../classifier.ts';
import { exportFolder } from '../export/export-folder.ts';
import { elementCount } from '../onnx/shapes.ts';
import type { CheckpointFolder } from '../pretrained/checkpoint-source.ts';
import type { OpenCheckpoint } from '../pretrained/open-checkpoint.ts';
import { UsedRows } from '../pretrained/used-rows.ts';
import { vocabularyWithTrained } from '../pretrained/weights.ts';
import { openInference } from '../training/inference-session.ts';
import type { TrainingOutcome } from '../training/loop.ts';
import type { Weights } from '../training/network.ts';
import { predictDocuments } from '../training/prediction.ts';
import { encoderNetwork } from './encoder-network.ts';
import { windowed } from './windowed.ts';

export interface FineTuned {
  found: CheckpointFolder;
  /** closed by the model's `dispose` */
  checkpoint: OpenCheckpoint;
  /** texts as the model reads them, in rows of the checkpoint's vocabulary */
  documentsFor: (texts: readonly string[], signal?: AbortSignal) => Promise<(readonly Uint32Array[])[]>;
  limit: TextLimit;
  /** rows of the vocabulary that were trained */
  used: UsedRows;
  weights: Weights;
  provider: ProviderName;
  task: TrainTask;
  outcome: Omit<TrainingOutcome, 'weights' | 'provider'>;
}

export function fineTunedModel(model: FineTuned): TrainedModel {
  const { found, checkpoint, limit, used, weights, task, outcome } = model;
  const { encoder, config, source } = checkpoint;
  const { labels, strategy, recipe, seed } = task;
  let open = true;
  return {
    ...outcome,
    parameters: encoder.parameters.reduce((sum, { shape }) => sum + elementCount(shape, encoder.modelType), 0),
    texts: limit,
    checkpoint: {
      source: found.source,
      modelType: encoder.modelType,
      licence: found.licence,
      sizeBytes: found.sizeBytes,
    },
    async predict(texts, signal) {
      if (!open) throw new UserError('The model was disposed of.');
      return predict(model, texts, signal);
    },
    save: (folder) =>
      exportFolder(folder, {
        ...{ encoder, config, weights, labels, strategy },
        trimmed: { rows: used.rows, source },
        tokenizerFiles: found.folder,
        maxTokens: limit.maxTokens,
        facts: { longTexts: limit.policy, checkpoint: found.source, recipe, seed },
      }),
    async dispose() {
      if (open) await source.close();
      open = false;
    },
  };
}

/** Tokens that training never saw have the rows of the checkpoint, as in the exported model. */
async function predict(
  { checkpoint, documentsFor, used, weights, provider, task }: FineTuned,
  texts: readonly string[],
  signal: AbortSignal | undefined,
): Promise<number[][]> {
  const { encoder, source } = checkpoint;
  const documents = await documentsFor(texts, signal);
  const needed = new UsedRows(documents.flat(), encoder.vocabularySize);
  const values = await vocabularyWithTrained(encoder, weights, { rows: used.rows, source }, needed.rows);
  const network = windowed(encoderNetwork(encoder, values));
  const localised = documents.map((windows) => windows.map((ids) => needed.localise(ids)));
  const opened = await openInference(network, values, provider);
  try {
    const inference = { ...opened, strategy: task.strategy, classes: task.labels.length };
    return await predictDocuments(network, inference, localised, signal);
  } finally {
    await opened.session.release();
  }
}
