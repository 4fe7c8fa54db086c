import assert from 'node:assert/strict';
import { mkdir, readdir, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { openCheckpointFolder } from '../../../src/engine/pretrained/checkpoint-source.ts';
import { plainSettings } from '../../support/hooks.ts';
import {
  assertWhole,
  commit,
  laterCommit,
  model,
  name,
  requestsFor,
  scene,
  sideFiles,
  text,
  useless,
  userError,
  weights,
} from './checkpoint-scene.ts';
import type { FakeModel } from './hub-server.ts';
import { temporaryFolder } from './support.ts';

describe('a model of the hub', () => {
  test('comes with the files that are of use only, and tells size and licence first', async (t) => {
    const { hub, notes, open } = await scene(t);
    const checkpoint = await open();
    await assertWhole(checkpoint.folder);
    assert.equal(checkpoint.source, `hub:${name}@${commit}`);
    assert.equal(checkpoint.licence, 'apache-2.0');
    assert.equal(checkpoint.sizeBytes, weights.length);
    assert.equal(notes[0], `Downloading ${name} at 1a2b3c4: 0.3 MB, licence apache-2.0`);
    assert.match(notes.at(-1) ?? '', /^Downloading acme\/tiny-encoder: \d+ % of 0\.3 MB$/);
    assert.ok(requestsFor(hub, 'tree').length > 1, 'the list has several pages');
    const asked = hub.seen.filter(({ kind }) => kind === 'resolve').map(({ file }) => file);
    assert.deepEqual(asked.sort(), [...Object.keys(sideFiles), 'model.safetensors'].sort());
    assert.ok(hub.seen.every(({ kind, encoding }) => kind !== 'storage' || encoding === 'identity'));
  });

  test('is pinned at first use: main moves on, the pin stays, and nothing is asked any more, even offline', async (t) => {
    const { hub, notes, open } = await scene(t);
    const first = await open();
    hub.models[name] = model({ revisions: { main: laterCommit } });
    const [asked, told] = [hub.seen.length, notes.length];
    assert.deepEqual(await open(), first);
    await hub.close();
    assert.deepEqual(await open(), first);
    assert.deepEqual(await open(`hub:${name}@main`), first);
    assert.deepEqual(await open(`hub:${name}@${commit.toUpperCase()}`), first);
    assert.deepEqual([hub.seen.length, notes.length], [asked, told]);
  });

  test('is downloaded at the pinned commit when its files are gone', async (t) => {
    const { hub, open } = await scene(t);
    const first = await open();
    hub.models[name] = model({ revisions: { main: laterCommit, old: commit } });
    await unlink(path.join(first.folder, 'model.safetensors'));
    hub.seen.length = 0;
    assert.deepEqual(await open(), first);
    await assertWhole(first.folder);
    assert.deepEqual(
      hub.seen.filter(({ kind }) => kind === 'resolve').map((seen) => seen.path),
      [`/${name}/resolve/${commit}/model.safetensors`],
    );
  });

  test('has other revisions: pull requests, tags, commits', async (t) => {
    const revisions = { main: commit, 'refs/pr/2': laterCommit, 'v1.0': 'a'.repeat(40) };
    const { open } = await scene(t, { [name]: model({ revisions }) });
    assert.equal((await open(`hub:${name}@refs/pr/2`)).source, `hub:${name}@${laterCommit}`);
    assert.equal((await open(`hub:${name}@v1.0`)).source, `hub:${name}@${'a'.repeat(40)}`);
    assert.equal((await open(`hub:${name}@${laterCommit}`)).source, `hub:${name}@${laterCommit}`);
    await assert.rejects(open(`hub:${name}@v2`), userError(/has no revision v2 on 127\.0\.0\.1/));
  });

  test('may tell its licence in several ways, or not at all', async (t) => {
    const { hub, open, cacheFolder } = await scene(t);
    const cases: [Partial<FakeModel>, string | null][] = [
      [{ cardData: { license: ['mit', 'cc0-1.0'] } }, 'mit, cc0-1.0'],
      [{ cardData: { license: 'other', license_name: 'gemma' } }, 'gemma'],
      [{ cardData: undefined, tags: ['bert', 'license:mit'] }, 'mit'],
      [{ cardData: { license: 7 } }, null],
    ];
    for (const [changes, licence] of cases) {
      hub.models[name] = model(changes);
      assert.equal((await open()).licence, licence);
      await rm(cacheFolder, { recursive: true });
    }
  });

  test('may have its weights in shards', async (t) => {
    const shards = { 'model-00001-of-00002.safetensors': weights, 'model-00002-of-00002.safetensors': weights };
    const [first, second] = Object.keys(shards);
    const index = text({ metadata: {}, weight_map: { a: first, b: second, c: first } });
    const files = { ...sideFiles, ...shards, 'model.safetensors.index.json': index };
    const { open } = await scene(t, { [name]: model({ files }) });
    const { folder, sizeBytes } = await open();
    assert.equal(sizeBytes, 2 * weights.length);
    assert.deepEqual((await readdir(folder)).sort(), Object.keys(files).sort());
  });
});

describe('a model that is of no use', () => {
  const { 'config.json': config, 'tokenizer.json': tokenizer } = sideFiles;
  const safetensors = { 'model.safetensors': weights };
  const indexed = (weight_map: unknown) => ({
    ...sideFiles,
    'other.safetensors': weights,
    'model.safetensors.index.json': text({ weight_map }),
  });
  const cases: [string, Record<string, Uint8Array>, RegExp][] = [
    ['a pickle only', { ...useless, ...sideFiles }, /has no model\.safetensors\. It has .*pytorch_model\.bin/],
    [
      'no tokenizer.json',
      { 'config.json': config, ...safetensors },
      /has no tokenizer\.json\. It has config\.json, mod/,
    ],
    ['no config.json', { 'tokenizer.json': tokenizer, ...safetensors }, /has no config\.json\./],
    ['nothing', {}, /has no model\.safetensors and no config\.json and no tokenizer\.json\. It has no files\./],
    ['shards that are missing', indexed({ a: 'gone.safetensors' }), /lacks gone\.safetensors, which its index names/],
    ['shards elsewhere', indexed({ a: '../other.safetensors' }), /index\.json of .* is wrong: expected a weight_map/],
    ['shards that are pickles', indexed({ a: 'pytorch_model.bin' }), /is wrong/],
    ['an index of nothing', indexed({}), /is wrong/],
  ];
  for (const [what, files, pattern] of cases) {
    test(`with ${what} is refused before any weights come, and isn't pinned`, async (t) => {
      const { hub, open } = await scene(t, { [name]: model({ files }) });
      await assert.rejects(open(), userError(pattern));
      await assert.rejects(open(), userError(/save_pretrained.*folder:/));
      assert.equal(hub.seen.filter(({ kind }) => kind === 'storage').length, 0);
      hub.models[name] = model({ revisions: { main: laterCommit } });
      assert.equal((await open()).source, `hub:${name}@${laterCommit}`);
    });
    test(`with ${what} is refused as a folder too`, async (t) => {
      const folder = await temporaryFolder(t);
      for (const [file, bytes] of Object.entries(files)) await writeFile(path.join(folder, file), bytes);
      const opened = openCheckpointFolder(`folder:${folder}`, plainSettings, { signal: t.signal, onNote: () => {} });
      await assert.rejects(opened, userError(pattern));
      await assert.rejects(opened, userError(/save_pretrained/));
    });
  }

  test('with a tokenizer.json beyond all measure is refused', async (t) => {
    const { open } = await scene(t, { [name]: model({ claimedBytes: { 'tokenizer.json': 1e9 } }) });
    await assert.rejects(open(), userError(/tokenizer\.json of acme.* has 1000\.0 MB; at most/));
  });

  test('because it may not be loaded here is refused without a request', async (t) => {
    const { hub, open } = await scene(t);
    const refused = userError(/PODIUM_MODELS_ALLOWED.*: intfloat\/\*, acme\/t\?\./);
    await assert.rejects(open(undefined, { modelsAllowed: ['intfloat/*', 'acme/t?'] }), refused);
    await assert.rejects(open(undefined, { modelsAllowed: [] }), userError(/: none\./));
    assert.equal(hub.seen.length, 0);
    assert.ok(await open(undefined, { modelsAllowed: ['intfloat/*', 'acme/tiny-*'] }));
    assert.ok(await open(undefined, { modelsAllowed: ['**'] }));
  });

  test('because its id leads elsewhere is refused without a request', async (t) => {
    const { hub, open, cacheFolder } = await scene(t);
    const bad = ['hub:acme', 'hub:../tiny', 'hub:acme/..', 'hub:a/b@../../x', 'hub:a/b@', 'hub:a/b/c', 'hub:a/b@x//y'];
    for (const id of [...bad, 'acme/tiny', 'hub:a/b@c d', 'hub:a/b?x', 'hub:a/b\n', `hub:a/${'b'.repeat(200)}`]) {
      await assert.rejects(open(id), userError(/Expected a model as hub:owner\/name/), id);
    }
    assert.deepEqual([hub.seen, await readdir(cacheFolder)], [[], []]);
  });
});

describe('the cache folder', () => {
  test('that has too little room is told before anything comes', async (t) => {
    const { hub, open } = await scene(t, { [name]: model({ claimedBytes: { 'model.safetensors': 1e15 } }) });
    await assert.rejects(
      open(),
      userError(/needs 10{9}\.\d MB, but the disk of the cache folder \(PODIUM_CACHE\) has/),
    );
    assert.equal(hub.seen.filter(({ kind }) => kind === 'resolve').length, 0);
  });

  test("that can't be made is told", async (t) => {
    const { open, cacheFolder } = await scene(t);
    const file = path.join(cacheFolder, 'file');
    await writeFile(file, '');
    await assert.rejects(open(undefined, { cacheFolder: file }), userError(/cache folder \(PODIUM_CACHE\).*ENOTDIR/));
  });

  test('that gets full is told', { skip: process.platform !== 'linux' }, async (t) => {
    const { open, hub, cacheFolder } = await scene(t);
    const place = path.join(cacheFolder, 'hub', new URL(hub.url).host.replace(':', '_'), name, `${commit}.partial`);
    await mkdir(place, { recursive: true });
    await symlink('/dev/full', path.join(place, 'model.safetensors.part'));
    await assert.rejects(open(), userError(/cache folder \(PODIUM_CACHE\) can't be used: write failed with ENOSPC/));
  });

  test('with a record that somebody changed is told', async (t) => {
    const { open } = await scene(t);
    const { folder } = await open();
    await writeFile(path.join(folder, '..', 'pins.json'), JSON.stringify({ main: '../../elsewhere' }));
    await assert.rejects(open(), userError(/pins\.json in the cache folder.*remove it/));
  });
});

describe('a folder of this machine', () => {
  const openFolder = (t: TestContext, folder: string) =>
    openCheckpointFolder(`folder:${folder}`, plainSettings, { signal: t.signal, onNote: () => {} });

  test('is taken as it is; its path is not shown', async (t) => {
    const folder = await temporaryFolder(t);
    const card = '---\nlanguage: en\nlicense: "cc-by-4.0"\n---\nlicense: mit\n';
    await writeFile(path.join(folder, 'README.md'), card);
    for (const [file, bytes] of Object.entries(model().files)) {
      if (file !== 'README.md') await writeFile(path.join(folder, file), bytes);
    }
    const before = await readdir(folder);
    const source = `folder:${path.basename(folder)}`;
    const expected = { folder, source, licence: 'cc-by-4.0', sizeBytes: weights.length };
    assert.deepEqual(await openFolder(t, folder), expected);
    assert.deepEqual(await readdir(folder), before);
    await unlink(path.join(folder, 'README.md'));
    assert.equal((await openFolder(t, folder)).licence, null);
  });

  test('that is none is refused without its path', async (t) => {
    const folder = path.join(await temporaryFolder(t), 'gone');
    await assert.rejects(openFolder(t, folder), userError(/^There is no folder gone on this machine .*\(ENOENT\)\.$/));
    await assert.rejects(openFolder(t, 'models/x'), userError(/absolute path/));
  });

  test('with a folder in place of a file is refused', async (t) => {
    const folder = await temporaryFolder(t);
    for (const [file, bytes] of Object.entries(sideFiles)) await writeFile(path.join(folder, file), bytes);
    await mkdir(path.join(folder, 'model.safetensors'));
    await assert.rejects(openFolder(t, folder), userError(/model\.safetensors in the folder .* is no file/));
  });
});
