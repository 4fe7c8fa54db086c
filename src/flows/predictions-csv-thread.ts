/** Thread entry: joins the predictions of several models by document. */
import { parentPort, workerData } from 'node:worker_threads';
import { stringify } from 'csv-stringify/sync';
import type { Predictions } from './contracts.ts';
import { csvRequestSchema } from './predictions-csv.ts';
import { decodePredictions } from './predictions-file.ts';

const labelsOf = ({ labels }: Predictions, indices: readonly number[] = []): string =>
  indices.map((index) => labels[index] ?? '').join('; ');

if (parentPort) {
  const trials = csvRequestSchema.parse(workerData);
  const models = [...new Set(trials.map(({ model }) => model))];
  const header = ['category', 'language', 'repetition', 'row', 'document language', 'truth', ...models];
  const lines = new Map<string, (string | number | null)[]>();
  for (const { model, category, language, repetition, predictions } of trials) {
    const column = header.length - models.length + models.indexOf(model);
    const decoded = await decodePredictions(predictions);
    for (const [position, row] of decoded.rows.entries()) {
      const key = JSON.stringify([category, language, repetition, row]);
      let line = lines.get(key);
      if (!line) {
        const truth = labelsOf(decoded, decoded.truth[position]);
        line = [
          category,
          language,
          repetition,
          row,
          decoded.languages[position] ?? null,
          truth,
          ...models.map(() => null),
        ];
        lines.set(key, line);
      }
      line[column] = labelsOf(decoded, decoded.predicted[position]);
    }
  }
  // a spreadsheet would run a cell that begins like a formula (https://owasp.org/www-community/attacks/CSV_Injection)
  const csv = stringify([header, ...lines.values()], { escape_formulas: true, bom: true });
  parentPort.postMessage(new TextEncoder().encode(csv));
}
