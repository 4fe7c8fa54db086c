/**
 * Process entry for the test that kills a race: the bot's flow, queues and relay without Slack, over a database on disk.
 * Tells the trials' statuses after each change, and at the end all that was decided.
 */
import path from 'node:path';
import { Redis } from 'ioredis';
import { redisConnection } from '../../src/commands/redis.ts';
import type { Flow } from '../../src/flows/flow.ts';
import { connectJobs } from '../../src/flows/jobs.ts';
import { rankBenchmark } from '../../src/flows/rank.ts';
import { getTrials, requireBenchmark } from '../../src/flows/records.ts';
import { type Carrier, type Relay, startRelay } from '../../src/flows/relay.ts';
import { raceBenchmark } from '../../src/flows/run-race.ts';
import { createArtifactStore } from '../../src/storage/artifacts.ts';
import { openDatabase } from '../../src/storage/database.ts';

const [folder = '', redisUrl = ''] = process.argv.slice(2);
const database = openDatabase(path.join(folder, 'podium.sqlite'));
const artifacts = createArtifactStore(path.join(folder, 'artifacts'));
const connection = redisConnection(redisUrl);
const redis = new Redis(connection);
const log = (line: string): void => console.error(line);

function tell(): void {
  const { state, ranking } = requireBenchmark(database, 'b1');
  const trials = getTrials(database, 'b1');
  const statuses = trials.map(({ status, rung }) => `${status} ${rung}`);
  const story = {
    trials: trials.map(({ status, error, race, result }) => ({
      ...{ status, error, metrics: result?.metrics, epochs: result?.epochs },
      race: race && { ...race, trainSeconds: null },
    })),
    rows: ranking?.rows.map(({ rank, model, score, low, high, status }) => ({ rank, model, score, low, high, status })),
    dropped: ranking?.race?.dropped,
  };
  process.send?.({ state, statuses, story: state === 'ranked' ? JSON.stringify(story) : null });
}

let relay: Relay | undefined;
const flow: Flow = {
  database,
  nowMs: Date.now,
  wake: () => {
    tell();
    relay?.wake();
  },
};
const shown: Carrier = async () => undefined;
const jobs = await connectJobs({ flow, connection, redis, onProfiled: () => undefined, log });
await jobs.reconcile();
relay = startRelay({
  database,
  nowMs: Date.now,
  log,
  carriers: {
    ...{ show_progress: shown, show_ranking: shown, show_ballot: shown, show_decision: shown },
    ...{
      show_vote_result: shown,
      show_outcome: shown,
      show_milestones: shown,
      show_details: shown,
      show_failures: shown,
      remind_voters: shown,
      close_vote: shown,
    },
    ...{ queue_profile: jobs.queueProfile, queue_trials: jobs.queueTrials, queue_training: jobs.queueTraining },
    cancel_jobs: jobs.cancelJobs,
    race: (benchmarkId) => raceBenchmark(flow, benchmarkId, (key) => artifacts.get(key)),
    rank: (benchmarkId) => rankBenchmark(flow, benchmarkId, (key) => artifacts.get(key)),
  },
});
tell();
