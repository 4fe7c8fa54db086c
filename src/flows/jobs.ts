/**
 * The bot's side of the queues: adds jobs under derived ids, hears of their progress and their end, and after a start
 * asks for what happened meanwhile. The worker's side is engine/worker.ts.
 */
import { type ConnectionOptions, type Job, Queue, QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import { RetryableError } from '../errors.ts';
import { benchmarksInState, findDataset } from '../storage/benchmark-queries.ts';
import { type Classify, connectClassify } from './classify.ts';
import {
  cancelChannel,
  type DatasetRef,
  decodeFailure,
  noPreparation,
  type PilotJob,
  type Preparation,
  type ProfileJob,
  queues,
  type TrainJob,
  type TrialJob,
} from './contracts.ts';
import type { Flow } from './flow.ts';
import { jobIds, subjectOf } from './job-ids.ts';
import * as outcomes from './outcomes.ts';
import { isRaced, raceRungs } from './race.ts';
import { type Benchmark, getTrials, requireBenchmark, type Trial } from './records.ts';
import { trainSpecs, usualTraining } from './train-plan.ts';

/** Those whose jobs change a benchmark. */
type QueueKind = Exclude<keyof typeof queues, 'classify'>;

export interface Jobs {
  queueProfile: (benchmarkId: string) => Promise<void>;
  queueTrials: (benchmarkId: string) => Promise<void>;
  queueTraining: (benchmarkId: string) => Promise<void>;
  cancelJobs: (benchmarkId: string) => Promise<void>;
  /**
   * What the benchmark's trained models say of each text. @throws UserError (`no_worker_answered`) after `timeoutMs`
   */
  classify: Classify;
  /** settles everything that ended while nobody listened, and queues again what Redis has lost */
  reconcile: () => Promise<void>;
  close: () => Promise<void>;
}

const keptSeconds = 14 * 24 * 3600;
const jobOptions = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 1000 },
  removeOnComplete: { age: keptSeconds },
  removeOnFail: { age: keptSeconds },
} as const;

export interface JobsOptions {
  flow: Flow;
  connection: ConnectionOptions;
  /** for publishing cancellations */
  redis: Redis;
  onProfiled: (benchmark: Benchmark) => void;
  log: (line: string) => void;
}

export async function connectJobs(options: JobsOptions): Promise<Jobs> {
  const { flow, connection, log } = options;
  const opened = {
    profile: new Queue(queues.profile.name, { connection }),
    trial: new Queue(queues.trial.name, { connection }),
    pilot: new Queue(queues.pilot.name, { connection }),
    train: new Queue(queues.train.name, { connection }),
  };
  const listeners: QueueEvents[] = [];
  const settle = (kind: QueueKind, jobId: string): Promise<void> => settleJob(options, kind, opened[kind], jobId);
  const listen = async (kind: Exclude<QueueKind, 'pilot'>): Promise<void> => {
    const events = new QueueEvents(queues[kind].name, { connection });
    // the trials' queue has pilots too
    const kindOf = (jobId: string): QueueKind => (jobIds.isPilot(jobId) ? 'pilot' : kind);
    const guarded = (work: () => Promise<void> | void) => {
      Promise.resolve()
        .then(work)
        .catch((error: unknown) => log(`${kind} event: ${error instanceof Error ? error.stack : String(error)}`));
    };
    events.on('progress', ({ jobId, data }) => guarded(() => noteProgress(flow, kindOf(jobId), jobId, data)));
    events.on('completed', ({ jobId }) => guarded(() => settle(kindOf(jobId), jobId)));
    events.on('failed', ({ jobId }) => guarded(() => settle(kindOf(jobId), jobId)));
    events.on('error', (error) => log(`queue ${kind}: ${error.message}`));
    listeners.push(events);
    await events.waitUntilReady();
  };
  for (const queue of Object.values(opened)) queue.on('error', (error) => log(`queue ${queue.name}: ${error.message}`));
  const classification = await connectClassify({ connection, redis: options.redis, log });
  await Promise.all([listen('profile'), listen('trial'), listen('train')]);

  /** Adds a job; one that ended long ago under this id is settled instead. */
  const add = async (
    kind: QueueKind,
    jobId: string,
    payload: ProfileJob | PilotJob | TrialJob | TrainJob,
    more: { lifo?: boolean; attempts?: number } = {},
  ): Promise<void> => {
    await opened[kind].add(kind, payload, { ...jobOptions, ...more, jobId });
    await settle(kind, jobId);
  };

  const queueProfile = async (benchmarkId: string): Promise<void> => {
    const benchmark = requireBenchmark(flow.database, benchmarkId);
    if (benchmark.state !== 'profiling') return;
    await add('profile', jobIds.profile(benchmark), {
      dataset: datasetOf(flow, benchmark),
      roles: benchmark.roles,
      preparation: preparationOf(benchmark),
    });
  };
  const queueTrials = async (benchmarkId: string): Promise<void> => {
    const benchmark = requireBenchmark(flow.database, benchmarkId);
    if (benchmark.state !== 'queued' && benchmark.state !== 'running') return;
    await queuePilot(benchmark);
    const dataset = datasetOf(flow, benchmark);
    const trials = getTrials(flow.database, benchmarkId);
    const rungs = benchmark.plan && isRaced(benchmark.plan) ? raceRungs(benchmark.plan.recipe.epochs) : [];
    const dropped = trials.flatMap(({ id, status }) => (status === 'dropped' ? [id] : []));
    for (const trial of trials) {
      if (!isOpen(trial)) continue;
      const payload = {
        benchmarkId,
        trialId: trial.id,
        dataset,
        roles: requireRoles(benchmark),
        preparation: preparationOf(benchmark),
        spec: trial.spec,
        untilEpoch: trial.attempt > 0 ? null : (rungs[trial.rung] ?? null),
        checkpointHost: trial.race?.host ?? null,
        dropped,
      };
      await add('trial', jobIds.trial(trial), payload);
    }
  };
  /** Before the trials: the next worker that is free takes it. Without it the first estimate stands, so it is tried once. */
  const queuePilot = async (benchmark: Benchmark): Promise<void> => {
    const { estimate } = benchmark;
    if (!estimate || estimate.afterPilot !== null || estimate.toPilot.length === 0) return;
    const specs = getTrials(flow.database, benchmark.id).map(({ spec }) => spec);
    const payload = {
      benchmarkId: benchmark.id,
      dataset: datasetOf(flow, benchmark),
      roles: requireRoles(benchmark),
      preparation: preparationOf(benchmark),
      specs: estimate.toPilot.flatMap((model) => specs.find((spec) => spec.model === model) ?? []),
    };
    await add('pilot', jobIds.pilot(benchmark.id), payload, { lifo: true, attempts: 1 });
  };
  const queueTraining = async (benchmarkId: string): Promise<void> => {
    const benchmark = requireBenchmark(flow.database, benchmarkId);
    if (benchmark.state !== 'decided' && benchmark.state !== 'training') return;
    const payload = {
      benchmarkId,
      dataset: datasetOf(flow, benchmark),
      roles: requireRoles(benchmark),
      preparation: preparationOf(benchmark),
      specs: trainSpecs(benchmark),
      secondPass: (benchmark.decision?.training ?? usualTraining).secondPass,
    };
    await add('train', jobIds.train(benchmark), payload);
  };
  const cancelJobs = async (benchmarkId: string): Promise<void> => {
    const ids = [
      jobIds.pilot(benchmarkId),
      ...getTrials(flow.database, benchmarkId).map((trial) => jobIds.trial(trial)),
    ];
    for (const id of ids) await cancelJob(opened.trial, options.redis, id);
    await cancelJob(opened.train, options.redis, jobIds.train(requireBenchmark(flow.database, benchmarkId)));
  };
  const reconcile = async (): Promise<void> => {
    const waiting = { profiling: queueProfile, queued: queueTrials, running: queueTrials };
    const training = { decided: queueTraining, training: queueTraining };
    for (const [state, queueAgain] of Object.entries({ ...waiting, ...training })) {
      for (const row of benchmarksInState(flow.database, [state])) await queueAgain(row.id);
    }
  };
  const close = async (): Promise<void> => {
    await Promise.all([classification, ...listeners, ...Object.values(opened)].map((part) => part.close()));
  };
  const { classify } = classification;
  return { queueProfile, queueTrials, queueTraining, cancelJobs, classify, reconcile, close };
}

