import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import * as schema from './schema.ts';

export type Database = BetterSQLite3Database<typeof schema> & { $client: Sqlite.Database };
/** Inside a transaction the same queries serve. */
export type Connection = Pick<Database, 'select' | 'insert' | 'update' | 'delete'>;

/**
 * Opens (and brings up to date) the one database, which only the bot opens.
 * @param path a file, or `:memory:`
 */
export function openDatabase(path: string): Database {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const client = new Sqlite(path);
  client.pragma('journal_mode = WAL');
  // A committed change has reached the disk: after a power cut nothing that was answered for is lost.
  client.pragma('synchronous = FULL');
  client.pragma('foreign_keys = ON');
  const database = drizzle(client, { schema });
  migrate(database, { migrationsFolder: fileURLToPath(new URL('./migrations', import.meta.url)) });
  return database;
}

/** One synchronous transaction: all of it, or nothing. */
export function inTransaction<T>(database: Database, work: (connection: Connection) => T): T {
  return database.transaction((transaction) => work(transaction), { behavior: 'immediate' });
}

export function closeDatabase(database: Database): void {
  database.$client.close();
}
