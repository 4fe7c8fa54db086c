/** Thread entry: thousands of draws over every validation document would hold up Slack's three-second acknowledgements. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { scoreNameSchema } from './contracts.ts';
import { decodePredictions } from './predictions-file.ts';
import { raceDecision } from './race.ts';

export const raceRequestSchema = z.object({
  score: scoreNameSchema,
  seed: z.number().int(),
  /** those that are ranked in one table race against each other */
  tables: z.array(
    z.object({
      risk: z.number(),
      racers: z.array(
        z.object({
          model: z.string(),
          left: z.object({ epoch: z.number().int(), epochs: z.number().int() }).nullable(),
          /** repetition, category: the artifacts as they are stored */
          validation: z.array(z.array(z.custom<Uint8Array>((value) => value instanceof Uint8Array))),
        }),
      ),
    }),
  ),
});
export type RaceRequest = z.infer<typeof raceRequestSchema>;

/** table, model; models as in the request */
export const raceAnswerSchema = z.array(
  z.array(z.object({ model: z.string(), score: z.number(), chance: z.number(), dropped: z.boolean() })),
);
export type RaceAnswer = z.infer<typeof raceAnswerSchema>;

if (parentPort) {
  const { score, seed, tables } = raceRequestSchema.parse(workerData);
  const answer: RaceAnswer = [];
  for (const { risk, racers } of tables) {
    const decoded = racers.map(async ({ validation, ...racer }) => ({
      ...racer,
      validation: await Promise.all(validation.map((categories) => Promise.all(categories.map(decodePredictions)))),
    }));
    answer.push(raceDecision({ racers: await Promise.all(decoded), risk, score, seed }));
  }
  parentPort.postMessage(answer);
}
