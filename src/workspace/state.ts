import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { messageSchema, viewSchema } from './shapes.ts';

/** Everything that survives a restart. Open modals, ephemerals and triggers live in the client and don't. */

const userSchema = z.object({
  id: z.string(),
  name: z.string(),
  real_name: z.string(),
  is_bot: z.boolean(),
  is_owner: z.boolean(),
  locale: z.string().default('en-US'),
  tz: z.string().default('Etc/UTC'),
});
export type User = z.infer<typeof userSchema>;

const channelSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['public', 'private', 'im']),
  members: z.array(z.string()),
  created: z.number(),
  messages: z.array(messageSchema),
});
export type Channel = z.infer<typeof channelSchema>;

const fileSchema = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string(),
  user: z.string(),
  size: z.number(),
  created: z.number(),
  state: z.enum(['awaiting_bytes', 'uploaded', 'complete']),
  completedAtMs: z.number(),
  alt_txt: z.string().optional(),
  channels: z.array(z.string()),
});
export type FileRecord = z.infer<typeof fileSchema>;

const homeSchema = z.object({ id: z.string(), hash: z.string(), spec: viewSchema });

/** An event on its way to the app: kept until acknowledged, so that a restart delivers it again. */
const pendingEventSchema = z.object({
  event_id: z.string(),
  event_time: z.number(),
  event: z.looseObject({ type: z.string() }),
  attempt: z.number(),
  /** Why the last delivery failed, sent along with the next one. */
  reason: z.string(),
});
export type PendingEvent = z.infer<typeof pendingEventSchema>;

function newSecret(): string {
  return randomBytes(16).toString('hex');
}

export const stateSchema = z.object({
  version: z.literal(1),
  botToken: z.string(),
  appToken: z.string(),
  signingSecret: z.string().default(newSecret),
  /** Where the app takes deliveries; null: over Socket Mode. */
  requestUrl: z.string().nullable().default(null),
  lastId: z.number(),
  lastTsMicros: z.number(),
  users: z.array(userSchema),
  channels: z.array(channelSchema),
  files: z.array(fileSchema),
  homes: z.record(z.string(), homeSchema),
  pendingEvents: z.array(pendingEventSchema),
});
export type State = z.infer<typeof stateSchema>;

export const TEAM = { id: 'T0PODIUM01', domain: 'podium-local', name: 'Podium (local workspace)' };
export const APP = { id: 'A0PODIUM01', botId: 'B0PODIUM01', userId: 'U0PODIUM01', name: 'podium' };

/** Who is in the workspace unless it is told otherwise. The first owns it. */
export const PEOPLE: readonly string[] = ['Ana', 'Bo', 'Chi', 'Dee'];

/** How people read, in the order in which they joined. */
const READINGS = [
  { locale: 'en-US', tz: 'America/New_York' },
  { locale: 'en-GB', tz: 'Europe/London' },
  { locale: 'en-US', tz: 'Asia/Tokyo' },
  { locale: 'fr-FR', tz: 'Europe/Paris' },
] as const;
const ELSEWHERE = { locale: 'en-US', tz: 'Etc/UTC' };

const person = (name: string, index: number): User => ({
  id: `U0${name.toUpperCase().padEnd(7, '0')}1`,
  name: name.toLowerCase(),
  real_name: name,
  is_bot: false,
  is_owner: index === 0,
  ...(READINGS[index] ?? ELSEWHERE),
});

/** What a reset leaves as it is, so that a running app goes on working. */
interface Installation {
  botToken?: string | undefined;
  appToken?: string | undefined;
  signingSecret?: string | undefined;
  requestUrl?: string | null;
}

/** The workspace as a newcomer finds it: some people, and three channels; the app is in all but #random. */
export function seedState(app: Installation, names: readonly string[], nowMs: number): State {
  const users: User[] = [
    ...names.map(person),
    { id: APP.userId, name: APP.name, real_name: 'Podium', is_bot: true, is_owner: false, ...ELSEWHERE },
  ];
  const everybody = users.map((user) => user.id);
  const people = everybody.filter((id) => id !== APP.userId);
  const created = Math.floor(nowMs / 1000);
  const channel = (id: string, name: string, members: string[]): Channel => ({
    id,
    name,
    kind: 'public',
    members: [...members],
    created,
    messages: [],
  });
  return {
    version: 1,
    botToken: app.botToken ?? `xoxb-local-${randomBytes(12).toString('hex')}`,
    appToken: app.appToken ?? `xapp-1-local-${randomBytes(12).toString('hex')}`,
    signingSecret: app.signingSecret ?? newSecret(),
    requestUrl: app.requestUrl ?? null,
    lastId: 0,
    lastTsMicros: 0,
    users,
    channels: [
      channel('C0GENERAL1', 'general', everybody),
      channel('C0BENCH001', 'benchmarks', everybody),
      channel('C0RANDOM01', 'random', people),
    ],
    files: [],
    homes: {},
    pendingEvents: [],
  };
}

/** A fresh id in Slack's form, e.g. F0000000012. */
export function nextId(state: State, prefix: string): string {
  state.lastId += 1;
  return `${prefix}0${state.lastId.toString(36).toUpperCase().padStart(9, '0')}`;
}

/** A message timestamp: seconds with six decimals, never twice the same, so it is also the message's id. */
export function nextTs(state: State, nowMs: number): string {
  state.lastTsMicros = Math.max(Math.round(nowMs * 1000), state.lastTsMicros + 1);
  return formatTs(state.lastTsMicros);
}

function formatTs(micros: number): string {
  return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`;
}

/** A short random id, as Slack generates for blocks and actions without one. */
export function randomId(): string {
  return randomBytes(4).toString('base64url').slice(0, 5);
}
