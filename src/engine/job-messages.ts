/** What the worker and the process of one job say to each other. */
import { z } from 'zod';
import { engineSettingsSchema, progressSchema } from '../flows/contracts.ts';

export const toJobSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('run'),
    kind: z.enum(['profile', 'pilot', 'trial', 'train', 'classify']),
    artifactUrl: z.string(),
    settings: engineSettingsSchema,
    payload: z.unknown(),
  }),
  z.object({ type: z.literal('abort'), reason: z.string() }),
]);
export type ToJob = z.infer<typeof toJobSchema>;

export const fromJobSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), progress: progressSchema }),
  z.object({ type: z.literal('result'), result: z.unknown() }),
  /** `final`: trying again gives the same */
  z.object({ type: z.literal('failure'), reason: z.string(), final: z.boolean() }),
]);
export type FromJob = z.infer<typeof fromJobSchema>;
