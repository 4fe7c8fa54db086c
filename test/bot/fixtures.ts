/** Every view and message of the bot, plain and at its extremes, by name: for the laws here and for Slack's own check. */
import type { HomeView, ModalView } from '@slack/types';
import { type Message, richnesses } from '../../src/bot/messages/message.ts';
import { progressMessage } from '../../src/bot/messages/progress.ts';
import { rankingMessage } from '../../src/bot/results/ranking.ts';
import { voiceOf } from '../../src/bot/words/voice.ts';
import { stateNames } from '../../src/flows/benchmark.ts';
import { overviewFixtures } from './overview-fixtures.ts';
import { planFixtures } from './plan-fixtures.ts';
import { aBenchmark, aRanking, aRow, aTrial, nasty } from './support.ts';
import { voteFixtures } from './vote-fixtures.ts';
import { wizardFixtures } from './wizard-fixtures.ts';

export type Fixture = { name: string; view: ModalView | HomeView } | { name: string; message: Message };

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

export const fixtures = (): Fixture[] => [
  ...wizardFixtures(),
  ...planFixtures(),
  ...messages(),
  ...voteFixtures(),
  ...overviewFixtures(),
];
