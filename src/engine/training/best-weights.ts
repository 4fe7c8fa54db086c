/** Where the best epoch's weights wait for the end of training. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { FinalError } from '../../errors.ts';
import { type Checkpoint, WeightsFolder } from './checkpoint.ts';
import type { Weights } from './network.ts';

/** Models up to this size are kept in memory when there is no checkpoint folder: nobody misses 64 MiB. */
const inMemoryBytes = 64 * 2 ** 20;

export interface BestWeights {
  /** Keeps these, in place of those before. */
  keep(epoch: number, weights: Weights): Promise<void>;
  /** The kept ones, in arrays of their own. `weights` may be overwritten on the way. */
  take(epoch: number, weights: Weights): Promise<Weights>;
  dispose(): Promise<void>;
}

const copyOf = (weights: Weights): Weights => new Map([...weights].map(([name, data]) => [name, data.slice()]));

class InMemory implements BestWeights {
  private kept: Weights = new Map();

  async keep(_epoch: number, weights: Weights): Promise<void> {
    this.kept = copyOf(weights);
  }

  async take(): Promise<Weights> {
    return this.kept;
  }

  async dispose(): Promise<void> {
    this.kept = new Map();
  }
}

class OnDisk implements BestWeights {
  private readonly files: WeightsFolder;
  private readonly temporary: string | null;

  constructor(files: WeightsFolder, temporary: string | null) {
    this.files = files;
    this.temporary = temporary;
  }

  async keep(epoch: number, weights: Weights): Promise<void> {
    await this.files.keep(epoch, weights);
    // a checkpoint still points to the ones before until it is written
    if (this.temporary) await this.files.keepOnly(epoch);
  }

  async take(epoch: number, weights: Weights): Promise<Weights> {
    if (await this.files.bring(epoch, weights)) return copyOf(weights);
    throw new FinalError(`The weights of epoch ${epoch}, the best one, are gone from the disk or damaged.`);
  }

  async dispose(): Promise<void> {
    if (this.temporary) await rm(this.temporary, { recursive: true, force: true });
  }
}

/** In the checkpoint's folder if there is one; else in memory, or, when large, in a folder that `dispose` removes. */
export async function openBestWeights(
  checkpoint: Checkpoint | null,
  parameterBytes: number,
  cacheFolder: string,
): Promise<BestWeights> {
  if (checkpoint) return new OnDisk(checkpoint, null);
  if (parameterBytes <= inMemoryBytes) return new InMemory();
  await mkdir(cacheFolder, { recursive: true });
  const folder = await mkdtemp(path.join(cacheFolder, 'best-weights-'));
  return new OnDisk(new WeightsFolder(folder), folder);
}
