/**
 * Ids of benchmarks, trials and jobs. A job's id is derived from what it is for, so adding it twice is harmless.
 * BullMQ's ids may not be integers nor hold `:`; ours are words joined by `-`, and no subject holds a `-`.
 */
import { randomBytes } from 'node:crypto';
import type { Benchmark, Trial } from './records.ts';

export const newBenchmarkId = (): string => `b${randomBytes(6).toString('hex')}`;
export const trialIdAt = (benchmarkId: string, position: number): string => `${benchmarkId}t${position}`;

export const jobIds = {
  /** one for each time the file was given to be read; what is noted in the draft meanwhile changes nothing about it */
  profile: ({ id, draft }: Pick<Benchmark, 'id' | 'draft'>): string => `profile-${id}-reading${draft?.readings ?? 0}`,
  /** one for each leg of a race (outside a race there is only the first), and for each time it is tried again */
  trial: ({ id, rung, attempt }: Pick<Trial, 'id' | 'rung' | 'attempt'>): string =>
    `trial-${id}${rung === 0 ? '' : `-${rung}`}${attempt === 0 ? '' : `-again${attempt}`}`,
  pilot: (benchmarkId: string): string => `pilot-${benchmarkId}`,
  isPilot: (jobId: string): boolean => jobId.startsWith('pilot-'),
  train: ({ id, training }: Pick<Benchmark, 'id' | 'training'>): string => {
    const attempt = training?.attempt ?? 0;
    return `train-${id}${attempt === 0 ? '' : `-again${attempt}`}`;
  },
};

/** The benchmark or trial that a job id is for. */
export const subjectOf = (jobId: string): string => jobId.split('-')[1] ?? '';
