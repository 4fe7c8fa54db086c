/** The vote on the top-ranked models, and the decision that ends it. */
import { UserError } from '../errors.ts';
import { removeVote, saveVote, type VoteRow, votesOf } from '../storage/message-queries.ts';
import { accepts } from './benchmark.ts';
import type { RankingRow } from './contracts.ts';
import { apply, type Flow } from './flow.ts';
import { type Benchmark, type Decision, requireBenchmark } from './records.ts';

const candidatesPerTable = 3;

/** One model that can be voted for. `id` travels in a button's value. */
export interface Candidate {
  id: string;
  model: string;
  language: string | null;
  row: RankingRow;
}

/** The top three complete models of each table. */
export function candidatesOf(benchmark: Benchmark): Candidate[] {
  const rows = benchmark.ranking?.rows ?? [];
  const languages = [...new Set(rows.map((row) => row.language))];
  return languages.flatMap((language) =>
    rows
      .filter((row) => row.language === language && row.status === 'complete')
      .slice(0, candidatesPerTable)
      .map((row) => ({ id: JSON.stringify([language, row.model]), model: row.model, language, row })),
  );
}

export interface Tally {
  candidate: Candidate;
  voters: string[];
}

export function tally(benchmark: Benchmark, votes: VoteRow[]): Tally[] {
  return candidatesOf(benchmark).map((candidate) => ({
    candidate,
    voters: votes.filter((vote) => vote.choice === candidate.id).map((vote) => vote.user),
  }));
}

/**
 * Casts, moves or (pressing the same again) takes back one person's vote.
 * @throws UserError when the vote is over or the choice isn't on the ballot
 */
export function castVote(flow: Flow, benchmarkId: string, user: string, choice: string): Benchmark {
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  if (!accepts(benchmark.state, 'voted')) throw new UserError('This vote is over: the decision has been made.');
  if (!candidatesOf(benchmark).some((candidate) => candidate.id === choice))
    throw new UserError('That model is not on this ballot.');
  return apply(flow, benchmarkId, 'voted', {
    rows: (connection) => {
      const own = votesOf(connection, benchmarkId).find((vote) => vote.user === user);
      if (own?.choice === choice) removeVote(connection, benchmarkId, user);
      else saveVote(connection, { benchmarkId, user, choice, castMs: flow.nowMs() });
    },
  });
}

/**
 * Ends the vote. Only the benchmark's owner decides; everybody else votes.
 * @param choices for `manual`: the models, one per table; ignored for `top` and `stop`
 * @throws UserError when it is too late, or somebody else tries
 */
export function decide(
  flow: Flow,
  benchmarkId: string,
  by: string,
  kind: Decision['kind'],
  manual: Decision['choices'] = [],
  reason: string | null = null,
): Benchmark {
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  if (!accepts(benchmark.state, 'decided')) throw new UserError('The decision has been made already.');
  if (by !== benchmark.owner)
    throw new UserError('Only the person who started this benchmark can decide. Your vote counts all the same.');
  const choices = kind === 'top' ? topOfEachTable(benchmark) : kind === 'manual' ? manual : [];
  if (kind === 'manual') checkManual(benchmark, choices);
  const decision: Decision = { kind, choices, by, reason, atMs: flow.nowMs() };
  return apply(flow, benchmarkId, kind === 'stop' ? 'stopped' : 'decided', { fields: { decision } });
}

/** Rank 1 of each table. */
export function topOfEachTable(benchmark: Benchmark): Decision['choices'] {
  const rows = benchmark.ranking?.rows ?? [];
  return rows.filter((row) => row.rank === 1).map(({ language, model }) => ({ language, model }));
}

function checkManual(benchmark: Benchmark, choices: Decision['choices']): void {
  const rows = benchmark.ranking?.rows ?? [];
  const known = (choice: Decision['choices'][number]) =>
    rows.some((row) => row.language === choice.language && row.model === choice.model);
  if (choices.length === 0 || !choices.every(known)) throw new UserError('Choose a model of the ranked table.');
}
