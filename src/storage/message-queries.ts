/** Rows of messages and votes. */
import { and, asc, eq } from 'drizzle-orm';
import type { Connection } from './database.ts';
import { messages, votes } from './schema.ts';

export type MessageRow = typeof messages.$inferSelect;
export type VoteRow = typeof votes.$inferSelect;

export function findMessage(connection: Connection, benchmarkId: string, role: string): MessageRow | null {
  const where = and(eq(messages.benchmarkId, benchmarkId), eq(messages.role, role));
  return connection.select().from(messages).where(where).get() ?? null;
}

/** Records where a message stands; fields left out keep their value. */
export function saveMessage(
  connection: Connection,
  key: Pick<MessageRow, 'benchmarkId' | 'role' | 'channel'>,
  fields: Partial<Pick<MessageRow, 'ts' | 'fileId'>>,
): void {
  connection
    .insert(messages)
    .values({ ...key, ts: fields.ts ?? null, fileId: fields.fileId ?? null })
    .onConflictDoUpdate({ target: [messages.benchmarkId, messages.role], set: fields })
    .run();
}

export function saveVote(connection: Connection, row: VoteRow): void {
  connection
    .insert(votes)
    .values(row)
    .onConflictDoUpdate({
      target: [votes.benchmarkId, votes.ballot, votes.user],
      set: { choice: row.choice, castMs: row.castMs },
    })
    .run();
}

export function removeVote(
  connection: Connection,
  { benchmarkId, ballot, user }: Omit<VoteRow, 'choice' | 'castMs'>,
): void {
  connection
    .delete(votes)
    .where(and(eq(votes.benchmarkId, benchmarkId), eq(votes.ballot, ballot), eq(votes.user, user)))
    .run();
}

/** In the order in which they were cast. */
export function votesOf(connection: Connection, benchmarkId: string): VoteRow[] {
  return connection
    .select()
    .from(votes)
    .where(eq(votes.benchmarkId, benchmarkId))
    .orderBy(asc(votes.castMs), asc(votes.user))
    .all();
}
