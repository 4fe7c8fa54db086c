/** Ballot, reminder, the vote's result and the decision, as effects show them: with the names of those concerned. */
import { z } from 'zod';
import { reminderAtMs } from '../flows/ballot.ts';
import { type Benchmark, requireBenchmark } from '../flows/records.ts';
import { findMessage, votesOf } from '../storage/message-queries.ts';
import type { CarrierOptions } from './carriers.ts';
import { decidersOf } from './decision-buttons.ts';
import { type Role, show } from './delivery.ts';
import { type BallotForm, ballotForms, ballotMessage, namedOnBallot } from './messages/ballot.ts';
import { decisionMessage } from './messages/decision.ts';
import { outcomeMessage } from './messages/outcome.ts';
import { isVoteWorthTelling, reminderMessage, voteResultMessage } from './messages/vote-result.ts';
import { type Names, namesOf } from './people-names.ts';
import { showRichest } from './richness.ts';

/** In a larger channel it isn't said who hasn't voted yet. */
const mostMembersNamed = 40;

export async function showBallot(options: CarrierOptions, benchmarkId: string, retried: boolean): Promise<void> {
  const { flow, readers } = options;
  const before = requireBenchmark(flow.database, benchmarkId);
  // Trials that are tried again interrupt a vote only where there has been one.
  if (before.ballot === null && !isPosted(options, benchmarkId, 'ballot')) return;
  const names = await namesOf(readers, namedOnBallot(before, votesOf(flow.database, benchmarkId)));
  // While names were asked for, more votes may have come.
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  const votes = votesOf(flow.database, benchmarkId);
  const voice = readers.channel(benchmark.channel);
  const build = (form: BallotForm) => ballotMessage(benchmark, votes, { form, names }, voice);
  await showRichest(options, benchmark, 'ballot', ballotForms, build, { retried });
}

const isPosted = ({ flow }: CarrierOptions, benchmarkId: string, role: Role): boolean =>
  (findMessage(flow.database, benchmarkId, role)?.ts ?? null) !== null;

export async function showVoteResult(options: CarrierOptions, benchmarkId: string, retried: boolean): Promise<void> {
  const { flow, readers } = options;
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  const votes = votesOf(flow.database, benchmarkId);
  if (!isPosted(options, benchmarkId, 'vote_result') && !isVoteWorthTelling(benchmark, votes)) return;
  const closedBy = benchmark.ballot?.closedBy ?? null;
  const names = await namesOf(readers, [...decidersOf(benchmark), ...(closedBy === null ? [] : [closedBy])]);
  const message = voteResultMessage(benchmark, votes, names, readers.channel(benchmark.channel));
  await show(options, benchmark, 'vote_result', message, { retried });
}

export async function showDecision(options: CarrierOptions, benchmarkId: string, retried: boolean): Promise<void> {
  const { flow, readers, artifacts } = options;
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  const by = benchmark.decision?.by ?? null;
  const names = await namesOf(readers, by === null ? [] : [by]);
  const sight = { names, location: artifacts.location };
  const message = decisionMessage(benchmark, sight, readers.channel(benchmark.channel));
  if (message) await show(options, benchmark, 'decision', message, { retried });
}

/** In the channel, too. After the decision, even where Slack's limits made that wait and the training was quick. */
export async function showOutcome(options: CarrierOptions, benchmarkId: string, retried: boolean): Promise<void> {
  const { flow, readers } = options;
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  const message = outcomeMessage(benchmark, readers.channel(benchmark.channel));
  if (!message) return;
  if (!isPosted(options, benchmarkId, 'decision')) await showDecision(options, benchmarkId, true);
  await show(options, benchmark, 'outcome', message, { retried, broadcast: true });
}

/** Each vote has its own: one that was announced before everything was ranked anew comes too early for the next. */
export async function remindVoters(options: CarrierOptions, benchmarkId: string, retried: boolean): Promise<void> {
  const { flow, readers } = options;
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  const { ballot } = benchmark;
  const atMs = ballot && reminderAtMs(ballot);
  if (ballot === null || atMs === null || flow.nowMs() < atMs) return;
  const votes = votesOf(flow.database, benchmarkId);
  const { members, names } = await peopleIn(options, benchmark);
  const sight = { members, names, nowMs: flow.nowMs() };
  const message = reminderMessage(benchmark, votes, sight, readers.channel(benchmark.channel));
  if (message) await show(options, benchmark, `reminder_${ballot.openedMs}`, message, { retried });
}

const membersSchema = z.object({
  members: z.array(z.string()),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

/** The people of a small channel, without apps; null of a large one. */
async function peopleIn(
  { client, readers }: CarrierOptions,
  { channel }: Benchmark,
): Promise<{ members: string[] | null; names: Names }> {
  const answer = await client.conversations.members({ channel, limit: mostMembersNamed + 1 });
  const { members, response_metadata } = membersSchema.parse(answer);
  if (members.length > mostMembersNamed || response_metadata?.next_cursor) return { members: null, names: new Map() };
  // With the names it is known, too, who is an app.
  const names = await namesOf(readers, members);
  const people = await Promise.all(members.map(async (id) => ((await readers.person(id)).isBot ? [] : [id])));
  return { members: people.flat(), names };
}
