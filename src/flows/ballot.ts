/** The vote on the top-ranked models: opened with the ranking, closed by its deadline, by the owner or by the decision. */
import { UserError } from '../errors.ts';
import { removeVote, saveVote, type VoteRow, votesOf } from '../storage/message-queries.ts';
import { accepts } from './benchmark.ts';
import type { RankingRow } from './contracts.ts';
import { decideByVote } from './decision.ts';
import { apply, type Flow, wantAt } from './flow.ts';
import { type Benchmark, requireBenchmark, type VoteRules, voteRulesSchema } from './records.ts';

const hourMs = 3_600_000;
/** Before the deadline: an hour, of a short vote a quarter of its time. */
const reminderMs = (openMs: number): number => Math.min(hourMs, openMs / 4);

export const voteRulesOf = ({ plan }: Benchmark): VoteRules => plan?.vote ?? voteRulesSchema.parse({});

/** The results stand in the thread: the vote opens, and its deadline with its reminder is written down. */
export function openVote(flow: Flow, benchmarkId: string): Benchmark {
  const { openHours } = voteRulesOf(requireBenchmark(flow.database, benchmarkId));
  const openedMs = flow.nowMs();
  const deadlineMs = openHours === null ? null : openedMs + openHours * hourMs;
  return apply(flow, benchmarkId, 'results_posted', {
    fields: { ballot: { openedMs, deadlineMs, closedMs: null, closedBy: null } },
    rows: (connection) => {
      if (deadlineMs === null) return;
      wantAt(connection, benchmarkId, 'close_vote', deadlineMs);
      wantAt(connection, benchmarkId, 'remind_voters', deadlineMs - reminderMs(deadlineMs - openedMs));
    },
  });
}

/** One model that can be voted for. `id` travels in a button's value. */
export interface Candidate {
  id: string;
  model: string;
  language: string | null;
  row: RankingRow;
}

/** The first complete models of each table. */
export function candidatesOf(benchmark: Benchmark): Candidate[] {
  const rows = benchmark.ranking?.rows ?? [];
  const { candidates } = voteRulesOf(benchmark);
  const languages = [...new Set(rows.map((row) => row.language))];
  return languages.flatMap((language) =>
    rows
      .filter((row) => row.language === language && row.status === 'complete')
      .slice(0, candidates)
      .map((row) => ({ id: JSON.stringify([language, row.model]), model: row.model, language, row })),
  );
}

/** What a vote's `ballot` says of a table. */
export const ballotOf = (language: string | null): string => language ?? '';

export interface Tally {
  candidate: Candidate;
  /** in the order in which they voted */
  voters: string[];
}

export function tally(benchmark: Benchmark, votes: readonly VoteRow[]): Tally[] {
  return candidatesOf(benchmark).map((candidate) => ({
    candidate,
    voters: votes.filter((vote) => vote.choice === candidate.id).map((vote) => vote.user),
  }));
}

export interface TableResult {
  language: string | null;
  /** who voted in this table */
  voters: number;
  quorumReached: boolean;
  /** null where nobody voted; of equal counts the better score, then the cheaper (`tieBroken`) */
  winner: Candidate | null;
  votes: number;
  tieBroken: boolean;
}

/** How each table's vote stands, or ended. */
export function voteResults(benchmark: Benchmark, votes: readonly VoteRow[]): TableResult[] {
  const { quorum } = voteRulesOf(benchmark);
  const counted = tally(benchmark, votes);
  const languages = [...new Set(counted.map(({ candidate }) => candidate.language))];
  return languages.map((language) => {
    const own = counted.filter(({ candidate }) => candidate.language === language);
    const voters = own.reduce((sum, entry) => sum + entry.voters.length, 0);
    const most = Math.max(0, ...own.map((entry) => entry.voters.length));
    const ahead = own.filter((entry) => most > 0 && entry.voters.length === most);
    const winner = ahead.map(({ candidate }) => candidate).toSorted(byScoreThenCost)[0] ?? null;
    return {
      language,
      voters,
      quorumReached: voters > 0 && voters >= (quorum ?? 0),
      winner,
      votes: most,
      tieBroken: ahead.length > 1,
    };
  });
}

/** The tie-break that is stated beforehand. */
function byScoreThenCost({ row: a }: Candidate, { row: b }: Candidate): number {
  const cost = (row: RankingRow): number => row.trainSeconds ?? Number.POSITIVE_INFINITY;
  return (b.score ?? 0) - (a.score ?? 0) || cost(a) - cost(b) || a.rank - b.rank;
}

/**
 * Casts, moves or (choosing the same again) takes back one person's vote in the choice's table.
 * @throws UserError when the vote is over or the choice isn't on the ballot
 */
export function castVote(flow: Flow, benchmarkId: string, user: string, choice: string): Benchmark {
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  if (!accepts(benchmark.state, 'voted')) throw new UserError('This vote is over.', { code: 'vote_over' });
  const candidate = candidatesOf(benchmark).find(({ id }) => id === choice);
  if (!candidate) throw new UserError('That model is not on this ballot.', { code: 'not_on_ballot' });
  const key = { benchmarkId, ballot: ballotOf(candidate.language), user };
  return apply(flow, benchmarkId, 'voted', {
    rows: (connection) => {
      const own = votesOf(connection, benchmarkId).find((vote) => vote.user === user && vote.ballot === key.ballot);
      if (own?.choice === choice) removeVote(connection, key);
      else saveVote(connection, { ...key, choice, castMs: flow.nowMs() });
    },
  });
}

/**
 * Ends the vote: at its deadline (`by` null), or early. With a quorum in every table, and if the rules say so, its winners
 * are decided by that; else the decision is the deciders'.
 */
export function closeVote(flow: Flow, benchmarkId: string, by: string | null): Benchmark {
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  const { ballot } = benchmark;
  // Closed or decided meanwhile, or ranked anew with another deadline.
  if (!accepts(benchmark.state, 'vote_closed') || !ballot) return benchmark;
  const nowMs = flow.nowMs();
  if (by === null && (ballot.deadlineMs === null || nowMs < ballot.deadlineMs)) return benchmark;
  const closed = { ...ballot, closedMs: nowMs, closedBy: by };
  const results = voteResults(benchmark, votesOf(flow.database, benchmarkId));
  if (voteRulesOf(benchmark).winnerDecides && results.every(({ quorumReached }) => quorumReached)) {
    const choices = results.flatMap(({ language, winner }) => (winner ? [{ language, model: winner.model }] : []));
    return decideByVote(flow, benchmarkId, choices, closed);
  }
  return apply(flow, benchmarkId, 'vote_closed', { fields: { ballot: closed } });
}
