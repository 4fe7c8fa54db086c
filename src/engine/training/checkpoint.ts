/**
 * What a killed training needs to go on as if nothing had happened: parameters and moments after the last whole epoch,
 * the story so far, the best epoch's weights. The chance of an epoch depends on seed and epoch alone (Random), so no
 * state of a generator is kept.
 *
 * Files of the folder: `epoch.checkpoint` (one JSON line, then the bytes) and `best-<epoch>.weights` (bytes only). Each
 * is written beside its place and renamed, so it is there whole or not at all; a CRC tells one that a disk has damaged.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { warningSchema } from '../../flows/contracts.ts';
import type { TrainTask } from '../classifier.ts';
import type { Network, Weights } from './network.ts';

const checkpointFile = 'epoch.checkpoint';
const bestFile = (epoch: number): string => `best-${epoch}.weights`;
const bestPattern = /^best-\d+\.weights$/;
/** Bytes read at once; also the longest first line that is looked at. */
const chunkBytes = 1 << 20;

const headerSchema = z.object({
  fingerprint: z.string(),
  epochs: z.array(z.object({ epoch: z.number(), trainLoss: z.number(), validationMacroF1: z.number() })),
  step: z.number().int(),
  pieces: z.number().int().positive(),
  best: z.object({ epoch: z.number().int(), score: z.number(), crc: z.number() }),
  warnings: z.array(warningSchema),
  /** that training has taken until here */
  seconds: z.number(),
  sizeBytes: z.number().int(),
  crc: z.number(),
});
/** Where a training stands after an epoch. */
export type Story = Omit<z.infer<typeof headerSchema>, 'fingerprint' | 'sizeBytes' | 'crc'>;

/** Two trainings with the same text here go the same way. */
export function fingerprintOf<D>(network: Network<D>, task: TrainTask, peakLearningRate: number): string {
  const hash = createHash('sha256');
  const parameters = network.parameters.map(({ initial, ...rest }) => ({
    ...rest,
    initial: crcOf([bytesOf(initial)]),
  }));
  hash.update(JSON.stringify({ format: 2, name: network.name, parameters, task, peakLearningRate }));
  return hash.digest('hex');
}

function bytesOf(data: Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function crcOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((crc, part) => crc32(part, crc), 0);
}

const sizeOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, part) => sum + part.length, 0);

async function writeWhole(file: string, parts: readonly Uint8Array[]): Promise<void> {
  const temporary = `${file}.part`;
  const handle = await open(temporary, 'w');
  try {
    for (const part of parts) await handle.writeFile(part);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

async function readInto(handle: FileHandle, target: Uint8Array, position: number): Promise<boolean> {
  for (let done = 0; done < target.length; ) {
    const { bytesRead } = await handle.read(target, done, Math.min(chunkBytes, target.length - done), position + done);
    if (bytesRead === 0) return false;
    done += bytesRead;
  }
  return true;
}

/** CRC of a file's bytes from `position` on, and how many there are. */
async function crcOfFile(handle: FileHandle, position: number): Promise<{ crc: number; sizeBytes: number }> {
  const chunk = new Uint8Array(chunkBytes);
  let [crc, sizeBytes] = [0, 0];
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, position + sizeBytes);
    if (bytesRead === 0) return { crc, sizeBytes };
    crc = crc32(chunk.subarray(0, bytesRead), crc);
    sizeBytes += bytesRead;
  }
}

/** Reads a file whose bytes from `position` on are as many and have this CRC; otherwise nothing is touched. */
async function restore(file: string, position: number, parts: readonly Uint8Array[], crc: number): Promise<boolean> {
  const handle = await open(file, 'r').catch(() => null);
  if (!handle) return false;
  try {
    const found = await crcOfFile(handle, position);
    if (found.crc !== crc || found.sizeBytes !== sizeOf(parts)) return false;
    let at = position;
    for (const part of parts) {
      if (!(await readInto(handle, part, at))) return false;
      at += part.length;
    }
    return true;
  } finally {
    await handle.close();
  }
}

