/** What of a checkpoint's folder decides how long its training takes. */

import { openLocalFolder } from './checkpoint-folder.ts';
import { openCheckpoint } from './open-checkpoint.ts';

export interface FolderShape {
  layers: number;
  hidden: number;
  /** millions that one token is multiplied with: all but the embeddings */
  weightsPerToken: number;
  /** millions, embeddings included */
  parameters: number;
  maxTokens: number;
  /** `many`: its vocabulary is as large as only those for many languages are; null: it isn't told */
  languages: 'many' | null;
}

/** ModernBERT's feed-forward layers have a gate: three matrices, not two. */
const gated = new Set(['modernbert']);

const manyLanguages = 100_000;

/** @throws UserError when it is no checkpoint that can be trained */
export async function folderShape(folder: string): Promise<FolderShape> {
  const local = await openLocalFolder(folder);
  const { encoder, source } = await openCheckpoint(local.folder, 2, null);
  await source.close();
  const { modelType, layers, hidden, feedForward, maxTokens, parameters } = encoder;
  const languages = encoder.vocabularySize >= manyLanguages ? 'many' : null;
  const matrices = gated.has(modelType) ? 3 : 2;
  const weights = layers * (4 * hidden * hidden + matrices * hidden * feedForward);
  const all = parameters.reduce((sum, { shape }) => sum + shape.reduce((product, length) => product * length, 1), 0);
  return { layers, hidden, weightsPerToken: weights / 1e6, parameters: all / 1e6, maxTokens, languages };
}
