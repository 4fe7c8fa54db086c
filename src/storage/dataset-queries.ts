/** What is known of files besides their rows. */
import { and, desc, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Connection } from './database.ts';
import { benchmarks } from './schema.ts';

/** How many records each of these files has, where it was ever read; by hash. */
export function recordCounts(connection: Connection, hashes: readonly string[]): Map<string, number> {
  const rows = connection
    .select({ hash: benchmarks.datasetHash, count: sql<number | null>`json_extract(${benchmarks.profile}, '$.rows')` })
    .from(benchmarks)
    .where(and(inArray(benchmarks.datasetHash, [...hashes]), isNotNull(benchmarks.profile)))
    .orderBy(desc(benchmarks.number))
    .all();
  return new Map(rows.flatMap(({ hash, count }) => (hash === null || count === null ? [] : [[hash, count] as const])));
}
