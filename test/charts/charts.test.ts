import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { openCharts } from '../../src/charts/charts.ts';
import { rankedBarsConfig } from '../../src/charts/ranked-bars.ts';
import { renderChart } from '../../src/charts/render-chart.ts';
import { FinalError, RetryableError, UserError } from '../../src/errors.ts';
import { rankedWords, readPng, threeModels } from './support.ts';

/** A stand-in for a remote QuickChart server. */
async function remoteServer(answer: (path: string, body: unknown) => { status: number; body: Buffer } | null) {
  const server: Server = createServer(async (request, response) => {
    const answered = answer(request.url ?? '', await json(request));
    if (answered !== null) response.writeHead(answered.status).end(answered.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port has an address of this form; the type also covers pipes.
  const address = server.address() satisfies string | AddressInfo | null;
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const somePng = Buffer.from('89504e470d0a1a0a0000', 'hex');

describe('charts', () => {
  test('draw a ranking on this machine', async () => {
    const charts = await openCharts(undefined);
    try {
      const { width, height } = await readPng(await charts.draw(rankedBarsConfig(threeModels, rankedWords, 'en')));
      assert.equal(width, 1800);
      assert.ok(height > 400);
    } finally {
      await charts.close();
    }
  });

  test('are drawn by the server that was named, and by no other', async () => {
    const seen: { path: string; body: unknown }[] = [];
    await using remote = await remoteServer((path, body) => {
      seen.push({ path, body });
      return { status: 200, body: somePng };
    });
    const charts = await openCharts(`${remote.url}/quick/`);
    assert.deepEqual(Buffer.from(await charts.draw(rankedBarsConfig(threeModels, rankedWords, 'en'))), somePng);
    await charts.close();
    assert.equal(seen.length, 1);
    assert.equal(seen[0]?.path, '/quick/chart');
    const body = seen[0]?.body;
    assert.ok(typeof body === 'object' && body !== null && 'chart' in body && typeof body.chart === 'string');
    assert.equal(JSON.parse(body.chart).type, 'bar');
    assert.ok('version' in body && body.version === '4');
  });

  test('a server’s failure is told as what it is', async () => {
    const options = { width: 100, height: 100 };
    await using broken = await remoteServer(() => ({ status: 500, body: Buffer.from('oh') }));
    await assert.rejects(renderChart({}, { ...options, url: broken.url }), RetryableError);
    await using limited = await remoteServer(() => ({ status: 429, body: Buffer.from('slow down') }));
    await assert.rejects(renderChart({}, { ...options, url: limited.url }), RetryableError);
    await using refusing = await remoteServer(() => ({ status: 403, body: Buffer.from('no') }));
    await assert.rejects(renderChart({}, { ...options, url: refusing.url }), FinalError);
    await using portal = await remoteServer(() => ({ status: 200, body: Buffer.from('<html>log in</html>') }));
    await assert.rejects(renderChart({}, { ...options, url: portal.url }), /no PNG image/);
    await using silent = await remoteServer(() => null);
    await assert.rejects(renderChart({}, { ...options, url: silent.url, timeoutMs: 50 }), (error) => {
      assert.ok(error instanceof RetryableError);
      assert.match(error.message, /no answer within 0.05 s/);
      return true;
    });
  });

  test('a password in the server’s address isn’t shown', async () => {
    await using refusing = await remoteServer(() => ({ status: 403, body: Buffer.from('no') }));
    const url = refusing.url.replace('http://', 'http://me:secret@');
    await assert.rejects(renderChart({}, { url, width: 100, height: 100 }), (error) => {
      assert.ok(error instanceof Error);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  });

  test('a server that isn’t an address is the user’s to put right', async () => {
    for (const url of ['charts.example.org', 'ftp://charts.example.org', '']) {
      await assert.rejects(renderChart({}, { url, width: 100, height: 100 }), UserError);
    }
  });

  test('a process that has closed them ends by itself, and nothing was written to its error stream', async () => {
    const script = `
      const { openCharts } = await import(${JSON.stringify(import.meta.resolve('../../src/charts/charts.ts'))});
      const charts = await openCharts(undefined);
      const png = await charts.draw(${JSON.stringify(rankedBarsConfig(threeModels, rankedWords, 'en'))});
      await charts.close();
      console.log(png.length > 10000);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    assert.deepEqual({ out, errors, code }, { out: 'true\n', errors: '', code: 0 });
  });
});
