/** The code behind each model id. Loaded when first asked for: nobody pays for onnxruntime who doesn't train with it. */
import { UserError } from '../../errors.ts';
import type { ModelFamily } from '../classifier.ts';

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
