/** Trials that failed, tried again: afterwards everything is ranked anew, and the vote opens again. */
import { UserError } from '../errors.ts';
import { changeTrial } from '../storage/benchmark-queries.ts';
import { accepts } from './benchmark.ts';
import { apply, type Flow } from './flow.ts';
import { type Benchmark, getTrials, requireBenchmark, type Trial } from './records.ts';

/** Those that can be tried again; none after the decision. */
export function failedTrials(benchmark: Pick<Benchmark, 'state' | 'decision'>, trials: readonly Trial[]): Trial[] {
  if (!accepts(benchmark.state, 'retried') || benchmark.decision !== null) return [];
  return trials.filter(({ status }) => status === 'failed');
}

/**
 * Queues a benchmark's failed trials again, each under a job id of its own. They run to their end: a race can't wait for
 * them. Votes stay; those for models that are no longer among the first don't count.
 * @throws UserError when there is nothing to try again
 */
export function retryFailedTrials(flow: Flow, benchmarkId: string): Benchmark {
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  const failed = failedTrials(benchmark, getTrials(flow.database, benchmarkId));
  if (failed.length === 0)
    throw new UserError('There is no failed trial left to try again.', { code: 'nothing_to_retry' });
  return apply(flow, benchmarkId, 'retried', {
    fields: { error: null, ballot: null },
    rows: (connection) => {
      for (const { id, attempt } of failed)
        changeTrial(connection, id, {
          ...{ status: 'queued', attempt: attempt + 1, error: null },
          ...{ progress: null, rung: 0, race: null },
        });
    },
  });
}
