import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { callApi } from './api.ts';
import { ApiError } from './api-error.ts';
import { MOST } from './bounded.ts';
import { callControl } from './control.ts';
import { mimetypeOf } from './files.ts';
import { bearerOf, HttpError, parseJson, readBody, sendBytes, sendJson } from './http.ts';
import { type Answer, answerAt } from './interactions.ts';
import { pageFile } from './page-files.ts';
import { TEAM } from './state.ts';
import { findFile, type World } from './world.ts';

type Handler = (
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  rest: string,
) => Promise<void> | void;

/** The routes, first match by prefix; what follows the prefix is handed on. */
const ROUTES: [verb: string, prefix: string, handler: Handler][] = [
  ['POST', '/api/', api],
  ['GET', '/api/', api],
  ['POST', '/upload/v1/', upload],
  ['POST', `/response/${TEAM.id}/`, responseUrl],
  ['GET', '/files-pri/', privateFile],
  ['GET', '/_control/stream', stream],
  ['GET', '/_control/files/', pageImage],
  ['POST', '/_control/', control],
  ['GET', '/_control/', control],
  ['GET', '/', page],
];

export async function handle(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', world.url);
  const route = ROUTES.find(([verb, prefix]) => verb === request.method && url.pathname.startsWith(prefix));
  if (route === undefined) throw new HttpError(404, `nothing at ${request.method} ${url.pathname}`);
  await route[2](world, request, response, url, decodeURIComponent(url.pathname.slice(route[1].length)));
}

async function api(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  method: string,
): Promise<void> {
  const args = await apiArgs(request, url);
  const field = z.string().safeParse(args.token).data;
  const answer = await callApi(world, method, args, bearerOf(request) ?? field);
  if (answer.drop) {
    request.socket.destroy();
    return;
  }
  sendJson(response, answer.status, answer.body, answer.headers);
}

async function apiArgs(request: IncomingMessage, url: URL): Promise<Record<string, unknown>> {
  const body = await readBody(request);
  const query = Object.fromEntries(url.searchParams);
  if (request.headers['content-type']?.startsWith('application/json')) {
    return { ...query, ...z.record(z.string(), z.unknown()).parse(parseJson(body)) };
  }
  return { ...query, ...Object.fromEntries(new URLSearchParams(body.toString())) };
}

/** The upload address of files.getUploadURLExternal: raw bytes, or a form with one file as web-api sends. */
async function upload(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  _url: URL,
  id: string,
): Promise<void> {
  const file = findFile(world, id);
  if (file === undefined || file.state === 'complete') throw new HttpError(404, 'no such upload');
  const bytes = await fileBytes(await readBody(request), request.headers['content-type'] ?? '');
  if (bytes.length !== file.size) throw new HttpError(400, `expected ${file.size} bytes, got ${bytes.length}`);
  await world.storage.putBytes(id, bytes);
  file.state = 'uploaded';
  world.storage.touch();
  sendBytes(response, 200, 'text/plain', `OK - ${bytes.length}`);
}

async function fileBytes(body: Buffer, type: string): Promise<Buffer> {
  if (!type.startsWith('multipart/form-data')) return body;
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  for (const value of form.values()) if (typeof value !== 'string') return Buffer.from(await value.arrayBuffer());
  throw new HttpError(400, 'the form holds no file');
}

const answerSchema = z.looseObject({
  text: z.string().optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).optional(),
  replace_original: z.boolean().optional(),
  delete_original: z.boolean().optional(),
  thread_ts: z.string().optional(),
  blocks: z.unknown().optional(),
  attachments: z.unknown().optional(),
});

async function responseUrl(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  _url: URL,
  key: string,
): Promise<void> {
  const parsed = answerSchema.safeParse(parseJson(await readBody(request)));
  if (!parsed.success) return sendJson(response, 400, { ok: false, error: 'invalid_payload' });
  const { metadata: _metadata, files: _files, ...rest } = parsed.data;
  const answer: Answer = rest;
  try {
    answerAt(world, key, answer);
    sendBytes(response, 200, 'text/plain', 'ok');
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Spent and expired addresses are gone (404); a message that Slack doesn't accept is the app's mistake (400).
    const status = error.code === 'used_url' || error.code === 'expired_url' ? 404 : 400;
    sendJson(response, status, { ok: false, error: error.code, ...error.extra });
  }
}

async function privateFile(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  _url: URL,
  rest: string,
): Promise<void> {
  if (bearerOf(request) !== world.state.botToken) throw new HttpError(401, 'a bearer token is required');
  // Without the scope Slack answers 200 and its sign-in page: the trap that downloads must look out for.
  if (!world.settings.scopes.includes('files:read'))
    return sendBytes(response, 200, 'text/html', '<html>Sign in</html>');
  await sendFile(world, response, rest.split('/')[0]?.replace(`${TEAM.id}-`, '') ?? '');
}

/** Files for the page, where a person is signed in by choosing who they are. */
async function pageImage(
  world: World,
  _request: IncomingMessage,
  response: ServerResponse,
  _url: URL,
  id: string,
): Promise<void> {
  await sendFile(world, response, id);
}

async function sendFile(world: World, response: ServerResponse, id: string): Promise<void> {
  const file = findFile(world, id);
  const bytes = file === undefined ? undefined : await world.storage.getBytes(id);
  if (file === undefined || bytes === undefined) throw new HttpError(404, 'no such file');
  sendBytes(response, 200, mimetypeOf(file.name), bytes);
}

async function control(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  name: string,
): Promise<void> {
  const input = request.method === 'POST' ? parseJson(await readBody(request)) : Object.fromEntries(url.searchParams);
  const { status, body } = await callControl(world, request.method ?? 'GET', name, input);
  sendJson(response, status, body);
}

/** Server-sent events: one for each change that somebody might see, and one at the start. */
function stream(world: World, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const send = (change: unknown) => {
    if (response.writableLength > MOST.unreadStreamBytes) response.destroy();
    else response.write(`data: ${JSON.stringify(change)}\n\n`);
  };
  send({ kind: 'open' });
  const stop = world.listen(send);
  request.socket.once('close', stop);
  response.once('close', stop);
}

async function page(_world: World, _request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  const file = await pageFile(url.pathname);
  if (file === undefined) throw new HttpError(404, `nothing at ${url.pathname}`);
  response.setHeader('content-security-policy', file.policy);
  sendBytes(response, 200, file.type, file.body);
}
