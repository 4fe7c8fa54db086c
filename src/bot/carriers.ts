/** What the outbox's effects on Slack's side do: each shows the present state of one benchmark. */
import type { Charts } from '../charts/charts.ts';
import { errorText } from '../errors.ts';
import { closeVote, openVote } from '../flows/ballot.ts';
import type { EffectName } from '../flows/benchmark.ts';
import { type Benchmark, getTrials, requireBenchmark } from '../flows/records.ts';
import type { Carrier } from '../flows/relay.ts';
import type { ArtifactStore } from '../storage/artifacts.ts';
import { votesOf } from '../storage/message-queries.ts';
import { type DeliveryOptions, type Role, show, uploadOnce } from './delivery.ts';
import { ballotMessage } from './messages/ballot.ts';
import { decisionMessage } from './messages/decision.ts';
import { type Message, type Richness, richnesses } from './messages/message.ts';
import { milestonesMessage } from './messages/milestones.ts';
import { outcomeMessage } from './messages/outcome.ts';
import { type ProgressForm, progressForms, progressMessage } from './messages/progress.ts';
import { rankingMessage } from './messages/ranking.ts';
import { reminderMessage, voteResultMessage } from './messages/vote-result.ts';
import { rankedChart } from './ranking-chart.ts';
import { showRichest } from './richness.ts';
import type { Readers } from './words/readers.ts';
import type { Voice } from './words/voice.ts';

export interface CarrierOptions extends DeliveryOptions {
  charts: Charts;
  artifacts: ArtifactStore;
  readers: Readers;
  log: (line: string) => void;
}

export type SlackEffect = Extract<EffectName, `show_${string}` | 'remind_voters' | 'close_vote'>;

export function createCarriers(options: CarrierOptions): Record<SlackEffect, Carrier> {
  const { flow, artifacts, readers } = options;
  const { database } = flow;
  const simple =
    (role: Role, build: (benchmark: Benchmark, voice: Voice) => Message | null, broadcast = false): Carrier =>
    async (benchmarkId, retried) => {
      const benchmark = requireBenchmark(database, benchmarkId);
      const message = build(benchmark, readers.channel(benchmark.channel));
      if (message) await show(options, benchmark, role, message, { retried, broadcast });
    };
  return {
    show_progress: async (benchmarkId, retried) => {
      const benchmark = requireBenchmark(database, benchmarkId);
      const { name: ownerName } = await readers.person(benchmark.owner);
      const trials = getTrials(database, benchmarkId);
      const voice = readers.channel(benchmark.channel);
      const build = (form: ProgressForm): Message =>
        progressMessage(benchmark, trials, { ownerName, form, nowMs: flow.nowMs() }, voice);
      await showRichest(options, benchmark, 'progress', progressForms, build, { retried });
    },
    show_milestones: simple('milestones', (benchmark, voice) =>
      milestonesMessage(benchmark, getTrials(database, benchmark.id), voice),
    ),
    show_ranking: (benchmarkId, retried) => showRanking(options, benchmarkId, retried),
    show_ballot: simple('ballot', (benchmark) => ballotMessage(benchmark, votesOf(database, benchmark.id))),
    show_vote_result: simple('vote_result', (benchmark, voice) =>
      voteResultMessage(benchmark, votesOf(database, benchmark.id), voice),
    ),
    show_decision: simple('decision', (benchmark, voice) => decisionMessage(benchmark, artifacts.location, voice)),
    show_outcome: simple('outcome', outcomeMessage, true),
    remind_voters: simple('reminder', (benchmark, voice) =>
      reminderMessage(benchmark, votesOf(database, benchmark.id), voice),
    ),
    close_vote: async (benchmarkId) => {
      closeVote(flow, benchmarkId, null);
    },
  };
}

async function showRanking(options: CarrierOptions, benchmarkId: string, retried: boolean): Promise<void> {
  const { database } = options.flow;
  const benchmark = requireBenchmark(database, benchmarkId);
  const fileId = await chartFile(options, benchmark);
  const build = (richness: Richness): Message => rankingMessage(benchmark, fileId, richness);
  await showRichest(options, benchmark, 'ranking', richnesses, build, { retried });
  // The ballot follows once the table stands in the thread.
  if (requireBenchmark(database, benchmarkId).state === 'ranked') openVote(options.flow, benchmarkId);
}

/** A table without its chart is better than none: null then. */
async function chartFile(options: CarrierOptions, benchmark: Benchmark): Promise<string | null> {
  const { ranking, profile, id } = benchmark;
  if (!ranking) return null;
  let bytes: Uint8Array;
  try {
    bytes = await options.charts.drawRanking(rankedChart(ranking, profile?.fileName ?? ''));
  } catch (error) {
    options.log(`chart of ${id}: ${errorText(error)}`);
    return null;
  }
  return uploadOnce(options, benchmark, 'ranking', async () => ({
    bytes,
    fileName: 'ranking.png',
    title: 'Ranked models',
    altText: 'Ranked models',
  }));
}
