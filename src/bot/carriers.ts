/** What the outbox's effects on Slack's side do: each shows the present state of one benchmark. */
import type { Charts } from '../charts/charts.ts';
import { closeVoteInTime } from '../flows/ballot.ts';
import type { EffectName } from '../flows/benchmark.ts';
import { type Benchmark, getTrials, requireBenchmark } from '../flows/records.ts';
import type { Carrier } from '../flows/relay.ts';
import type { ArtifactStore } from '../storage/artifacts.ts';
import { type DeliveryOptions, type Role, show } from './delivery.ts';
import type { Message } from './messages/message.ts';
import { milestonesMessage } from './messages/milestones.ts';
import { type ProgressForm, progressForms, progressMessage } from './messages/progress.ts';
import { failuresMessage } from './results/failures.ts';
import { showDetails, showResults } from './results/show-results.ts';
import { showRichest } from './richness.ts';
import { remindVoters, showBallot, showDecision, showOutcome, showVoteResult } from './show-vote.ts';
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
  const { flow, readers } = options;
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
    show_ranking: (benchmarkId, retried) => showResults(options, benchmarkId, retried),
    show_failures: simple('failures', (benchmark, voice) =>
      failuresMessage(benchmark, getTrials(database, benchmark.id), voice),
    ),
    show_details: (benchmarkId, retried) => showDetails(options, benchmarkId, retried),
    show_ballot: (benchmarkId, retried) => showBallot(options, benchmarkId, retried),
    show_vote_result: (benchmarkId, retried) => showVoteResult(options, benchmarkId, retried),
    show_decision: (benchmarkId, retried) => showDecision(options, benchmarkId, retried),
    show_outcome: (benchmarkId, retried) => showOutcome(options, benchmarkId, retried),
    remind_voters: (benchmarkId, retried) => remindVoters(options, benchmarkId, retried),
    close_vote: async (benchmarkId) => {
      closeVoteInTime(flow, benchmarkId);
    },
  };
}
