/** The JSON of `podium rank --json`. Its fields are explained in docs/rank-json.md; they are only ever added to. */
import { z } from 'zod';
import type { Profile, Ranking } from '../flows/contracts.ts';
import {
  metricsSchema,
  profileSchema,
  rankingSchema,
  splitSizesSchema,
  type TrialSpec,
  trialResultSchema,
  warningSchema,
} from '../flows/contracts.ts';
import type { TrialOutcome } from '../flows/ranking.ts';

const measured = trialResultSchema.pick({
  chosenEpoch: true,
  epochs: true,
  trainSeconds: true,
  predictDocsPerSecond: true,
  parameters: true,
  peakMemoryBytes: true,
  device: true,
  floor: true,
});

export const rankReportSchema = z.object({
  profile: profileSchema,
  splits: z.array(splitSizesSchema.extend({ category: z.string(), language: z.string().nullable() })),
  trials: z.array(
    z.object({
      model: z.string(),
      category: z.string(),
      language: z.string().nullable(),
      seed: z.number().int(),
      status: z.enum(['done', 'failed', 'cancelled']),
      error: z.string().nullable(),
      metrics: metricsSchema.nullable(),
      ...z.object(measured.shape).partial().shape,
    }),
  ),
  ranking: rankingSchema.shape.rows,
  floors: rankingSchema.shape.floors,
  pairs: rankingSchema.shape.pairs,
  warnings: z.array(warningSchema.extend({ file: z.string() })),
});
export type RankReport = z.infer<typeof rankReportSchema>;

export interface Ranked {
  profile: Profile;
  specs: TrialSpec[];
  /** in the order of `specs` */
  outcomes: TrialOutcome[];
  ranking: Ranking;
  warnings: RankReport['warnings'];
}

export function rankReport({ profile, specs, outcomes, ranking, warnings }: Ranked): RankReport {
  const groups = new Map<string, RankReport['splits'][number]>();
  const trials = outcomes.map(({ model, category, language, status, error, result }, position) => {
    if (result) groups.set(JSON.stringify([category, language]), { category, language, ...result.split });
    const seed = specs[position]?.seed ?? 0;
    const {
      metrics,
      split: _split,
      warnings: ofSplit,
      ...rest
    } = result ?? { metrics: null, split: null, warnings: [] };
    for (const warning of ofSplit) {
      const known = warnings.some(({ message }) => message === warning.message);
      if (!known) warnings = [...warnings, { ...warning, file: profile.fileName }];
    }
    return { model, category, language, seed, status, error, metrics, ...rest };
  });
  const { rows, floors, pairs } = ranking;
  return { profile, splits: [...groups.values()], trials, ranking: rows, floors, pairs, warnings };
}
