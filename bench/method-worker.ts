/** A thread that measures rows of method-rows.ts, one after the other. */
import { parentPort } from 'node:worker_threads';
import { rowParts } from './method-parts.ts';
import type { Task } from './method-rows.ts';

parentPort?.on('message', ({ part, row, draws }: Task) => {
  parentPort?.postMessage(rowParts[part]?.rows[row]?.line(draws));
});
