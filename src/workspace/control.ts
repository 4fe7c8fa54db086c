import { z } from 'zod';
import { shownChannel, shownUser } from './api-directory.ts';
import { faultsSchema, noFaults, orderFaults } from './faults.ts';
import { isLoopback } from './http.ts';
import { closeView, fill, openHome, reload, shortcut, slash, submit, write } from './person.ts';
import { click, findPlace, requireElement, suggest } from './person-actions.ts';
import { PersonError } from './person-input.ts';
import { latestFor, seenBy } from './seen.ts';
import { type Channel, seedState } from './state.ts';
import { findChannel, findUser, type World } from './world.ts';

type Answer = Record<string, unknown>;
type Route = (world: World, input: unknown) => Promise<Answer> | Answer;

const who = z.object({ user: z.string() });
const where = who.extend({ channel: z.string() });
const element = who.extend({
  channel: z.string().optional(),
  ts: z.string().optional(),
  home: z.boolean().optional(),
  block_id: z.string().optional(),
  action_id: z.string(),
});

function userOf(world: World, input: { user: string }): string {
  const user = findUser(world, input.user);
  if (user === undefined) throw new PersonError(`there is no user ${input.user}`);
  return user.id;
}

function channelOf(world: World, input: { channel: string }): Channel {
  const channel = findChannel(world, input.channel);
  if (channel === undefined) throw new PersonError(`there is no channel ${input.channel}`);
  return channel;
}

function answer(
  world: World,
  user: string,
  trouble: string | undefined,
  at: Parameters<typeof seenBy>[2] = {},
): Answer {
  return { ok: trouble === undefined, ...(trouble !== undefined && { error: trouble }), ...seenBy(world, user, at) };
}

const slashSchema = where.extend({ command: z.string().startsWith('/'), text: z.string().default('') });
const messageSchema = where.extend({ text: z.string(), thread_ts: z.string().optional() });
const shortcutSchema = where.extend({ ts: z.string(), callback_id: z.string() });
const fillSchema = who.extend({ values: z.record(z.string(), z.record(z.string(), z.unknown())) });
const closeSchema = who.extend({ all: z.boolean().default(false) });
const clickSchema = element.extend({ value: z.unknown().optional() });
const suggestSchema = element.extend({ value: z.string() });
const messagesSchema = where.extend({ thread_ts: z.string().optional() });

async function pressed(world: World, input: unknown): Promise<Answer> {
  const order = clickSchema.parse(input);
  const user = userOf(world, order);
  const place = findPlace(world, user, order);
  const trouble = await click(world, user, place, requireElement(place, order), order.value);
  if (place.kind !== 'message') return answer(world, user, trouble);
  return answer(world, user, trouble, { channel: place.channel, threadTs: place.message.thread_ts });
}

const requestUrlSchema = z.object({ url: z.url({ protocol: /^http$/ }).nullable() });

/** Sets the app's request URL, as its settings page does: only after the handshake, and only on this machine. */
async function setRequestUrl(world: World, input: unknown): Promise<Answer> {
  const { url } = requestUrlSchema.parse(input);
  if (url !== null && !isLoopback(new URL(url).host)) return { ok: false, error: `${url} is not on this machine` };
  const trouble = url === null ? undefined : await world.http.verify(url);
  if (trouble !== undefined) return { ok: false, error: trouble };
  world.state.requestUrl = url;
  world.changed({ kind: 'connection' });
  world.events.flush();
  return { ok: true };
}

