/** Rows of datasets, benchmarks and trials. Rules live elsewhere: these return rows or null. */
import { and, asc, desc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Connection } from './database.ts';
import { benchmarks, datasets, trials } from './schema.ts';

export type DatasetRow = typeof datasets.$inferSelect;
export type BenchmarkRow = typeof benchmarks.$inferSelect;
export type TrialRow = typeof trials.$inferSelect;
export type BenchmarkChanges = Partial<Omit<BenchmarkRow, 'id' | 'version' | 'createdMs' | 'updatedMs'>>;

/** The same bytes uploaded again keep the first row's uploader, under the newest name. */
export function saveDataset(connection: Connection, row: DatasetRow): void {
  connection
    .insert(datasets)
    .values(row)
    .onConflictDoUpdate({ target: datasets.hash, set: { fileName: row.fileName } })
    .run();
}

export function findDataset(connection: Connection, hash: string): DatasetRow | null {
  return connection.select().from(datasets).where(eq(datasets.hash, hash)).get() ?? null;
}

/** @returns the number that people know it by: one more than the largest so far */
export function insertBenchmark(connection: Connection, row: Omit<BenchmarkRow, 'number'>): number {
  const number = sql<number>`(SELECT coalesce(max(${benchmarks.number}), 0) + 1 FROM ${benchmarks})`;
  return connection
    .insert(benchmarks)
    .values({ ...row, number })
    .returning({ number: benchmarks.number })
    .get().number;
}

export function findBenchmark(connection: Connection, id: string): BenchmarkRow | null {
  return connection.select().from(benchmarks).where(eq(benchmarks.id, id)).get() ?? null;
}

export function benchmarkByNumber(connection: Connection, number: number): BenchmarkRow | null {
  return connection.select().from(benchmarks).where(eq(benchmarks.number, number)).get() ?? null;
}

export interface BenchmarkFilter {
  states?: string[];
  channel?: string;
  owner?: string;
}

/** Newest first. */
export function recentBenchmarks(
  connection: Connection,
  { states, channel, owner }: BenchmarkFilter,
  { limit, offset = 0 }: { limit: number; offset?: number },
): BenchmarkRow[] {
  return connection
    .select()
    .from(benchmarks)
    .where(
      and(
        states && inArray(benchmarks.state, states),
        channel === undefined ? undefined : eq(benchmarks.channel, channel),
        owner === undefined ? undefined : eq(benchmarks.owner, owner),
      ),
    )
    .orderBy(desc(benchmarks.number))
    .limit(limit)
    .offset(offset)
    .all();
}

export function benchmarksInState(connection: Connection, states: string[]): BenchmarkRow[] {
  return connection.select().from(benchmarks).where(inArray(benchmarks.state, states)).all();
}

/**
 * Compare-and-swap: changes the row only while it still has `version`.
 * @returns whether it did
 */
export function changeBenchmark(
  connection: Connection,
  id: string,
  version: number,
  changes: BenchmarkChanges,
  nowMs: number,
): boolean {
  const { changes: changed } = connection
    .update(benchmarks)
    .set({ ...changes, version: version + 1, updatedMs: nowMs })
    .where(and(eq(benchmarks.id, id), eq(benchmarks.version, version)))
    .run();
  return changed === 1;
}

export function insertTrials(connection: Connection, rows: TrialRow[]): void {
  if (rows.length > 0) connection.insert(trials).values(rows).run();
}

export function findTrial(connection: Connection, id: string): TrialRow | null {
  return connection.select().from(trials).where(eq(trials.id, id)).get() ?? null;
}

export function trialsOf(connection: Connection, benchmarkId: string): TrialRow[] {
  return connection
    .select()
    .from(trials)
    .where(eq(trials.benchmarkId, benchmarkId))
    .orderBy(asc(trials.position))
    .all();
}

/** Newest first: SQLite numbers rows in the order in which they were written. */
export function finishedTrials(connection: Connection, limit: number): TrialRow[] {
  return connection.select().from(trials).where(eq(trials.status, 'done')).orderBy(desc(sql`rowid`)).limit(limit).all();
}

/** Estimates of the benchmarks that were submitted last, newest first. */
export function recentEstimates(connection: Connection, limit: number): unknown[] {
  return connection
    .select({ estimate: benchmarks.estimate })
    .from(benchmarks)
    .where(isNotNull(benchmarks.estimate))
    .orderBy(desc(benchmarks.submittedMs))
    .limit(limit)
    .all()
    .map(({ estimate }) => estimate);
}

export function changeTrial(connection: Connection, id: string, changes: Partial<Omit<TrialRow, 'id'>>): void {
  connection.update(trials).set(changes).where(eq(trials.id, id)).run();
}
