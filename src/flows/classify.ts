/**
 * Texts to trained models and back, over a queue of its own: somebody waits for the answer, so a running training must
 * not stand before it. Nothing of it is kept, in Redis neither.
 */
import { randomBytes } from 'node:crypto';
import { type ConnectionOptions, Queue, QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import { FinalError, RetryableError, UserError } from '../errors.ts';
import {
  type ClassifyJob,
  type ClassifyResult,
  cancelChannel,
  classifyLimits,
  type DeliveredModel,
  decodeFailure,
  queues,
} from './contracts.ts';
import type { Benchmark } from './records.ts';

export type Classify = (
  benchmark: Pick<Benchmark, 'id' | 'training'>,
  texts: string[],
  timeoutMs?: number,
) => Promise<ClassifyResult>;

/** A worker that meets a large model for the first time copies it to its disk first. */
const usualTimeoutMs = 60_000;

export async function connectClassify(options: {
  connection: ConnectionOptions;
  /** for publishing that nobody waits any longer */
  redis: Redis;
  log: (line: string) => void;
}): Promise<{ classify: Classify; close: () => Promise<void> }> {
  const { connection, redis, log } = options;
  const { name, result } = queues.classify;
  const queue = new Queue(name, { connection });
  const events = new QueueEvents(name, { connection });
  const logError = (error: Error): void => log(`queue ${name}: ${error.message}`);
  queue.on('error', logError);
  events.on('error', logError);
  const waiting = new Map<string, PromiseWithResolvers<unknown>>();
  events.on('completed', ({ jobId, returnvalue }) => waiting.get(jobId)?.resolve(returnvalue));
  events.on('failed', ({ jobId, failedReason }) => waiting.get(jobId)?.reject(decodeFailure(failedReason)));
  await events.waitUntilReady();

  /** A worker that is at it hears that nobody waits. */
  const drop = async (jobId: string): Promise<void> => {
    if ((await queue.remove(jobId)) === 0) await redis.publish(cancelChannel, jobId);
  };
  const classify: Classify = async (benchmark, texts, timeoutMs = usualTimeoutMs) => {
    const payload = { models: modelsOf(benchmark), texts: checkedTexts(texts) };
    const jobId = `classify-${randomBytes(8).toString('hex')}`;
    const answer = Promise.withResolvers<unknown>();
    waiting.set(jobId, answer);
    const timer = setTimeout(() => {
      answer.reject(nobodyAnswered(timeoutMs));
      drop(jobId).catch((error: Error) => log(`${jobId} could not be removed: ${error.message}`));
    }, timeoutMs);
    // heard of through its event, which carries the answer
    const kept = { attempts: 1, removeOnComplete: true, removeOnFail: true };
    const added = queue.add('classify', payload satisfies ClassifyJob, { ...kept, jobId });
    try {
      // with Redis away adding waits, too
      return result.parse(await Promise.race([answer.promise, added.then(() => answer.promise)]));
    } finally {
      clearTimeout(timer);
      waiting.delete(jobId);
    }
  };
  const close = async (): Promise<void> => {
    for (const { reject } of waiting.values()) reject(new RetryableError('Podium is stopping'));
    await Promise.all([events.close(), queue.close()]);
  };
  return { classify, close };
}

function modelsOf({ id, training }: Pick<Benchmark, 'id' | 'training'>): DeliveredModel[] {
  const result = training?.result;
  if (!result) throw new FinalError(`Benchmark ${id} is asked to classify but has no trained model`);
  const keys = result.files.map(({ key }) => key);
  return result.models.map(({ category, language, folder }) => {
    const prefix = `${result.artifactPrefix}${folder}/`;
    return { category, language, prefix, files: keys.filter((key) => key.startsWith(prefix)) };
  });
}

function checkedTexts(texts: string[]): string[] {
  const longest = texts.reduce((most, { length }) => Math.max(most, length), 0);
  if (longest <= classifyLimits.characters) return texts;
  throw new UserError(
    `The text has ${longest} characters; at most ${classifyLimits.characters} can be classified here. Send a shorter one.`,
    { code: 'text_too_long' },
  );
}

const nobodyAnswered = (timeoutMs: number): UserError =>
  new UserError(
    `No worker has answered within ${Math.ceil(timeoutMs / 1000)} s. If none is running, \`npm run worker\` starts one; then try again.`,
    { code: 'no_worker_answered' },
  );
