/** What the wizard's choices do to a benchmark: a draft, its dataset, its plan and the trials that follow from it. */
import { UserError } from '../errors.ts';
import {
  type BenchmarkRow,
  type DatasetRow,
  insertBenchmark,
  insertTrials,
  recentBenchmarks,
  saveDataset,
} from '../storage/benchmark-queries.ts';
import { accepts, type StateName } from './benchmark.ts';
import {
  type ColumnRoles,
  noPreparation,
  type Preparation,
  type Profile,
  quickRecipe,
  type WorkerInfo,
} from './contracts.ts';
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
import { fullRecipe, usualTraining } from './train-plan.ts';

/** Splits, seeds of the models and the bootstrap all follow from it; the same seed ranks the same. */
const seed = 7;

const draftStates = ['draft', 'profiling', 'configuring'] as const satisfies readonly StateName[];
const isDraft = ({ state }: Benchmark): boolean => draftStates.some((own) => own === state);

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

/** A new draft. One of the same person that never got a file is taken up again: windows are opened and closed at will. */
export function beginDraft(flow: Flow, { owner, channel, kind = 'compare', from }: NewDraft): Benchmark {
  const empty = from ? undefined : draftsOf(flow, owner).find(({ datasetHash }) => datasetHash === null);
  if (empty) {
    const draft = draftSchema.parse({});
    return apply(flow, empty.id, 'noted', { fields: { channel, kind, draft, viewId: null, error: null } });
  }
  const id = newBenchmarkId();
  const nowMs = flow.nowMs();
  const draft: Draft = draftSchema.parse(
    from?.plan ? { step: 'review', chosen: from.plan, readWith: from.plan.preparation } : {},
  );
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

const mostDrafts = 100;

/** Newest first. */
const draftsOf = (flow: Flow, owner: string): BenchmarkRow[] =>
  recentBenchmarks(flow.database, { states: [...draftStates], owner }, { limit: mostDrafts });

/** What this person began lately and never ran, newest first; only what holds a file is worth going on with. */
export function unfinishedDraft(flow: Flow, owner: string): Benchmark | null {
  const sinceMs = flow.nowMs() - draftDays * dayMs;
  const kept = draftsOf(flow, owner).filter((row) => row.updatedMs >= sinceMs && row.datasetHash !== null);
  const [newest] = kept.toSorted((a, b) => b.updatedMs - a.updatedMs);
  return newest ? toBenchmark(newest) : null;
}

/** Throws other unfinished drafts of the same person away: one is enough to go on with. */
export function discardOtherDrafts(flow: Flow, owner: string, keptId: string | null): void {
  for (const { id } of draftsOf(flow, owner)) if (id !== keptId) apply(flow, id, 'cancelled');
}

export interface DraftNotes {
  step?: Draft['step'];
  chosen?: Draft['chosen'];
  kind?: Benchmark['kind'];
  channel?: string;
  roles?: ColumnRoles;
  viewId?: string;
}

/** Writes down what was entered so far, and where the person stands. Without effect once the benchmark runs. */
export function noteDraft(flow: Flow, benchmarkId: string, notes: DraftNotes): Benchmark {
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  if (!accepts(benchmark.state, 'noted')) return benchmark;
  const { step, chosen, ...fields } = notes;
  const before = draftOf(benchmark);
  const draft: Draft = { ...before, step: step ?? before.step, chosen: { ...before.chosen, ...chosen } };
  return apply(flow, benchmarkId, 'noted', { fields: { ...fields, draft } });
}

const draftOf = ({ draft }: Pick<Benchmark, 'draft'>): Draft => draft ?? draftSchema.parse({});

/** A file that the person is about to give: nothing is read before they go on. */
export function keepDataset(flow: Flow, benchmarkId: string, dataset: DatasetRow): Benchmark {
  return apply(flow, benchmarkId, 'noted', {
    fields: { datasetHash: dataset.hash },
    rows: (connection) => saveDataset(connection, dataset),
  });
}

/**
 * A dataset was uploaded or picked, or is to be read with other columns or after other decisions about the data: it is
 * profiled next. What was chosen for another file, or of other columns, is forgotten; models and settings stay.
 * @param roles null: the columns are guessed
 */
export function giveDataset(
  flow: Flow,
  benchmarkId: string,
  dataset: DatasetRow,
  roles: ColumnRoles | null,
  viewId: string,
): Benchmark {
  const before = requireBenchmark(flow.database, benchmarkId);
  const draft = draftOf(before);
  const isSameData = before.datasetHash === dataset.hash && isSame(roles, before.profile?.roles ?? null);
  const { models, recipe, repeats, ratios, score, race, vote } = draft.chosen;
  const chosen: Draft['chosen'] = isSameData ? draft.chosen : { models, recipe, repeats, ratios, score, race, vote };
  const reading = { ...draft, chosen, readings: draft.readings + 1, readWith: chosen.preparation ?? noPreparation };
  return apply(flow, benchmarkId, 'dataset_given', {
    fields: {
      ...{ datasetHash: dataset.hash, roles, draft: reading, plan: null, error: null, viewId },
      // What was found before is what a person goes back to when the new decisions can't be read.
      ...(isSameData ? {} : { profile: null }),
    },
    rows: (connection) => saveDataset(connection, dataset),
  });
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Has something been decided about the data that it wasn't read with, or could it not be read with that? */
export function mustBeRead({ state, draft }: Pick<Benchmark, 'state' | 'draft'>, preparation: Preparation): boolean {
  return state === 'draft' || changesData(draft?.readWith ?? noPreparation, preparation);
}

/** Strategies don't touch the data. */
function changesData(before: Preparation, after: Preparation): boolean {
  const data = ({ languages, categories }: Preparation) => [
    languages,
    categories.flatMap(({ strategy: _, ...own }) =>
      own.rename.length + own.exclude.length > 0 || own.minExamples > 1 ? [own] : [],
    ),
  ];
  return !isSame(data(before), data(after));
}

/** What was chosen so far, with what holds where nobody chose. What is no longer in the data is left out. */
export function planOf({ kind, draft, plan, profile }: Pick<Benchmark, 'kind' | 'draft' | 'plan' | 'profile'>): Plan {
  const recipe = kind === 'train' ? fullRecipe : quickRecipe;
  const usual: Plan = {
    ...planDefaults,
    ...{ models: [], categories: [], languages: null, mode: 'multilingual', recipe, seed },
    ...plan,
  };
  const chosen = draft?.chosen ?? {};
  const ratios = chosen.ratios ?? usual.ratios;
  return {
    ...usual,
    models: chosen.models ?? usual.models,
    categories: thereIn(profile, chosen.categories ?? usual.categories),
    languages: spokenIn(profile, chosen.languages === undefined ? usual.languages : chosen.languages),
    mode: chosen.mode ?? usual.mode,
    preparation: chosen.preparation ?? usual.preparation,
    recipe: chosen.recipe ?? usual.recipe,
    repeats: chosen.repeats ?? usual.repeats,
    ...(ratios && { ratios }),
    score: chosen.score ?? usual.score,
    race: chosen.race ?? usual.race,
    vote: chosen.vote ?? usual.vote,
  };
}

function thereIn(profile: Profile | null, categories: readonly string[]): string[] {
  return categories.filter((name) => !profile || profile.categories.some((own) => own.name === name));
}

/** null, all, where none of them is left. */
function spokenIn(profile: Profile | null, languages: Plan['languages']): Plan['languages'] {
  const left = languages?.filter((code) => !profile || profile.languages.some((own) => own.code === code)) ?? [];
  return left.length > 0 ? left : null;
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
  const fields = { viewId: null, draft: null, roles: profile.roles, submittedMs: flow.nowMs() };
  if (kind === 'train') {
    const languages = [...new Set(specs.map(({ language }) => language))];
    const choices = languages.map((language) => ({ language, model: plan.models[0] ?? '' }));
    const training = { ...usualTraining, epochs: plan.recipe.epochs };
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
