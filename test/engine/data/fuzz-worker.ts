/**
 * Reads damaged files, each told by its number, in a process that may end with them.
 * `node test/engine/data/fuzz-worker.ts 123` reads the one of this number and says how it went.
 */
import assert from 'node:assert/strict';
import { z } from 'zod';
import { profileDataset } from '../../../src/engine/data/profile.ts';
import { splitDocuments } from '../../../src/engine/data/splits.ts';
import { Random } from '../../../src/engine/training/random.ts';
import { UserError } from '../../../src/errors.ts';
import { suggestCategories } from '../../../src/flows/suggestion.ts';
import { damagedFile } from './fuzz-mutations.ts';
import type { Outcome } from './fuzz-outcome.ts';
import { fuzzSeeds } from './fuzz-seeds.ts';
import { countOf, read } from './support.ts';

const seeds = await fuzzSeeds();

async function outcomeOf(file: number): Promise<Outcome> {
  const { name, bytes } = damagedFile(seeds, new Random(4, `damaged file ${file}`));
  const startMs = performance.now();
  let [outcome, message] = ['refused', ''];
  try {
    const dataset = await read(bytes, name);
    const profile = profileDataset(dataset);
    const lost = countOf(dataset, 'text_missing', 'row_unreadable', 'line_unreadable');
    assert.equal(dataset.rows, dataset.documents.length + lost, 'a record was lost without a word');
    for (const { category } of suggestCategories(profile.categories)) {
      const kind = dataset.categories.find((own) => own.name === category)?.kind ?? 'single';
      splitDocuments(dataset.documents, { category, kind, seed: 1 });
    }
    outcome = `read as ${dataset.format}`;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    message = error.message;
    assert.match(message, /^data/);
  }
  const tookMs = performance.now() - startMs;
  return { file, outcome, message, tookMs, residentBytes: process.resourceUsage().maxRSS * 1024 };
}

const only = process.argv[2];
if (process.send) {
  process.on('message', async (file) => process.send?.(await outcomeOf(z.number().parse(file))));
  process.send('ready');
} else if (only) console.log(await outcomeOf(Number(only)));
