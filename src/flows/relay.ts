/**
 * The outbox relay: carries effects out, at least once, in order within a benchmark. Its carriers make "at least once"
 * look like "once": jobs by derived ids, messages by the key in their metadata.
 */
import { z } from 'zod';
import { errorText, FinalError, UserError } from '../errors.ts';
import type { Database } from '../storage/database.ts';
import {
  beginAttempt,
  dueEffects,
  markDead,
  markDone,
  nextDueMs,
  type OutboxRow,
  putOff,
} from '../storage/outbox-queries.ts';
import { type EffectName, effectNames } from './benchmark.ts';

/** Carries one effect out. `retried`: an earlier try may have got through before it was cut off. */
export type Carrier = (benchmarkId: string, retried: boolean) => Promise<void>;

export interface RelayOptions {
  database: Database;
  nowMs: () => number;
  carriers: Record<EffectName, Carrier>;
  /** how long an effect has to wait before it may be carried out (0: not at all): Slack allows few updates a minute */
  waitMs?: (effect: EffectName, benchmarkId: string) => number;
  log: (line: string) => void;
}

export interface Relay {
  /** effects may be waiting */
  wake: () => void;
  /** ends after the effects now under way */
  stop: () => Promise<void>;
}

const effectSchema = z.enum(effectNames);
const batchSize = 100;
const longestWaitMs = 60_000;

export function startRelay(options: RelayOptions): Relay {
  const { database, nowMs } = options;
  /** benchmarks with an effect under way: the others of the same benchmark wait for it */
  const busy = new Map<string, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const carryOne = async (row: OutboxRow): Promise<void> => {
    beginAttempt(database, row.id);
    try {
      await options.carriers[effectSchema.parse(row.effect)](row.benchmarkId, row.attempts > 0);
      markDone(database, row.id, row.generation);
    } catch (error) {
      settleFailure(options, row, error);
    }
  };

  const tick = (): void => {
    if (stopped) return;
    clearTimeout(timer);
    const now = nowMs();
    for (const row of dueEffects(database, now, batchSize)) {
      if (busy.has(row.benchmarkId)) continue;
      const waitMs = options.waitMs?.(effectSchema.parse(row.effect), row.benchmarkId) ?? 0;
      if (waitMs > 0) {
        putOff(database, row.id, now + waitMs, '');
        continue;
      }
      const run = carryOne(row).finally(() => {
        busy.delete(row.benchmarkId);
        tick();
      });
      busy.set(row.benchmarkId, run);
    }
    const due = nextDueMs(database);
    // Rows of busy benchmarks are overdue; the end of what they wait for ticks again.
    if (due !== null)
      timer = setTimeout(tick, Math.min(Math.max(due - nowMs(), busy.size > 0 ? 250 : 0), longestWaitMs));
  };

  const wake = (): void => {
    if (!stopped) setImmediate(tick);
  };
  wake();
  return {
    wake,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await Promise.all(busy.values());
    },
  };
}

/** Passing faults are tried again after a growing wait; final ones are kept as dead, with their reason. */
function settleFailure({ database, nowMs, log }: RelayOptions, row: OutboxRow, error: unknown): void {
  const text = errorText(error);
  if (error instanceof FinalError || error instanceof UserError) {
    log(`effect ${row.key} given up: ${text}`);
    markDead(database, row.id, text);
    return;
  }
  const waitMs = Math.min(500 * 2 ** Math.min(row.attempts, 10), longestWaitMs);
  log(`effect ${row.key} failed (try ${row.attempts + 1}), again in ${waitMs} ms: ${text}`);
  putOff(database, row.id, nowMs() + waitMs, text);
}
