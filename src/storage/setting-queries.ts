/** Rows of settings: of one channel (its id as scope), or of all. Values are JSON; whoever reads one parses it. */
import { and, eq } from 'drizzle-orm';
import type { Connection } from './database.ts';
import { settings } from './schema.ts';

export const workspaceScope = 'workspace';

/** @returns undefined where nothing was set */
export function findSetting(connection: Connection, scope: string, key: string): unknown {
  const where = and(eq(settings.scope, scope), eq(settings.key, key));
  return connection.select().from(settings).where(where).get()?.value;
}

export function saveSetting(connection: Connection, scope: string, key: string, value: unknown): void {
  connection
    .insert(settings)
    .values({ scope, key, value })
    .onConflictDoUpdate({ target: [settings.scope, settings.key], set: { value } })
    .run();
}
