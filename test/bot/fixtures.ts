/** Every view and message of the bot, plain and at its extremes, by name: for the laws here and for Slack's own check. */
import type { HomeView, ModalView } from '@slack/types';
import { type Message, richnesses } from '../../src/bot/messages/message.ts';
import { progressMessage } from '../../src/bot/messages/progress.ts';
import { rankingMessage } from '../../src/bot/results/ranking.ts';
import { choicesView } from '../../src/bot/wizard/choices-step.ts';
import { columnsView } from '../../src/bot/wizard/columns-step.ts';
import { datasetView, notMemberView, readingView } from '../../src/bot/wizard/dataset-step.ts';
import { reviewView } from '../../src/bot/wizard/review-step.ts';
import { voiceOf } from '../../src/bot/words/voice.ts';
import { stateNames } from '../../src/flows/benchmark.ts';
import type { Profile } from '../../src/flows/contracts.ts';
import { estimateTrials } from '../../src/flows/estimate.ts';
import { planTrials } from '../../src/flows/plan.ts';
import type { DatasetRow } from '../../src/storage/benchmark-queries.ts';
import { overviewFixtures } from './overview-fixtures.ts';
import { aBenchmark, aProfile, aRanking, aRow, aTrial, nasty } from './support.ts';
import { voteFixtures } from './vote-fixtures.ts';

export type Fixture = { name: string; view: ModalView | HomeView } | { name: string; message: Message };

const emptyProfile: Profile = { ...aProfile({ categories: 0, languages: 0 }), categories: [] };

const extremeProfile: Profile = {
  ...aProfile({ categories: 300, languages: 150, name: (index) => `${index} ${nasty}` }),
  fileName: `${nasty}.csv`,
  reasons: { text: nasty.repeat(5), labels: nasty.repeat(5) },
  warnings: Array.from({ length: 500 }, (_, row) => ({ code: 'x', message: `${nasty} ${row}`, row, column: 'text' })),
};

function aReview(profile: Profile): ModalView {
  const categories = profile.categories.slice(0, 100).map(({ name }) => name);
  const plan = { ...aBenchmark().plan!, categories };
  const machines = [{ device: 'cpu', speed: null }];
  const known = { machines, pastRuns: [], pastEstimates: [], pilot: [], secondsPerTrial: 1, testDocuments: null };
  const estimate = estimateTrials(planTrials(plan, profile), profile, { ...known, atMost: false });
  return reviewView({ benchmarkId: 'b1', profile, plan, specs: planTrials(plan, profile), estimate, workers: 0 });
}

const knownFiles = (count: number): DatasetRow[] =>
  Array.from({ length: count }, (_, index) => ({
    hash: index.toString(16).padStart(64, '0'),
    fileName: `${nasty}${index}.csv`,
    artifactKey: 'x',
    sizeBytes: 1,
    uploadedBy: 'U1',
    createdMs: 0,
  }));

function views(): Fixture[] {
  const all: [name: string, view: ModalView][] = [
    ['first step', datasetView('b1', [], null)],
    ['first step with files from before and trouble', datasetView('b1', knownFiles(100), nasty.repeat(30))],
    ['not in the channel', notMemberView('b1')],
    ['reading', readingView('b1', nasty.repeat(20))],
    ['columns', columnsView('b1', aProfile())],
    ['columns of nothing', columnsView('b1', emptyProfile)],
    ['columns at their extreme', columnsView('b1', extremeProfile)],
    ['choices', choicesView('b1', aProfile(), null)],
    ['choices kept from before', choicesView('b1', aProfile(), aBenchmark().plan)],
    ['choices at their extreme', choicesView('b1', extremeProfile, null)],
    ['choices at their extreme, kept', choicesView('b1', extremeProfile, aBenchmark().plan)],
    ['review', aReview(aProfile())],
    ['review at its extreme', aReview(extremeProfile)],
  ];
  return all.map(([name, view]) => ({ name, view }));
}

function messages(): Fixture[] {
  const voice = voiceOf('en');
  const sixty = aRanking(Array.from({ length: 60 }, (_, index) => aRow(index + 1, { reason: nasty })));
  const trials = Array.from({ length: 60 }, (_, index) => aTrial(index, { status: index % 2 ? 'done' : 'running' }));
  const all: [name: string, message: Message][] = [
    ...stateNames.map((state): [string, Message] => [
      `progress, ${state}`,
      progressMessage(aBenchmark({ state }), trials, { ownerName: nasty, form: 'plan', nowMs: 1000 }, voice),
    ]),
    ...richnesses.flatMap((richness): [string, Message][] => [
      [`ranking as ${richness}`, rankingMessage(aBenchmark(), 'F0CHART0001', richness, voice)],
      [`ranking of sixty as ${richness}`, rankingMessage(aBenchmark({ ranking: sixty }), null, richness, voice)],
    ]),
  ];
  return all.map(([name, message]) => ({ name, message }));
}

export const fixtures = (): Fixture[] => [...views(), ...messages(), ...voteFixtures(), ...overviewFixtures()];
