/** The decision that ends a benchmark: the top-ranked, another by hand, none, or whatever the vote says. */
import { UserError } from '../errors.ts';
import { accepts } from './benchmark.ts';
import { apply, type Flow } from './flow.ts';
import { type Ballot, type Benchmark, type Decision, requireBenchmark } from './records.ts';

/** Is this person asked what becomes of it? */
export const mayDecide = ({ owner, plan }: Benchmark, user: string): boolean =>
  user === owner || (plan?.vote.deciders.includes(user) ?? false);

/** What was chosen, and how it is to be trained. `choices` are for `manual` only. */
export type Wish = Pick<Decision, 'kind' | 'reason' | 'training'> & { choices?: Decision['choices'] };

/**
 * Ends the vote, if it is still open, with a decision.
 * @throws UserError when it is too late, or somebody tries who isn't asked
 */
export function decide(flow: Flow, benchmarkId: string, by: string, wish: Wish): Benchmark {
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  checkMayDecide(benchmark, by);
  const { kind, reason, training } = wish;
  const choices = kind === 'top' ? topOfEachTable(benchmark) : kind === 'manual' ? (wish.choices ?? []) : [];
  if (kind === 'manual') checkManual(benchmark, choices);
  const decision: Decision = { kind, choices, by, reason, atMs: flow.nowMs(), training };
  return apply(flow, benchmarkId, kind === 'stop' ? 'stopped' : 'decided', {
    fields: { decision, ballot: closedBy(benchmark.ballot, by, flow.nowMs()) },
  });
}

/** @throws UserError as `decide` would */
export function checkMayDecide(benchmark: Benchmark, user: string): void {
  if (!accepts(benchmark.state, 'decided'))
    throw new UserError('The decision has been made already.', { code: 'decided_already' });
  if (!mayDecide(benchmark, user))
    throw new UserError(
      'Only the person who started this benchmark, or whom they named, can decide. Your vote counts all the same.',
      { code: 'not_decider' },
    );
}

/** By the rules that were set beforehand; nobody in person. */
export function decideByVote(flow: Flow, benchmarkId: string, choices: Decision['choices'], ballot: Ballot): Benchmark {
  const decision: Decision = { kind: 'vote', choices, by: null, reason: null, atMs: flow.nowMs(), training: null };
  return apply(flow, benchmarkId, 'decided', { fields: { decision, ballot } });
}

const closedBy = (ballot: Ballot | null, by: string, nowMs: number): Ballot | null =>
  ballot && ballot.closedMs === null ? { ...ballot, closedMs: nowMs, closedBy: by } : ballot;

/** Rank 1 of each table. */
export function topOfEachTable(benchmark: Benchmark): Decision['choices'] {
  const rows = benchmark.ranking?.rows ?? [];
  return rows.filter((row) => row.rank === 1).map(({ language, model }) => ({ language, model }));
}

/** One model of the table for each of them. */
function checkManual({ ranking }: Benchmark, choices: Decision['choices']): void {
  const rows = ranking?.rows ?? [];
  const known = (choice: Decision['choices'][number]) =>
    rows.some((row) => row.language === choice.language && row.model === choice.model);
  if (choices.length === 0 || !choices.every(known))
    throw new UserError('Choose a model of the ranked table.', { code: 'not_in_table' });
}
