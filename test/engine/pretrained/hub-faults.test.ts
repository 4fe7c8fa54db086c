import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  assertWhole,
  cutAt,
  failing,
  model,
  name,
  passingError,
  rangesOf,
  requestsFor,
  scene,
  text,
  token,
  userError,
  weights,
} from './checkpoint-scene.ts';
import type { Fault, Seen } from './hub-server.ts';

describe('a connection that fails', () => {
  test('is taken up again where it was cut', async (t) => {
    const here = await scene(t);
    here.hub.fault = failing('model.safetensors', { stallAfterBytes: 120_000 }, { stallAfterBytes: 30_000 });
    cutAt(here, 40, 50);
    await assertWhole((await here.open()).folder);
    assert.deepEqual(rangesOf(here.hub), [null, 'bytes=120000-', 'bytes=150000-']);
    assert.deepEqual(here.patience.pausesMs, [1000, 2000]);
  });

  test('is given up after some attempts; the next job goes on from there', async (t) => {
    const here = await scene(t);
    const unavailable = Array.from({ length: 4 }, (): Fault => ({ status: 503 }));
    here.hub.fault = failing('model.safetensors', { stallAfterBytes: 120_000 }, ...unavailable);
    cutAt(here, 40);
    await assert.rejects(here.open(), passingError(/answered 503 when asked for acme.*Tried 5 times.*folder:/));
    here.hub.seen.length = 0;
    await assertWhole((await here.open()).folder);
    assert.deepEqual(rangesOf(here.hub), ['bytes=120000-']);
    const first = `Downloading ${name} at 1a2b3c4: 0.3 MB, licence apache-2.0, 40 % of it is here already`;
    assert.ok(here.notes.includes(first), here.notes.join());
  });

  test('without ranges starts the file anew', async (t) => {
    const here = await scene(t);
    here.hub.fault = failing('model.safetensors', { stallAfterBytes: 120_000 }, { rangeless: true });
    cutAt(here, 40);
    await assertWhole((await here.open()).folder);
    assert.deepEqual(rangesOf(here.hub), [null, 'bytes=120000-']);
  });

  test('that brings nothing more counts as cut', async (t) => {
    const { hub, open, patience } = await scene(t);
    patience.stallMs = 1000;
    hub.fault = failing('model.safetensors', { stallAfterBytes: 120_000 });
    await assertWhole((await open()).folder);
    assert.ok(rangesOf(hub).length > 1);
  });

  test('with status 429 waits as long as the hub asks', async (t) => {
    const { hub, open, patience } = await scene(t);
    const faults: Fault[] = [{ status: 429, headers: { 'retry-after': '7' } }, { status: 500 }, { status: 502 }];
    hub.fault = ({ kind }) => (kind === 'info' ? faults.shift() : undefined);
    await open();
    assert.deepEqual(patience.pausesMs, [7000, 2000, 4000]);
  });

  test('with status 429 for an hour is left to a later try', async (t) => {
    const { hub, open, patience } = await scene(t);
    hub.fault = ({ kind }) => (kind === 'tree' ? { status: 429, headers: { 'retry-after': '3600' } } : undefined);
    await assert.rejects(open(), passingError(/answered 429.*It asks to wait 3600 s/));
    assert.deepEqual(patience.pausesMs, []);
  });

  test('because nobody is there tells the address and another way', async (t) => {
    const { hub, open } = await scene(t);
    await hub.close();
    await assert.rejects(open(), passingError(/^127\.0\.0\.1:\d+ can't be reached.*ECONNREFUSED.*folder:/));
  });

  test('because something else answers there is no fault of the network', async (t) => {
    const { hub, open } = await scene(t);
    await assert.rejects(open(undefined, { hubUrl: 'ftp://x' }), userError(/HF_ENDPOINT: expected the address/));
    hub.models[name] = model({ revisions: { main: 'no commit' } });
    await assert.rejects(open(), userError(/doesn't answer as a model hub does: check HF_ENDPOINT/));
  });
});

describe('a file that comes damaged', () => {
  const wrong = Uint8Array.from(weights, (byte) => byte ^ 1);
  const cases: [string, string, Uint8Array, RegExp][] = [
    ['of a wrong size', 'model.safetensors', weights.subarray(1), /300000 bytes, there are 299999/],
    ['with a wrong hash', 'model.safetensors', wrong, /its hash is [0-9a-f]{12}…/],
    ['with a wrong hash, and small', 'config.json', text({ model_type: 'evil' }), /its hash is/],
  ];
  for (const [what, file, body, pattern] of cases) {
    const isFile = (seen: Seen) => seen.file === file && (seen.kind === 'storage' || file === 'config.json');
    test(`${what} is fetched once more from its start`, async (t) => {
      const { hub, open } = await scene(t);
      const faults: Fault[] = [{ body }];
      hub.fault = (seen) => (isFile(seen) ? faults.shift() : undefined);
      await assertWhole((await open()).folder);
      assert.deepEqual(
        hub.seen.filter(isFile).map(({ range }) => range),
        [null, null],
      );
    });
    test(`${what} twice is refused, and nothing of it is kept`, async (t) => {
      const { hub, open } = await scene(t);
      hub.fault = (seen) => (isFile(seen) ? { body } : undefined);
      await assert.rejects(open(), userError(new RegExp(`${file} of acme.* came damaged twice: .*${pattern.source}`)));
      assert.equal(hub.seen.filter(isFile).length, 2);
      hub.fault = () => undefined;
      await assertWhole((await open()).folder);
    });
  }

  test('because a cut one goes on with other bytes is found out', async (t) => {
    const here = await scene(t);
    here.hub.fault = failing('model.safetensors', { stallAfterBytes: 120_000 }, { body: wrong });
    cutAt(here, 40);
    await assertWhole((await here.open()).folder);
    assert.deepEqual(rangesOf(here.hub), [null, 'bytes=120000-', null]);
  });
});

describe('a hub that refuses', () => {
  const cases: [string, Fault, string | null, RegExp][] = [
    [
      'without a token',
      { status: 401 },
      null,
      /\(401\).*private or gated, or there is no such.*No token is set \(HF_TOK/,
    ],
    [
      'a token',
      { status: 403, headers: { 'x-error-code': 'GatedRepo' } },
      token,
      /it is gated.*HF_TOKEN is wrong or ha/,
    ],
    ['a gated file', { status: 403, headers: { 'x-error-code': 'GatedRepo' } }, null, /accept its terms at http.*acme/],
    ['a name', { status: 404, headers: { 'x-error-code': 'RepoNotFound' } }, null, /no such thing as a model acme/],
    ['in another way', { status: 451 }, token, /refuses acme\/tiny-encoder at revision \w+ \(451\)/],
  ];
  for (const [what, fault, hubToken, pattern] of cases) {
    test(`${what} is told, at once and without the token`, async (t) => {
      for (const kind of ['info', 'tree', 'resolve']) {
        const { hub, open, patience } = await scene(t);
        hub.fault = (seen) => (seen.kind === kind ? fault : undefined);
        await assert.rejects(open(undefined, { hubToken }), (error) => {
          assert.doesNotMatch(String(error), new RegExp(token));
          return userError(pattern)(error);
        });
        assert.deepEqual(patience.pausesMs, []);
      }
    });
  }

  test('a model that is not there', async (t) => {
    const { open } = await scene(t);
    await assert.rejects(open('hub:acme/gone'), userError(/no such thing as a model acme\/gone/));
  });

  test('gets the token, and nobody else does', async (t) => {
    const { hub, open } = await scene(t);
    await open(undefined, { hubToken: token });
    for (const { kind, authorization } of hub.seen) {
      assert.equal(authorization, kind === 'storage' ? null : `Bearer ${token}`);
    }
    assert.equal(requestsFor(hub, 'storage', 'model.safetensors').length, 1);
    await assert.rejects(open(undefined, { hubToken: `${token}\n` }), (error) => {
      assert.doesNotMatch(String(error), new RegExp(token));
      return userError(/HF_TOKEN: expected/)(error);
    });
  });
});
