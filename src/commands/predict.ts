/** `podium predict`: labels the texts of a file with a delivered model. */
import path from 'node:path';
import { readDataset } from '../engine/data/read-dataset.ts';
import { openModel } from '../engine/models/registry.ts';
import { dataFile } from './data-file.ts';
import { readSettings } from './settings.ts';
import { printable } from './terminal.ts';

/** @throws UserError for a file or a folder that can't be used */
export async function predict(folder: string, file: string, { text }: { text?: string }): Promise<void> {
  const source = await dataFile(file);
  const roles = { language: null, annotation: null, labels: [], ...(text !== undefined && { text }) };
  const { limits } = readSettings(process.env).engine;
  const dataset = await readDataset(source, path.basename(file), { roles, limits });
  // A reader that has seen enough (`| head`) closes the pipe.
  process.stdout.on('error', () => process.exit(0));
  const model = await openModel(folder);
  try {
    const predicted = await model.predict(dataset.documents.map((document) => document.text));
    for (const [index, labels] of predicted.entries()) {
      const { row, id } = dataset.documents[index] ?? { row: null, id: null };
      process.stdout.write(`${JSON.stringify({ row, id, labels: labels.map((label) => model.labels[label]) })}\n`);
    }
  } finally {
    await model.dispose();
  }
  const left = dataset.rows - dataset.documents.length;
  if (left > 0)
    console.error(printable(`${dataset.fileName}: ${left} of ${dataset.rows} rows have no text and got no label.`));
}
