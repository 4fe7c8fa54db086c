/**
 * What a job's progress or end means for its benchmark. Every function here may be called twice with the same news, or
 * with news that came too late: then it changes nothing.
 */
import type { FinalError, UserError } from '../errors.ts';
import { changeTrial } from '../storage/benchmark-queries.ts';
import { accepts } from './benchmark.ts';
import {
  type PilotJobResult,
  type Profile,
  type Progress,
  progressSchema,
  type TrainJobResult,
  type TrialJobResult,
} from './contracts.ts';
import { estimateTrials } from './estimate.ts';
import { apply, type Flow } from './flow.ts';
import { jobIds, subjectOf } from './job-ids.ts';
import { knownOf } from './past-runs.ts';
import { planTrials } from './plan.ts';
import { type Benchmark, type BenchmarkEstimate, getBenchmark, getTrial, getTrials, type Trial } from './records.ts';

type Failure = UserError | FinalError;
const isFailure = (outcome: object): outcome is Failure => outcome instanceof Error;

/** @returns the benchmark when this news changed it */
export function profileEnded(flow: Flow, jobId: string, outcome: Profile | Failure): Benchmark | null {
  const benchmark = getBenchmark(flow.database, subjectOf(jobId));
  if (benchmark?.state !== 'profiling' || jobIds.profile(benchmark) !== jobId) return null;
  if (isFailure(outcome)) return apply(flow, benchmark.id, 'profile_failed', { fields: { error: outcome.message } });
  return apply(flow, benchmark.id, 'profiled', { fields: { profile: outcome, roles: outcome.roles, error: null } });
}

export function trialProgressed(flow: Flow, jobId: string, data: unknown): void {
  const progress = progressSchema.parse(data);
  const trial = getTrial(flow.database, subjectOf(jobId));
  const benchmark = trial && getBenchmark(flow.database, trial.benchmarkId);
  if (!trial || !benchmark || !accepts(benchmark.state, 'trial_progressed')) return;
  if (!isUnderWay(trial, jobId)) return;
  const { estimate } = benchmark;
  const begins = estimate && estimate.startedMs === null;
  apply(flow, benchmark.id, 'trial_progressed', {
    fields: begins ? { estimate: { ...estimate, startedMs: flow.nowMs() } } : {},
    rows: (connection) => changeTrial(connection, trial.id, { status: 'running', progress }),
  });
}

/** It may have paused only: then it ends when the race has decided about its rung, and run its last leg. */
export function trialEnded(flow: Flow, jobId: string, outcome: TrialJobResult | Failure): void {
  const trial = getTrial(flow.database, subjectOf(jobId));
  const benchmark = trial && getBenchmark(flow.database, trial.benchmarkId);
  if (!trial || !benchmark || !accepts(benchmark.state, 'trial_finished')) return;
  if (!isUnderWay(trial, jobId)) return;
  const changes = isFailure(outcome)
    ? { status: 'failed' as const, error: outcome.message, progress: null }
    : changesOf(outcome);
  const trials = getTrials(flow.database, benchmark.id);
  const statuses = trials.map(({ id, status }) => (id === trial.id ? changes.status : status));
  const event = statuses.some((status) => status === 'queued' || status === 'running')
    ? 'trial_finished'
    : statuses.includes('paused')
      ? 'rung_finished'
      : 'last_trial_finished';
  apply(flow, benchmark.id, event, {
    fields: event === 'last_trial_finished' ? timeTaken(benchmark, trials, flow.nowMs()) : {},
    rows: (connection) => changeTrial(connection, trial.id, changes),
  });
}

/** One that was raced, or partly tried again, says nothing about its estimate. */
function timeTaken({ estimate }: Benchmark, trials: Trial[], nowMs: number): { estimate?: BenchmarkEstimate } {
  if (!estimate || estimate.startedMs === null || estimate.before.atMost) return {};
  if (trials.some(({ attempt }) => attempt > 0)) return {};
  return { estimate: { ...estimate, actualSeconds: (nowMs - estimate.startedMs) / 1000 } };
}

/** A few steps of the long models have been timed. A pilot that failed changes nothing: the first estimate stands. */
export function pilotEnded(flow: Flow, benchmarkId: string, outcome: PilotJobResult | Failure): void {
  const benchmark = getBenchmark(flow.database, benchmarkId);
  if (!benchmark?.plan || !benchmark.profile || !accepts(benchmark.state, 'piloted')) return;
  const { estimate } = benchmark;
  if (!estimate || estimate.afterPilot !== null) return;
  if (isFailure(outcome) || outcome.figures.length === 0) {
    if (estimate.pilotNote !== null)
      apply(flow, benchmarkId, 'piloted', { fields: { estimate: { ...estimate, pilotNote: null } } });
    return;
  }
  const known = knownOf(flow.database, benchmark.plan, benchmark.profile, estimate.machines, outcome.figures);
  const afterPilot = estimateTrials(planTrials(benchmark.plan, benchmark.profile), benchmark.profile, known);
  apply(flow, benchmarkId, 'piloted', { fields: { estimate: { ...estimate, afterPilot, pilotNote: null } } });
}

/** Keeps what a pilot waits for: what it downloads, the trial that follows finds there. */
export function pilotProgressed(flow: Flow, benchmarkId: string, data: unknown): void {
  const { stage, note } = progressSchema.parse(data);
  const benchmark = getBenchmark(flow.database, benchmarkId);
  if (!benchmark?.estimate || !accepts(benchmark.state, 'piloted')) return;
  const { estimate } = benchmark;
  const told = (stage === 'preparing' ? note : null) ?? estimate.pilotNote ?? '';
  if (estimate.afterPilot !== null || told === estimate.pilotNote) return;
  apply(flow, benchmarkId, 'piloted', { fields: { estimate: { ...estimate, pilotNote: told } } });
}

/** News of a leg that is over, or of a trial that has ended, comes too late. */
function isUnderWay(trial: Trial, jobId: string): boolean {
  return (trial.status === 'queued' || trial.status === 'running') && jobIds.trial(trial) === jobId;
}

function changesOf({ result, predictionsKey, rung }: TrialJobResult) {
  const race = rung && { race: { ...rung, chance: null } };
  if (result) return { status: 'done' as const, result, predictionsKey, progress: null, ...race };
  const { epoch, epochs } = rung ?? { epoch: 0, epochs: 1 };
  const progress: Progress = { stage: 'training', share: epoch / epochs, epoch, epochs, note: null };
  return { status: 'paused' as const, progress, ...race };
}

export function trainingProgressed(flow: Flow, jobId: string, data: unknown): void {
  const progress = progressSchema.parse(data);
  const benchmark = getBenchmark(flow.database, subjectOf(jobId));
  if (!benchmark || !accepts(benchmark.state, 'train_progressed') || jobIds.train(benchmark) !== jobId) return;
  apply(flow, benchmark.id, 'train_progressed', {
    fields: { training: { progress, result: null, attempt: benchmark.training?.attempt ?? 0 } },
  });
}

/** News of a try that failed before come too late once it is tried again. */
export function trainingEnded(flow: Flow, jobId: string, outcome: TrainJobResult | Failure): void {
  const benchmark = getBenchmark(flow.database, subjectOf(jobId));
  if (!benchmark || !accepts(benchmark.state, 'trained') || jobIds.train(benchmark) !== jobId) return;
  if (isFailure(outcome)) apply(flow, benchmark.id, 'train_failed', { fields: { error: outcome.message } });
  else
    apply(flow, benchmark.id, 'trained', {
      fields: { training: { progress: null, result: outcome, attempt: benchmark.training?.attempt ?? 0 } },
    });
}
