import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { Encoder, EncoderParameter } from '../../../src/engine/architectures/architecture.ts';

/** A folder that is gone after the test. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-pretrained-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The bytes of a safetensors file with any header, true or not. */
export function safetensorsBytes(header: unknown, data: Uint8Array, claimedLength?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, claimedLength ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

export async function writeBytes(folder: string, name: string, bytes: Uint8Array | string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  return file;
}

/** A parameter made of tensors of the same name, which a checkpoint must have. */
export function parameter(
  name: string,
  shape: readonly number[],
  parts: EncoderParameter['parts'],
  changes: Partial<EncoderParameter> = {},
): EncoderParameter {
  return { name, shape, parts, fresh: null, decay: true, vocabulary: false, ...changes };
}

/** An encoder that can't run; its parameters are what is looked at. */
export function encoderOf(parameters: readonly EncoderParameter[]): Encoder {
  return {
    modelType: 'toy',
    className: 'ToyForSequenceClassification',
    parameters,
    vocabularySize: 0,
    hidden: 0,
    layers: 0,
    heads: 0,
    feedForward: 0,
    maxTokens: 0,
    forward: () => {
      throw new Error('A toy has no forward pass.');
    },
  };
}
