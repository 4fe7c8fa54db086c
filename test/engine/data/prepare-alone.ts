/** Prepares a file's languages in a process of its own, and sends them; `forbidden` as last argument: without the library. */
import { registerHooks } from 'node:module';
import { fileSource } from '../../../src/engine/data/byte-source.ts';
import { prepareDataset } from '../../../src/engine/data/prepare.ts';
import { readDataset } from '../../../src/engine/data/read-dataset.ts';
import { preparationSchema } from '../../../src/flows/contracts.ts';

const [file = '', cacheFolder = '', choices = '', library = ''] = process.argv.slice(2);
registerHooks({
  resolve(specifier, context, next) {
    if (library === 'forbidden' && specifier.startsWith('eld')) throw new Error('The library is needed');
    return next(specifier, context);
  },
});
const dataset = await readDataset(await fileSource(file), 'data.csv');
const languages: unknown = JSON.parse(choices);
const answer = await prepareDataset(dataset, preparationSchema.parse({ languages }), { cacheFolder }).then(
  ({ documents, detected, warnings }) => ({
    languages: documents.map(({ language }) => language),
    detected: [...detected],
    warnings: warnings.flatMap(({ code, message }) => (code === 'language_detected' ? message : [])),
  }),
  (error: Error) => ({ error: error.message }),
);
process.send?.(answer);
