/** Thread entry: 2,000 resamples over every test document would hold up Slack's three-second acknowledgements. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { repetitionSchema, scoreNameSchema, trialResultSchema } from './contracts.ts';
import { decodePredictions } from './predictions-file.ts';
import { rankModels } from './ranking.ts';

export const rankRequestSchema = z.object({
  categories: z.array(z.string()),
  models: z.array(z.string()),
  languages: z.array(z.string().nullable()),
  repetitions: z.array(repetitionSchema),
  score: scoreNameSchema,
  seed: z.number().int(),
  trials: z.array(
    z.object({
      model: z.string(),
      category: z.string(),
      language: z.string().nullable(),
      ...repetitionSchema.shape,
      status: z.enum(['done', 'failed', 'cancelled', 'dropped']),
      error: z.string().nullable(),
      result: trialResultSchema.nullable(),
      /** the artifact as it is stored (predictions-file.ts) */
      predictions: z.custom<Uint8Array>((value) => value instanceof Uint8Array).nullable(),
    }),
  ),
});
export type RankRequest = z.infer<typeof rankRequestSchema>;

if (parentPort) {
  const request = rankRequestSchema.parse(workerData);
  const trials = request.trials.map(async ({ predictions, ...trial }) => ({
    ...trial,
    predictions: predictions && (await decodePredictions(predictions)),
  }));
  parentPort.postMessage(rankModels({ ...request, trials: await Promise.all(trials) }));
}
