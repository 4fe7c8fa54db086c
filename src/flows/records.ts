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
  rungReportSchema,
  scoreNameSchema,
  splitRatiosSchema,
  trainJobResultSchema,
  trialResultSchema,
  trialSpecSchema,
} from './contracts.ts';
import { estimateSchema, machineSchema } from './estimate.ts';

/** How the vote goes, and who decides after it. */
export const voteRulesSchema = z.object({
  /** who may decide besides the owner */
  deciders: z.array(z.string()).default([]),
  /** models of each table that can be voted for */
  candidates: z.number().int().min(2).max(5).default(3),
  /** fewest voters of a table for its vote to count; null: any number */
  quorum: z.number().int().min(1).nullable().default(null),
  /** how long the vote is open once the ranking stands; null: until somebody decides */
  openHours: z.number().positive().nullable().default(null),
  /** nobody sees who voted for what until the vote is over */
  blind: z.boolean().default(false),
  /** when the vote closes with a quorum, its winners are trained without anybody deciding */
  winnerDecides: z.boolean().default(false),
});
export type VoteRules = z.infer<typeof voteRulesSchema>;

/** What was chosen in the wizard. One model: it is trained without a comparison. */
const planSchema = z.object({
  models: z.array(z.string()).min(1),
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
  /** shares of train, validation and test; absent: 70/15/15 */
  ratios: splitRatiosSchema.optional(),
  /** what models are ranked by; see ranking.ts */
  score: scoreNameSchema.default('mean'),
  /** drop models early that have no chance left; `auto`: from four models on */
  race: z.enum(['auto', 'on', 'off']).default('auto'),
  vote: voteRulesSchema.prefault({}),
});
export type Plan = z.infer<typeof planSchema>;

/** What a plan says where nobody chose anything. */
export const planDefaults: Pick<Plan, 'preparation' | 'repeats' | 'score' | 'race' | 'vote'> = {
  preparation: noPreparation,
  repeats: { kind: 'seeds', count: 1 },
  score: 'mean',
  race: 'auto',
  vote: voteRulesSchema.parse({}),
};

export const draftSteps = ['start', 'columns', 'data', 'models', 'categories', 'review'] as const;

/** What was entered in the wizard so far: it survives closing the modal, and the bot. */
export const draftSchema = z.object({
  /** where the person stands */
  step: z.enum(draftSteps).default('start'),
  /** what was chosen, as far as it was */
  chosen: planSchema.partial().prefault({}),
  /** how often the file was given to be read: each time is a job of its own */
  readings: z.number().int().default(0),
  /** what had been decided about the data when it was read last */
  readWith: preparationSchema.prefault({}),
});
export type Draft = z.infer<typeof draftSchema>;

const ballotSchema = z.object({
  openedMs: z.number(),
  /** null: open until somebody decides */
  deadlineMs: z.number().nullable(),
  /** null while it is open */
  closedMs: z.number().nullable(),
  /** who closed it; null: its deadline, or nobody yet */
  closedBy: z.string().nullable(),
});
export type Ballot = z.infer<typeof ballotSchema>;

/** How the decided models are trained. */
export const trainSettingsSchema = z.object({
  /** at most; early stopping on validation ends it sooner */
  epochs: z.number().int().min(1).max(50),
  /** trained anew on all texts, test ones included, for as many epochs as the first pass chose */
  secondPass: z.boolean(),
});
export type TrainSettings = z.infer<typeof trainSettingsSchema>;

const decisionSchema = z.object({
  /** `vote`: its winners, by the rules that were set beforehand */
  kind: z.enum(['top', 'manual', 'stop', 'vote']),
  /** one model, or one for each language in per-language mode; empty after `stop` */
  choices: z.array(z.object({ language: z.string().nullable(), model: z.string() })),
  /** null: nobody, the vote did */
  by: z.string().nullable(),
  reason: z.string().nullable(),
  atMs: z.number(),
  /** null: as usual, see train-plan.ts */
  training: trainSettingsSchema.nullable().default(null),
});
export type Decision = z.infer<typeof decisionSchema>;

const trainingSchema = z.object({
  progress: progressSchema.nullable(),
  result: trainJobResultSchema.nullable(),
  /** how often it was tried again after it failed */
  attempt: z.number().int().default(0),
});
type Training = z.infer<typeof trainingSchema>;

/** What was said of a benchmark's time, and what came of it. */
export const benchmarkEstimateSchema = z.object({
  /** when it was submitted */
  before: estimateSchema,
  afterPilot: estimateSchema.nullable(),
  /** the workers that were there then */
  machines: z.array(machineSchema),
  /** models of which a few steps are timed first */
  toPilot: z.array(z.string()),
  /** what the pilot is at, such as a download; null before and after it */
  pilotNote: z.string().nullable().default(null),
  /** when the first trial began */
  startedMs: z.number().nullable(),
  /** from there to the end of the last; null until then, and after a race, which an estimate is only a bound of */
  actualSeconds: z.number().nullable(),
});
export type BenchmarkEstimate = z.infer<typeof benchmarkEstimateSchema>;

const stateSchema = z.enum(stateNames);
/** `paused`: waits for the others of its rung. `dropped`: the race saw no chance for its model. */
const trialStatusSchema = z.enum(['queued', 'running', 'paused', 'done', 'failed', 'cancelled', 'dropped']);

/** `chance`: its model's, of being best in the end, as the race last judged it; null before that */
const raceStandSchema = rungReportSchema.extend({ chance: z.number().nullable() });

export interface Benchmark {
  id: string;
  /** how people name it: #12 */
  number: number;
  kind: 'compare' | 'train';
  state: StateName;
  version: number;
  channel: string;
  owner: string;
  viewId: string | null;
  datasetHash: string | null;
  roles: z.infer<typeof columnRolesSchema> | null;
  profile: Profile | null;
  draft: Draft | null;
  plan: Plan | null;
  ranking: Ranking | null;
  ballot: Ballot | null;
  decision: Decision | null;
  training: Training | null;
  estimate: BenchmarkEstimate | null;
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
  /** which leg of a race is under way, from 0 */
  rung: number;
  /** how often somebody had it tried again */
  attempt: number;
  race: z.infer<typeof raceStandSchema> | null;
  error: string | null;
}

export function toBenchmark(row: BenchmarkRow): Benchmark {
  return {
    ...row,
    state: stateSchema.parse(row.state),
    roles: columnRolesSchema.nullable().parse(row.roles),
    profile: profileSchema.nullable().parse(row.profile),
    draft: draftSchema.nullable().parse(row.draft),
    plan: planSchema.nullable().parse(row.plan),
    ballot: ballotSchema.nullable().parse(row.ballot),
    ranking: rankingSchema.nullable().parse(row.ranking),
    decision: decisionSchema.nullable().parse(row.decision),
    training: trainingSchema.nullable().parse(row.training),
    estimate: benchmarkEstimateSchema.nullable().parse(row.estimate),
  };
}

export function toTrial(row: TrialRow): Trial {
  return {
    ...row,
    spec: trialSpecSchema.parse(row.spec),
    status: trialStatusSchema.parse(row.status),
    progress: progressSchema.nullable().parse(row.progress),
    result: trialResultSchema.nullable().parse(row.result),
    race: raceStandSchema.nullable().parse(row.race),
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
