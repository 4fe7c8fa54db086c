/** The worker thread: an HTTP server on loopback that draws. Nothing of it runs on the bot's event loop. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { Chart, type ChartConfiguration, type ChartItem, registerables } from 'chart.js';
import { z } from 'zod';
import { errorText } from '../errors.ts';
import { BadRequest, limits, parseRequest, type RenderRequest } from './request.ts';

const otherScripts = [
  'DejaVu Sans',
  'Noto Sans',
  'Noto Sans Arabic',
  'Noto Sans Hebrew',
  'Noto Sans CJK SC',
  'Noto Color Emoji',
];

const { fontFiles } = z.object({ fontFiles: z.array(z.string()) }).parse(workerData);

try {
  registerFonts();
  Chart.register(...registerables);
  // Ours has Latin, Greek and Cyrillic; other scripts come from whichever of these the machine has.
  Chart.defaults.font.family = `'Podium Sans', ${otherScripts.map((family) => `'${family}'`).join(', ')}`;
  Chart.defaults.locale = 'en';
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.destroy(error));
  });
  server.requestTimeout = 20_000;
  server.on('error', (error) => parentPort?.postMessage({ failed: errorText(error) }));
  server.listen(0, '127.0.0.1', () => parentPort?.postMessage({ address: server.address() }));
} catch (error) {
  parentPort?.postMessage({ failed: errorText(error) });
}

/** Without a font, text is left out in silence; so nothing is drawn before one is there. */
function registerFonts(): void {
  for (const file of fontFiles) {
    // A name that the configuration asks for and nobody registered falls back to sans-serif: that is our font, too.
    for (const family of ['Podium Sans', 'sans-serif']) {
      if (GlobalFonts.registerFromPath(file, family) === null) throw new Error(`the font ${file} can't be read`);
    }
  }
  // Asked of the list, not of GlobalFonts: that one is shared by all threads of the process.
  if (fontFiles.length === 0) throw new Error('no font is registered, so charts would have no text');
}

/** A connection that idles until one side closes it may be used by the other at that moment: "ECONNRESET". */
const once = { connection: 'close' };

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url !== '/chart') return refuse(response, 404, 'only /chart is served here');
  if (request.method !== 'POST') return refuse(response, 405, 'only POST is served here');
  // A page in somebody's browser can't send this type to another host without being asked first.
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    return refuse(response, 415, 'expected content-type application/json');
  }
  const body = await readBody(request);
  if (body === null) return refuse(response, 413, `the body is larger than ${limits.bodyBytes} bytes`);
  try {
    const png = draw(parseRequest(body));
    response.writeHead(200, { ...once, 'content-type': 'image/png', 'content-length': png.length }).end(png);
  } catch (error) {
    // Chart.js throws where a configuration asks for something that it doesn't know.
    const where = error instanceof BadRequest ? '' : 'the chart can’t be drawn: ';
    refuse(response, 400, `${where}${errorText(error)}`);
  }
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  // QuickChart's own header: quickchart-js shows it in its error. Headers hold printable ASCII only.
  const header = reason
    .replaceAll('’', "'")
    .replace(/[^\x20-\x7e]+/g, ' ')
    .slice(0, 300);
  response.writeHead(status, { ...once, 'content-type': 'text/plain; charset=utf-8', 'x-quickchart-error': header });
  // What is left of a body that is too large stays unread.
  response.end(`${reason}\n`, () => status === 413 && response.destroy());
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk);
    sizeBytes += bytes.length;
    if (sizeBytes > limits.bodyBytes) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function draw({ chart, width, height, devicePixelRatio, backgroundColor }: RenderRequest): Buffer {
  const canvas = createCanvas(width, height);
  if (!isChartItem(canvas)) throw new Error('the canvas isn’t one that Chart.js can draw on');
  if (!isConfiguration(chart)) throw new BadRequest(`chart.type: "${chart.type}" is not a type of Chart.js`);
  const drawn = new Chart(canvas, {
    ...chart,
    options: { ...chart.options, responsive: false, animation: false, events: [], devicePixelRatio },
    plugins: [{ id: 'background', beforeDraw: ({ ctx }) => fill(ctx, width, height, backgroundColor) }],
  });
  try {
    return canvas.toBuffer('image/png');
  } finally {
    drawn.destroy();
  }
}

function fill(ctx: CanvasRenderingContext2D, width: number, height: number, colour: string): void {
  ctx.save();
  ctx.globalCompositeOperation = 'destination-over';
  ctx.fillStyle = colour;
  ctx.fillRect(0, 0, width, height);
  ctx.restore();
}

/** Chart.js's types know the browser's canvas only; at run time it asks for no more than this. */
function isChartItem(canvas: unknown): canvas is ChartItem {
  return typeof canvas === 'object' && canvas !== null && 'getContext' in canvas && 'width' in canvas;
}

function isConfiguration(chart: RenderRequest['chart']): chart is RenderRequest['chart'] & ChartConfiguration {
  try {
    Chart.registry.getController(chart.type);
    return true;
  } catch {
    return false;
  }
}
