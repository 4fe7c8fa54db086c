import os from 'node:os';
import path from 'node:path';
import type { TrainHooks } from '../../src/engine/classifier.ts';
import { type EngineSettings, readLimitsSchema } from '../../src/flows/contracts.ts';

/** A machine on which nothing special is set. */
export const plainSettings: EngineSettings = {
  cacheFolder: path.join(os.tmpdir(), `podium-test-cache-${process.pid}`),
  provider: 'cpu',
  modelsAllowed: null,
  hubUrl: null,
  hubToken: null,
  limits: readLimitsSchema.parse({}),
};

/** Hooks for a training that nobody watches or ends, but where the test says otherwise. */
export function quietHooks(changes: Partial<TrainHooks> = {}): TrainHooks {
  return {
    signal: new AbortController().signal,
    onProgress: () => undefined,
    checkpoints: null,
    settings: plainSettings,
    ...changes,
  };
}
