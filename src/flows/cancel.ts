/** Cancelling: who may, when, and that it is done. The command, the home tab and the thread ask here. */
import { UserError } from '../errors.ts';
import { accepts } from './benchmark.ts';
import { apply, type Flow } from './flow.ts';
import { type Benchmark, requireBenchmark } from './records.ts';

interface Person {
  user: string;
  /** of the Slack workspace */
  isAdmin: boolean;
}

const isTheirs = ({ owner }: Benchmark, { user, isAdmin }: Person): boolean => user === owner || isAdmin;

/** Is there something to cancel, and is it this person's business? */
export const mayCancel = (benchmark: Benchmark, person: Person): boolean =>
  accepts(benchmark.state, 'cancelled') && isTheirs(benchmark, person);

/** @throws UserError when it isn't, or there is nothing left */
export function checkMayCancel(benchmark: Benchmark, person: Person): void {
  if (!isTheirs(benchmark, person))
    throw new UserError('Only the person who started this benchmark, or an admin of the workspace, can cancel it.', {
      code: 'not_canceller',
    });
  if (!accepts(benchmark.state, 'cancelled'))
    throw new UserError('There is nothing left to cancel.', { code: 'nothing_to_cancel' });
}

/** @throws UserError as checkMayCancel */
export function cancelBenchmark(flow: Flow, benchmarkId: string, person: Person): Benchmark {
  checkMayCancel(requireBenchmark(flow.database, benchmarkId), person);
  return apply(flow, benchmarkId, 'cancelled');
}
