/** What is known of files besides their rows. */
import { and, inArray, isNotNull, max, sql } from 'drizzle-orm';
import type { Connection } from './database.ts';
import { benchmarks } from './schema.ts';

/**
 * How many records each of these files has, where it was ever read; by hash. Profiles are long: of each file only the newest
 * is looked into.
 */
export function recordCounts(connection: Connection, hashes: readonly string[]): Map<string, number> {
  const newest = connection
    .select({ number: max(benchmarks.number) })
    .from(benchmarks)
    .where(and(inArray(benchmarks.datasetHash, [...hashes]), isNotNull(benchmarks.profile)))
    .groupBy(benchmarks.datasetHash);
  const rows = connection
    .select({ hash: benchmarks.datasetHash, count: sql<number | null>`json_extract(${benchmarks.profile}, '$.rows')` })
    .from(benchmarks)
    .where(inArray(benchmarks.number, newest))
    .all();
  return new Map(rows.flatMap(({ hash, count }) => (hash === null || count === null ? [] : [[hash, count] as const])));
}
