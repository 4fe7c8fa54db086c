/** Classifying with delivered models: from the bot's side of the queue to a worker and back. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Queue, QueueEvents } from 'bullmq';
import { runTrainJob } from '../../src/engine/train-job.ts';
import { startWorker } from '../../src/engine/worker.ts';
import { FinalError, UserError } from '../../src/errors.ts';
import { connectClassify } from '../../src/flows/classify.ts';
import {
  cancelChannel,
  noPreparation,
  queues,
  quickRecipe,
  type TrainJobResult,
  type TrialSpec,
} from '../../src/flows/contracts.ts';
import { createArtifactStore } from '../../src/storage/artifacts.ts';
import { quietHooks } from '../support/hooks.ts';
import { startQueues } from '../support/queues.ts';
import { smallCsv } from '../support/small-csv.ts';

const roles = { text: 'text', id: 'id', language: 'language', annotation: null, labels: ['topic', 'tone'] };
const dataset = { datasetHash: 'x', artifactKey: 'datasets/x', fileName: 'data.csv' };
const spec: TrialSpec = {
  ...{ model: 'builtin/tfidf-logreg', category: 'topic', language: null, languages: null, seed: 7, fold: null },
  ...{ strategy: 'auto', recipe: quickRecipe },
};

async function scene(t: TestContext) {
  const own = await startQueues(t, smallCsv());
  const { stack, connection, redis, artifactUrl, settings } = own;
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const classification = await connectClassify({ connection, redis, log });
  stack.defer(classification.close);
  const train = (specs: TrialSpec[], benchmarkId = 'b1') =>
    runTrainJob(
      createArtifactStore(artifactUrl),
      { benchmarkId, dataset, roles, preparation: noPreparation, specs, secondPass: false },
      quietHooks({ settings }),
    );
  const start = async (): Promise<void> => {
    const worker = await startWorker({ ...own, log });
    stack.defer(worker.close);
  };
  const classify = (result: TrainJobResult | null, texts: string[], timeoutMs?: number) =>
    classification.classify({ id: 'b1', training: { progress: null, result, attempt: 0 } }, texts, timeoutMs);
  return { ...own, lines, train, start, classify };
}

test('each text is answered by each category, the surest labels first, and nothing stays in Redis', async (t) => {
  const { train, start, classify, connection, stack, settings } = await scene(t);
  const sets: TrialSpec = { ...spec, category: 'tone', strategy: 'multi-label', model: 'builtin/fasttext' };
  const trained = await train([spec, sets]);
  await start();
  const texts = ['hello, no water comes from the tap', 'the park needs more trees, this is a shame'];
  const result = await classify(trained, texts);
  assert.deepEqual(
    result.map((answers) => answers.map(({ category, language, several }) => [category, language, several])),
    texts.map(() => [
      ['topic', null, false],
      ['tone', null, true],
    ]),
  );
  assert.deepEqual(
    result.map((answers) => answers.map(({ labels }) => labels[0]?.label)),
    [
      ['water', 'calm'],
      ['parks', 'angry'],
    ],
  );
  for (const { labels, several } of result.flat()) {
    const scores = labels.map(({ score }) => score);
    assert.deepEqual(
      scores,
      scores.toSorted((a, b) => b - a),
    );
    if (!several) assert.ok(Math.abs(scores.reduce((sum, score) => sum + score, 0) - 1) < 1e-6);
  }
  const queue = new Queue(queues.classify.name, { connection });
  stack.defer(() => queue.close());
  const counts = await queue.getJobCounts();
  assert.deepEqual(
    Object.values(counts).filter((count) => count > 0),
    [],
    JSON.stringify(counts),
  );
  // from the disk from now on
  const delivered = path.join(settings.cacheFolder, 'delivered');
  assert.equal((await readdir(delivered)).length, 2);
  await rm(path.join(path.dirname(settings.cacheFolder), 'artifacts', 'models'), { recursive: true });
  assert.deepEqual(await classify(trained, texts), result);
});

test('of models for one language each those for the text answer; all do where none is for it', async (t) => {
  const { train, start, classify } = await scene(t);
  const trained = await train(['en', 'fr'].map((language) => ({ ...spec, language })));
  await start();
  const texts = [
    'Good morning, there has not been any water coming from our tap since yesterday evening.',
    "Bonjour, il n'y a plus une goutte d'eau au robinet depuis hier soir, pouvez-vous nous aider ?",
    'Buenos días, desde ayer por la noche no sale agua del grifo, ¿nos pueden ayudar por favor?',
  ];
  const result = await classify(trained, texts);
  assert.deepEqual(
    result.map((answers) => answers.map(({ language }) => language)),
    [['en'], ['fr'], ['en', 'fr']],
  );
});

test('a text is answered while a training runs', async (t) => {
  const { train, start, classify, connection, stack, redis, lines } = await scene(t);
  const trained = await train([spec]);
  await start();
  const queue = new Queue(queues.train.name, { connection });
  stack.defer(() => queue.close());
  const events = new QueueEvents(queues.train.name, { connection });
  stack.defer(() => events.close());
  await events.waitUntilReady();
  const recipe = { ...quickRecipe, epochs: 50, patienceEpochs: 50 };
  const long = { ...spec, model: 'builtin/transformer-small', recipe };
  const job = await queue.add('train', {
    ...{ benchmarkId: 'b2', dataset, roles, preparation: noPreparation, specs: [long], secondPass: false },
  });
  await once(events, 'progress');
  const [[answer] = []] = await classify(trained, ['no water comes from the tap']);
  assert.equal(answer?.labels[0]?.label, 'water', lines.join('\n'));
  assert.equal(await job.isActive(), true);
  await redis.publish(cancelChannel, job.id ?? '');
  await once(events, 'failed');
});

test('without a worker the person is told so, and a worker that comes later finds nothing to do', async (t) => {
  const { train, classify, connection, stack, lines } = await scene(t);
  const trained = await train([spec]);
  const events = new QueueEvents(queues.classify.name, { connection });
  stack.defer(() => events.close());
  await events.waitUntilReady();
  const removed = once(events, 'removed');
  await assert.rejects(classify(trained, ['a text'], 300), (error) => {
    assert.ok(error instanceof UserError);
    assert.equal(error.code, 'no_worker_answered');
    return true;
  });
  await removed;
  const queue = new Queue(queues.classify.name, { connection });
  stack.defer(() => queue.close());
  assert.deepEqual(await queue.getJobCounts('wait', 'active', 'completed', 'failed'), {
    ...{ wait: 0, active: 0, completed: 0, failed: 0 },
  });
  assert.deepEqual(lines, []);
});

test('a model that is gone from the store, a text that is too long, and no model at all are told apart', async (t) => {
  const { train, start, classify, artifactUrl } = await scene(t);
  const trained = await train([spec]);
  await createArtifactStore(artifactUrl).remove(trained.artifactPrefix);
  await start();
  await assert.rejects(
    classify(trained, ['a text']),
    (error) => error instanceof FinalError && /holds nothing under "models\/b1\/01-topic\//.test(error.message),
  );
  await assert.rejects(
    classify(trained, ['x'.repeat(5001)]),
    (error) => error instanceof UserError && error.code === 'text_too_long',
  );
  await assert.rejects(classify(null, ['a text']), FinalError);
});

test('a folder that was damaged on the disk is fetched anew after it failed once', async (t) => {
  const { train, start, classify, settings } = await scene(t);
  const trained = await train([spec]);
  await start();
  const expected = await classify(trained, ['no water comes from the tap']);
  const delivered = path.join(settings.cacheFolder, 'delivered');
  const [folder = ''] = await readdir(delivered);
  await writeFile(path.join(delivered, folder, 'weights.bin'), 'short');
  await assert.rejects(classify(trained, ['a text']), /weights\.bin should have/);
  assert.deepEqual(await readdir(delivered), []);
  assert.deepEqual(await classify(trained, ['no water comes from the tap']), expected);
});
