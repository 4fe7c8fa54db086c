import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Unpacked once for all tests, where no Redis is installed; the same folder as in ../support. */
export const packagesDir = fileURLToPath(new URL('../../node_modules/.cache/podium-redis', import.meta.url));

export interface Folder extends AsyncDisposable {
  dir: string;
}

/** A folder that is gone after the test. Short, as a socket's path must be. */
export async function temporaryFolder(): Promise<Folder> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'pod-'));
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Waits for something that has no event of its own, such as the end of a process that isn't our child. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > deadlineMs) throw new Error(`waited in vain until ${what}`);
    await sleep(10);
  }
}

/** Gone, or ended and only listed until its parent asks for it. */
export async function isGone(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return true;
  }
  return /\) [ZX] /.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''));
}

export interface Running extends AsyncDisposable {
  child: ChildProcess;
  /** what it has written so far, line by line */
  lines: string[];
  /** the first line that matches, written already or to come; rejects when the process ends without one */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** A node process of a script in this folder, killed at the end of the test at the latest. */
export function startScript(name: string, args: string[], { ipc = false } = {}): Running {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
    env: { ...process.env, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' },
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      for (const wake of waiting) wake();
    });
  }
  // 'close' never comes after we have disconnected; and what it started may hold its streams open.
  const read = Promise.all([child.stdout, child.stderr].map((stream) => stream && once(stream, 'close')));
  const exited = once(child, 'exit').then(async ([code, signal]) => {
    await Promise.race([read, sleep(1_000, null, { ref: false })]);
    return { code, signal };
  });
  const line = async (pattern: RegExp): Promise<RegExpExecArray> => {
    const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
    const look = (): void => {
      const found = lines.map((each) => pattern.exec(each)).find((match) => match !== null);
      if (found) resolve(found);
    };
    look();
    waiting.add(look);
    const without = (how: string) => () => reject(new Error(`${how} without ${pattern}:\n${lines.join('\n')}`));
    exited.then(without('ended'));
    const patience = setTimeout(without('waited 30 s'), 30_000);
    return promise.finally(() => {
      clearTimeout(patience);
      waiting.delete(look);
    });
  };
  return {
    child,
    lines,
    line,
    exited,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
