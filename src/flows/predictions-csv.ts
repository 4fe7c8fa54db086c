/** Every model's answer to every test document, side by side, as one CSV file; made in a thread, for there may be millions. */
import { z } from 'zod';
import { modelName } from './catalogue.ts';
import type { Trial } from './records.ts';
import { runThread } from './run-thread.ts';

export const csvRequestSchema = z.array(
  z.object({
    model: z.string(),
    category: z.string(),
    language: z.string().nullable(),
    /** which of several repetitions, such as "seed 7" or "fold 1 of 5" */
    repetition: z.string(),
    /** the artifact as it is stored (predictions-file.ts) */
    predictions: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
  }),
);
type CsvRequest = z.infer<typeof csvRequestSchema>;

/**
 * @param readArtifact bytes of stored predictions
 * @returns UTF-8 with columns category, language, repetition, row (as a spreadsheet counts), document language, truth, and
 *   one column per model. Several labels are joined by "; ". No text of a document.
 */
export async function predictionsCsv(
  trials: readonly Trial[],
  readArtifact: (key: string) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const stored = trials.flatMap(({ spec, predictionsKey }) =>
    predictionsKey === null ? [] : [{ spec, predictionsKey }],
  );
  const request: CsvRequest = [];
  for (const { spec, predictionsKey } of stored) {
    const { model, category, language, seed, fold } = spec;
    const repetition = fold === null ? `seed ${seed}` : `fold ${fold.index + 1} of ${fold.count}`;
    const predictions = await readArtifact(predictionsKey);
    request.push({ model: modelName(model), category, language, repetition, predictions });
  }
  const entry = new URL('./predictions-csv-thread.ts', import.meta.url);
  return runThread(
    entry,
    request,
    z.custom<Uint8Array>((value) => value instanceof Uint8Array),
    'The predictions file',
  );
}
