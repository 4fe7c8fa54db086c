import type { IncomingMessage, ServerResponse } from 'node:http';
import { limits } from './limits.ts';

/** A request that can't be served as it is: its status and why. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

// A file of the largest size that Slack takes, in base64, with its JSON around it.
const MAX_BODY_BYTES = Math.ceil(limits.elements.file_input.file_size_mb.value * 1024 * 1024 * 1.4);

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Whether `host`, perhaps with a port, is this machine. */
export function isLoopback(host: string): boolean {
  return URL.canParse(`http://${host}`) && LOOPBACK.has(new URL(`http://${host}`).hostname);
}

/**
 * Only programs and pages of this machine may talk to the workspace. A Host that isn't loopback means DNS rebinding; an
 * Origin other than ours means that some web page in the user's browser is trying.
 */
export function refuseForeign(request: IncomingMessage): void {
  const host = request.headers.host ?? '';
  if (!isLoopback(host)) {
    throw new HttpError(403, `host ${JSON.stringify(host)} is not this machine`);
  }
  const { origin } = request.headers;
  if (origin !== undefined && origin !== `http://${host}`)
    throw new HttpError(403, 'cross-origin requests are refused');
  if (request.headers['sec-fetch-site'] === 'cross-site') throw new HttpError(403, 'cross-site requests are refused');
}

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new HttpError(413, `a body may have ${MAX_BODY_BYTES} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw new HttpError(400, 'the body is not JSON');
  }
}

export function bearerOf(request: IncomingMessage): string | undefined {
  const match = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '');
  return match?.[1];
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

export function sendBytes(response: ServerResponse, status: number, type: string, bytes: Buffer | string): void {
  // Files come from anybody: they must not run as pages of the workspace.
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' });
  response.end(bytes);
}
