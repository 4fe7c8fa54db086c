/**
 * `npm run bench -- method [part] [draws] [only]`: does the method keep what it promises? Without a part: coverage, repeats
 * and comparisons. `only` is a regular expression that a row's name (labels, test documents, F1) must match, such as
 * "^77 labels.* 400 "; without it the rows that take long are left out.
 */
import { UserError } from '../src/errors.ts';
import { rowParts } from './method-parts.ts';
import { benchRows } from './method-rows.ts';

/** They train for an hour where nothing is recorded yet, so only who names them gets them; `more`: the recordings' folder. */
const trainings: Record<string, (folder?: string) => Promise<void>> = {
  race: async (folder) => (await import('./race.ts')).benchRace(folder),
  'race-growth': async (folder) => (await import('./race-growth.ts')).benchRaceGrowth(folder),
};

/** @throws UserError when there is no such part */
export async function benchMethod(name?: string, more?: string, only?: string): Promise<void> {
  if (name !== undefined && Object.hasOwn(trainings, name)) return trainings[name]?.(more);
  if (name !== undefined && !Object.hasOwn(rowParts, name)) {
    const known = [...Object.keys(rowParts), ...Object.keys(trainings)].join(', ');
    throw new UserError(`There is no part ${JSON.stringify(name)}. There are: ${known}.`);
  }
  const draws = more === undefined ? undefined : Number(more);
  const rows = only === undefined ? undefined : new RegExp(only);
  for (const [own, part] of Object.entries(rowParts))
    if (name === undefined || name === own) await benchRows(own, part, draws, rows);
}