/** Writes down how a job ended, if it has. Safe to call at any time, any number of times. */
async function settleJob(options: JobsOptions, kind: QueueKind, queue: Queue, jobId: string): Promise<void> {
  const job: Job | undefined = await queue.getJob(jobId);
  if (!job) return;
  const state = await job.getState();
  if (state !== 'completed' && state !== 'failed') return;
  const failure = state === 'failed' ? decodeFailure(job.failedReason ?? 'no reason given') : null;
  const value: unknown = job.returnvalue;
  if (kind === 'profile') {
    const benchmark = outcomes.profileEnded(options.flow, jobId, failure ?? queues.profile.result.parse(value));
    if (benchmark) options.onProfiled(benchmark);
  } else if (kind === 'trial') {
    outcomes.trialEnded(options.flow, jobId, failure ?? queues.trial.result.parse(value));
  } else if (kind === 'pilot') {
    outcomes.pilotEnded(options.flow, subjectOf(jobId), failure ?? queues.pilot.result.parse(value));
  } else {
    outcomes.trainingEnded(options.flow, jobId, failure ?? queues.train.result.parse(value));
  }
}

function noteProgress(flow: Flow, kind: QueueKind, jobId: string, data: unknown): void {
  if (kind === 'trial') outcomes.trialProgressed(flow, jobId, data);
  if (kind === 'pilot') outcomes.pilotProgressed(flow, subjectOf(jobId), data);
  if (kind === 'train') outcomes.trainingProgressed(flow, jobId, data);
}

/**
 * BullMQ's cancelJob only reaches a job in its own process: a waiting job is removed, a running one is told to every
 * worker through Redis.
 */
async function cancelJob(queue: Queue, redis: Redis, jobId: string): Promise<void> {
  const job = await queue.getJob(jobId);
  if (!job) return;
  if (await job.isActive()) {
    await redis.publish(cancelChannel, jobId);
    return;
  }
  try {
    await job.remove();
  } catch (error) {
    // A worker took it between the look and the removal: the next try finds it active.
    throw new RetryableError(`Job ${jobId} could not be removed`, { cause: error });
  }
}

const isOpen = (trial: Trial): boolean => trial.status === 'queued' || trial.status === 'running';

function datasetOf(flow: Flow, benchmark: Benchmark): DatasetRef {
  const row = benchmark.datasetHash === null ? null : findDataset(flow.database, benchmark.datasetHash);
  if (!row) throw new RetryableError(`Benchmark ${benchmark.id} has no dataset yet`);
  return { datasetHash: row.hash, artifactKey: row.artifactKey, fileName: row.fileName };
}

const preparationOf = ({ plan, draft }: Benchmark): Preparation =>
  plan?.preparation ?? draft?.chosen.preparation ?? noPreparation;

function requireRoles(benchmark: Benchmark): NonNullable<Benchmark['roles']> {
  if (!benchmark.roles) throw new RetryableError(`Benchmark ${benchmark.id} has no columns chosen yet`);
  return benchmark.roles;
}
