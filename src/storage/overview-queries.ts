/** Rows for the lists that one person looks at: what happens in the channels that they can see, and what is their own. */
import { and, count, desc, eq, inArray, isNotNull, or, sql } from 'drizzle-orm';
import type { BenchmarkRow, DatasetRow } from './benchmark-queries.ts';
import type { Connection } from './database.ts';
import { benchmarks, datasets, trials } from './schema.ts';

export interface Sight {
  user: string;
  /** those whose benchmarks this person may see, whoever started them */
  channels: readonly string[];
}

export interface Wanted {
  /** only of this channel */
  channel?: string | undefined;
  /** only on this file */
  dataset?: string;
  /** only in one of these states */
  states?: readonly string[];
}

export interface Page {
  limit: number;
  offset: number;
}

/** Drafts have not been submitted; they are nobody's business but the wizard's. */
const seen = ({ user, channels }: Sight, { channel, dataset, states }: Wanted) =>
  and(
    isNotNull(benchmarks.submittedMs),
    or(inArray(benchmarks.channel, [...channels]), eq(benchmarks.owner, user)),
    channel === undefined ? undefined : eq(benchmarks.channel, channel),
    dataset === undefined ? undefined : eq(benchmarks.datasetHash, dataset),
    states && inArray(benchmarks.state, [...states]),
  );

/** Channels in which something was ever run, in no order. */
export function benchmarkChannels(connection: Connection): string[] {
  return connection
    .select({ channel: benchmarks.channel })
    .from(benchmarks)
    .where(isNotNull(benchmarks.submittedMs))
    .groupBy(benchmarks.channel)
    .all()
    .map(({ channel }) => channel);
}

/** @param first states whose benchmarks come before all others; within both the newest first */
export function seenBenchmarks(
  connection: Connection,
  sight: Sight,
  wanted: Wanted & { first?: readonly string[] },
  { limit, offset }: Page,
): BenchmarkRow[] {
  const { first = [] } = wanted;
  return connection
    .select()
    .from(benchmarks)
    .where(seen(sight, wanted))
    .orderBy(...(first.length > 0 ? [desc(inArray(benchmarks.state, [...first]))] : []), desc(benchmarks.number))
    .limit(limit)
    .offset(offset)
    .all();
}

export function countSeenBenchmarks(connection: Connection, sight: Sight, wanted: Wanted): number {
  return connection.select({ all: count() }).from(benchmarks).where(seen(sight, wanted)).get()?.all ?? 0;
}

/** How many trials a benchmark has, and how many of them are over. */
export function countTrials(
  connection: Connection,
  benchmarkId: string,
  overStates: readonly string[],
): { all: number; over: number } {
  const over = sql<number>`coalesce(sum(${inArray(trials.status, [...overStates])}), 0)`;
  const row = connection.select({ all: count(), over }).from(trials).where(eq(trials.benchmarkId, benchmarkId)).get();
  return row ?? { all: 0, over: 0 };
}

const seenFile = (connection: Connection, sight: Sight) =>
  or(
    eq(datasets.uploadedBy, sight.user),
    inArray(
      datasets.hash,
      connection
        .select({ hash: sql<string>`${benchmarks.datasetHash}` })
        .from(benchmarks)
        .where(seen(sight, {})),
    ),
  );

/** Files that this person gave, or that were used in what they can see; newest first. */
export function seenDatasets(connection: Connection, sight: Sight, { limit, offset }: Page): DatasetRow[] {
  return connection
    .select()
    .from(datasets)
    .where(seenFile(connection, sight))
    .orderBy(desc(datasets.createdMs), datasets.hash)
    .limit(limit)
    .offset(offset)
    .all();
}

export function countSeenDatasets(connection: Connection, sight: Sight): number {
  return connection.select({ all: count() }).from(datasets).where(seenFile(connection, sight)).get()?.all ?? 0;
}
