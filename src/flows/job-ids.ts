/**
 * Ids of benchmarks, trials and jobs. A job's id is derived from what it is for, so adding it twice is harmless.
 * BullMQ's ids may not be integers nor hold `:`; ours are words joined by `-`, and no subject holds a `-`.
 */
import { randomBytes } from 'node:crypto';
import type { Benchmark, Trial } from './records.ts';

export const newBenchmarkId = (): string => `b${randomBytes(6).toString('hex')}`;
export const trialIdAt = (benchmarkId: string, position: number): string => `${benchmarkId}t${position}`;

export const jobIds = {
  /** one for each time the benchmark came to be profiled */
  profile: (benchmark: Pick<Benchmark, 'id' | 'version'>): string => `profile-${benchmark.id}-${benchmark.version}`,
  /** one for each leg of a race; outside a race there is only the first */
  trial: ({ id, rung }: Pick<Trial, 'id' | 'rung'>): string => `trial-${id}${rung === 0 ? '' : `-${rung}`}`,
  pilot: (benchmarkId: string): string => `pilot-${benchmarkId}`,
  isPilot: (jobId: string): boolean => jobId.startsWith('pilot-'),
  train: (benchmarkId: string): string => `train-${benchmarkId}`,
};

/** The benchmark or trial that a job id is for. */
export const subjectOf = (jobId: string): string => jobId.split('-')[1] ?? '';
