/** Rows of storage as typed records: JSON columns are checked where they come in and go out. */
import { z } from 'zod';
import { FinalError } from '../errors.ts';
import { type BenchmarkRow, findBenchmark, findTrial, type TrialRow, trialsOf } from '../storage/benchmark-queries.ts';
import type { Connection } from '../storage/database.ts';
import { type StateName, stateNames } from './benchmark.ts';
import {
  columnRolesSchema,
  noPreparation,
  type Profile,
  preparationSchema,
  profileSchema,
  progressSchema,
  type Ranking,
  rankingSchema,
  recipeSchema,
  trainJobResultSchema,
  trialResultSchema,
  trialSpecSchema,
} from './contracts.ts';

/** What was chosen in the wizard. */
const planSchema = z.object({
  models: z.array(z.string()).min(2),
  categories: z.array(z.string()).min(1),
  /** whose documents take part; null = all */
  languages: z.array(z.string().nullable()).nullable(),
  mode: z.enum(['multilingual', 'per-language']),
  preparation: preparationSchema.prefault({}),
  recipe: recipeSchema,
  seed: z.number().int(),
  /** how often each trial is repeated: with other seeds (other splits and other chance), or on each of k folds */
  repeats: z
    .object({ kind: z.enum(['seeds', 'folds']), count: z.number().int().min(1).max(20) })
    .prefault({ kind: 'seeds', count: 1 }),
  /** what models are ranked by; see ranking.ts */
  score: z.enum(['mean', 'rare']).default('mean'),
  /** drop models early that have no chance left; `auto`: from four models on */
  race: z.enum(['auto', 'on', 'off']).default('auto'),
});
export type Plan = z.infer<typeof planSchema>;

/** What a plan says where nobody chose anything. */
export const planDefaults: Pick<Plan, 'preparation' | 'repeats' | 'score' | 'race'> = {
  preparation: noPreparation,
  repeats: { kind: 'seeds', count: 1 },
  score: 'mean',
  race: 'auto',
};

const decisionSchema = z.object({
  kind: z.enum(['top', 'manual', 'stop']),
  /** one model, or one for each language in per-language mode; empty after `stop` */
  choices: z.array(z.object({ language: z.string().nullable(), model: z.string() })),
  by: z.string(),
  reason: z.string().nullable(),
  atMs: z.number(),
});
export type Decision = z.infer<typeof decisionSchema>;

const trainingSchema = z.object({
  progress: progressSchema.nullable(),
  result: trainJobResultSchema.nullable(),
});
type Training = z.infer<typeof trainingSchema>;

const stateSchema = z.enum(stateNames);
const trialStatusSchema = z.enum(['queued', 'running', 'done', 'failed', 'cancelled']);

export interface Benchmark {
  id: string;
  state: StateName;
  version: number;
  channel: string;
  owner: string;
  viewId: string | null;
  datasetHash: string | null;
  roles: z.infer<typeof columnRolesSchema> | null;
  profile: Profile | null;
  plan: Plan | null;
  ranking: Ranking | null;
  decision: Decision | null;
  training: Training | null;
  error: string | null;
  createdMs: number;
  submittedMs: number | null;
  updatedMs: number;
}

export interface Trial {
  id: string;
  benchmarkId: string;
  position: number;
  spec: z.infer<typeof trialSpecSchema>;
  status: z.infer<typeof trialStatusSchema>;
  progress: z.infer<typeof progressSchema> | null;
  result: z.infer<typeof trialResultSchema> | null;
  predictionsKey: string | null;
  error: string | null;
}

function toBenchmark(row: BenchmarkRow): Benchmark {
  return {
    ...row,
    state: stateSchema.parse(row.state),
    roles: columnRolesSchema.nullable().parse(row.roles),
    profile: profileSchema.nullable().parse(row.profile),
    plan: planSchema.nullable().parse(row.plan),
    ranking: rankingSchema.nullable().parse(row.ranking),
    decision: decisionSchema.nullable().parse(row.decision),
    training: trainingSchema.nullable().parse(row.training),
  };
}

export function toTrial(row: TrialRow): Trial {
  return {
    ...row,
    spec: trialSpecSchema.parse(row.spec),
    status: trialStatusSchema.parse(row.status),
    progress: progressSchema.nullable().parse(row.progress),
    result: trialResultSchema.nullable().parse(row.result),
  };
}

export function getBenchmark(connection: Connection, id: string): Benchmark | null {
  const row = findBenchmark(connection, id);
  return row && toBenchmark(row);
}

/** @throws FinalError when there is none */
export function requireBenchmark(connection: Connection, id: string): Benchmark {
  const benchmark = getBenchmark(connection, id);
  if (!benchmark) throw new FinalError(`No benchmark ${JSON.stringify(id)} in the database`);
  return benchmark;
}

export function getTrial(connection: Connection, id: string): Trial | null {
  const row = findTrial(connection, id);
  return row && toTrial(row);
}

export function getTrials(connection: Connection, benchmarkId: string): Trial[] {
  return trialsOf(connection, benchmarkId).map(toTrial);
}
