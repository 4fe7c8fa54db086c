/**
 * What a job's progress or end means for its benchmark. Every function here may be called twice with the same news, or
 * with news that came too late: then it changes nothing.
 */
import type { FinalError, UserError } from '../errors.ts';
import { changeTrial } from '../storage/benchmark-queries.ts';
import { accepts } from './benchmark.ts';
import { type Profile, progressSchema, type TrainJobResult, type TrialJobResult } from './contracts.ts';
import { apply, type Flow } from './flow.ts';
import { jobIds, subjectOf } from './job-ids.ts';
import { type Benchmark, getBenchmark, getTrial, getTrials } from './records.ts';

type Failure = UserError | FinalError;
const isFailure = (outcome: object): outcome is Failure => outcome instanceof Error;

/** @returns the benchmark when this news changed it */
export function profileEnded(flow: Flow, jobId: string, outcome: Profile | Failure): Benchmark | null {
  const benchmark = getBenchmark(flow.database, subjectOf(jobId));
  if (benchmark?.state !== 'profiling' || jobIds.profile(benchmark) !== jobId) return null;
  if (isFailure(outcome)) return apply(flow, benchmark.id, 'profile_failed', { fields: { error: outcome.message } });
  return apply(flow, benchmark.id, 'profiled', { fields: { profile: outcome, roles: outcome.roles, error: null } });
}

export function trialProgressed(flow: Flow, trialId: string, data: unknown): void {
  const progress = progressSchema.parse(data);
  const trial = getTrial(flow.database, trialId);
  const benchmark = trial && getBenchmark(flow.database, trial.benchmarkId);
  if (!trial || !benchmark || !accepts(benchmark.state, 'trial_progressed')) return;
  if (trial.status !== 'queued' && trial.status !== 'running') return;
  apply(flow, benchmark.id, 'trial_progressed', {
    rows: (connection) => changeTrial(connection, trialId, { status: 'running', progress }),
  });
}

export function trialEnded(flow: Flow, trialId: string, outcome: TrialJobResult | Failure): void {
  const trial = getTrial(flow.database, trialId);
  const benchmark = trial && getBenchmark(flow.database, trial.benchmarkId);
  if (!trial || !benchmark || !accepts(benchmark.state, 'trial_finished')) return;
  if (trial.status !== 'queued' && trial.status !== 'running') return;
  const others = getTrials(flow.database, benchmark.id).filter((other) => other.id !== trialId);
  const open = others.some((other) => other.status === 'queued' || other.status === 'running');
  const changes = isFailure(outcome)
    ? { status: 'failed', error: outcome.message }
    : { status: 'done', result: outcome.result, predictionsKey: outcome.predictionsKey };
  apply(flow, benchmark.id, open ? 'trial_finished' : 'last_trial_finished', {
    rows: (connection) => changeTrial(connection, trialId, { ...changes, progress: null }),
  });
}

export function trainingProgressed(flow: Flow, benchmarkId: string, data: unknown): void {
  const progress = progressSchema.parse(data);
  const benchmark = getBenchmark(flow.database, benchmarkId);
  if (!benchmark || !accepts(benchmark.state, 'train_progressed')) return;
  apply(flow, benchmarkId, 'train_progressed', { fields: { training: { progress, result: null } } });
}

export function trainingEnded(flow: Flow, benchmarkId: string, outcome: TrainJobResult | Failure): void {
  const benchmark = getBenchmark(flow.database, benchmarkId);
  if (!benchmark || !accepts(benchmark.state, 'trained')) return;
  if (isFailure(outcome)) apply(flow, benchmarkId, 'train_failed', { fields: { error: outcome.message } });
  else apply(flow, benchmarkId, 'trained', { fields: { training: { progress: null, result: outcome } } });
}
