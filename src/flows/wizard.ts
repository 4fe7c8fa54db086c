/** What the wizard's choices do to a benchmark: a draft, its dataset, its plan and the trials that follow from it. */
import { UserError } from '../errors.ts';
import {
  type DatasetRow,
  insertBenchmark,
  insertTrials,
  recentBenchmarks,
  saveDataset,
} from '../storage/benchmark-queries.ts';
import { accepts, type StateName } from './benchmark.ts';
import { type ColumnRoles, quickRecipe, type WorkerInfo } from './contracts.ts';
import { apply, type Flow } from './flow.ts';
import { newBenchmarkId, trialIdAt } from './job-ids.ts';
import { estimatePlan } from './past-runs.ts';
import { planTrials } from './plan.ts';
import {
  type Benchmark,
  type Draft,
  draftSchema,
  getBenchmark,
  type Plan,
  planDefaults,
  requireBenchmark,
  toBenchmark,
} from './records.ts';
import { usualTraining } from './train-plan.ts';

/** Splits, seeds of the models and the bootstrap all follow from it; the same seed ranks the same. */
const seed = 7;

const draftStates = ['draft', 'profiling', 'configuring'] as const satisfies readonly StateName[];
export const isDraft = ({ state }: Benchmark): boolean => draftStates.some((own) => own === state);

/** A draft that nobody went on with for so long is forgotten. */
const draftDays = 14;
const dayMs = 86_400_000;

export interface NewDraft {
  owner: string;
  /** empty: not chosen yet */
  channel: string;
  kind?: Benchmark['kind'];
  /** takes over the dataset, as it was read, and what was chosen for it */
  from?: Benchmark;
}

export function beginDraft(flow: Flow, { owner, channel, kind = 'compare', from }: NewDraft): Benchmark {
  const id = newBenchmarkId();
  const nowMs = flow.nowMs();
  const draft: Draft = from?.plan ? { step: 'review', chosen: from.plan } : draftSchema.parse({});
  insertBenchmark(flow.database, {
    id,
    kind: from?.kind ?? kind,
    state: from?.profile ? 'configuring' : 'draft',
    version: 1,
    channel,
    owner,
    viewId: null,
    datasetHash: from?.datasetHash ?? null,
    roles: from?.roles ?? null,
    profile: from?.profile ?? null,
    draft,
    plan: from?.plan ?? null,
    ranking: null,
    ballot: null,
    decision: null,
    training: null,
    estimate: null,
    error: null,
    createdMs: nowMs,
    submittedMs: null,
    updatedMs: nowMs,
  });
  return requireBenchmark(flow.database, id);
}

/** What this person began lately and never ran, newest first; only what holds a file is worth going on with. */
export function unfinishedDraft(flow: Flow, owner: string): Benchmark | null {
  const rows = recentBenchmarks(flow.database, { states: [...draftStates], owner }, { limit: 5 });
  const sinceMs = flow.nowMs() - draftDays * dayMs;
  const found = rows.find((row) => row.updatedMs >= sinceMs && row.datasetHash !== null);
  return found ? toBenchmark(found) : null;
}

/** Throws other unfinished drafts of the same person away: one is enough to go on with. */
export function discardOtherDrafts(flow: Flow, owner: string, keptId: string | null): void {
  const rows = recentBenchmarks(flow.database, { states: [...draftStates], owner }, { limit: 20 });
  for (const { id } of rows) if (id !== keptId) apply(flow, id, 'cancelled');
}

/** Writes down what was entered so far, and where the person stands. Without effect once the benchmark runs. */
export function noteDraft(
  flow: Flow,
  benchmarkId: string,
  changes: {
    step?: Draft['step'];
    chosen?: Draft['chosen'];
    kind?: Benchmark['kind'];
    channel?: string;
    viewId?: string;
  },
): Benchmark {
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  if (!accepts(benchmark.state, 'noted')) return benchmark;
  const { step, chosen, ...fields } = changes;
  const before = benchmark.draft ?? draftSchema.parse({});
  const draft: Draft = { step: step ?? before.step, chosen: { ...before.chosen, ...chosen } };
  return apply(flow, benchmarkId, 'noted', { fields: { ...fields, draft } });
}

