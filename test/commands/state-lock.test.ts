import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { lockStateDir } from '../../src/commands/state-lock.ts';
import { UserError } from '../../src/errors.ts';
import { temporaryFolder } from './support.ts';

describe('the lock of a state folder', () => {
  test('lets one in, names it to the next, and is free after release', async () => {
    await using folder = await temporaryFolder();
    const stateDir = path.join(folder.dir, 'state');
    const lock = lockStateDir(stateDir);
    assert.throws(
      () => lockStateDir(stateDir),
      (error) => {
        assert.ok(error instanceof UserError);
        assert.equal(error.message, `Podium already runs on the folder ${stateDir} (process ${process.pid}).`);
        return true;
      },
    );
    lock.release();
    assert.equal(existsSync(path.join(stateDir, 'podium.pid')), false);
    lockStateDir(stateDir).release();
  });

  test('keeps the folder to its owner', async () => {
    await using folder = await temporaryFolder();
    const stateDir = path.join(folder.dir, 'state');
    lockStateDir(stateDir).release();
    assert.equal(statSync(stateDir).mode & 0o777, 0o700);
  });

  test('of one folder is none of another', async () => {
    await using folder = await temporaryFolder();
    const locks = ['a', 'b'].map((name) => lockStateDir(path.join(folder.dir, name)));
    for (const lock of locks) lock.release();
  });
});
