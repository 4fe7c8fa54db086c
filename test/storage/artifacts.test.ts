import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { FinalError, UserError } from '../../src/errors.ts';
import { createArtifactStore, datasetKey, modelPrefix, predictionsKey } from '../../src/storage/artifacts.ts';

describe('artifact store', () => {
  let root = '';
  before(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'podium-artifacts-'));
  });
  after(() => rm(root, { recursive: true, force: true }));
  const folder = (name: string) => path.join(root, name);

  it('gives back the bytes it got, whatever they are', async () => {
    const store = createArtifactStore(folder('bytes'));
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await store.put('datasets/x', bytes);
        assert.deepEqual(Buffer.from(await store.get('datasets/x')), Buffer.from(bytes));
      }),
      { numRuns: 30 },
    );
  });

  it('takes a file: URL and a path for the same folder', async () => {
    await createArtifactStore(pathToFileURL(folder('a b')).href).put('k', Buffer.from('v'));
    assert.equal(Buffer.from(await createArtifactStore(folder('a b')).get('k')).toString(), 'v');
  });

  it('names the key that is missing', async () => {
    const store = createArtifactStore(folder('missing'));
    await assert.rejects(store.get(datasetKey('abc')), (error) => {
      assert(error instanceof FinalError);
      assert.match(error.message, /datasets\/abc/);
      return true;
    });
    assert.equal(await store.has(datasetKey('abc')), false);
  });

  it("gives a key's bytes as a file, for what doesn't fit into memory", async () => {
    const store = createArtifactStore(folder('files'));
    await store.put(datasetKey('abc'), Buffer.from('some bytes'));
    const length = await store.withFile(datasetKey('abc'), async (file) => (await readFile(file)).length);
    assert.equal(length, 10);
    await assert.rejects(
      store.withFile(datasetKey('none'), async () => 1),
      (error) => error instanceof FinalError && /datasets\/none/.test(error.message),
    );
  });

  it('lists and removes folders, sorted, without the names of others', async () => {
    const store = createArtifactStore(folder('list'));
    const prefix = modelPrefix('b1');
    for (const name of ['tone/onnx/model.onnx', 'tone/config.json', 'README.md'])
      await store.put(prefix + name, Buffer.from(name));
    await store.put('models/b10/x', Buffer.from('x'));
    assert.deepEqual(await store.list(prefix), [
      'models/b1/README.md',
      'models/b1/tone/config.json',
      'models/b1/tone/onnx/model.onnx',
    ]);
    await store.remove(prefix);
    assert.deepEqual(await store.list('models'), ['models/b10/x']);
    assert.deepEqual(await store.list('nothing'), []);
    await store.remove('nothing');
  });

  it('refuses keys that leave the folder or that flydrive would change', async () => {
    const store = createArtifactStore(folder('keys'));
    const bad = [
      '',
      '/a',
      'a//b',
      '../a',
      'a/../b',
      'a/..',
      '.hidden',
      'a/.b',
      'a.',
      'a b',
      'ä',
      'a\\b',
      'a\0',
      'a/',
      '!partial/x',
      'x'.repeat(513),
    ];
    for (const key of bad) {
      await assert.rejects(store.put(key, Buffer.from('x')), FinalError, JSON.stringify(key));
      await assert.rejects(store.get(key), FinalError, JSON.stringify(key));
    }
    assert.throws(() => predictionsKey('../../etc/passwd'), FinalError);
    assert.throws(() => createArtifactStore('s3://bucket/x'), UserError);
  });

  it('shows a reader the old bytes or the new ones, never a part', async () => {
    const store = createArtifactStore(folder('atomic'));
    const versions = [1, 2].map((fill) => Buffer.alloc(4 << 20, fill));
    await store.put('big', versions[0] ?? Buffer.alloc(0));
    let writing = true;
    const writer = (async () => {
      for (let round = 0; round < 12; round++) await store.put('big', versions[round % 2] ?? Buffer.alloc(0));
      writing = false;
    })();
    let reads = 0;
    while (writing) {
      const seen = Buffer.from(await store.get('big'));
      assert.equal(seen.length, 4 << 20);
      assert.equal(seen[0], seen.at(-1));
      reads++;
    }
    await writer;
    assert(reads > 0);
  });

  it('keeps a stream that ends, and nothing of one that fails', async () => {
    const store = createArtifactStore(folder('stream'));
    await store.putStream('ok', Readable.from([Buffer.from('ab'), Buffer.from('cd')]));
    assert.equal(Buffer.from(await store.get('ok')).toString(), 'abcd');
    const failing = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        throw new Error('connection lost');
      })(),
    );
    await assert.rejects(store.putStream('broken', failing));
    assert.equal(await store.has('broken'), false);
    assert.deepEqual(await readdir(folder('stream/!partial')), []);
  });

  it('leaves no half file under the key when the writer is killed, and sweeps it a day later', async () => {
    const code = `
      import { Readable } from 'node:stream';
      import { createArtifactStore } from ${JSON.stringify(new URL('../../src/storage/artifacts.ts', import.meta.url).href)};
      async function* endless() { for (;;) { yield Buffer.alloc(65536); process.stdout.write('.'); await new Promise(setImmediate); } }
      await createArtifactStore(${JSON.stringify(folder('killed'))}).putStream('k', Readable.from(endless()));
    `;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const store = createArtifactStore(folder('killed'));
    assert.equal(await store.has('k'), false);
    const left = await readdir(folder('killed/!partial'));
    assert.equal(left.length, 1);
    const old = new Date(Date.now() - 2 * 86_400_000);
    await utimes(path.join(folder('killed/!partial'), left[0] ?? ''), old, old);
    await store.put('other', Buffer.from('x'));
    assert.deepEqual(await readdir(folder('killed/!partial')), []);
  });

  it('passes other troubles of the disk on', async () => {
    await writeFile(folder('a-file'), 'x');
    await assert.rejects(createArtifactStore(folder('a-file')).put('k', Buffer.from('x')));
  });
});
