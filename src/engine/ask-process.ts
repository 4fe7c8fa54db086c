/** One question to a process of its own: it may hang, take all memory or end, and this one only hears that it did. */
import { fork } from 'node:child_process';
import type { z } from 'zod';

/**
 * Starts a process that answers with one message and waits for it.
 * @param says why there is no answer, in words: after `timeoutMs`, when it is killed, or when it `ended` by itself
 */
export function askProcess<Answer>(
  entry: URL,
  argument: string,
  answerSchema: z.ZodType<Answer>,
  timeoutMs: number,
  says: { late: string; ended: (how: string) => string },
): Promise<Answer | { reason: string }> {
  return new Promise((resolve) => {
    const child = fork(entry, [argument], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const timer = setTimeout(() => {
      resolve({ reason: says.late });
      child.kill('SIGKILL');
    }, timeoutMs);
    child.on('message', (raw) => resolve(answerSchema.parse(raw)));
    child.on('error', (error) => resolve({ reason: error.message }));
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      resolve({ reason: says.ended(signal ?? `exit code ${code}`) });
    });
  });
}
