/** What the wizard's choices do to a benchmark: a draft, its dataset, its plan and the trials that follow from it. */
import { UserError } from '../errors.ts';
import { type DatasetRow, insertBenchmark, insertTrials, saveDataset } from '../storage/benchmark-queries.ts';
import type { ColumnRoles, WorkerInfo } from './contracts.ts';
import { apply, type Flow } from './flow.ts';
import { newBenchmarkId, trialIdAt } from './job-ids.ts';
import { estimatePlan } from './past-runs.ts';
import { planTrials } from './plan.ts';
import { type Benchmark, type Plan, requireBenchmark } from './records.ts';

/** A new draft of one person in one channel. */
export function beginDraft(flow: Flow, owner: string, channel: string): Benchmark {
  const id = newBenchmarkId();
  const nowMs = flow.nowMs();
  insertBenchmark(flow.database, {
    id,
    kind: 'compare',
    state: 'draft',
    version: 1,
    channel,
    owner,
    viewId: null,
    datasetHash: null,
    roles: null,
    profile: null,
    draft: null,
    plan: null,
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

/**
 * Keeps what was chosen, to be reviewed, with what can be said of its time.
 * @param workers those that are there
 * @throws UserError when it can't be run
 */
export function keepPlan(flow: Flow, benchmarkId: string, plan: Plan, workers: readonly WorkerInfo[] = []): Benchmark {
  const { profile } = requireBenchmark(flow.database, benchmarkId);
  if (!profile) throw new UserError('The file is still being read; try again in a moment.');
  if (new Set(plan.models).size < 2) throw new UserError('Choose at least two models: one alone ranks nothing.');
  const estimate = estimatePlan(flow.database, plan, profile, workers);
  return apply(flow, benchmarkId, 'planned', { fields: { plan, estimate } });
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
          rung: 0,
          attempt: 0,
          race: null,
          error: null,
        })),
      ),
  });
}
