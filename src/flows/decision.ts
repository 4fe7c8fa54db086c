/** The decision that ends a benchmark: the top-ranked, another by hand, none, or whatever the vote says. */
import { UserError } from '../errors.ts';
import { accepts } from './benchmark.ts';
import { apply, type Flow } from './flow.ts';
import { type Ballot, type Benchmark, type Decision, requireBenchmark } from './records.ts';

/** Is this person asked what becomes of it? */
export const mayDecide = ({ owner, plan }: Benchmark, user: string): boolean =>
  user === owner || (plan?.vote.deciders.includes(user) ?? false);

/** What was chosen, and how it is to be trained. `choices` are for `manual` only. */
export type Wish = Pick<Decision, 'reason' | 'training'> & {
  kind: 'top' | 'manual' | 'stop';
  choices?: Decision['choices'];
  /** when the vote had opened that the person looked at; another: they would decide about a ranking they haven't seen */
  openedMs?: number | null;
};

/**
 * Ends the vote, if it is still open, with a decision.
 * @throws UserError when it is too late, or somebody tries who isn't asked
 */
export function decide(flow: Flow, benchmarkId: string, by: string, wish: Wish): Benchmark {
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  checkMayDecide(benchmark, by);
  const { kind, reason, training, openedMs } = wish;
  if (openedMs !== undefined) checkSameRanking(benchmark, openedMs);
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

/**
 * Every ranking has a vote of its own.
 * @param openedMs when the vote had opened that a person looked at
 * @throws UserError where it is another by now
 */
export function checkSameRanking({ ballot }: Benchmark, openedMs: number | null): void {
  if (openedMs !== (ballot?.openedMs ?? null))
    throw new UserError('The models have been ranked anew meanwhile. Look at the new table first.', {
      code: 'ranked_anew',
    });
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

/** The recommended of each table: rank 1, or the cheapest of those tied with it. */
export function recommendedOfEachTable(benchmark: Benchmark): Decision['choices'] {
  const rows = benchmark.ranking?.rows ?? [];
  return topOfEachTable(benchmark).map((top) => {
    const row = rows.find(({ language, recommended }) => recommended && language === top.language);
    return row ? { language: row.language, model: row.model } : top;
  });
}

/**
 * Has a full training that failed run again, under a job id of its own.
 * @throws UserError when there is none, or somebody tries who isn't asked
 */
export function retryTraining(flow: Flow, benchmarkId: string, by: string): Benchmark {
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  if (!canRetryTraining(benchmark))
    throw new UserError('There is no failed training left to try again.', { code: 'no_failed_training' });
  if (!mayDecide(benchmark, by))
    throw new UserError('Only those who may decide about this benchmark can try its training again.', {
      code: 'not_training_retrier',
    });
  const attempt = (benchmark.training?.attempt ?? 0) + 1;
  return apply(flow, benchmarkId, 'train_retried', {
    fields: { error: null, training: { progress: null, result: null, attempt } },
  });
}

/** Before the decision it was trials that failed. */
export const canRetryTraining = ({ state, decision }: Benchmark): boolean =>
  accepts(state, 'train_retried') && decision !== null && decision.choices.length > 0;

/** At most one model of its table for each of them. */
function checkManual({ ranking }: Benchmark, choices: Decision['choices']): void {
  const rows = ranking?.rows ?? [];
  const known = (choice: Decision['choices'][number]) =>
    rows.some((row) => row.language === choice.language && row.model === choice.model);
  const tables = new Set(choices.map(({ language }) => language));
  if (choices.length === 0 || tables.size < choices.length || !choices.every(known))
    throw new UserError('Choose a model of the ranked table.', { code: 'not_in_table' });
}
