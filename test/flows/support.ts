import type { Flow } from '../../src/flows/flow.ts';
import type { Benchmark } from '../../src/flows/records.ts';
import { insertBenchmark, saveDataset } from '../../src/storage/benchmark-queries.ts';
import { closeDatabase, openDatabase } from '../../src/storage/database.ts';
import { aBenchmark } from '../bot/support.ts';

export interface TestFlow extends Disposable {
  flow: Flow;
  /** the clock, in milliseconds */
  now: { ms: number };
  woken: () => number;
}

/** A database in memory with one benchmark in it, and a clock that stands still. */
export function startFlow(changes: Partial<Benchmark> = {}): TestFlow {
  const database = openDatabase(':memory:');
  saveDataset(database, {
    hash: 'a'.repeat(64),
    fileName: 'data.csv',
    artifactKey: 'datasets/x',
    sizeBytes: 1,
    uploadedBy: 'U1',
    createdMs: 0,
  });
  insertBenchmark(database, aBenchmark(changes));
  const now = { ms: 1_000_000 };
  let woken = 0;
  const flow: Flow = {
    database,
    nowMs: () => now.ms,
    wake: () => {
      woken += 1;
    },
  };
  return { flow, now, woken: () => woken, [Symbol.dispose]: () => closeDatabase(database) };
}