/** A dataset was uploaded or picked: it is profiled next. `roles` null: the columns are guessed. */
export function giveDataset(
  flow: Flow,
  benchmarkId: string,
  dataset: DatasetRow,
  roles: ColumnRoles | null,
  viewId: string,
): Benchmark {
  return apply(flow, benchmarkId, 'dataset_given', {
    fields: { datasetHash: dataset.hash, roles, profile: null, plan: null, error: null, viewId },
    rows: (connection) => saveDataset(connection, dataset),
  });
}

/** What was chosen so far, with what holds where nobody chose. */
export function planOf({ draft, plan }: Benchmark): Plan {
  const usual: Plan = {
    ...planDefaults,
    ...{ models: [], categories: [], languages: null, mode: 'multilingual', recipe: quickRecipe, seed },
    ...plan,
  };
  const chosen = draft?.chosen ?? {};
  return {
    ...usual,
    models: chosen.models ?? usual.models,
    categories: chosen.categories ?? usual.categories,
    languages: chosen.languages === undefined ? usual.languages : chosen.languages,
    mode: chosen.mode ?? usual.mode,
    preparation: chosen.preparation ?? usual.preparation,
    recipe: chosen.recipe ?? usual.recipe,
    repeats: chosen.repeats ?? usual.repeats,
    score: chosen.score ?? usual.score,
    race: chosen.race ?? usual.race,
    vote: chosen.vote ?? usual.vote,
  };
}

/**
 * Keeps what was chosen, to be reviewed, with what can be said of its time.
 * @param workers those that are there
 * @throws UserError when it can't be run
 */
export function keepPlan(flow: Flow, benchmarkId: string, plan: Plan, workers: readonly WorkerInfo[] = []): Benchmark {
  const { profile, kind } = requireBenchmark(flow.database, benchmarkId);
  if (!profile) throw new UserError('The file is still being read; try again in a moment.', { code: 'still_reading' });
  const models = new Set(plan.models).size;
  if (kind === 'compare' && models < 2)
    throw new UserError('Choose at least two models: one alone ranks nothing.', { code: 'two_models' });
  if (kind === 'train' && models !== 1)
    throw new UserError('Choose exactly one model to train.', { code: 'one_model' });
  const estimate = estimatePlan(flow.database, plan, profile, workers);
  return apply(flow, benchmarkId, 'planned', { fields: { plan, estimate } });
}

/** Run: writes the trials of the kept plan down and queues them; one model alone is trained at once. */
export function submitPlan(flow: Flow, benchmarkId: string): Benchmark {
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  const { plan, profile, kind } = benchmark;
  if (!plan || !profile) throw new UserError('Nothing has been chosen yet.', { code: 'nothing_chosen' });
  const specs = planTrials(plan, profile);
  const fields = { viewId: null, draft: null, submittedMs: flow.nowMs() };
  if (kind === 'train') {
    const languages = [...new Set(specs.map(({ language }) => language))];
    const choices = languages.map((language) => ({ language, model: plan.models[0] ?? '' }));
    const training = { ...usualTraining, epochs: Math.max(plan.recipe.epochs, usualTraining.epochs) };
    const decision = { kind: 'manual', choices, by: benchmark.owner, reason: null, atMs: flow.nowMs(), training };
    return apply(flow, benchmarkId, 'train_only', { fields: { ...fields, decision } });
  }
  return apply(flow, benchmarkId, 'submitted', {
    fields,
    rows: (connection) =>
      insertTrials(
        connection,
        specs.map((spec, position) => ({
          id: trialIdAt(benchmarkId, position),
          benchmarkId,
          position,
          spec,
          status: 'queued',
          progress: null,
          result: null,
          predictionsKey: null,
          rung: 0,
          attempt: 0,
          race: null,
          error: null,
        })),
      ),
  });
}

/** The draft that a modal is about; null when it is gone, or runs already. */
export function openDraft(flow: Flow, benchmarkId: string): Benchmark | null {
  const benchmark = getBenchmark(flow.database, benchmarkId);
  return benchmark && isDraft(benchmark) ? benchmark : null;
}
