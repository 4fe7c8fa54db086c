/**
 * `npm run bench -- method [part] [draws] [only]`: does the method keep what it promises? Without a part: all quick parts.
 * `only` is a regular expression that a row's name and number of test documents must match, such as "^77 labels.* 400$".
 */
import { UserError } from '../src/errors.ts';

const parts: Record<string, (draws: number, only: RegExp) => Promise<void>> = {
  coverage: async (draws, only) => (await import('./method-coverage.ts')).benchCoverage(draws, only),
  repeats: async (draws, only) => (await import('./method-coverage.ts')).benchRepeats(draws, only),
  comparisons: async (draws, only) => (await import('./method-coverage.ts')).benchComparisons(draws, only),
};

/** They train for an hour where nothing is recorded yet, so only who names them gets them; `more`: the recordings' folder. */
const trainings: Record<string, (folder?: string) => Promise<void>> = {
  race: async (folder) => (await import('./race.ts')).benchRace(folder),
  'race-growth': async (folder) => (await import('./race-growth.ts')).benchRaceGrowth(folder),
};

/** @throws UserError when there is no such part */
export async function benchMethod(part?: string, more?: string, only = ''): Promise<void> {
  if (part !== undefined && Object.hasOwn(trainings, part)) return trainings[part]?.(more);
  if (part !== undefined && !Object.hasOwn(parts, part)) {
    const known = [...Object.keys(parts), ...Object.keys(trainings)].join(', ');
    throw new UserError(`There is no part ${JSON.stringify(part)}. There are: ${known}.`);
  }
  const draws = Number(more ?? '1000');
  for (const [own, run] of Object.entries(parts))
    if (part === undefined || part === own) await run(draws, new RegExp(only));
}
