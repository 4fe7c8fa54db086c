/** What `podium rank` remembers of its runs, in the cache folder: for the estimates of the next ones. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../engine/kept-files.ts';
import { pastEstimateSchema, pastRunSchema } from '../flows/estimate.ts';

const fileName = 'past-runs.json';
const mostRuns = 200;
const mostEstimates = 30;

const pastSchema = z.object({
  /** newest first, both */
  runs: z.array(pastRunSchema),
  estimates: z.array(pastEstimateSchema),
});
export type Past = z.infer<typeof pastSchema>;

/** Nothing where there is no such file, or a damaged one. */
export async function readPast(cacheFolder: string): Promise<Past> {
  try {
    return pastSchema.parse(JSON.parse(await readFile(path.join(cacheFolder, fileName), 'utf8')));
  } catch {
    return { runs: [], estimates: [] };
  }
}

/** Adds these in front; what can't be written is just not remembered. Of two runs that end together one is forgotten. */
export async function addToPast(cacheFolder: string, { runs, estimates }: Past): Promise<void> {
  const before = await readPast(cacheFolder);
  const content: Past = {
    runs: [...runs, ...before.runs].slice(0, mostRuns),
    estimates: [...estimates, ...before.estimates].slice(0, mostEstimates),
  };
  await replaceFile(path.join(cacheFolder, fileName), JSON.stringify(content)).catch(() => undefined);
}
