/** Starts the parts of Podium on one machine, keeps them running, and leaves nothing behind. */
import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';
import { errorText } from '../errors.ts';
import { lockStateDir } from './state-lock.ts';
import { type ChildSpec, type Life, launchChild, type Ready } from './supervised-child.ts';

/** A part that isn't one of our node processes: the private Redis. */
export interface HeldSpec {
  name: string;
  needs?: string[];
  start(context: { print: (line: string) => void; signal: AbortSignal }): Promise<HeldPart>;
}

interface HeldPart extends Ready {
  /** null when its end can't be seen, as with a Redis elsewhere */
  exited: Promise<string> | null;
  stop(): Promise<void>;
}

export type PartSpec = ChildSpec | HeldSpec;

export interface SuperviseOptions {
  print: (line: string) => void;
  stateDir: string;
  colour?: boolean;
  /** called once, when every part has been ready, with what they gave */
  onReady?: (gives: Record<string, string>) => void;
  /** ends everything, as SIGTERM does */
  signal?: AbortSignal;
  /** a part that lived shorter than this died quickly */
  quickMs?: number;
  /** waits before starting a part again, by the count of quick deaths in a row; one more quick death gives up */
  delaysMs?: number[];
}

interface Part {
  spec: PartSpec;
  life: Life | null;
  gives: Record<string, string>;
  firstReady: PromiseWithResolvers<void>;
}

interface Run {
  parts: Map<string, Part>;
  print: (part: string, state: State, detail: string) => void;
  stopping: AbortController;
  quickMs: number;
  delaysMs: number[];
}

type State = 'ready' | 'starting' | 'ended' | 'failed' | 'stopped' | 'says';

const npmSignalsTwiceMs = 1_000;

/**
 * Runs the parts until a signal, `options.signal` or the end of the npm that started us, and resolves with the exit
 * code: 0 after an orderly stop, 1 when a part can't be kept running. List the parts in the order in which they start;
 * they stop in the opposite order. Throws a `UserError` when another supervisor has the state folder.
 */
export async function supervise(specs: PartSpec[], options: SuperviseOptions): Promise<number> {
  const lock = lockStateDir(options.stateDir);
  const run: Run = {
    parts: new Map(specs.map((spec) => [spec.name, newPart(spec)])),
    print: printer(specs, options),
    stopping: new AbortController(),
    quickMs: options.quickMs ?? 30_000,
    delaysMs: options.delaysMs ?? [1_000, 2_000, 5_000, 10_000],
  };
  const unwatch = watchForEnd(run, options.signal);
  try {
    let code = 0;
    const loops = specs.map((spec) =>
      keepRunning(spec.name, run).catch((error) => {
        if (run.stopping.signal.aborted) return;
        code = 1;
        run.print(spec.name, 'failed', errorText(error));
        run.stopping.abort();
      }),
    );
    const parts = [...run.parts.values()];
    Promise.all(parts.map((part) => part.firstReady.promise)).then(() =>
      options.onReady?.(Object.assign({}, ...parts.map((part) => part.gives))),
    );
    await aborted(run.stopping.signal);
    await stopInOrder(specs, run);
    await Promise.all(loops);
    return code;
  } finally {
    unwatch();
    lock.release();
  }
}

