/** The worker's side of a job's process: starts it, passes progress on, ends it on an abort. */
import { type ChildProcess, fork } from 'node:child_process';
import { UnrecoverableError } from 'bullmq';
import type { EngineSettings, Progress } from '../flows/contracts.ts';
import { fromJobSchema, type ToJob } from './job-messages.ts';

export interface JobRun {
  kind: Extract<ToJob, { type: 'run' }>['kind'];
  artifactUrl: string;
  settings: EngineSettings;
  payload: unknown;
  signal: AbortSignal | undefined;
  onProgress: (progress: Progress) => void;
}

/** After an abort a job has this long to end by itself (within one training step). */
const graceMs = 2000;

/**
 * Runs one job in a process of its own.
 * @returns what the job returned
 * @throws UnrecoverableError when trying again would give the same; Error when the process died
 */
export function runInProcess({ kind, artifactUrl, settings, payload, signal, onProgress }: JobRun): Promise<unknown> {
  const child = fork(new URL('./job-process.ts', import.meta.url), [], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const tell = (message: ToJob): void => {
    child.send(message, () => {
      // A process that is gone already reports itself through its exit.
    });
  };
  let killer: NodeJS.Timeout | undefined;
  const abort = (): void => {
    tell({ type: 'abort', reason: abortReason(signal) });
    killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  };
  return outcomeOf(child, kind, signal, onProgress, () => {
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
    tell({ type: 'run', kind, artifactUrl, settings, payload });
  }).finally(() => {
    clearTimeout(killer);
    signal?.removeEventListener('abort', abort);
  });
}

function outcomeOf(
  child: ChildProcess,
  kind: string,
  signal: AbortSignal | undefined,
  onProgress: (progress: Progress) => void,
  start: () => void,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.on('message', (raw) => {
      const message = fromJobSchema.parse(raw);
      if (message.type === 'progress') onProgress(message.progress);
      else if (message.type === 'result') resolve(message.result);
      else reject(message.final ? new UnrecoverableError(message.reason) : new Error(message.reason));
    });
    child.on('error', reject);
    child.on('exit', (code, exitSignal) => {
      if (signal?.aborted) reject(new UnrecoverableError(abortReason(signal)));
      else reject(new Error(`The process of a ${kind} job ended early (${exitSignal ?? `exit code ${code}`})`));
    });
    start();
  });
}

function abortReason(signal: AbortSignal | undefined): string {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason.message : String(reason ?? 'cancelled');
}
