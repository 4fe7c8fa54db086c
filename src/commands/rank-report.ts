/** The JSON of `podium rank --json`. Its fields are explained in docs/rank-json.md; they are only ever added to. */
import { z } from 'zod';
import type { Dataset } from '../engine/data/read-dataset.ts';
import {
  metricsSchema,
  type Profile,
  preparationSchema,
  profileSchema,
  type Ranking,
  rankingSchema,
  recipeSchema,
  repetitionSchema,
  resolvedStrategySchema,
  splitSizesSchema,
  trialResultSchema,
  warningSchema,
} from '../flows/contracts.ts';
import { estimateSchema } from '../flows/estimate.ts';
import type { Plan } from '../flows/records.ts';
import { type RaceReport, raceReportSchema } from './rank-race.ts';
import type { RankedTrial } from './rank-trials.ts';

const measured = trialResultSchema.shape;

export const rankReportSchema = z.object({
  formatVersion: z.literal(1),
  profile: profileSchema,
  test: profileSchema
    .pick({ fileName: true, datasetHash: true, sizeBytes: true, rows: true, documents: true })
    .nullable(),
  seed: z.number().int(),
  preparation: preparationSchema,
  recipe: recipeSchema,
  splits: z.array(
    splitSizesSchema.extend({
      category: z.string(),
      language: z.string().nullable(),
      ...repetitionSchema.shape,
    }),
  ),
  trials: z.array(
    z.object({
      model: z.string(),
      category: z.string(),
      language: z.string().nullable(),
      ...repetitionSchema.shape,
      status: z.enum(['done', 'failed', 'cancelled', 'dropped']),
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
      strategy: resolvedStrategySchema.nullable(),
      predictionsFile: z.string().nullable(),
    }),
  ),
  score: rankingSchema.shape.scoreName,
  ranking: rankingSchema.shape.rows,
  recommendations: rankingSchema.shape.recommendations,
  rareLabels: rankingSchema.shape.rareLabels,
  thinLabels: rankingSchema.shape.thinLabels,
  floors: rankingSchema.shape.floors,
  pairs: rankingSchema.shape.pairs,
  resamples: rankingSchema.shape.resamples,
  race: raceReportSchema.nullable(),
  estimate: z.object({
    before: estimateSchema,
    afterPilot: estimateSchema.nullable(),
    /** of all trials, one after another */
    actualSeconds: z.number(),
  }),
  warnings: z.array(warningSchema.extend({ file: z.string() })),
});
export type RankReport = z.infer<typeof rankReportSchema>;

interface Ranked {
  profile: Profile;
  test: Dataset | null;
  plan: Plan;
  outcomes: RankedTrial[];
  ranking: Ranking;
  race: RaceReport | null;
  estimate: RankReport['estimate'];
  /** of the files and of the splits */
  warnings: RankReport['warnings'];
}

export function rankReport({ profile, test, plan, outcomes, ranking, race, estimate, warnings }: Ranked): RankReport {
  const { rows, scoreName, recommendations, rareLabels, thinLabels, floors, pairs, resamples } = ranking;
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
    preparation: plan.preparation,
    recipe: plan.recipe,
    splits: splitsOf(outcomes),
    trials: outcomes.map(trialOf),
    score: scoreName,
    ranking: rows,
    recommendations,
    rareLabels,
    thinLabels,
    floors,
    pairs,
    resamples,
    race,
    estimate,
    warnings,
  };
}

/** Every model of a category, language and repetition had the same split. */
function splitsOf(outcomes: RankedTrial[]): RankReport['splits'] {
  const splits = new Map<string, RankReport['splits'][number]>();
  for (const { category, language, seed, fold, result } of outcomes) {
    const which = { category, language, seed, fold };
    if (result) splits.set(JSON.stringify(which), { ...which, ...result.split });
  }
  return [...splits.values()];
}

function trialOf(outcome: RankedTrial): RankReport['trials'][number] {
  const { model, category, language, seed, fold, status, error, result, predictionsFile } = outcome;
  return {
    model,
    category,
    language,
    seed,
    fold,
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
    strategy: result?.strategy ?? null,
    predictionsFile,
  };
}
