/** A model's folder on disk, and its small files. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { errorText, UserError } from '../../errors.ts';

/** Name inside a model folder (with `/`) -> bytes */
export type ModelFiles = ReadonlyMap<string, Uint8Array>;

export const configFile = 'config.json';
export const onnxFile = 'onnx/model.onnx';

/** Writes the files into the folder, which is made if missing; gives their names. */
export async function writeFolder(folder: string, files: ModelFiles): Promise<string[]> {
  for (const [name, bytes] of files) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }
  return [...files.keys()];
}

/** Every file below the folder. @throws UserError when it can't be read */
export async function readFolder(folder: string): Promise<Map<string, Uint8Array>> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
    const named = files.map(
      async (name) => [path.relative(folder, name).split(path.sep).join('/'), await readFile(name)] as const,
    );
    return new Map(await Promise.all(named));
  } catch (cause) {
    throw new UserError(`${folder} can't be read: ${errorText(cause)}`, { cause });
  }
}

/** Bytes of one file of a model folder. @throws UserError when it is missing */
export function modelFileOf(files: ModelFiles, name: string): Uint8Array {
  const bytes = files.get(name);
  if (bytes) return bytes;
  throw new UserError(`The model folder lacks ${name}; it has ${[...files.keys()].join(', ') || 'no files'}.`);
}

/** The JSON of one file of a model folder, checked. @throws UserError when it is missing or isn't what it should be */
export function readJsonFile<T>(files: ModelFiles, name: string, schema: z.ZodType<T>): T {
  const text = new TextDecoder().decode(modelFileOf(files, name));
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new UserError(`${name} of the model folder can't be used.`, { cause: error });
  }
}

export function encodeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}
