/**
 * A trial's test predictions as a Parquet file, which pandas, DuckDB and the like open as it is. One row per test document:
 *
 * | column | type | what |
 * |---|---|---|
 * | `row` | int32 | the document's row in its file, as a spreadsheet counts |
 * | `language` | string, null = unknown | |
 * | `truth` | list of strings | its labels; none for a negative of several labels per document |
 * | `predicted` | list of strings | what the model answered |
 *
 * The key-value metadata `podium` is JSON: the trial (`model`, `category`, `language`, `seed`, `fold`), the category's
 * `kind` and all of its `labels`. No text of a document.
 */
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { z } from 'zod';
import { errorText, FinalError } from '../errors.ts';
import { type Predictions, predictionsSchema, type TrialSpec, trialSpecSchema } from './contracts.ts';

const metadataKey = 'podium';

const aboutSchema = predictionsSchema
  .pick({ category: true, kind: true, language: true, labels: true })
  .extend(trialSpecSchema.pick({ model: true, seed: true, fold: true }).shape);

const rowSchema = z.object({
  row: z.number().int(),
  language: z.string().nullable(),
  truth: z.array(z.string()),
  predicted: z.array(z.string()),
});

/** A list of strings, in the three levels of the format's LogicalTypes.md. */
const listOf = (name: string) =>
  [
    { name, repetition_type: 'REQUIRED', converted_type: 'LIST', logical_type: { type: 'LIST' }, num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  ] as const;

export function encodePredictions(
  predictions: Predictions,
  { model, seed, fold }: Pick<TrialSpec, 'model' | 'seed' | 'fold'>,
): Uint8Array {
  const { rows, languages, truth, predicted, ...category } = predictions;
  const about: z.infer<typeof aboutSchema> = { model, seed, fold, ...category };
  const names = predictions.labels.map((label) => label.toWellFormed());
  const named = (lists: number[][]) => lists.map((list) => list.map((label) => names[label] ?? ''));
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'row', data: rows },
      { name: 'language', data: languages },
      { name: 'truth', data: named(truth) },
      { name: 'predicted', data: named(predicted) },
    ],
    schema: [
      { name: 'root', num_children: 4 },
      { name: 'row', type: 'INT32', repetition_type: 'REQUIRED' },
      { name: 'language', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      ...listOf('truth'),
      ...listOf('predicted'),
    ],
    kvMetadata: [{ key: metadataKey, value: JSON.stringify(about) }],
    createdBy: 'podium',
  });
  return new Uint8Array(bytes);
}

/** @throws FinalError for bytes that `encodePredictions` didn't write */
export async function decodePredictions(bytes: Uint8Array): Promise<Predictions> {
  try {
    const file = new Uint8Array(bytes).buffer;
    const metadata = parquetMetadata(file);
    const told = metadata.key_value_metadata?.find(({ key }) => key === metadataKey)?.value;
    const { category, kind, language, labels } = aboutSchema.parse(JSON.parse(told ?? 'null'));
    const documents = z.array(rowSchema).parse(await parquetReadObjects({ file, metadata }));
    const index = new Map(labels.map((label, position) => [label.toWellFormed(), position]));
    const numbered = (names: string[]) => names.map((name) => index.get(name) ?? Number.NaN);
    return predictionsSchema.parse({
      category,
      kind,
      language,
      labels,
      rows: documents.map(({ row }) => row),
      languages: documents.map(({ language }) => language),
      truth: documents.map(({ truth }) => numbered(truth)),
      predicted: documents.map(({ predicted }) => numbered(predicted)),
    });
  } catch (error) {
    throw new FinalError(`A trial's stored predictions can't be read: ${errorText(error)}`, { cause: error });
  }
}