async function readHeader(file: string): Promise<{ header: z.infer<typeof headerSchema>; end: number } | null> {
  const handle = await open(file, 'r').catch(() => null);
  if (!handle) return null;
  try {
    const start = new Uint8Array(chunkBytes);
    const { bytesRead } = await handle.read(start, 0, start.length, 0);
    const end = start.subarray(0, bytesRead).indexOf(10);
    if (end < 0) return null;
    return { header: headerSchema.parse(JSON.parse(new TextDecoder().decode(start.subarray(0, end)))), end: end + 1 };
  } catch {
    // not written by us, or damaged: training starts from the beginning
    return null;
  } finally {
    await handle.close();
  }
}

/** The best epoch's weights, kept on disk: a second copy in memory would cost as much as the parameters. */
export class WeightsFolder {
  protected readonly folder: string;
  private crc = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Writes the weights of an epoch. Those of other epochs stay, for the checkpoint that may need them. */
  async keep(epoch: number, weights: Weights): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const parts = [...weights.values()].map(bytesOf);
    this.crc = crcOf(parts);
    await writeWhole(path.join(this.folder, bestFile(epoch)), parts);
  }

  /** Overwrites the weights with those of this epoch, which was kept. False when the file is gone or damaged. */
  async bring(epoch: number, weights: Weights, crc = this.crc): Promise<boolean> {
    return restore(path.join(this.folder, bestFile(epoch)), 0, [...weights.values()].map(bytesOf), crc);
  }

  /** Removes the weights of all other epochs. */
  async keepOnly(epoch: number): Promise<void> {
    for (const name of await readdir(this.folder)) {
      if (bestPattern.test(name) && name !== bestFile(epoch)) await rm(path.join(this.folder, name), { force: true });
    }
  }

  get keptCrc(): number {
    return this.crc;
  }

  protected adopt(crc: number): void {
    this.crc = crc;
  }
}

/** The checkpoint of one training. */
export class Checkpoint extends WeightsFolder {
  private readonly fingerprint: string;

  constructor(folder: string, fingerprint: string) {
    super(folder);
    this.fingerprint = fingerprint;
  }

  /** After an epoch. The best epoch's weights must have been kept. */
  async write(story: Story, state: readonly Uint8Array[]): Promise<void> {
    const header = { ...story, fingerprint: this.fingerprint, sizeBytes: sizeOf(state), crc: crcOf(state) };
    const line = new TextEncoder().encode(`${JSON.stringify(headerSchema.parse(header))}\n`);
    await mkdir(this.folder, { recursive: true });
    await writeWhole(path.join(this.folder, checkpointFile), [line, ...state]);
    await this.keepOnly(story.best.epoch);
  }

  /**
   * Restores the state that this training left here. Null, with the state untouched, when there is none, it belongs to
   * another training, or any of it is damaged.
   */
  async read(state: readonly Uint8Array[]): Promise<Story | null> {
    const file = path.join(this.folder, checkpointFile);
    const found = await readHeader(file);
    if (!found || found.header.fingerprint !== this.fingerprint) return null;
    const { epochs, step, pieces, best, warnings, seconds, crc, sizeBytes } = found.header;
    if (sizeBytes !== sizeOf(state) || !(await this.holdsBest(best))) return null;
    if (!(await restore(file, found.end, state, crc))) return null;
    this.adopt(best.crc);
    return { epochs, step, pieces, best, warnings, seconds };
  }

  private async holdsBest({ epoch, crc }: Story['best']): Promise<boolean> {
    const handle = await open(path.join(this.folder, bestFile(epoch)), 'r').catch(() => null);
    if (!handle) return false;
    try {
      return (await crcOfFile(handle, 0)).crc === crc;
    } finally {
      await handle.close();
    }
  }
}
