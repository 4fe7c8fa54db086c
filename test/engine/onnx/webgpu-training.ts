/**
 * Process entry: trains on the provider given, once step by step and once by the training loop, which is broken off in
 * its second epoch and taken up again from its checkpoint. Tells the numbers.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { trainNetwork } from '../../../src/engine/training/loop.ts';
import { Random } from '../../../src/engine/training/random.ts';
import { openStepper } from '../../../src/engine/training/training-stepper.ts';
import { providerNames, quickRecipe } from '../../../src/flows/contracts.ts';
import { plainSettings, quietHooks } from '../../support/hooks.ts';
import { networkOf, options, run, weightedWithDropout } from '../training/device-runs.ts';

export const toldSchema = z.object({
  steps: z.array(z.object({ loss: z.number(), gradientNorm: z.number() })),
  epochs: z.array(z.object({ epoch: z.number(), trainLoss: z.number(), validationMacroF1: z.number() })),
  device: z.string(),
});
export type Told = z.infer<typeof toldSchema>;

function documents(count: number, seed: number): Uint32Array[] {
  const random = new Random(seed, 'documents');
  return Array.from({ length: count }, () =>
    Uint32Array.from({ length: 3 + random.below(5) }, () => 5 + random.below(20)),
  );
}

/** Ends by an abort in the second epoch unless it is told to go to its end. */
async function train(provider: (typeof providerNames)[number], checkpoints: string, toTheEnd: boolean) {
  const data = { train: documents(20, 1), validation: documents(9, 2) };
  const labelled = (texts: readonly Uint32Array[]) => ({
    texts: texts.map(String),
    targets: texts.map((_, index) => [index % 3]),
  });
  const task = {
    strategy: 'multi-class' as const,
    labels: ['a', 'b', 'c'],
    train: labelled(data.train),
    validation: labelled(data.validation),
    recipe: { ...quickRecipe, epochs: 2, batchSize: 8 },
    classWeights: true,
    seed: 3,
  };
  const controller = new AbortController();
  const hooks = quietHooks({
    checkpoints,
    settings: { ...plainSettings, provider },
    signal: controller.signal,
    onProgress: ({ epoch }) => {
      if (epoch === 2 && !toTheEnd) controller.abort(new Error('broken off'));
    },
  });
  return trainNetwork(networkOf(weightedWithDropout), data, task, 2e-3, hooks);
}

export async function tell(provider: (typeof providerNames)[number]): Promise<Told> {
  const network = networkOf(weightedWithDropout);
  const stepper = await openStepper(network, weightedWithDropout.objective, options, provider);
  const { results } = await run(stepper, weightedWithDropout);
  const checkpoints = await mkdtemp(path.join(os.tmpdir(), 'podium-webgpu-'));
  try {
    const broken = await train(provider, checkpoints, false).catch((error: unknown) => String(error));
    if (broken !== 'Error: broken off') throw new Error(`The training wasn't broken off: ${JSON.stringify(broken)}`);
    const { epochs, device } = await train(provider, checkpoints, true);
    return { steps: results, epochs, device };
  } finally {
    await rm(checkpoints, { recursive: true, force: true });
  }
}

if (process.send) {
  const provider = providerNames.find((name) => name === process.argv[2]) ?? 'cpu';
  const told = await tell(provider);
  process.send(told, () => process.exit(0));
}
