/** The tables of `npm run bench -- method`: rows that know how to measure themselves, shared out among worker threads. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** As the ranking takes. */
export const resamples = 2000;

export const percent = (share: number) => `${(100 * share).toFixed(1)} %`.padStart(8);

export interface Row {
  /** what a regular expression may pick it by: labels, test documents, F1 */
  name: string;
  /** measures it on so many test sets */
  line: (draws: number) => string;
}

export interface Part {
  title: string;
  header: string[];
  rows: Row[];
  /** the rows that are measured when nobody picks any: the others take long */
  usual: RegExp;
  notes: string[];
}

/** What a worker is asked for. */
export interface Task {
  part: string;
  row: number;
  draws: number;
}

/** Prints a part's table, each row as soon as it and those above it are there. */
export async function benchRows(name: string, part: Part, draws = 1000, only = part.usual): Promise<void> {
  console.log(`\n## ${part.title}: ${draws} draws, ${resamples} resamples`);
  console.log(part.header.join('\n'));
  const tasks = part.rows.flatMap((row, index) => (only.test(row.name) ? [{ part: name, row: index, draws }] : []));
  const lines = new Map<number, string>();
  let [next, printed] = [0, 0];
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('./method-worker.ts', import.meta.url));
    while (next < tasks.length) {
      const own = next++;
      lines.set(own, await lineFrom(worker, tasks[own]!));
      for (; lines.has(printed); printed++) console.log(lines.get(printed));
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), tasks.length) }, work));
  console.log(part.notes.join('\n'));
}

function lineFrom(worker: Worker, task: Task): Promise<string> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (line) => {
      worker.off('error', reject);
      resolve(String(line));
    });
    worker.postMessage(task);
  });
}
