import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { type Outcome, outcomeSchema } from './fuzz-outcome.ts';

/** `PODIUM_FUZZ=10000` for a thorough run; a file is replayed by `node test/engine/data/fuzz-worker.ts NUMBER`. */
const files = Number(process.env['PODIUM_FUZZ'] ?? 600);
const script = new URL('fuzz-worker.ts', import.meta.url);
const limitMs = 5_000;
/** V8's heap is held lower than what may be resident: damaged pages claim to unpack to hundreds of megabytes. */
const [heapMb, residentMb] = [256, 700];

async function startWorker(): Promise<ChildProcess> {
  const execArgv = [`--max-old-space-size=${heapMb}`];
  const child = fork(script, [], { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await once(child, 'message');
  return child;
}

/** Rejects when the process ends or is not done in time, which is all that a crash or a hang can be. */
async function outcomeOf(file: number, child: ChildProcess): Promise<Outcome> {
  const settled = new AbortController();
  const { signal } = settled;
  const answered = once(child, 'message', { signal });
  const ended = once(child, 'exit', { signal }).then(([code, cause]) => {
    throw new Error(`file ${file}: its process ended with ${code ?? cause}`);
  });
  const late = wait(limitMs, undefined, { signal }).then(() => {
    throw new Error(`file ${file}: not read after ${limitMs / 1000} s`);
  });
  child.send(file);
  try {
    const [answer] = await Promise.race([answered, ended, late]);
    return outcomeSchema.parse(answer);
  } finally {
    settled.abort();
  }
}

test(`${files} damaged files are read or refused with a message, none in a crash, 5 s or much memory`, async (context) => {
  const outcomes: Outcome[] = [];
  const failures: string[] = [];
  let next = 0;
  const readAll = async () => {
    let child = await startWorker();
    while (next < files) {
      try {
        outcomes.push(await outcomeOf(next++, child));
      } catch (error) {
        failures.push(String(error));
        child.kill('SIGKILL');
        child = await startWorker();
      }
    }
    child.kill();
  };
  await Promise.all([readAll(), readAll()]);
  const counts = Object.groupBy(outcomes, ({ outcome }) => outcome);
  for (const [outcome, list] of Object.entries(counts)) context.diagnostic(`${list?.length} ${outcome}`);
  const slowest = outcomes.reduce((a, b) => (b.tookMs > a.tookMs ? b : a));
  const most = Math.max(...outcomes.map(({ residentBytes }) => residentBytes)) / 1024 / 1024;
  context.diagnostic(
    `slowest: file ${slowest.file} in ${Math.round(slowest.tookMs)} ms; most memory: ${Math.round(most)} MB`,
  );
  assert.deepEqual(failures, []);
  assert.equal(outcomes.length, files);
  assert.ok(most < residentMb, `${most} MB`);
});
