import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TrainedModel } from '../../src/engine/classifier.ts';
import { readFolder } from '../../src/engine/models/model-folder.ts';

/** The files that a model saves, in the order of their names. */
export async function savedFiles(model: TrainedModel): Promise<Map<string, Uint8Array>> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-saved-'));
  try {
    await model.save(folder);
    return new Map([...(await readFolder(folder))].sort(([a], [b]) => (a < b ? -1 : 1)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
