import assert from 'node:assert/strict';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { rankedBarsConfig } from '../../src/charts/ranked-bars.ts';
import { renderChart } from '../../src/charts/render-chart.ts';
import { type Renderer, startRenderer } from '../../src/charts/renderer.ts';
import { FinalError, RetryableError } from '../../src/errors.ts';
import { model, ranked, rankedWords, readPng, threeModels } from './support.ts';

const pie = { type: 'pie', data: { labels: ['a', 'b'], datasets: [{ data: [1, 2] }] } };

let renderer: Renderer;
before(async () => {
  renderer = await startRenderer();
});
after(() => renderer.close());

/** What the server says to a body; the body goes out as it is. */
async function post(body: string | object, headers: Record<string, string> = {}, path = '/chart', method = 'POST') {
  const call = request(`${renderer.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
  });
  const answer = new Promise<{ status: number; header: string; body: string }>((resolve, reject) => {
    call.on('error', reject);
    call.on('response', async (response) => {
      const header = String(response.headers['x-quickchart-error'] ?? '');
      resolve({ status: response.statusCode ?? 0, header, body: await text(response).catch(() => '') });
    });
  });
  call.end(typeof body === 'string' ? body : JSON.stringify({ version: '4', ...body }));
  return answer;
}

describe('the renderer', () => {
  test('draws a PNG of the size asked for, times the pixel ratio', async () => {
    const { config, width, height } = rankedBarsConfig(threeModels, rankedWords, 'en');
    const png = await renderChart(config, { url: renderer.url, width, height });
    const picture = await readPng(png);
    assert.deepEqual([picture.width, picture.height], [2 * width, 2 * height]);
    const small = await readPng(
      await renderChart(config, { url: renderer.url, width: 400, height: 200, devicePixelRatio: 1 }),
    );
    assert.deepEqual([small.width, small.height], [400, 200]);
  });

  test('draws text, bars, intervals and the floor', async () => {
    const { config, width, height } = rankedBarsConfig(threeModels, rankedWords, 'en');
    const options = { url: renderer.url, width, height };
    const picture = await readPng(await renderChart(config, options));
    const names = { x: 30, y: 130, width: 380, height: 2 * height - 330 };
    const everything = { x: 0, y: 0, width: 2 * width, height: 2 * height };
    assert.ok(picture.inked(names) > 2000, 'the models have names');
    assert.ok(picture.inked({ x: 30, y: 20, width: 800, height: 60 }) > 2000, 'the chart has a title');
    assert.ok(picture.inked(everything, [0x00, 0x72, 0xb2]) > 20_000, 'the first model has its bar');
    assert.ok(picture.inked(everything, [0x56, 0xb4, 0xe9]) > 20_000, 'the tied model has its bar');
    assert.ok(picture.inked(everything, [0xd5, 0x5e, 0x00]) > 500, 'the floor is marked');

    const nameless = ranked(threeModels.rows.map((row) => ({ ...row, name: ' ' })));
    const other = await readPng(await renderChart(rankedBarsConfig(nameless, rankedWords, 'en').config, options));
    assert.ok(other.inked(names) < picture.inked(names) / 2, 'without names there is less ink');
  });

  test('letters with accents are letters of the font, not its box for unknown ones', async () => {
    const titled = async (title: string) => {
      const { config } = rankedBarsConfig(ranked([], { floors: [] }), { ...rankedWords, title }, 'en');
      return renderChart(config, { url: renderer.url, width: 600, height: 200 });
    };
    const [first, second, third] = await Promise.all([titled('ąąą'), titled('êêê'), titled('жжж')]);
    assert.notDeepEqual(first, second);
    assert.notDeepEqual(second, third);
  });

  test('a family that nobody registered is drawn in the font that is there', async () => {
    const draw = async (title: string) => {
      const options = { font: { family: 'No Such Font' }, plugins: { title: { display: true, text: title } } };
      const config = { type: 'bar', data: { datasets: [] }, options };
      return readPng(await renderChart(config, { url: renderer.url, width: 300, height: 300 }));
    };
    const head = { x: 0, y: 0, width: 600, height: 60 };
    assert.equal((await draw(' ')).inked(head), 0);
    assert.ok((await draw('Title')).inked(head) > 100);
  });

  test('takes the chart as an object, too', async () => {
    assert.equal((await post({ chart: pie })).status, 200);
  });

  test('refuses JavaScript, whether in the chart or in place of the body', async () => {
    for (const chart of [
      "{type: 'pie', data: {datasets: []}}",
      '{"type":"pie","data":{"datasets":[]},"options":{"onHover":function(){process.exit(1)}}}',
      'process.exit(1)',
      '(() => ({type: "pie", data: {}}))()',
    ]) {
      const { status, header, body } = await post({ chart });
      assert.equal(status, 400);
      assert.match(header, /chart is not JSON/);
      assert.match(body, /JavaScript and functions are not accepted/);
    }
    assert.equal((await post("{chart: {type: 'pie'}}")).status, 400);
  });

  test('refuses what it can’t draw, with the reason', async () => {
    const cases: [object, RegExp][] = [
      [{ chart: { type: 'no-such-type', data: {} } }, /no-such-type/],
      [{ chart: { data: {} } }, /chart: type: /],
      [{ chart: { type: 'pie' } }, /chart: data: /],
      [{ chart: [] }, /chart/],
      [{ chart: '"text"' }, /chart/],
      [{ chart: pie, width: 0 }, /width: /],
      [{ chart: pie, height: 1e9 }, /height: /],
      [{ chart: pie, width: 'wide' }, /width: /],
      [{ chart: pie, devicePixelRatio: 100 }, /devicePixelRatio: /],
      [{ chart: pie, width: 3000, height: 3000, devicePixelRatio: 4 }, /pixels/],
      [{ chart: pie, format: 'webp' }, /format: /],
      [{ chart: pie, version: '2.9.4' }, /version: .*Chart\.js 4/],
      [{ chart: pie, backgroundColor: 'url(http://example.org)' }, /backgroundColor: /],
      [{ chart: { type: 'bar', data: { datasets: [{ type: 'no-such-type', data: [1] }] } } }, /no-such-type/],
    ];
    for (const [body, reason] of cases) {
      const answer = await post(body);
      assert.equal(answer.status, 400, `${JSON.stringify(body)}: ${answer.body}`);
      assert.match(answer.header, reason);
    }
  });

  test('serves one address, one method, one type of content, and bodies up to a limit', async () => {
    assert.equal((await post({ chart: pie }, {}, '/')).status, 404);
    assert.equal((await post('', {}, '/chart', 'GET')).status, 405);
    assert.equal((await post({ chart: pie }, { 'content-type': 'text/plain' })).status, 415);
    const huge = await post(JSON.stringify({ chart: pie, version: '4', filler: 'x'.repeat(600_000) })).catch(
      () => null,
    );
    assert.ok(huge === null || huge.status === 413, 'a large body is refused, or cut off');
  });

  test('is reached on loopback only', () => {
    assert.match(renderer.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test('draws many at once, each for whom it was', async () => {
    const widths = Array.from({ length: 12 }, (_, at) => 200 + 10 * at);
    const pictures = await Promise.all(
      widths.map(async (width) =>
        readPng(await renderChart(pie, { url: renderer.url, width, height: 100, devicePixelRatio: 1 })),
      ),
    );
    assert.deepEqual(
      pictures.map((picture) => picture.width),
      widths,
    );
  });

  test('leaves the caller’s event loop free', async () => {
    const rows = Array.from({ length: 40 }, (_, at) => model(at + 1, `some/long-model-name-${at}`, 0.5));
    const { config, width, height } = rankedBarsConfig(ranked(rows), rankedWords, 'en');
    await renderChart(config, { url: renderer.url, width, height });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const [allBefore, ownBefore] = [process.cpuUsage(), process.threadCpuUsage()];
    await renderChart(config, { url: renderer.url, width, height });
    const [all, own] = [process.cpuUsage(allBefore), process.threadCpuUsage(ownBefore)];
    clearInterval(timer);
    // Processor time rather than the clock's, which a busy machine stretches.
    assert.ok(own.user + own.system < (all.user + all.system) / 2, `${JSON.stringify({ own, all })}`);
    assert.ok(ticks >= 5, `${ticks} ticks`);
  });

  test('doesn’t start without a font', async () => {
    await assert.rejects(startRenderer({ fontFiles: [] }), (error) => {
      assert.ok(error instanceof FinalError);
      assert.match(error.message, /no font is registered/);
      return true;
    });
    await assert.rejects(startRenderer({ fontFiles: [import.meta.filename] }), /renderer\.test\.ts can't be read/);
    await assert.rejects(startRenderer({ fontFiles: ['/no/such/font.ttf'] }), /can't be read/);
  });

  test('tells whether trying again may help', async () => {
    const options = { url: renderer.url, width: 100, height: 100 };
    await assert.rejects(renderChart({ type: 'no-such-type', data: {} }, options), (error) => {
      assert.ok(error instanceof FinalError);
      assert.match(error.message, /status code 400 .*no-such-type/);
      return true;
    });
    const gone = await startRenderer();
    await gone.close();
    await gone.exited;
    await assert.rejects(renderChart(pie, { ...options, url: gone.url }), RetryableError);
  });
});
