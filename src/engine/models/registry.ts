/** The code behind each model id. Loaded when first asked for: nobody pays for onnxruntime who doesn't train with it. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { errorText, UserError } from '../../errors.ts';
import type { ModelFamily } from '../classifier.ts';
import { configFile, readFolder } from './model-folder.ts';
import type { OpenedModel } from './neural-model.ts';

const families: Record<string, () => Promise<ModelFamily>> = {
  'builtin/tfidf-logreg': async () => (await import('./tfidf-logreg.ts')).tfidfLogreg,
  'builtin/fasttext': async () => (await import('./fasttext.ts')).fasttext,
  'builtin/transformer-mini': async () => (await import('./scratch-transformer.ts')).transformerMini,
  'builtin/transformer-small': async () => (await import('./scratch-transformer.ts')).transformerSmall,
};

export const modelIds: readonly string[] = Object.keys(families);

/** Ids of checkpoints: everything else about them is found out when they are opened. */
const pretrainedId = /^(hub|folder):/;

/** @throws UserError for an id that isn't supported, listing those that are */
export async function loadFamily(id: string): Promise<ModelFamily> {
  if (pretrainedId.test(id)) return (await import('./pretrained.ts')).pretrainedFamily(id);
  const load = Object.hasOwn(families, id) ? families[id] : undefined;
  if (!load)
    throw new UserError(
      `There is no model ${JSON.stringify(id)}. Supported: ${modelIds.join(', ')}, hub:owner/name[@revision].`,
    );
  return load();
}

/** `model_type` of a folder's config.json -> what opens the folder; every other is a Hugging Face encoder */
const loaders: Record<string, (folder: string) => Promise<OpenedModel>> = {
  'podium-tfidf-logreg': async (folder) =>
    (await import('./tfidf-logreg.ts')).loadTfidfLogreg(await readFolder(folder)),
  'podium-fasttext': async (folder) => (await import('./fasttext.ts')).loadFasttext(await readFolder(folder)),
};

const typeSchema = z.object({ model_type: z.string() });

/**
 * Opens a delivered model's folder. Nothing in it is run as code.
 * @throws UserError when it is no model of ours, saying what is wrong
 */
export async function openModel(folder: string): Promise<OpenedModel> {
  const type = modelTypeOf(await configOf(folder));
  const load = Object.hasOwn(loaders, type) ? loaders[type] : undefined;
  return load ? load(folder) : (await import('./encoder-folder.ts')).loadEncoderFolder(folder);
}

async function configOf(folder: string): Promise<Uint8Array> {
  const found = await readdir(folder).catch((cause: unknown) => {
    throw new UserError(`${folder} can't be read: ${errorText(cause)}`, { cause });
  });
  if (found.includes(configFile)) return readFile(path.join(folder, configFile));
  throw new UserError(`That is no model folder: config.json is missing; found: ${found.join(', ') || 'nothing'}.`);
}

function modelTypeOf(config: Uint8Array): string {
  try {
    return typeSchema.parse(JSON.parse(new TextDecoder().decode(config))).model_type;
  } catch (cause) {
    throw new UserError("config.json isn't a JSON object with a model_type.", { cause });
  }
}
