/** The vote on the top-ranked models: opened with the ranking, closed by its deadline, by the owner or by the decision. */
import { UserError } from '../errors.ts';
import { removeVote, saveVote, type VoteRow, votesOf } from '../storage/message-queries.ts';
import { accepts } from './benchmark.ts';
import type { RankingRow } from './contracts.ts';
import { checkMayDecide, checkSameRanking, decideByVote } from './decision.ts';
import { apply, type Flow, wantAt } from './flow.ts';
import { type Ballot, type Benchmark, requireBenchmark, type VoteRules, voteRulesSchema } from './records.ts';

const hourMs = 3_600_000;
/** A second press so soon is a double click, not a vote taken back. */
const doubleClickMs = 1000;

/** When people are reminded: an hour before the deadline, of a short vote when a quarter of its time is left. */
export function reminderAtMs({ openedMs, deadlineMs }: Ballot): number | null {
  return deadlineMs === null ? null : deadlineMs - Math.min(hourMs, (deadlineMs - openedMs) / 4);
}

export const voteRulesOf = ({ plan }: Benchmark): VoteRules => plan?.vote ?? voteRulesSchema.parse({});

/** The results stand in the thread: the vote opens, and its deadline with its reminder is written down. */
export function openVote(flow: Flow, benchmarkId: string): Benchmark {
  const { openHours } = voteRulesOf(requireBenchmark(flow.database, benchmarkId));
  const openedMs = flow.nowMs();
  const deadlineMs = openHours === null ? null : openedMs + openHours * hourMs;
  const ballot: Ballot = { openedMs, deadlineMs, closedMs: null, closedBy: null };
  return apply(flow, benchmarkId, 'results_posted', {
    fields: { ballot },
    rows: (connection) => {
      const remindMs = reminderAtMs(ballot);
      if (deadlineMs !== null) wantAt(connection, benchmarkId, 'close_vote', deadlineMs);
      if (remindMs !== null) wantAt(connection, benchmarkId, 'remind_voters', remindMs);
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

/** The ranking's tables: one (null), or one for each language. */
export const tablesOf = ({ ranking }: Benchmark): (string | null)[] => [
  ...new Set((ranking?.rows ?? []).map(({ language }) => language)),
];

/** The first complete models of each table. */
export function candidatesOf(benchmark: Benchmark): Candidate[] {
  const rows = benchmark.ranking?.rows ?? [];
  const { candidates } = voteRulesOf(benchmark);
  return tablesOf(benchmark).flatMap((language) =>
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
  return tablesOf(benchmark).map((language) => {
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

/** What a press did to the person's vote; `kept`: the second press of a double click. */
export type VoteChange = 'cast' | 'moved' | 'withdrawn' | 'kept';

/**
 * Casts, moves or (choosing the same again) takes back one person's vote in the choice's table.
 * @throws UserError when the vote is over or the choice isn't on the ballot
 */
export function castVote(flow: Flow, benchmarkId: string, user: string, choice: string): VoteChange {
  const benchmark = requireOpenVote(flow, benchmarkId);
  const { language } = requireCandidate(benchmark, choice);
  const own = ownVotes(votesOf(flow.database, benchmarkId), user).get(language);
  const again = own?.choice === choice;
  if (again && flow.nowMs() - own.castMs < doubleClickMs) return 'kept';
  writeVotes(flow, benchmarkId, user, new Map([[language, again ? null : choice]]));
  return again ? 'withdrawn' : own ? 'moved' : 'cast';
}

/**
 * Sets one person's votes in several tables at once. Choosing the same again changes nothing here.
 * @param choices by table; null: no vote there
 * @param openedMs when the vote had opened that the person looked at
 * @throws UserError as `castVote`
 */
export function setVotes(
  flow: Flow,
  benchmarkId: string,
  user: string,
  choices: ReadonlyMap<string | null, string | null>,
  openedMs: number | null,
): Benchmark {
  const benchmark = requireOpenVote(flow, benchmarkId);
  checkSameRanking(benchmark, openedMs);
  for (const [language, choice] of choices) {
    if (choice !== null && requireCandidate(benchmark, choice).language !== language) throw notOnBallot();
  }
  return writeVotes(flow, benchmarkId, user, choices);
}

/** A person's votes by table. */
export function ownVotes(votes: readonly VoteRow[], user: string): Map<string | null, VoteRow> {
  const own = votes.filter((vote) => vote.user === user);
  return new Map(own.map((vote) => [vote.ballot === '' ? null : vote.ballot, vote]));
}

function writeVotes(
  flow: Flow,
  benchmarkId: string,
  user: string,
  choices: ReadonlyMap<string | null, string | null>,
): Benchmark {
  return apply(flow, benchmarkId, 'voted', {
    rows: (connection) => {
      for (const [language, choice] of choices) {
        const key = { benchmarkId, ballot: ballotOf(language), user };
        if (choice === null) removeVote(connection, key);
        else saveVote(connection, { ...key, choice, castMs: flow.nowMs() });
      }
    },
  });
}

/** Can votes still be cast? From the deadline on they can't, even if nobody has closed the vote yet. */
export function isVoteOpen({ state, ballot }: Benchmark, nowMs: number): boolean {
  return accepts(state, 'voted') && nowMs < (ballot?.deadlineMs ?? Number.POSITIVE_INFINITY);
}

const voteIsOver = (): UserError => new UserError('This vote is over.', { code: 'vote_over' });
const notOnBallot = (): UserError => new UserError('That model is not on this ballot.', { code: 'not_on_ballot' });

function requireOpenVote(flow: Flow, benchmarkId: string): Benchmark {
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  if (!isVoteOpen(benchmark, flow.nowMs())) throw voteIsOver();
  return benchmark;
}

function requireCandidate(benchmark: Benchmark, choice: string): Candidate {
  const candidate = candidatesOf(benchmark).find(({ id }) => id === choice);
  if (!candidate) throw notOnBallot();
  return candidate;
}

/**
 * Ends the vote before its deadline, or one that has none.
 * @throws UserError when it is over already, or this person isn't asked
 */
export function closeVoteEarly(flow: Flow, benchmarkId: string, by: string): Benchmark {
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  checkMayDecide(benchmark, by);
  if (!accepts(benchmark.state, 'vote_closed')) throw voteIsOver();
  return close(flow, benchmark, by);
}

/** Ends the vote if its deadline has come. */
export function closeVoteInTime(flow: Flow, benchmarkId: string): Benchmark {
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  const deadlineMs = benchmark.ballot?.deadlineMs ?? null;
  // Closed or decided meanwhile, or ranked anew with another deadline.
  if (!accepts(benchmark.state, 'vote_closed') || deadlineMs === null || flow.nowMs() < deadlineMs) return benchmark;
  return close(flow, benchmark, null);
}

/**
 * With a quorum in every table, and if the rules say so, the winners are decided by that; else the decision is the
 * deciders'.
 */
function close(flow: Flow, benchmark: Benchmark, by: string | null): Benchmark {
  const { id, ballot } = benchmark;
  const closed = ballot && { ...ballot, closedMs: flow.nowMs(), closedBy: by };
  const results = voteResults(benchmark, votesOf(flow.database, id));
  if (closed && voteRulesOf(benchmark).winnerDecides && isDecisive(results)) {
    const choices = results.flatMap(({ language, winner }) => (winner ? [{ language, model: winner.model }] : []));
    return decideByVote(flow, id, choices, closed);
  }
  return apply(flow, id, 'vote_closed', { fields: { ballot: closed } });
}

/** Has every table a winner, with the quorum reached? */
export const isDecisive = (results: readonly TableResult[]): boolean =>
  results.length > 0 && results.every(({ quorumReached, winner }) => quorumReached && winner !== null);
