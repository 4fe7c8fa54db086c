import { z } from 'zod';
import { FinalError } from '../errors.ts';
import type { FaultOrder } from './faults.ts';
import { blockSchema, messageSchema, optionSchema, stateValueSchema, textSchema, viewSchema } from './shapes.ts';

const viewSeen = viewSchema.extend({
  id: z.string(),
  hash: z.string(),
  title: textSchema,
  callback_id: z.string(),
  private_metadata: z.string(),
  state: z.object({ values: z.record(z.string(), z.record(z.string(), stateValueSchema)) }),
  /** Shown at the fields, by block_id. */
  errors: z.record(z.string(), z.string()),
  /** "We had some trouble connecting" at the top of the modal. */
  trouble: z.string().optional(),
});
export type SeenView = z.infer<typeof viewSeen>;

const fileSeen = z.looseObject({
  id: z.string(),
  name: z.string(),
  url_private_download: z.string(),
  mimetype: z.string(),
  alt_txt: z.string().optional(),
});

const messageSeen = messageSchema.extend({
  blocks: z.array(blockSchema).optional(),
  files: z.array(fileSeen).optional(),
  reply_count: z.number().optional(),
  is_ephemeral: z.boolean().optional(),
  /** What this person has chosen in the message's elements. */
  state: z.object({ values: z.record(z.string(), z.record(z.string(), stateValueSchema)) }).optional(),
});
export type SeenMessage = z.infer<typeof messageSeen>;

const seenSchema = z.object({
  ok: z.boolean(),
  /** What went wrong before this person's eyes. */
  error: z.string().optional(),
  view: viewSeen.nullable(),
  /** How many modals lie on top of each other. */
  stack: z.number(),
  home: viewSeen.nullable(),
  messages: z.array(messageSeen).default([]),
  options: z.array(optionSchema).default([]),
});
/** What one person sees after a call: errors, the modal on top, the home tab, the messages of the channel named. */
export type Seen = z.infer<typeof seenSchema>;

const logEntry = z.object({
  kind: z.enum(['call', 'delivery']),
  atMs: z.number(),
  method: z.string(),
  args: z.looseObject({}),
  status: z.union([z.number(), z.string()]),
  answer: z.unknown(),
  tookMs: z.number().optional(),
});
type SeenCall = z.infer<typeof logEntry>;

/** What a person looks at: a channel or a thread in it beside the modal, which is always before them. */
interface Look {
  user: string;
  channel?: string;
  thread_ts?: string;
}

interface ElementAt {
  user: string;
  channel?: string;
  ts?: string;
  home?: boolean;
  block_id?: string;
  action_id: string;
}

export type FileToAttach = { name: string; bytes_base64: string } | { path: string };

/** A scripted person in front of the workspace: users and channels go by id or by name. */
export interface Driver {
  slash(order: { user: string; channel: string; command: string; text?: string }): Promise<Seen>;
  message(order: { user: string; channel: string; text: string; thread_ts?: string }): Promise<Seen>;
  shortcut(order: { user: string; channel: string; ts: string; callback_id: string }): Promise<Seen>;
  fill(user: string, values: Record<string, Record<string, unknown>>): Promise<Seen>;
  submit(user: string): Promise<Seen>;
  close(user: string, options?: { all?: boolean }): Promise<Seen>;
  click(order: ElementAt & { value?: unknown }): Promise<Seen>;
  suggest(order: ElementAt & { value: string }): Promise<Seen>;
  home(user: string): Promise<Seen>;
  /** Starts the person's client anew: what stood there only, ephemeral messages and modals, is gone. */
  reload(user: string): Promise<Seen>;
  /** What a person sees now. */
  look(at: Look): Promise<Seen>;
  view(user: string): Promise<SeenView | null>;
  messages(at: Look & { channel: string }): Promise<SeenMessage[]>;
  log(): Promise<SeenCall[]>;
  users(): Promise<{ id: string; name: string }[]>;
  channels(): Promise<{ id: string; name: string }[]>;
  /** Open Socket Mode connections of the app. */
  connections(): Promise<number>;
  file(id: string): Promise<Buffer>;
  /** Has deliveries sent to this address instead of over Socket Mode; fails with what is wrong with it. */
  requestUrl(url: string | null): Promise<void>;
  faults(order: FaultOrder): Promise<void>;
  reset(): Promise<void>;
  /**
   * Looks again at every change in the workspace until `find` returns something; fails with `what` and the last sight
   * after the deadline.
   */
  waitFor<T>(
    what: string,
    at: Look,
    find: (seen: Seen) => T | undefined | null | false,
    deadlineMs?: number,
  ): Promise<T>;
  /** The same for anything else that can be asked of the workspace. */
  waitUntil<T>(what: string, ask: () => Promise<T | undefined | null | false>, deadlineMs?: number): Promise<T>;
}

