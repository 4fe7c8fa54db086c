/** What the wizard's choices do to a benchmark: a draft, its dataset, its plan and the trials that follow from it. */
import { UserError } from '../errors.ts';
import { type DatasetRow, insertBenchmark, insertTrials, saveDataset } from '../storage/benchmark-queries.ts';
import type { CategoryProfile, ColumnRoles, Profile, TrialSpec } from './contracts.ts';
import { apply, type Flow } from './flow.ts';
import { newBenchmarkId, trialIdAt } from './job-ids.ts';
import { type Benchmark, type Plan, requireBenchmark } from './records.ts';

/** A new draft of one person in one channel. */
export function beginDraft(flow: Flow, owner: string, channel: string): Benchmark {
  const id = newBenchmarkId();
  const nowMs = flow.nowMs();
  insertBenchmark(flow.database, {
    id,
    state: 'draft',
    version: 1,
    channel,
    owner,
    viewId: null,
    datasetHash: null,
    roles: null,
    profile: null,
    plan: null,
    ranking: null,
    decision: null,
    training: null,
    error: null,
    createdMs: nowMs,
    submittedMs: null,
    updatedMs: nowMs,
  });
  return requireBenchmark(flow.database, id);
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
    fields: { datasetHash: dataset.hash, roles, profile: null, error: null, viewId },
    rows: (connection) => saveDataset(connection, dataset),
  });
}

/** Languages with so few documents get no model of their own in per-language mode. */
const fewestDocumentsPerLanguage = 60;

/**
 * The trials of a plan: every model on every category, per language in per-language mode.
 * @throws UserError when the plan can't be run on this profile, naming what is wrong
 */
export function planTrials(plan: Plan, profile: Profile): TrialSpec[] {
  checkPlan(plan, profile);
  const { languages, recipe, seed } = plan;
  const groups = plan.mode === 'per-language' ? languagesWithOwnModel(plan, profile) : [null];
  return groups.flatMap((language) =>
    plan.categories.flatMap((category) =>
      plan.models.map((model) => ({ model, category, language, languages, recipe, seed })),
    ),
  );
}

function languagesWithOwnModel(plan: Plan, profile: Profile): string[] {
  const kept = profile.languages.filter(({ code }) => plan.languages === null || plan.languages.includes(code));
  const large = kept.flatMap(({ code, documents }) =>
    code !== null && documents >= fewestDocumentsPerLanguage ? [code] : [],
  );
  if (large.length > 0) return large;
  throw new UserError(
    `A model per language needs a language with at least ${fewestDocumentsPerLanguage} documents; found: ` +
      (kept.map(({ name, documents }) => `${name} ${documents}`).join(', ') || 'no languages'),
  );
}

function checkPlan(plan: Plan, profile: Profile): void {
  if (new Set(plan.models).size < 2) throw new UserError('Choose at least two models: one alone ranks nothing.');
  for (const name of plan.categories) {
    const category: CategoryProfile | undefined = profile.categories.find((found) => found.name === name);
    if (!category) throw new UserError(`There is no category ${JSON.stringify(name)} in ${profile.fileName}.`);
    if (category.unusable !== null) throw new UserError(`${JSON.stringify(name)} can't be compared: ${category.unusable}`);
  }
}

/**
 * Keeps what was chosen, to be reviewed.
 * @throws UserError when it can't be run
 */
export function keepPlan(flow: Flow, benchmarkId: string, plan: Plan): Benchmark {
  const { profile } = requireBenchmark(flow.database, benchmarkId);
  if (!profile) throw new UserError('The file is still being read; try again in a moment.');
  planTrials(plan, profile);
  return apply(flow, benchmarkId, 'planned', { fields: { plan } });
}

/** Run: writes the trials of the kept plan down and queues them. */
export function submitPlan(flow: Flow, benchmarkId: string): Benchmark {
  const { plan, profile } = requireBenchmark(flow.database, benchmarkId);
  if (!plan || !profile) throw new UserError('Nothing has been chosen yet.');
  const specs = planTrials(plan, profile);
  return apply(flow, benchmarkId, 'submitted', {
    fields: { viewId: null, submittedMs: flow.nowMs() },
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
          error: null,
        })),
      ),
  });
}
