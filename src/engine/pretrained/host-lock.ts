/** One at a time on this host, whatever process asks. */
import { DatabaseSync } from 'node:sqlite';
import { UserError } from '../../errors.ts';

const sqliteBusy = 5;

/**
 * Does the work while no other process of this host does work under the same file. The lock is the operating system's
 * own lock on that file, which Node reaches only through SQLite: it is free the moment its holder is gone, however that
 * ended, so there is no stale lock to judge. The file itself stays; removing it would let two lock two files of one name.
 * @param wait called before each further try; what it throws ends the waiting
 * @throws UserError when the file can't be made
 */
export async function withHostLock<T>(file: string, wait: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  let lock = tryLock(file);
  while (lock === null) {
    await wait();
    lock = tryLock(file);
  }
  try {
    return await work();
  } finally {
    lock.close();
  }
}

/** @returns null while another has it */
function tryLock(file: string): DatabaseSync | null {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(file, { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return null;
    throw new UserError(`The cache folder (PODIUM_CACHE) has a file that can't be locked.`, { cause: error });
  }
}