const DEADLINE_MS = 10_000;

/** A typed client of the control API. */
export function createDriver(url: string): Driver {
  const call = async (path: string, init?: RequestInit): Promise<unknown> => {
    const response = await fetch(`${url}/_control/${path}`, init);
    const body: unknown = await response.json();
    if (!response.ok) throw new FinalError(`/_control/${path}: HTTP ${response.status} ${JSON.stringify(body)}`);
    return body;
  };
  const post = (path: string, order: object) =>
    call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(order) });
  const act = async (path: string, order: object) => seenSchema.parse(await post(path, order));
  const look = async ({ user, channel, thread_ts }: Look): Promise<Seen> => {
    const query = new URLSearchParams({ user, ...(channel && { channel }), ...(thread_ts && { thread_ts }) });
    return seenSchema.parse(await call(`${channel === undefined ? 'view' : 'messages'}?${query}`));
  };
  const named = z.array(z.looseObject({ id: z.string(), name: z.string() }));
  const waitUntil: Driver['waitUntil'] = (what, ask, deadlineMs = DEADLINE_MS) =>
    followUntil(url, what, ask, deadlineMs);

  return {
    slash: (order) => act('slash', order),
    message: (order) => act('message', order),
    shortcut: (order) => act('shortcut', order),
    fill: (user, values) => act('view/fill', { user, values }),
    submit: (user) => act('view/submit', { user }),
    close: (user, options) => act('view/close', { user, ...options }),
    click: (order) => act('click', order),
    suggest: (order) => act('suggest', order),
    home: (user) => act('home', { user }),
    reload: (user) => act('reload', { user }),
    look,
    view: async (user) => (await look({ user })).view,
    messages: async (at) => (await look(at)).messages,
    log: async () => z.object({ log: z.array(logEntry) }).parse(await call('log')).log,
    users: async () => z.object({ users: named }).parse(await call('users')).users,
    channels: async () => z.object({ channels: named }).parse(await call('channels')).channels,
    connections: async () => z.object({ connections: z.number() }).parse(await call('info')).connections,
    file: async (id) => {
      const response = await fetch(`${url}/_control/files/${id}`);
      if (!response.ok) throw new FinalError(`file ${id}: HTTP ${response.status}`);
      return Buffer.from(await response.arrayBuffer());
    },
    requestUrl: async (url) => {
      const { ok, error } = z
        .object({ ok: z.boolean(), error: z.string().optional() })
        .parse(await post('request_url', { url }));
      if (!ok) throw new FinalError(`request URL ${url}: ${error}`);
    },
    faults: async (order) => {
      await post('faults', order);
    },
    reset: async () => {
      await post('reset', {});
    },
    waitUntil,
    waitFor: async (what, at, find, deadlineMs) => {
      let last: Seen | undefined;
      const ask = async () => {
        last = await look(at);
        return find(last);
      };
      return waitUntil(what, ask, deadlineMs).catch((cause: unknown) => {
        throw new FinalError(`${what}: not seen by ${at.user}; last sight: ${JSON.stringify(last)}`, { cause });
      });
    },
  };
}

/** Asks now and again after each event of the stream. The stream is open before the first question, so nothing is missed. */
async function followUntil<T>(
  url: string,
  what: string,
  ask: () => Promise<T | undefined | null | false>,
  deadlineMs: number,
): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new FinalError(`${what}: not within ${deadlineMs} ms`)), deadlineMs);
  try {
    const stream = await fetch(`${url}/_control/stream`, { signal: controller.signal });
    if (stream.body === null) throw new FinalError('the stream has no body');
    for await (const _event of stream.body) {
      const found = await ask();
      if (found !== undefined && found !== null && found !== false) return found;
    }
    throw new FinalError(`${what}: the workspace closed`);
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}
