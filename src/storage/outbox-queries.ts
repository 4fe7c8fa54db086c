/** Rows of the outbox. The relay in flows decides when and what; these only read and write. */
import { and, asc, eq, lte, min, sql } from 'drizzle-orm';
import type { Connection } from './database.ts';
import { outbox } from './schema.ts';

export type OutboxRow = typeof outbox.$inferSelect;

/** Wants an effect. Wanted again, its row is opened again under a new generation. */
export function wantEffect(
  connection: Connection,
  row: Pick<OutboxRow, 'key' | 'benchmarkId' | 'effect' | 'dueMs'>,
): void {
  connection
    .insert(outbox)
    .values({ ...row, status: 'pending', generation: 1, attempts: 0, error: null })
    .onConflictDoUpdate({
      target: outbox.key,
      // A row still waiting keeps its earlier due time and its attempts (the carrier needs to know of earlier tries); one
      // that failed keeps its wait, however often it is wished for meanwhile.
      set: {
        effect: row.effect,
        generation: sql`${outbox.generation} + 1`,
        dueMs: sql`CASE WHEN ${outbox.status} <> 'pending' THEN ${row.dueMs} WHEN ${outbox.attempts} > 0 THEN ${outbox.dueMs} ELSE MIN(${outbox.dueMs}, ${row.dueMs}) END`,
        status: 'pending',
      },
    })
    .run();
}

/** Due rows in the order in which they were first wanted. */
export function dueEffects(connection: Connection, nowMs: number, limit: number): OutboxRow[] {
  return connection
    .select()
    .from(outbox)
    .where(and(eq(outbox.status, 'pending'), lte(outbox.dueMs, nowMs)))
    .orderBy(asc(outbox.id))
    .limit(limit)
    .all();
}

/** When the next waiting row is due, or null. */
export function nextDueMs(connection: Connection): number | null {
  const row = connection
    .select({ dueMs: min(outbox.dueMs) })
    .from(outbox)
    .where(eq(outbox.status, 'pending'))
    .get();
  return row?.dueMs ?? null;
}

/** Counts a try before it is made, so that a crash in the middle of it is known of afterwards. */
export function beginAttempt(connection: Connection, id: number): void {
  connection
    .update(outbox)
    .set({ attempts: sql`${outbox.attempts} + 1` })
    .where(eq(outbox.id, id))
    .run();
}

/** Done, unless it was wanted again meanwhile. */
export function markDone(connection: Connection, id: number, generation: number): void {
  connection
    .update(outbox)
    .set({ status: 'done', attempts: 0, error: null })
    .where(and(eq(outbox.id, id), eq(outbox.generation, generation)))
    .run();
}

export function putOff(connection: Connection, id: number, dueMs: number, error: string): void {
  connection.update(outbox).set({ dueMs, error }).where(eq(outbox.id, id)).run();
}

export function markDead(connection: Connection, id: number, error: string): void {
  connection.update(outbox).set({ status: 'dead', error }).where(eq(outbox.id, id)).run();
}

export function pendingEffects(connection: Connection): OutboxRow[] {
  return connection.select().from(outbox).where(eq(outbox.status, 'pending')).orderBy(asc(outbox.id)).all();
}
