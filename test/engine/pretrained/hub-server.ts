/**
 * A model hub on this machine, as far as @huggingface/hub and a download ask it: model info, paginated trees, `resolve`
 * with ranges, and large files on another origin. What it is to do wrong is said per request.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';

/** How a request is answered instead; undefined: as it should. */
export type Fault =
  | { status: number; headers?: Record<string, string> }
  /** so many bytes of the body, then nothing until the other side goes, or `cut` */
  | { stallAfterBytes: number }
  /** another body, with all that belongs to it */
  | { body: Uint8Array }
  /** no ranges: always the whole file */
  | { rangeless: true };

export interface Seen {
  kind: 'info' | 'tree' | 'resolve' | 'storage';
  path: string;
  /** of `resolve` and `storage`: the file's name */
  file: string;
  range: string | null;
  authorization: string | null;
  encoding: string | null;
}

export interface FakeModel {
  /** branch, tag or pull request -> commit */
  revisions: Record<string, string>;
  files: Record<string, Uint8Array>;
  cardData?: unknown;
  tags?: string[];
  /** what the tree says instead of the truth */
  claimedBytes?: Record<string, number>;
}

export interface HubServer {
  url: string;
  models: Record<string, FakeModel>;
  seen: Seen[];
  /** may wait before it answers */
  fault: (request: Seen) => Fault | undefined | Promise<Fault | undefined>;
  /** Ends the connections that are stalled. */
  cut(): void;
  close(): Promise<void>;
}

const pageSize = 3;
const isLarge = (name: string): boolean => /\.(safetensors|bin)$/.test(name);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const gitBlob = (bytes: Uint8Array): string =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

export async function startHub(t: TestContext, models: Record<string, FakeModel>): Promise<HubServer> {
  const servers: Server[] = [];
  const stalled: ServerResponse[] = [];
  const hub: HubServer = {
    url: '',
    models,
    seen: [],
    fault: () => undefined,
    cut: () => stalled.splice(0).forEach((response) => void response.socket?.destroy()),
    async close() {
      for (const server of servers.splice(0)) {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        await closed;
      }
    },
  };
  t.after(() => hub.close());
  const storage = createServer((request, response) => void answerStorage(hub, stalled, request, response));
  const front = createServer((request, response) => void answerHub(hub, storageUrl, request, response));
  servers.push(storage, front);
  const storageUrl = await listen(storage);
  hub.url = await listen(front);
  return hub;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return `http://127.0.0.1:${address.port}`;
}

async function answerHub(hub: HubServer, storageUrl: string, request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url ?? '/', hub.url);
  const info = /^\/api\/models\/([^/]+\/[^/]+)\/revision\/([^/]+)$/.exec(url.pathname);
  const tree = /^\/api\/models\/([^/]+\/[^/]+)\/tree\/([^/]+)$/.exec(url.pathname);
  const resolve = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(url.pathname);
  const kind = info ? 'info' : tree ? 'tree' : 'resolve';
  const [, repository = '', revision = '', file = ''] = info ?? tree ?? resolve ?? [];
  const fault = await note(hub, kind, file, request);
  if (fault && 'status' in fault) return refuse(response, fault.status, fault.headers);
  const model = hub.models[repository];
  if (!model) return refuse(response, 404, { 'x-error-code': 'RepoNotFound' });
  const name = decodeURIComponent(revision);
  const commit = Object.values(model.revisions).find((known) => known === name) ?? model.revisions[name];
  if (commit === undefined) return refuse(response, 404, { 'x-error-code': 'RevisionNotFound' });
  if (info)
    return json(response, { _id: '1', id: repository, sha: commit, cardData: model.cardData, tags: model.tags });
  if (tree) return answerTree(hub, model, url, response);
  const bytes = model.files[decodeURIComponent(file)];
  if (!bytes) return refuse(response, 404, { 'x-error-code': 'EntryNotFound' });
  if (isLarge(file)) {
    const headers = { 'x-linked-size': String(bytes.length), 'x-linked-etag': `"${sha256(bytes)}"` };
    response.writeHead(302, { ...headers, location: `${storageUrl}/${repository}/${file}` }).end();
    return;
  }
  sendBytes(request, response, bytes, fault);
}

async function answerStorage(
  hub: HubServer,
  stalled: ServerResponse[],
  request: IncomingMessage,
  response: ServerResponse,
) {
  const [, owner = '', name = '', file = ''] = (request.url ?? '').split('/');
  const fault = await note(hub, 'storage', file, request);
  if (fault && 'status' in fault) return refuse(response, fault.status, fault.headers);
  const bytes = hub.models[`${owner}/${name}`]?.files[file];
  if (!bytes) return refuse(response, 404);
  if (fault && 'stallAfterBytes' in fault) stalled.push(response);
  sendBytes(request, response, bytes, fault);
}

async function note(hub: HubServer, kind: Seen['kind'], file: string, { url, headers }: IncomingMessage) {
  const { range = null, authorization = null, 'accept-encoding': encoding } = headers;
  const seen: Seen = { kind, path: url ?? '', file, range, authorization, encoding: encoding?.toString() ?? null };
  hub.seen.push(seen);
  return hub.fault(seen);
}

function answerTree(hub: HubServer, model: FakeModel, url: URL, response: ServerResponse): void {
  const entries = Object.entries(model.files).map(([path, bytes]) => {
    const size = model.claimedBytes?.[path] ?? bytes.length;
    const large = isLarge(path) ? { lfs: { oid: sha256(bytes), size, pointerSize: 134 } } : {};
    return { type: 'file', oid: gitBlob(bytes), size, path, ...large };
  });
  const all = [{ type: 'directory', oid: '0'.repeat(40), size: 0, path: 'onnx' }, ...entries];
  const from = Number(url.searchParams.get('cursor') ?? 0);
  const next = `<${hub.url}${url.pathname}?cursor=${from + pageSize}>; rel="next"`;
  json(response, all.slice(from, from + pageSize), from + pageSize < all.length ? { link: next } : {});
}

function sendBytes(request: IncomingMessage, response: ServerResponse, whole: Uint8Array, fault?: Fault): void {
  const bytes = fault && 'body' in fault ? fault.body : whole;
  const rangeless = fault !== undefined && 'rangeless' in fault;
  const asked = rangeless ? null : /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const from = Number(asked?.[1] ?? 0);
  if (asked && from >= bytes.length) {
    refuse(response, 416);
    return;
  }
  const rest = bytes.subarray(from);
  const headers = { etag: '"x"', 'content-length': rest.length };
  if (asked) {
    response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` });
  } else response.writeHead(200, headers);
  if (fault && 'stallAfterBytes' in fault) response.write(rest.subarray(0, fault.stallAfterBytes));
  else response.end(rest);
}

function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ error: `No: ${status}` }));
}

function json(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}
