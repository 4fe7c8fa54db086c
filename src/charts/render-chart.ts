/** Chart.js configuration -> PNG, by a server that speaks QuickChart's protocol. */
import QuickChart from 'quickchart-js';
import { errorText, FinalError, RetryableError, UserError } from '../errors.ts';

export interface RenderOptions {
  /** of the server, `http(s)://…`; charts are posted to /chart below it */
  url: string;
  width: number;
  height: number;
  devicePixelRatio?: number;
  timeoutMs?: number;
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * @param config plain JSON: it goes out as a string, since quickchart-js would turn an object into source code
 * @throws UserError on a bad `url`, RetryableError when the server can't be reached or fails, FinalError when it refuses
 */
export async function renderChart(config: object, options: RenderOptions): Promise<Uint8Array> {
  const { scheme, host } = parseServer(options.url);
  const chart = new QuickChart()
    .setScheme(scheme)
    .setHost(host)
    .setVersion('4')
    .setFormat('png')
    .setBackgroundColor('#ffffff')
    .setWidth(options.width)
    .setHeight(options.height)
    .setDevicePixelRatio(options.devicePixelRatio ?? 2)
    .setConfig(JSON.stringify(config));
  const png = await inTime(chart.toBinary(), options.timeoutMs ?? 30_000).catch((error) => {
    throw refusal(host, error);
  });
  if (!png.subarray(0, pngSignature.length).equals(pngSignature)) {
    throw new FinalError(
      `The chart server ${host} answered with something that is no PNG image (${png.length} bytes).`,
    );
  }
  return png;
}

/** quickchart-js joins them again as `scheme://host`, so a path below the host goes with it. */
function parseServer(url: string): { scheme: 'http' | 'https'; host: string } {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    throw new UserError(`Chart server: expected a URL such as https://charts.example.org, got ${JSON.stringify(url)}.`);
  }
  const credentials = parsed.username === '' ? '' : `${parsed.username}:${parsed.password}@`;
  return {
    scheme: parsed.protocol === 'http:' ? 'http' : 'https',
    host: `${credentials}${parsed.host}${parsed.pathname.replace(/\/+$/, '')}`,
  };
}

async function inTime<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** quickchart-js tells the status in words only. 4xx: the same request would be refused again. */
function refusal(host: string, error: unknown): Error {
  const text = errorText(error).replace(/\s+/g, ' ');
  const shownHost = host.replace(/^[^/]*@/, '');
  const message = `The chart server ${shownHost} drew nothing: ${text}`;
  const lasting = /status code 4(?!08|29)\d\d/.test(text);
  return lasting ? new FinalError(message, { cause: error }) : new RetryableError(message, { cause: error });
}
