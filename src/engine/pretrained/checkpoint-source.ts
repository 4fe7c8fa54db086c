/**
 * From the id of a pretrained model to a folder with its checkpoint: `hub:owner/name[@revision]`, downloaded once per
 * host, or `folder:/absolute/path`. Nothing of a checkpoint is run, and no file but the listed ones is touched.
 */
import { UserError } from '../../errors.ts';
import type { EngineSettings } from '../../flows/contracts.ts';
import { openLocalFolder } from './checkpoint-folder.ts';
import { openHubModel } from './hub-checkpoint.ts';
import { type Patience, usualPatience } from './hub-client.ts';

export interface CheckpointFolder {
  /** holds config.json, tokenizer.json, model.safetensors (or its index and shards) and what belongs to them; never written to */
  folder: string;
  /** `hub:owner/name@<commit>`, or `folder:` and the folder's own name: results are shown to a team, its path isn't */
  source: string;
  /** as the model's card tells it; null: it doesn't */
  licence: string | null;
  /** of the weights */
  sizeBytes: number;
}

export interface LoadingHooks {
  /** aborting ends it with the signal's reason; what has come stays and is gone on from */
  signal: AbortSignal;
  onNote: (note: string) => void;
}

const folderPrefix = 'folder:';

/**
 * @param id untrusted
 * @throws UserError for what is no id, isn't allowed, isn't there, needs a token, or lacks files, saying what to take
 *   instead, and when the cache folder can't be used; RetryableError when hub or network don't serve now
 */
export async function openCheckpointFolder(
  id: string,
  settings: EngineSettings,
  hooks: LoadingHooks,
  patience: Patience = usualPatience,
): Promise<CheckpointFolder> {
  hooks.signal.throwIfAborted();
  try {
    if (id.startsWith(folderPrefix)) return await openLocalFolder(id.slice(folderPrefix.length));
    return await openHubModel(id, settings, hooks, patience);
  } catch (error) {
    hooks.signal.throwIfAborted();
    // Only the file system's own errors name a system call; those of the network are causes of ours.
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error;
    const what = id.startsWith(folderPrefix) ? 'The folder of the model' : 'The cache folder (PODIUM_CACHE)';
    throw new UserError(`${what} can't be used: ${error.syscall} failed with ${error.code}.`, { cause: error });
  }
}
