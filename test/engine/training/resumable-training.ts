/** Process entry for the test that kills a training: trains a tiny network, tells the epochs, then what came of it. */
import { createHash } from 'node:crypto';
import type { TrainTask } from '../../../src/engine/classifier.ts';
import { trainNetwork } from '../../../src/engine/training/loop.ts';
import { quickRecipe } from '../../../src/flows/contracts.ts';
import { quietHooks } from '../../support/hooks.ts';
import { tinyBatch, tinyNetwork } from './tiny-network.ts';

export interface Told {
  epoch: number;
  outcome: string | null;
}

export const epochs = 5;

export function tinyTask(changes: Partial<TrainTask['recipe']> = {}, seed = 7): TrainTask {
  const texts = (count: number, from: number) => ({
    texts: Array.from({ length: count }, (_, index) => String(index)),
    targets: [...tinyBatch(count, 'multi-class', from).targets].map((target) => [...target]),
  });
  return {
    strategy: 'multi-class',
    labels: ['a', 'b', 'c'],
    train: texts(60, 1),
    validation: texts(30, 2),
    recipe: { ...quickRecipe, epochs, patienceEpochs: epochs, batchSize: 8, sampling: 'weighted', ...changes },
    classWeights: true,
    seed,
  };
}

/** Everything that a training gives, as text; the same text is the same training bit for bit. */
export async function trainTiny(
  checkpoints: string | null,
  task = tinyTask(),
  onEpoch: (epoch: number) => void = () => undefined,
  untilEpoch: number | null = null,
): Promise<string> {
  const data = {
    train: tinyBatch(60, 'multi-class', 1).documents,
    validation: tinyBatch(30, 'multi-class', 2).documents,
  };
  let told = 0;
  const hooks = quietHooks({
    checkpoints,
    untilEpoch,
    onProgress: ({ epoch }) => {
      if (epoch !== null && epoch > told) {
        told = epoch;
        onEpoch(epoch);
      }
    },
  });
  const { weights, secondsBefore: _, ...outcome } = await trainNetwork(tinyNetwork(0.1), data, task, 1e-2, hooks);
  const hash = createHash('sha256');
  for (const [name, values] of weights) hash.update(name).update(values);
  return JSON.stringify({ ...outcome, weights: hash.digest('hex') });
}

if (process.send) {
  const tell = (message: Told): unknown => process.send?.(message);
  const outcome = await trainTiny(process.argv[2] ?? null, tinyTask(), (epoch) => tell({ epoch, outcome: null }));
  tell({ epoch: epochs, outcome });
  process.disconnect();
}
