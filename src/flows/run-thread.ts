/** One request to a thread of its own: what computes for long would hold up Slack's three-second acknowledgements. */
import { Worker } from 'node:worker_threads';
import type { z } from 'zod';
import { errorText } from '../errors.ts';

/**
 * Starts the thread, hands it the request and waits for its one message.
 * @param what begins the sentence of a failure, such as "The race"
 * @throws Error when the thread throws, or ends without an answer
 */
export function runThread<Answer>(
  entry: URL,
  request: unknown,
  answerSchema: z.ZodType<Answer>,
  what: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(entry, { workerData: request });
    thread.once('message', (answer: unknown) => resolve(answerSchema.parse(answer)));
    thread.once('error', (error) => reject(new Error(`${what} failed: ${errorText(error)}`, { cause: error })));
    thread.once('exit', (code) => reject(new Error(`${what} failed: its thread ended early, exit code ${code}`)));
  });
}