function newPart(spec: PartSpec): Part {
  return { spec, life: null, gives: {}, firstReady: Promise.withResolvers() };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Starts the part once what it needs is ready, and again whenever it dies. Returns when all of it is to stop. */
async function keepRunning(name: string, run: Run): Promise<void> {
  const part = run.parts.get(name);
  if (part === undefined) throw new Error(`no part named ${name}`);
  const { signal } = run.stopping;
  const needs = (part.spec.needs ?? []).map((need) => run.parts.get(need)?.firstReady.promise);
  await Promise.race([Promise.all(needs), aborted(signal)]);
  let quickDeaths = 0;
  while (!signal.aborted) {
    const startedMs = performance.now();
    const how = await liveOnce(part, run);
    if (signal.aborted) return;
    quickDeaths = performance.now() - startedMs < run.quickMs ? quickDeaths + 1 : 1;
    const delayMs = run.delaysMs[quickDeaths - 1];
    if (delayMs === undefined) throw new Error(`${how}; given up after ${quickDeaths} quick ends in a row`);
    run.print(name, 'ended', `${how}; starting again in ${delayMs / 1000} s`);
    await sleep(delayMs, undefined, { signal }).catch(() => {});
  }
}

/** One life: resolves with how it ended. Rejects when another one would end the same way. */
async function liveOnce(part: Part, run: Run): Promise<string> {
  const { spec } = part;
  const startedMs = performance.now();
  const life = 'start' in spec ? launchHeld(spec, run) : launchChild(spec, environment(part, run), printOf(spec, run));
  part.life = life;
  const early = await Promise.race([life.ready, life.ended]);
  if (typeof early === 'string') return early;
  part.gives = early.gives ?? {};
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  run.print(spec.name, 'ready', `${early.detail} (${seconds} s)`);
  part.firstReady.resolve();
  return life.ended;
}

function printOf(spec: PartSpec, run: Run): (line: string) => void {
  return (line) => run.print(spec.name, 'says', line);
}

function environment(part: Part, run: Run): Record<string, string> {
  const needed = (part.spec.needs ?? []).map((need) => run.parts.get(need)?.gives ?? {});
  return Object.assign({}, ...needed, part.gives);
}

function launchHeld(spec: HeldSpec, run: Run): Life {
  const print = (line: string) => run.print(spec.name, 'starting', line);
  const held = spec.start({ print, signal: run.stopping.signal });
  return {
    ready: held,
    ended: held.then((part) => part.exited ?? new Promise<string>(() => {}), errorText),
    stop: () =>
      held.then(
        (part) => part.stop(),
        () => {},
      ),
    kill: () => {},
  };
}

async function stopInOrder(specs: PartSpec[], run: Run): Promise<void> {
  for (const { name } of specs.toReversed()) {
    const life = run.parts.get(name)?.life;
    if (life === undefined || life === null) continue;
    await life.stop().then(
      () => run.print(name, 'stopped', ''),
      (error) => run.print(name, 'failed', errorText(error)),
    );
  }
}

const colours = {
  ready: 'green',
  starting: 'dim',
  ended: 'yellow',
  failed: 'red',
  stopped: 'dim',
  says: 'dim',
} as const;

/** One line per event: part, state, detail, in columns. What a part writes itself stands behind a bar. */
function printer(specs: PartSpec[], options: SuperviseOptions): Run['print'] {
  const width = Math.max(0, ...specs.map((spec) => spec.name.length));
  const colour = options.colour ?? process.stdout.isTTY === true;
  return (name, state, detail) => {
    const word = state === 'says' ? '|' : state.padEnd(8);
    const shown = colour ? styleText(colours[state], word, { validateStream: false }) : word;
    options.print(`${name.padEnd(width)}  ${shown} ${detail}`.trimEnd());
  };
}

/** Signals, the caller's wish, and the end of whoever started us. */
function watchForEnd(run: Run, signal: AbortSignal | undefined): () => void {
  let firstMs = 0;
  const stop = () => {
    const nowMs = performance.now();
    if (firstMs === 0) firstMs = nowMs;
    // npm passes Ctrl-C on to us although the terminal has sent it already: only a later one means impatience.
    else if (nowMs - firstMs > npmSignalsTwiceMs) for (const part of run.parts.values()) part.life?.kill();
    run.stopping.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, stop);
  process.on('disconnect', stop);
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  // npm killed with SIGKILL sends nothing; a new parent is the only trace. Under nohup or a service there is no npm.
  const parent = process.ppid;
  const timer = setInterval(() => process.ppid !== parent && stop(), 500).unref();
  if (process.env.npm_lifecycle_event === undefined) clearInterval(timer);
  return () => {
    for (const name of signals) process.off(name, stop);
    process.off('disconnect', stop);
    signal?.removeEventListener('abort', stop);
    clearInterval(timer);
  };
}
