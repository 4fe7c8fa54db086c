/** QuickChart's `POST /chart`, as far as our renderer serves it: https://quickchart.io/documentation/usage/post-endpoint/ */
import { z } from 'zod';

export const limits = {
  bodyBytes: 512 * 1024,
  sidePx: 3000,
  /** after the device pixel ratio: 4 bytes each while drawing */
  pixels: 24_000_000,
};

const chartSchema = z.looseObject({ type: z.string(), data: z.looseObject({}) });

const side = z.coerce.number().int().min(16).max(limits.sidePx);

const requestSchema = z
  .object({
    /** QuickChart takes JavaScript too and evaluates it; here it is JSON, in a string or as it is */
    chart: z.union([z.string(), z.looseObject({})]),
    width: side.default(500),
    height: side.default(300),
    devicePixelRatio: z.coerce.number().min(0.5).max(4).default(1),
    backgroundColor: z
      .string()
      .regex(/^(#[0-9a-f]{3,8}|[a-z]{3,30}|rgba?\([\d., %]{5,40}\))$/i, 'expected a CSS colour')
      .default('transparent'),
    format: z.literal('png').default('png'),
    version: z.coerce.string().regex(/^4(\.|$)/, 'only Chart.js 4 is served here'),
  })
  .refine(
    ({ width, height, devicePixelRatio }) => width * height * devicePixelRatio ** 2 <= limits.pixels,
    `more than ${limits.pixels} pixels`,
  );

export interface RenderRequest {
  chart: z.infer<typeof chartSchema>;
  width: number;
  height: number;
  devicePixelRatio: number;
  backgroundColor: string;
}

/** A request that can't be drawn: the answer is 400 with this text. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

/** @throws BadRequest saying which field was wrong */
export function parseRequest(body: string): RenderRequest {
  const request = requestSchema.safeParse(parseJson(body, 'the body'));
  if (!request.success) throw new BadRequest(issueText(request.error));
  const { chart, ...rest } = request.data;
  const config = chartSchema.safeParse(typeof chart === 'string' ? parseJson(chart, 'chart') : chart);
  if (!config.success) throw new BadRequest(`chart: ${issueText(config.error)}`);
  return { ...rest, chart: config.data };
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const hint = what === 'chart' ? ' JavaScript and functions are not accepted.' : '';
    throw new BadRequest(`${what} is not JSON (${error instanceof Error ? error.message : error}).${hint}`);
  }
}

function issueText(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined
    ? 'not understood'
    : `${[...issue.path, ''].join('.').replace(/\.$/, ': ')}${issue.message}`;
}
