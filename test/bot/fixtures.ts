/** Every view and message of the bot, plain and at its extremes, by name: for the laws here and for Slack's own check. */
import type { HomeView, ModalView } from '@slack/types';
import type { Message } from '../../src/bot/messages/message.ts';
import { overviewFixtures } from './overview-fixtures.ts';
import { planFixtures } from './plan-fixtures.ts';
import { resultFixtures } from './result-fixtures.ts';
import { voteFixtures } from './vote-fixtures.ts';
import { wizardFixtures } from './wizard-fixtures.ts';

export type Fixture = { name: string; view: ModalView | HomeView } | { name: string; message: Message };

export const fixtures = (): Fixture[] => [
  ...wizardFixtures(),
  ...planFixtures(),
  ...resultFixtures(),
  ...voteFixtures(),
  ...overviewFixtures(),
];
