/** One Podium per state folder. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { UserError } from '../errors.ts';

export interface StateLock {
  release(): void;
}

/**
 * Takes the folder for this process, or throws a `UserError` that names who has it. The lock is the operating system's
 * own lock on a file, which Node reaches only through SQLite: it is free the moment its holder is gone, however that
 * ended, so there is no stale lock to judge and no race in taking one over.
 */
export function lockStateDir(stateDir: string): StateLock {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const pidFile = path.join(stateDir, 'podium.pid');
  const file = new DatabaseSync(path.join(stateDir, 'podium.lock'), { timeout: 0 });
  try {
    file.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    file.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) {
      throw new UserError(`Podium already runs on the folder ${path.resolve(stateDir)}${holder(pidFile)}.`);
    }
    throw error;
  }
  // For people and for the message above only; renamed into place so that nobody reads half a number.
  writeFileSync(`${pidFile}.new`, `${process.pid}\n`);
  renameSync(`${pidFile}.new`, pidFile);
  return {
    release: () => {
      rmSync(pidFile, { force: true });
      file.close();
    },
  };
}

const sqliteBusy = 5;

function holder(pidFile: string): string {
  try {
    return ` (process ${readFileSync(pidFile, 'utf8').trim()})`;
  } catch {
    return '';
  }
}
