import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { findRedisBinary } from '../../src/commands/redis-binary.ts';
import { UserError } from '../../src/errors.ts';
import { temporaryFolder } from './support.ts';

async function fakeServer(file: string, code: number): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\nexit ${code}\n`);
  await chmod(file, 0o755);
}

const onDebian = existsSync('/usr/bin/apt-get') ? false : 'not a Debian';

describe('finding a Redis', () => {
  test('takes the installed one, and Valkey where there is no Redis', async () => {
    await using folder = await temporaryFolder();
    const [first, second] = ['a', 'b'].map((name) => path.join(folder.dir, name));
    assert.ok(first && second);
    const options = { stateDir: folder.dir, onProgress: assert.fail, searchDirs: [first, second] };
    await fakeServer(path.join(first, 'valkey-server'), 0);
    assert.deepEqual(await findRedisBinary(options), { file: path.join(first, 'valkey-server'), libraryPath: null });
    await fakeServer(path.join(second, 'redis-server'), 0);
    assert.deepEqual(await findRedisBinary(options), { file: path.join(second, 'redis-server'), libraryPath: null });
  });

  test('unpacks Debian’s, also when two do so at once and a broken copy is in the way', {
    skip: onDebian,
  }, async () => {
    await using folder = await temporaryFolder();
    const packagesDir = path.join(folder.dir, 'packages');
    await fakeServer(path.join(packagesDir, 'usr/bin/redis-server'), 1);
    const lines: string[] = [];
    const options = {
      stateDir: folder.dir,
      packagesDir,
      searchDirs: [],
      onProgress: (line: string) => lines.push(line),
    };
    const [one, other] = await Promise.all([findRedisBinary(options), findRedisBinary(options)]);
    assert.deepEqual(one, other);
    assert.match(lines.join('\n'), /no root needed.*\n.*downloading \d+ packages \(\d+\.\d MB\)/s);
    const { stdout } = await promisify(execFile)(one.file, ['--version'], {
      env: { LD_LIBRARY_PATH: one.libraryPath ?? '' },
    });
    assert.match(stdout, /Redis server v=/);
    assert.deepEqual(await readdir(folder.dir), ['packages'], 'nothing but the copy is left');

    lines.length = 0;
    assert.deepEqual(await findRedisBinary(options), one);
    assert.deepEqual(lines, [], 'the second time it is there');
  });

  test('says what can be done when the packages can’t be had', { skip: onDebian }, async (context) => {
    await using folder = await temporaryFolder();
    const config = path.join(folder.dir, 'apt.conf');
    await writeFile(config, 'Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "/dev/null";\n');
    const before = process.env.APT_CONFIG;
    process.env.APT_CONFIG = config;
    context.after(() => {
      if (before === undefined) delete process.env.APT_CONFIG;
      else process.env.APT_CONFIG = before;
    });
    const stateDir = path.join(folder.dir, 'state');
    await assert.rejects(findRedisBinary({ stateDir, searchDirs: [], onProgress: () => {} }), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(
        error.message,
        /no redis-server on this machine.*redis-server.*apt-get install redis-server.*REDIS_URL/s,
      );
      return true;
    });
    assert.deepEqual(await readdir(path.join(stateDir, 'redis')), [], 'nothing half done is left');
  });

  test('ends at once when told to', { skip: onDebian }, async () => {
    await using folder = await temporaryFolder();
    const aborter = new AbortController();
    const options = { stateDir: folder.dir, searchDirs: [], signal: aborter.signal };
    await assert.rejects(findRedisBinary({ ...options, onProgress: () => aborter.abort() }), { name: 'AbortError' });
  });
});
