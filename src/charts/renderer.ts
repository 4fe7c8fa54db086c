/** Our own chart server: QuickChart's `POST /chart` on loopback, in a worker thread. No result leaves the machine. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { FinalError } from '../errors.ts';

/** Inter, from the package inter-ui (SIL Open Font License 1.1, in the package's LICENSE.txt): Latin, Greek, Cyrillic. */
const shippedFonts = [
  fileURLToPath(import.meta.resolve('inter-ui/web/Inter-Regular.woff2')),
  fileURLToPath(import.meta.resolve('inter-ui/web/Inter-SemiBold.woff2')),
];

const startSchema = z.union([
  z.object({ address: z.object({ port: z.number().int() }) }),
  z.object({ failed: z.string() }),
]);

export interface Renderer {
  /** http://127.0.0.1:port; charts are posted to /chart below it */
  url: string;
  /** settles when the thread has ended, by itself or by `close` */
  exited: Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Starts the renderer on a free port of 127.0.0.1.
 * @throws FinalError when no font could be registered: charts would come out without any text, and without an error
 */
export async function startRenderer({ fontFiles = shippedFonts }: { fontFiles?: string[] } = {}): Promise<Renderer> {
  const worker = new Worker(new URL('./render-worker.ts', import.meta.url), {
    workerData: { fontFiles },
    // Those of the process are for its own script.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  });
  const exited = once(worker, 'exit').catch(() => {});
  // Without a listener, a fault in the thread would end the bot; `exited` tells whoever waits.
  worker.on('error', () => {});
  const close = async (): Promise<void> => {
    await worker.terminate();
  };
  const first = await Promise.race([once(worker, 'message'), exited.then(() => [{ failed: 'its thread ended' }])]);
  const started = startSchema.parse(first[0]);
  if ('failed' in started) {
    await close();
    throw new FinalError(`The chart renderer doesn't start: ${started.failed}`);
  }
  return { url: `http://127.0.0.1:${started.address.port}`, exited, close };
}
