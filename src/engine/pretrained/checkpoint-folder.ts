/** A checkpoint in a folder of this machine, as Python's save_pretrained leaves it. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../errors.ts';
import { type Advice, checkpointFiles, isWeights, shardsOf } from './checkpoint-files.ts';
import type { CheckpointFolder } from './checkpoint-source.ts';
import { fileBytes } from './hub-cache.ts';
import { openRegularFile, readFully, systemCode } from './regular-file.ts';
import { shardIndexFile, shardIndexLimits } from './safetensors.ts';
import { readJsonFile } from './strict-json.ts';

/** The front matter of a model's card stands at its start. */
const cardBytes = 64 << 10;

/** @throws UserError when it is no absolute path, or no folder with all files of a checkpoint */
export async function openLocalFolder(folder: string): Promise<CheckpointFolder> {
  if (!path.isAbsolute(folder))
    throw new UserError('A model in a folder is named by an absolute path: folder:/its/path.');
  const name = path.basename(folder);
  const source = `folder:${name}`;
  const advice: Advice = {
    what: `The folder ${name}`,
    instead: "Save the model there with Python's transformers: save_pretrained of model and tokenizer.",
  };
  const there = new Set(await namesIn(folder, name));
  const files = checkpointFiles(there, advice);
  if (files.includes(shardIndexFile)) {
    const index = await readJsonFile(path.join(folder, shardIndexFile), shardIndexFile, shardIndexLimits);
    files.push(...shardsOf(index, there, advice));
  }
  let sizeBytes = 0;
  for (const file of files) {
    const bytes = await fileBytes(path.join(folder, file));
    if (bytes === null) throw new UserError(`${file} in the folder ${name} is no file.`);
    if (isWeights(file)) sizeBytes += bytes;
  }
  return { folder, source, licence: await licenceOnCard(path.join(folder, 'README.md')), sizeBytes };
}

async function namesIn(folder: string, name: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw new UserError(`There is no folder ${name} on this machine that can be read (${systemCode(error)}).`, {
      cause: error,
    });
  }
}

/** `license: …` in the YAML front matter: https://huggingface.co/docs/hub/model-cards#model-card-metadata */
async function licenceOnCard(file: string): Promise<string | null> {
  const card = await openRegularFile(file, 'README.md');
  if (card === null) return null;
  try {
    const bytes = new Uint8Array(Math.min(cardBytes, card.sizeBytes));
    await readFully(card.handle, bytes, 0, 'README.md');
    const frontMatter = /^---\r?\n(.*?)\r?\n---/s.exec(new TextDecoder().decode(bytes))?.[1] ?? '';
    const field = (key: string) =>
      new RegExp(`^${key}:[ \\t]*["']?([\\w .+-]{1,100}?)["']?[ \\t]*\\r?$`, 'm').exec(frontMatter)?.[1];
    const licence = field('license');
    return (licence === 'other' ? field('license_name') : null) ?? licence ?? null;
  } finally {
    await card.handle.close();
  }
}
