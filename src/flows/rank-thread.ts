/** Thread entry: 2,000 resamples over every test document would hold up Slack's three-second acknowledgements. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { predictionsSchema, trialResultSchema } from './contracts.ts';
import { rankModels } from './ranking.ts';

export const rankRequestSchema = z.object({
  categories: z.array(z.string()),
  models: z.array(z.string()),
  languages: z.array(z.string().nullable()),
  seed: z.number().int(),
  trials: z.array(
    z.object({
      model: z.string(),
      category: z.string(),
      language: z.string().nullable(),
      status: z.enum(['done', 'failed', 'cancelled']),
      error: z.string().nullable(),
      result: trialResultSchema.nullable(),
      /** the artifact as it is stored (JSON of `predictionsSchema`) */
      predictions: z.custom<Uint8Array>((value) => value instanceof Uint8Array).nullable(),
    }),
  ),
});
export type RankRequest = z.infer<typeof rankRequestSchema>;

if (parentPort) {
  const request = rankRequestSchema.parse(workerData);
  const trials = request.trials.map(({ predictions, ...trial }) => ({
    ...trial,
    predictions: predictions && predictionsSchema.parse(JSON.parse(new TextDecoder().decode(predictions))),
  }));
  parentPort.postMessage(rankModels({ ...request, trials }));
}
