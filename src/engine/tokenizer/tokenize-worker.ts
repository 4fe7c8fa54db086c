/** A thread that opens a tokenizer and encodes what it is sent (tokenize-threads.ts). */
import { parentPort, workerData } from 'node:worker_threads';
import { errorText, FinalError, UserError } from '../../errors.ts';
import { type CutText, type EncodeLimits, encodeTexts, openUnderDeadline } from './encode-texts.ts';
import { type PackedIds, pack } from './packed-ids.ts';
import type { TokenizerSource } from './tokenizer-file.ts';

export interface ThreadTask {
  source: TokenizerSource;
  limits: EncodeLimits;
}

/** A structured clone loses the class of an error, so its kind is told. */
export type ThreadReply = { packed: PackedIds } | { failure: string; ofUser: boolean };

const port = parentPort;
if (!port) throw new FinalError('tokenize-worker.ts is run as a worker thread only.');
const { source, limits }: ThreadTask = workerData;

function failure(error: unknown): ThreadReply {
  return { failure: errorText(error), ofUser: error instanceof UserError };
}

try {
  const tokenizer = openUnderDeadline(source);
  port.on('message', (texts: readonly CutText[]) => {
    try {
      const packed = pack(encodeTexts(tokenizer, texts, limits));
      const reply: ThreadReply = { packed };
      port.postMessage(reply, [packed.lengths.buffer, packed.ids.buffer]);
    } catch (error) {
      port.postMessage(failure(error));
    }
  });
} catch (error) {
  port.postMessage(failure(error));
}
