/** One life of one of our own node processes, seen from the supervisor. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { childMessageSchema } from './child-process.ts';

/** What a part says when it serves. */
export interface Ready {
  detail: string;
  /** environment variables for the parts that need this one, and for this one itself when it is started again */
  gives?: Record<string, string> | undefined;
}

/** One life of a part, from start to end. */
export interface Life {
  /** rejects when starting it again would fail the same way */
  ready: Promise<Ready>;
  /** how it ended; never rejects */
  ended: Promise<string>;
  stop(): Promise<void>;
  kill(): void;
}

/** A node process that calls `sayReady` and `exitWithParent` of child-process.ts. */
export interface ChildSpec {
  name: string;
  /** names of the parts that must be ready before this one starts */
  needs?: string[];
  script: string;
  args?: string[];
  env?: Record<string, string>;
  /** time between SIGTERM and SIGKILL */
  graceMs?: number;
  readyTimeoutMs?: number;
}

/** Starts the process. `say` gets each line that it writes. */
export function launchChild(spec: ChildSpec, env: Record<string, string>, say: (line: string) => void): Life {
  const child = spawn(process.execPath, [spec.script, ...(spec.args ?? [])], {
    // A group of its own: Ctrl-C in the terminal reaches the supervisor only, and the group can be killed as a whole.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...spec.env, ...env },
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', say);
  }
  const ended = endOf(child);
  const ready = firstMessage(child);
  ready.catch(() => {});
  const patience = setTimeout(() => {
    say(`not ready after ${(spec.readyTimeoutMs ?? 120_000) / 1000} s`);
    killGroup(child);
  }, spec.readyTimeoutMs ?? 120_000);
  Promise.race([ready, ended])
    .finally(() => clearTimeout(patience))
    .catch(() => {});
  return {
    ready,
    ended,
    kill: () => killGroup(child),
    stop: async () => {
      child.kill('SIGTERM');
      await Promise.race([ended, sleep(spec.graceMs ?? 5_000, undefined, { ref: false })]);
      killGroup(child);
      await ended;
    },
  };
}

async function firstMessage(child: ChildProcess): Promise<Ready> {
  const { promise, resolve, reject } = Promise.withResolvers<Ready>();
  child.on('message', (raw) => {
    const message = childMessageSchema.safeParse(raw);
    if (!message.success) return;
    if ('failed' in message.data) reject(new Error(message.data.failed));
    else resolve(message.data);
  });
  return promise;
}

/** Resolves when the process and what it started itself are gone, and its last lines are read. */
async function endOf(child: ChildProcess): Promise<string> {
  const closed = once(child, 'close').catch(() => {});
  try {
    const [code, signal] = await once(child, 'exit');
    killGroup(child);
    // A grandchild that left the group may still hold the pipes open.
    await Promise.race([closed, sleep(500, undefined, { ref: false })]);
    return signal === null ? `ended with code ${code}` : `ended by ${signal}`;
  } catch (error) {
    return `couldn't be started: ${error instanceof Error ? error.message : error}`;
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // nobody left in it
  }
}
