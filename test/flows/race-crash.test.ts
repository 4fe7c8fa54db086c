/** kill -9 in the middle of a rung, between its end and the decision, and after it: the race must end as it would have. */
import assert from 'node:assert/strict';
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { startRedis } from '../../src/commands/redis.ts';
import { quickRecipe } from '../../src/flows/contracts.ts';
import { want } from '../../src/flows/flow.ts';
import { planTrials } from '../../src/flows/plan.ts';
import { createArtifactStore } from '../../src/storage/artifacts.ts';
import { insertBenchmark, insertTrials, saveDataset } from '../../src/storage/benchmark-queries.ts';
import { closeDatabase, openDatabase } from '../../src/storage/database.ts';
import { aBenchmark, aProfile, aTrial } from '../bot/support.ts';
import { redisPackagesDir } from '../support/podium.ts';
import { smallCsv } from '../support/small-csv.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const part = new URL('./race-part.ts', import.meta.url);
const toldSchema = z.object({ state: z.string(), statuses: z.array(z.string()), story: z.string().nullable() });
type Told = z.infer<typeof toldSchema>;

const models = ['builtin/tfidf-logreg', 'builtin/fasttext', 'builtin/transformer-mini'];

/** A benchmark whose trials wait to be queued, in a database on disk. */
async function prepare(folder: string): Promise<void> {
  await createArtifactStore(path.join(folder, 'artifacts')).put('datasets/x', new TextEncoder().encode(smallCsv(240)));
  const database = openDatabase(path.join(folder, 'podium.sqlite'));
  const file = { hash: 'a'.repeat(64), fileName: 'data.csv', artifactKey: 'datasets/x', sizeBytes: 1 };
  saveDataset(database, { ...file, uploadedBy: 'U1', createdMs: 0 });
  const { plan: chosen } = aBenchmark();
  assert.ok(chosen);
  // so small a rate that fastText hardly learns and is dropped after the first rung, while the transformer goes on
  const recipe = { ...quickRecipe, maxTokens: 16, learningRate: 0.00003 };
  const plan = { ...chosen, models, categories: ['topic'], recipe, race: 'on' as const };
  const roles = { text: 'text', id: 'id', language: 'language', annotation: null, labels: ['topic'] };
  insertBenchmark(database, aBenchmark({ state: 'queued', roles, plan, ranking: null }));
  const profile = aProfile({ name: () => 'topic', categories: 1, languages: 1 });
  const specs = planTrials(plan, profile);
  insertTrials(
    database,
    specs.map((spec, position) => aTrial(position, { spec })),
  );
  want(database, 'b1', 'queue_trials', 0);
  closeDatabase(database);
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/**
 * Runs the race to its ranking. `strike` sees each news and says what is killed then, once for each name; it starts again
 * at once.
 */
async function runRace(t: TestContext, strike: (told: Told) => 'flow' | 'worker' | null): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-race-'));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const redis = await startRedis({ stateDir: folder, packagesDir: redisPackagesDir, onProgress: () => undefined });
  t.after(() => redis.stop());
  await prepare(folder);
  const env = {
    ...process.env,
    PODIUM_STATE: folder,
    PODIUM_ARTIFACTS: path.join(folder, 'artifacts'),
    REDIS_URL: redis.url,
  };
  const startWorker = (): ChildProcess =>
    spawn(process.execPath, [main, 'worker'], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  let worker = startWorker();
  t.after(() => kill(worker));
  for (;;) {
    const flow = fork(part, [folder, redis.url]);
    t.after(() => kill(flow));
    const story = await new Promise<string | null>((resolve, reject) => {
      flow.on('error', reject);
      flow.on('exit', () => resolve(null));
      flow.on('message', (raw) => {
        const told = toldSchema.parse(raw);
        if (told.state === 'failed') reject(new Error(`the benchmark failed: ${raw}`));
        if (told.story !== null) return resolve(told.story);
        const struck = strike(told);
        if (struck === 'flow') flow.kill('SIGKILL');
        if (struck === 'worker') {
          kill(worker).then(() => {
            worker = startWorker();
          }, reject);
        }
      });
    });
    await kill(flow);
    if (story !== null) return story;
  }
}

test('a worker killed in a rung, and the flow killed before, while and after a rung is decided, change nothing of a race', async (t) => {
  const calm = await runRace(t, () => null);
  const plan: [name: string, what: 'flow' | 'worker', when: (told: Told) => boolean][] = [
    [
      'in the first rung',
      'worker',
      ({ statuses }) => statuses.some((own) => own === 'running 0') && statuses.includes('paused 0'),
    ],
    ['when the first rung is over', 'flow', ({ statuses }) => statuses.every((own) => /^(paused|done) 0$/.test(own))],
    ['when it is decided', 'flow', ({ statuses }) => statuses.includes('queued 1')],
    ['in the second rung', 'flow', ({ statuses }) => statuses.includes('running 1')],
    [
      'when the second rung is over',
      'flow',
      ({ statuses }) => statuses.includes('paused 1') && !statuses.some((own) => /^(queued|running)/.test(own)),
    ],
  ];
  const struck: string[] = [];
  const rough = await runRace(t, (told) => {
    const due = plan.find(([name, , when]) => !struck.includes(name) && when(told));
    if (!due) return null;
    struck.push(due[0]);
    return due[1];
  });
  assert.ok(struck.length >= 4, `struck only ${struck.join(', ')}`);
  assert.match(calm, /dropped after epoch 1 of 3/);
  assert.equal(rough, calm);
});