const POST: Record<string, Route> = {
  slash: async (world, input) => {
    const order = slashSchema.parse(input);
    const [user, channel] = [userOf(world, order), channelOf(world, order)];
    return answer(world, user, await slash(world, user, channel, order.command, order.text), { channel });
  },
  message: (world, input) => {
    const order = messageSchema.parse(input);
    const [user, channel] = [userOf(world, order), channelOf(world, order)];
    write(world, user, channel, order.text, order.thread_ts);
    return answer(world, user, undefined, { channel, threadTs: order.thread_ts });
  },
  shortcut: async (world, input) => {
    const order = shortcutSchema.parse(input);
    const [user, channel] = [userOf(world, order), channelOf(world, order)];
    return answer(world, user, await shortcut(world, user, channel, order.ts, order.callback_id), { channel });
  },
  'view/fill': async (world, input) => {
    const order = fillSchema.parse(input);
    const user = userOf(world, order);
    return answer(world, user, await fill(world, user, order.values));
  },
  'view/submit': async (world, input) => {
    const user = userOf(world, who.parse(input));
    return answer(world, user, await submit(world, user));
  },
  'view/close': async (world, input) => {
    const order = closeSchema.parse(input);
    const user = userOf(world, order);
    await closeView(world, user, order.all);
    return answer(world, user, undefined);
  },
  click: pressed,
  suggest: async (world, input) => {
    const order = suggestSchema.parse(input);
    const user = userOf(world, order);
    const place = findPlace(world, user, order);
    const options = await suggest(world, user, place, requireElement(place, order), order.value);
    return { ...answer(world, user, undefined), options };
  },
  home: (world, input) => {
    const user = userOf(world, who.parse(input));
    openHome(world, user);
    return answer(world, user, undefined);
  },
  reload: (world, input) => {
    const user = userOf(world, who.parse(input));
    reload(world, user);
    return answer(world, user, undefined);
  },
  request_url: setRequestUrl,
  faults: (world, input) => {
    const order = faultsSchema.parse(input);
    orderFaults(world.faults, order);
    if (order.dropSocket === true) world.gateway.drop(order.connection);
    if (order.disconnectRefresh !== undefined) world.gateway.askToReconnect(order.disconnectRefresh, order.connection);
    return { ok: true, faults: world.faults, connections: world.gateway.connections() };
  },
  reset: async (world) => {
    await resetWorld(world);
    return { ok: true };
  },
};

/** Back to the seed; tokens and connections stay, so that a running app goes on working. */
async function resetWorld(world: World): Promise<void> {
  const { lastId, lastTsMicros } = world.state;
  Object.assign(world.state, seedState(world.state, world.settings.people, world.now()), { lastId, lastTsMicros });
  Object.assign(world.faults, noFaults());
  for (const memory of [world.stacks, world.triggers, world.responseTargets, world.surfaceValues, world.offered])
    memory.clear();
  world.recentCalls.clear();
  world.ephemerals = [];
  world.log.clear();
  await world.storage.clearBytes();
  world.changed({ kind: 'reset' });
}

const GET: Record<string, Route> = {
  info: (world) => ({
    ok: true,
    commands: world.settings.commands ?? [],
    message_shortcuts: world.settings.messageShortcuts,
    connections: world.gateway.connections(),
  }),
  view: (world, input) => answer(world, userOf(world, who.parse(input)), undefined),
  messages: (world, input) => {
    const order = messagesSchema.parse(input);
    const at = { channel: channelOf(world, order), threadTs: order.thread_ts };
    return answer(world, userOf(world, order), undefined, at);
  },
  log: (world, input) => {
    const { last } = z.object({ last: z.coerce.number().int().positive().optional() }).parse(input);
    return { ok: true, log: world.log.entries(last) };
  },
  users: (world) => ({ ok: true, users: world.state.users.map((user) => shownUser(user, world.now(), true)) }),
  channels: (world, input) => {
    const { user } = z.object({ user: z.string().optional() }).parse(input);
    const id = user === undefined ? undefined : userOf(world, { user });
    const channels = world.state.channels.filter(
      (channel) => channel.kind === 'public' || id === undefined || channel.members.includes(id),
    );
    const latest = (channel: Channel) => (id === undefined ? '' : latestFor(world, id, channel));
    return { ok: true, channels: channels.map((one) => ({ ...shownChannel(one, true), latest: latest(one) })) };
  },
};

/**
 * One call of the control API. What a person can't do is part of what they see, so it comes back as `ok: false` with
 * HTTP 200; only a call that makes no sense (no such route, malformed input) is an HTTP error.
 */
export async function callControl(
  world: World,
  verb: string,
  name: string,
  input: unknown,
): Promise<{ status: number; body: Answer }> {
  const route = (verb === 'POST' ? POST : GET)[name];
  if (route === undefined)
    return { status: 404, body: { ok: false, error: `no such call: ${verb} /_control/${name}` } };
  try {
    return { status: 200, body: await route(world, input) };
  } catch (error) {
    if (error instanceof PersonError) return { status: 200, body: refusal(world, input, error) };
    if (error instanceof z.ZodError) return { status: 400, body: { ok: false, error: z.prettifyError(error) } };
    throw error;
  }
}

function refusal(world: World, input: unknown, error: PersonError): Answer {
  const at = z.object({ user: z.string(), channel: z.string().optional() }).safeParse(input).data;
  const user = at === undefined ? undefined : findUser(world, at.user);
  if (user === undefined) return { ok: false, error: error.message, view: null, stack: 0, home: null };
  const channel = at?.channel === undefined ? undefined : findChannel(world, at.channel);
  return { ok: false, error: error.message, ...seenBy(world, user.id, { channel }) };
}
