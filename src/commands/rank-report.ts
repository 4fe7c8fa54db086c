/** The JSON of `podium rank --json`. Its fields are explained in docs/rank-json.md; they are only ever added to. */
import { z } from 'zod';
import type { Dataset } from '../engine/data/read-dataset.ts';
import {
  metricsSchema,
  type Profile,
  profileSchema,
  type Ranking,
  rankingSchema,
  recipeSchema,
  splitSizesSchema,
  trialResultSchema,
  warningSchema,
} from '../flows/contracts.ts';
import type { TrialOutcome } from '../flows/ranking.ts';
import type { Plan } from '../flows/records.ts';

const measured = trialResultSchema.shape;

export const rankReportSchema = z.object({
  formatVersion: z.literal(1),
  profile: profileSchema,
  test: profileSchema
    .pick({ fileName: true, datasetHash: true, sizeBytes: true, rows: true, documents: true })
    .nullable(),
  seed: z.number().int(),
  recipe: recipeSchema,
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
      floor: measured.floor.nullable(),
      chosenEpoch: measured.chosenEpoch,
      epochs: measured.epochs,
      trainSeconds: measured.trainSeconds.nullable(),
      predictDocsPerSecond: measured.predictDocsPerSecond.nullable(),
      parameters: measured.parameters.nullable(),
      peakMemoryBytes: measured.peakMemoryBytes.nullable(),
      device: measured.device.nullable(),
      texts: measured.texts,
      checkpoint: measured.checkpoint,
    }),
  ),
  ranking: rankingSchema.shape.rows,
  floors: rankingSchema.shape.floors,
  pairs: rankingSchema.shape.pairs,
  resamples: rankingSchema.shape.resamples,
  warnings: z.array(warningSchema.extend({ file: z.string() })),
});
export type RankReport = z.infer<typeof rankReportSchema>;

interface Ranked {
  profile: Profile;
  test: Dataset | null;
  plan: Plan;
  outcomes: TrialOutcome[];
  ranking: Ranking;
  /** of the files and of the splits */
  warnings: RankReport['warnings'];
}

export function rankReport({ profile, test, plan, outcomes, ranking, warnings }: Ranked): RankReport {
  const { rows, floors, pairs, resamples } = ranking;
  return {
    formatVersion: 1,
    profile,
    test: test && {
      fileName: test.fileName,
      datasetHash: test.hash,
      sizeBytes: test.sizeBytes,
      rows: test.rows,
      documents: test.documents.length,
    },
    seed: plan.seed,
    recipe: plan.recipe,
    splits: splitsOf(outcomes),
    trials: outcomes.map((outcome) => trialOf(outcome, plan.seed)),
    ranking: rows,
    floors,
    pairs,
    resamples,
    warnings,
  };
}

/** Every model of a category and language had the same split. */
function splitsOf(outcomes: TrialOutcome[]): RankReport['splits'] {
  const splits = new Map<string, RankReport['splits'][number]>();
  for (const { category, language, result } of outcomes) {
    if (result) splits.set(JSON.stringify([category, language]), { category, language, ...result.split });
  }
  return [...splits.values()];
}

function trialOf(outcome: TrialOutcome, seed: number): RankReport['trials'][number] {
  const { model, category, language, status, error, result } = outcome;
  return {
    model,
    category,
    language,
    seed,
    status,
    error,
    metrics: result?.metrics ?? null,
    floor: result?.floor ?? null,
    chosenEpoch: result?.chosenEpoch ?? null,
    epochs: result?.epochs ?? [],
    trainSeconds: result?.trainSeconds ?? null,
    predictDocsPerSecond: result?.predictDocsPerSecond ?? null,
    parameters: result?.parameters ?? null,
    peakMemoryBytes: result?.peakMemoryBytes ?? null,
    device: result?.device ?? null,
    texts: result?.texts ?? null,
    checkpoint: result?.checkpoint ?? null,
  };
}
