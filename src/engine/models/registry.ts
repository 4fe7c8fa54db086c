/** The code behind each model id. Loaded when first asked for: nobody pays for onnxruntime who doesn't train with it. */
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import type { ModelFamily, TrainedModel } from '../classifier.ts';

const families: Record<string, () => Promise<ModelFamily>> = {
  'builtin/tfidf-logreg': async () => (await import('./tfidf-logreg.ts')).tfidfLogreg,
  'builtin/fasttext': async () => (await import('./fasttext.ts')).fasttext,
  'builtin/transformer-mini': async () => (await import('./transformer-mini.ts')).transformerMini,
};

export const modelIds: readonly string[] = Object.keys(families);

/** @throws UserError for an id that isn't supported, listing those that are */
export async function loadFamily(id: string): Promise<ModelFamily> {
  const load = Object.hasOwn(families, id) ? families[id] : undefined;
  if (!load) throw new UserError(`There is no model ${JSON.stringify(id)}. Supported: ${modelIds.join(', ')}.`);
  return load();
}

/** A delivered model, ready to label texts. */
export type OpenedModel = Pick<TrainedModel, 'predict' | 'dispose'> & { labels: string[] };

/** `model_type` of a folder's config.json -> what opens the folder */
const loaders: Record<string, (files: ReadonlyMap<string, Uint8Array>) => Promise<OpenedModel>> = {
  'podium-tfidf-logreg': async (files) => (await import('./tfidf-logreg.ts')).loadTfidfLogreg(files),
  'podium-fasttext': async (files) => (await import('./fasttext.ts')).loadFasttext(files),
  bert: async (files) => (await import('./transformer-mini.ts')).loadTransformer(files),
};

const typeSchema = z.object({ model_type: z.string() });

/**
 * Opens the files of a delivered model's folder. Nothing in them is run as code.
 * @throws UserError when they are no model of ours, saying what is wrong
 */
export async function openModel(files: ReadonlyMap<string, Uint8Array>): Promise<OpenedModel> {
  const config = files.get('config.json');
  if (!config)
    throw new UserError(
      `That is no model folder: config.json is missing; found: ${[...files.keys()].join(', ') || 'nothing'}.`,
    );
  const type = modelTypeOf(config);
  const load = Object.hasOwn(loaders, type) ? loaders[type] : undefined;
  if (!load)
    throw new UserError(
      `config.json: expected a model_type of ${Object.keys(loaders).join(', ')}, got ${JSON.stringify(type)}.`,
    );
  return load(files);
}

function modelTypeOf(config: Uint8Array): string {
  try {
    return typeSchema.parse(JSON.parse(new TextDecoder().decode(config))).model_type;
  } catch (cause) {
    throw new UserError("config.json isn't a JSON object with a model_type.", { cause });
  }
}
