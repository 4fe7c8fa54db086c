/** The bot: Slack on one side, flows on the other. Nothing here knows whether Slack is Slack or the local workspace. */
import { setTimeout as wait } from 'node:timers/promises';
import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Charts } from '../charts/charts.ts';
import type { WorkerInfo } from '../flows/contracts.ts';
import type { Flow } from '../flows/flow.ts';
import type { Benchmark } from '../flows/records.ts';
import type { Carrier } from '../flows/relay.ts';
import type { ArtifactStore } from '../storage/artifacts.ts';
import { createCarriers, type SlackEffect } from './carriers.ts';
import { createChannelSight } from './channel-sight.ts';
import { registerFileShortcut } from './commands/file-shortcut.ts';
import { registerCommand } from './commands/handlers.ts';
import type { BotContext } from './context.ts';
import { registerHome } from './home/handlers.ts';
import { createPermalinks } from './permalinks.ts';
import { registerResults } from './results/handlers.ts';
import { finalIfLasting } from './slack-error.ts';
import { registerThread } from './thread-handlers.ts';
import { createUpdateBudget, type UpdateBudget } from './update-budget.ts';
import { registerWizard, showProfiled } from './wizard/handlers.ts';
import { createReaders } from './words/readers.ts';

export interface BotOptions {
  botToken: string;
  appToken: string;
  /** of the local workspace; undefined = Slack's own */
  slackApiUrl: string | undefined;
  maxUploadBytes: number;
  /** globs of the model hub's ids that may be chosen; null: all */
  modelsAllowed: readonly string[] | null;
  /** folders on the workers whose models may be chosen */
  modelFolders: readonly string[];
  flow: Flow;
  artifacts: ArtifactStore;
  charts: Charts;
  listWorkers: () => Promise<WorkerInfo[]>;
  classify: BotContext['classify'];
  log: (line: string) => void;
}

export interface Bot {
  carriers: Record<SlackEffect, Carrier>;
  /** how long an effect has to wait, so that Slack's limits hold */
  waitMs: UpdateBudget['waitMs'];
  onProfiled: (benchmark: Benchmark) => void;
  onStateChanged: (benchmark: Benchmark) => void;
  start: () => Promise<void>;
  stop: () => Promise<void>;
}

/**
 * The listeners' client would inherit Socket Mode's 100 retries, and no time-out at all; a person waits for a modal, so
 * it gives up soon. Delivery's own retries are the outbox's.
 */
const forPeople: WebClientOptions = { retryConfig: { retries: 2, minTimeout: 200, maxTimeout: 1000 }, timeout: 10_000 };
/** What is asked beside an answer: where Slack says "later", the answer goes without it. */
const forAsides: WebClientOptions = { retryConfig: { retries: 0 }, timeout: 5000, rejectRateLimitedCalls: true };
const closeWithinMs = 2000;
const forDelivery: WebClientOptions = { retryConfig: { retries: 0 }, timeout: 30_000, rejectRateLimitedCalls: false };

export function createBot(options: BotOptions): Bot {
  const { botToken, appToken, slackApiUrl, log } = options;
  const at = slackApiUrl === undefined ? {} : { slackApiUrl };
  const receiver = new SocketModeReceiver({
    appToken,
    logLevel: LogLevel.WARN,
    installerOptions: { clientOptions: { ...at, retryConfig: { retries: 100, factor: 1.3, maxTimeout: 30_000 } } },
  });
  const app = new App({
    token: botToken,
    receiver,
    convoStore: false,
    logLevel: LogLevel.WARN,
    clientOptions: { ...forPeople, ...at },
  });
  const client = new WebClient(botToken, { ...forPeople, ...at });
  const readers = createReaders(client, options.flow.database, options.flow.nowMs);
  const asides = new WebClient(botToken, { ...forAsides, ...at });
  const context: BotContext = {
    ...options,
    client,
    readers,
    channels: createChannelSight(asides, options.flow.nowMs, log),
    links: createPermalinks(asides, options.flow.database, log),
  };
  registerCommand(app, context);
  registerWizard(app, context);
  registerThread(app, context);
  registerResults(app, context);
  registerFileShortcut(app, context);
  const home = registerHome(app, context, asides);
  app.error(async (error) => log(`handler: ${error.stack ?? error.message}`));
  const forMessages = new WebClient(botToken, { ...forDelivery, ...at });
  const budget = createUpdateBudget(options.flow.nowMs);
  return {
    carriers: createCarriers({ ...options, readers, budget, shown: new Map(), client: forMessages }),
    waitMs: budget.waitMs,
    onProfiled: (benchmark) => {
      showProfiled(context, benchmark).catch((error: Error) => log(`profile of ${benchmark.id}: ${error.message}`));
    },
    onStateChanged: home.changed,
    start: async () => {
      await app.start().catch((error: unknown) => {
        throw finalIfLasting(error, 'the connection');
      });
    },
    stop: async () => {
      home.stop();
      // App.stop resolves before the socket is closed.
      const { client: socket } = receiver;
      const gone = new Promise((resolve) => socket.once('disconnected', resolve));
      await app.stop();
      await Promise.race([gone, wait(closeWithinMs, undefined, { ref: false })]);
    },
  };
}
