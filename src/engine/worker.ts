/**
 * The worker: takes jobs from the queues and runs each in a process of its own. It needs a Redis URL and an artifact
 * store, nothing else; there may be many, on many hosts.
 */
import os from 'node:os';
import { type ConnectionOptions, DelayedError, type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import {
  cancelChannel,
  decodeFailure,
  type EngineSettings,
  type Progress,
  type ProviderName,
  queues,
} from '../flows/contracts.ts';
import { type JobRun, runInProcess } from './job-runner.ts';
import { machineSpeed } from './machine-speed.ts';
import { deviceText, withProvider } from './onnx/providers.ts';
import { announce, hasWorker } from './presence.ts';

export interface WorkerOptions {
  connection: ConnectionOptions;
  /** its own connection, for subscribing to cancellations */
  subscriber: Redis;
  /** for announcing itself */
  redis: Redis;
  artifactUrl: string;
  settings: EngineSettings;
  log: (line: string) => void;
}

export interface RunningWorker {
  close: () => Promise<void>;
}

/**
 * A killed worker's job is given out again when its lock runs out. Jobs run in processes of their own, so this one is
 * never too busy to renew its locks and a short life is safe.
 */
const lockMs = 10_000;
const stalledCheckMs = 5_000;
/** A job whose worker was killed this often is given up: it probably kills them. */
const stallsAllowed = 3;
const progressEveryMs = 700;
/** After this a job is offered again that waits for another host. */
const otherHostMs = 1000;

/** @throws UserError when the provider that is set doesn't start on this machine */
export async function startWorker(given: WorkerOptions): Promise<RunningWorker> {
  // tried once, not by each job
  const settings = await withProvider(given.settings, given.log);
  // before there is work: beside a trial it would measure what that leaves
  const speed = await machineSpeed(settings, given.log);
  const options = { ...given, settings };
  const running = new Set<string>();
  let stopping = false;
  const workers = (['profile', 'trial', 'train', 'classify'] as const).map((kind) => {
    const worker = new Worker(
      queues[kind].name,
      async (job: Job, token?: string, signal?: AbortSignal) => {
        if (kind === 'trial' && (await isForAnother(options.redis, job))) {
          await job.moveToDelayed(Date.now() + otherHostMs, token);
          throw new DelayedError();
        }
        // a classification is over before anybody could read that it runs
        if (kind !== 'classify') running.add(job.id ?? '');
        try {
          return await runJob(options, job.name === 'pilot' ? 'pilot' : kind, job, signal);
        } catch (error) {
          if (!stopping) throw error;
          // Handed back, not failed: the next worker starts it anew.
          await job.moveToWait(token);
          throw new WaitingError();
        } finally {
          running.delete(job.id ?? '');
        }
      },
      {
        connection: options.connection,
        concurrency: 1,
        lockDuration: lockMs,
        stalledInterval: stalledCheckMs,
        maxStalledCount: stallsAllowed,
      },
    );
    worker.on('error', (error) => options.log(`queue ${kind}: ${error.message}`));
    worker.on('failed', (job, error) =>
      options.log(`${job?.id ?? kind} failed: ${decodeFailure(error.message).message}`),
    );
    worker.on('completed', (job) => options.log(`${job.id} done`));
    return worker;
  });
  options.subscriber.on('message', (_channel: string, jobId: string) => {
    for (const worker of workers) worker.cancelJob(jobId, 'cancelled by the team');
  });
  await options.subscriber.subscribe(cancelChannel);
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  const presence = announce(options.redis, { device: deviceText(settings.provider), speed }, () => [...running]);
  return {
    close: async () => {
      stopping = true;
      for (const worker of workers) worker.cancelAllJobs('the worker stops');
      await Promise.all([presence.stop(), ...workers.map((worker) => worker.close())]);
      await options.subscriber.unsubscribe(cancelChannel);
    },
  };
}

/** A training that paused on another host: anew, it would take its epochs before a second time. */
async function isForAnother(redis: Redis, { data }: Job): Promise<boolean> {
  const parsed = queues.trial.payload.safeParse(data);
  const host = parsed.success ? parsed.data.checkpointHost : null;
  return host !== null && host !== os.hostname() && hasWorker(redis, host);
}

async function runJob(
  options: WorkerOptions & { settings: { provider: ProviderName } },
  kind: JobRun['kind'],
  job: Job,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const payload = queues[kind].payload.safeParse(job.data);
  if (!payload.success)
    throw new UnrecoverableError(`Job ${job.id} holds a malformed payload: ${payload.error.message}`);
  const { artifactUrl, settings } = options;
  const who = { worker: os.hostname(), device: deviceText(settings.provider) };
  let reportedMs = -Infinity;
  const onProgress = (progress: Progress): void => {
    const nowMs = performance.now();
    if (nowMs - reportedMs < progressEveryMs) return;
    reportedMs = nowMs;
    job
      .updateProgress({ ...progress, ...who })
      .catch((error: Error) => options.log(`progress of ${job.id}: ${error.message}`));
  };
  return runInProcess({ kind, artifactUrl, settings, payload: payload.data, signal, onProgress });
}
