/** A hub on this machine with one model, an empty cache folder, and what the tests of loading look at. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { openCheckpointFolder } from '../../../src/engine/pretrained/checkpoint-source.ts';
import type { Patience } from '../../../src/engine/pretrained/hub-client.ts';
import { RetryableError, UserError } from '../../../src/errors.ts';
import type { EngineSettings } from '../../../src/flows/contracts.ts';
import { plainSettings } from '../../support/hooks.ts';
import { type FakeModel, type Fault, type HubServer, type Seen, startHub } from './hub-server.ts';
import { temporaryFolder } from './support.ts';

export const name = 'acme/tiny-encoder';
export const commit = '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d';
export const laterCommit = 'f'.repeat(40);
export const token = 'hf_secret';
export const weights = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7 + (index >> 8)) % 251);
export const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

export const sideFiles = {
  'config.json': text({ model_type: 'bert' }),
  'tokenizer.json': text({ version: '1.0' }),
  'tokenizer_config.json': text({}),
};
export const useless = {
  'README.md': text('# card'),
  'pytorch_model.bin': weights.subarray(0, 100),
  'vocab.txt': text('a'),
};

export function model(changes: Partial<FakeModel> = {}): FakeModel {
  const files = { ...useless, ...sideFiles, 'model.safetensors': weights };
  return { revisions: { main: commit }, files, cardData: { license: 'apache-2.0' }, ...changes };
}

/** Waits for nothing, and remembers how long it was to wait. */
function hasty(): Patience & { pausesMs: number[] } {
  const pausesMs: number[] = [];
  const sleep = async (ms: number): Promise<void> => {
    pausesMs.push(ms);
    await turn();
  };
  return { sleep, stallMs: 10_000, pausesMs };
}

export interface Scene {
  hub: HubServer;
  cacheFolder: string;
  notes: string[];
  /** so that a test can do something when the download has come so far */
  onNote: (note: string) => void;
  patience: ReturnType<typeof hasty>;
  open: (id?: string, changes?: Partial<EngineSettings>) => ReturnType<typeof openCheckpointFolder>;
}

export async function scene(t: TestContext, models: Record<string, FakeModel> = { [name]: model() }): Promise<Scene> {
  const hub = await startHub(t, models);
  const cacheFolder = await temporaryFolder(t);
  const patience = hasty();
  const here: Scene = {
    ...{ hub, cacheFolder, patience, notes: [], onNote: () => undefined },
    open(id = `hub:${name}`, changes = {}) {
      const onNote = (note: string): void => {
        here.notes.push(note);
        here.onNote(note);
      };
      const settings = { ...plainSettings, cacheFolder, hubUrl: hub.url, ...changes };
      return openCheckpointFolder(id, settings, { signal: t.signal, onNote }, patience);
    },
  };
  return here;
}

/** The connection is cut when so much of the model has been written: what a client only has in memory is lost. */
export function cutAt(here: Scene, ...percents: number[]): void {
  here.onNote = (note) => {
    if (percents.some((percent) => note.startsWith(`Downloading ${name}: ${percent} %`))) here.hub.cut();
  };
}

/** Answers the first requests for a file's bytes with these faults, the later ones as it should. */
export function failing(file: string, ...faults: Fault[]): HubServer['fault'] {
  return ({ kind, file: asked }) => (asked === file && kind !== 'resolve' ? faults.shift() : undefined);
}

export const requestsFor = (hub: HubServer, kind: Seen['kind'], file = ''): Seen[] =>
  hub.seen.filter((seen) => seen.kind === kind && seen.file === file);

/** From where on the weights were asked for. */
export const rangesOf = (hub: HubServer): (string | null)[] =>
  requestsFor(hub, 'storage', 'model.safetensors').map(({ range }) => range);

export const userError = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof UserError, String(error));
  assert.match(error.message, pattern);
  return true;
};
export const passingError = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof RetryableError, String(error));
  assert.match(error.message, pattern);
  return true;
};

export async function assertWhole(folder: string): Promise<void> {
  assert.deepEqual((await readdir(folder)).sort(), [...Object.keys(sideFiles), 'model.safetensors'].sort());
  assert.deepEqual(new Uint8Array(await readFile(path.join(folder, 'model.safetensors'))), weights);
  assert.deepEqual(new Uint8Array(await readFile(path.join(folder, 'config.json'))), sideFiles['config.json']);
}
