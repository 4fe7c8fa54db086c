/** Tokenizing in worker threads, which can be ended whatever they are doing. */
import { Worker } from 'node:worker_threads';
import { FinalError, RetryableError, UserError } from '../../errors.ts';
import type { CutText } from './encode-texts.ts';
import { unpack } from './packed-ids.ts';
import type { ThreadReply, ThreadTask } from './tokenize-worker.ts';

/** What a thread is sent at once: at most so many texts, and no more once they have so many characters. */
const groupTexts = 256;
const groupCharacters = 500_000;

/** Of a thread's heap. XLM-R's tokenizer and its words take 150 MB. */
const maxHeapMiB = 1536;

interface Group {
  start: number;
  texts: CutText[];
}

function groupsOf(texts: readonly CutText[]): Group[] {
  const groups: Group[] = [];
  let characters = Number.POSITIVE_INFINITY;
  for (const [at, text] of texts.entries()) {
    let group = groups.at(-1);
    if (!group || group.texts.length === groupTexts || characters >= groupCharacters) {
      group = { start: at, texts: [] };
      groups.push(group);
      characters = 0;
    }
    group.texts.push(text);
    characters += text.reduce((sum, { length }) => sum + length, 0);
  }
  return groups;
}

const startThread = (task: ThreadTask): Worker =>
  new Worker(new URL('./tokenize-worker.ts', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMiB },
  });

function threadError(error: Error): Error {
  if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new UserError(`Tokenizing took more than ${maxHeapMiB} MiB of memory and was ended.`, { cause: error });
  }
  return new FinalError(`A thread that tokenizes failed: ${error.message}`, { cause: error });
}

/** Gives a thread one group after the other until there is none left. */
function drain(worker: Worker, take: () => Group | undefined, put: (start: number, ids: Uint32Array[]) => void) {
  return new Promise<void>((resolve, reject) => {
    let group: Group | undefined;
    const give = () => {
      group = take();
      if (group) worker.postMessage(group.texts);
      else resolve();
    };
    worker.on('message', (reply: ThreadReply) => {
      if ('failure' in reply) {
        reject(reply.ofUser ? new UserError(reply.failure) : new FinalError(reply.failure));
        return;
      }
      put(group?.start ?? 0, unpack(reply.packed));
      give();
    });
    worker.on('error', (error) => reject(threadError(error)));
    worker.on('exit', (code) => reject(new RetryableError(`A thread that tokenizes ended with code ${code}.`)));
    give();
  });
}

/**
 * Encodes texts in `threads` threads; the result doesn't depend on how many. No thread is left when the promise settles.
 * @throws UserError when the tokenizer isn't usable, the signal's reason when it aborts
 */
export async function encodeInThreads(
  task: ThreadTask,
  texts: readonly CutText[],
  threads: number,
  signal: AbortSignal | undefined,
): Promise<Uint32Array[]> {
  signal?.throwIfAborted();
  const groups = groupsOf(texts);
  const encoded: Uint32Array[] = Array.from({ length: texts.length });
  let next = 0;
  const take = () => groups[next++];
  const put = (start: number, ids: Uint32Array[]) => {
    for (const [offset, list] of ids.entries()) encoded[start + offset] = list;
  };
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal?.reason);
  signal?.addEventListener('abort', onAbort);
  const workers: Worker[] = [];
  try {
    while (workers.length < Math.min(threads, groups.length)) workers.push(startThread(task));
    await Promise.race([Promise.all(workers.map((worker) => drain(worker, take, put))), aborted.promise]);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return encoded;
}
