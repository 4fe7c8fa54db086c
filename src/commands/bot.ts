/** `podium bot`: the only process with Slack tokens, and the only one that opens the database. */
import path from 'node:path';
import { Redis } from 'ioredis';
import { createBot } from '../bot/app.ts';
import { type Charts, openCharts } from '../charts/charts.ts';
import { UserError } from '../errors.ts';
import type { Flow } from '../flows/flow.ts';
import { connectJobs, type Jobs } from '../flows/jobs.ts';
import { listWorkers } from '../flows/presence.ts';
import { rankBenchmark } from '../flows/rank.ts';
import { type Relay, startRelay } from '../flows/relay.ts';
import { raceBenchmark } from '../flows/run-race.ts';
import { createArtifactStore } from '../storage/artifacts.ts';
import { closeDatabase, openDatabase } from '../storage/database.ts';
import { exitWithParent, sayReady } from './child-process.ts';
import { redisConnection } from './redis.ts';
import { readSettings, requireRedisUrl, type Settings } from './settings.ts';
import { lockStateDir } from './state-lock.ts';

/** Runs until it is told to end. What was under way is finished by the next start. */
export async function runBot(): Promise<void> {
  const settings = readSettings(process.env);
  const bot = await startBot(settings, (line) => console.error(line));
  exitWithParent(bot.stop);
  sayReady(settings.slack?.apiUrl === undefined ? 'connected to Slack' : 'connected to the local workspace');
}

/** The bot with its database, queues, relay and charts. @throws UserError for settings that don't suffice */
export async function startBot(
  settings: Settings,
  log: (line: string) => void,
): Promise<{ stop: () => Promise<void> }> {
  const { slack } = settings;
  if (slack === null)
    throw new UserError(
      'SLACK_BOT_TOKEN and SLACK_APP_TOKEN are not set. Set both, or use `npm start`, which brings a local workspace.',
    );
  const databaseDir = path.join(settings.stateDir, 'database');
  // Two bots on one database would post everything twice.
  const lock = lockStateDir(databaseDir);
  const database = openDatabase(path.join(databaseDir, 'podium.sqlite'));
  const artifacts = createArtifactStore(settings.artifactUrl);
  const connection = redisConnection(requireRedisUrl(settings));
  const redis = new Redis(connection);
  redis.on('error', (error) => log(`redis: ${error.message}`));
  // Its thread loads while the rest starts; a renderer without a font ends the start below.
  const opening = openCharts(settings.chartsUrl);
  opening.catch(() => undefined);
  const charts: Charts = {
    draw: async (chart) => (await opening).draw(chart),
    close: async () => (await opening).close(),
  };

  let relay: Relay | undefined;
  const flow: Flow = {
    database,
    nowMs: Date.now,
    wake: () => relay?.wake(),
    stateChanged: (benchmark) => bot.onStateChanged(benchmark),
  };
  const bot = createBot({
    botToken: slack.botToken,
    appToken: slack.appToken,
    slackApiUrl: slack.apiUrl,
    maxUploadBytes: settings.engine.limits.maxBytes,
    modelsAllowed: settings.engine.modelsAllowed,
    modelFolders: settings.modelFolders,
    flow,
    artifacts,
    charts,
    listWorkers: () => listWorkers(redis),
    classify: (...order) => jobs.classify(...order),
    log,
  });
  const jobs: Jobs = await connectJobs({ flow, connection, redis, onProfiled: bot.onProfiled, log });
  await jobs.reconcile();
  await Promise.all([bot.start(), opening]);
  relay = startRelay({
    database,
    nowMs: Date.now,
    waitMs: bot.waitMs,
    log,
    carriers: {
      ...bot.carriers,
      queue_profile: jobs.queueProfile,
      queue_trials: jobs.queueTrials,
      queue_training: jobs.queueTraining,
      cancel_jobs: jobs.cancelJobs,
      race: (benchmarkId) => raceBenchmark(flow, benchmarkId, (key) => artifacts.get(key)),
      rank: (benchmarkId) => rankBenchmark(flow, benchmarkId, (key) => artifacts.get(key)),
    },
  });
  return {
    stop: async () => {
      await bot.stop();
      await relay?.stop();
      await jobs.close();
      redis.disconnect();
      await charts.close();
      closeDatabase(database);
      lock.release();
    },
  };
}
