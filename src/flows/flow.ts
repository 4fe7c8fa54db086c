/**
 * The only door through which a benchmark changes: one synchronous transaction holds the change of state, the rows that
 * belong to it and the effects it wants. Nothing is done outside the database here; the relay does that.
 */
import { RetryableError } from '../errors.ts';
import { type BenchmarkChanges, changeBenchmark } from '../storage/benchmark-queries.ts';
import { type Connection, type Database, inTransaction } from '../storage/database.ts';
import { wantEffect } from '../storage/outbox-queries.ts';
import { type EffectName, type EventName, transition } from './benchmark.ts';
import { type Benchmark, requireBenchmark } from './records.ts';

export interface Flow {
  database: Database;
  nowMs: () => number;
  /** tells the relay that effects are waiting */
  wake: () => void;
  /** hears of each change of state, once it is written down */
  stateChanged?: (benchmark: Benchmark) => void;
}

/** What an event brings with it besides the new state. */
export interface Change {
  /** columns of the benchmark's row */
  fields?: Omit<BenchmarkChanges, 'state'>;
  /** other rows of the same transaction */
  rows?: (connection: Connection, benchmark: Benchmark) => void;
}

/**
 * Applies one event to one benchmark.
 * @returns the benchmark as it now is
 * @throws FinalError when its state doesn't know the event; RetryableError when somebody else changed it meanwhile
 */
export function apply(flow: Flow, benchmarkId: string, event: EventName, change: Change = {}): Benchmark {
  const { before, after } = inTransaction(flow.database, (connection) => {
    const before = requireBenchmark(connection, benchmarkId);
    const { state, effects } = transition(before.state, event);
    change.rows?.(connection, before);
    const changed = changeBenchmark(connection, benchmarkId, before.version, { ...change.fields, state }, flow.nowMs());
    if (!changed) throw new RetryableError(`Benchmark ${benchmarkId} changed while ${event} was applied to it`);
    for (const effect of effects) want(connection, benchmarkId, effect, flow.nowMs());
    return { before: before.state, after: requireBenchmark(connection, benchmarkId) };
  });
  flow.wake();
  if (after.state !== before) flow.stateChanged?.(after);
  return after;
}

/** Wants an effect (again), inside a transaction. Wished for twice, it is carried out once: with the latest state. */
export function want(connection: Connection, benchmarkId: string, effect: EffectName, dueMs: number): void {
  wantEffect(connection, { key: `${benchmarkId}/${effect}`, benchmarkId, effect, dueMs });
}

/** Wants an effect at a time to come, of which there may be several: another time is another wish. */
export function wantAt(connection: Connection, benchmarkId: string, effect: EffectName, dueMs: number): void {
  wantEffect(connection, { key: `${benchmarkId}/${effect}/${dueMs}`, benchmarkId, effect, dueMs });
}
