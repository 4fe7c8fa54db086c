/** What a fuzz worker says of a file that it has read. */
import { z } from 'zod';

export const outcomeSchema = z.object({
  file: z.number(),
  outcome: z.string(),
  /** a UserError's message, for a person who looks */
  message: z.string(),
  tookMs: z.number(),
  residentBytes: z.number(),
});
export type Outcome = z.infer<typeof outcomeSchema>;
