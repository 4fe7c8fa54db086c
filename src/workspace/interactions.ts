import { randomBytes } from 'node:crypto';
import { ApiError } from './api-error.ts';
import { keepNewest, MOST } from './bounded.ts';
import { limits } from './limits.ts';
import type { Content } from './messages.ts';
import { addMessage, botMessage } from './messages.ts';
import type { Ack, Delivery } from './socket-mode.ts';
import { APP, TEAM } from './state.ts';
import { addLog, findChannel, findUser, type ResponseTarget, type Trigger, type World } from './world.ts';

/** What Slack shows when an app stays silent, by the outcome of the delivery. */
export const ACK_ERRORS = {
  timeout: 'operation_timeout',
  no_connection: 'dispatch_failed',
  connection_failed: 'dispatch_failed',
  http_error: 'dispatch_failed',
} as const;

/** A one-use pass for views.open and views.push, valid for three seconds. */
export function newTrigger(world: World, user: string, viewId?: string): string {
  const id = `${Math.floor(world.now())}.${Number.parseInt(randomBytes(4).toString('hex'), 16)}.${randomBytes(16).toString('hex')}`;
  const expiresAtMs = world.now() + world.settings.triggerLifetimeMs;
  // The oldest come first: all live equally long.
  for (const [old, trigger] of world.triggers) {
    if (trigger.expiresAtMs >= world.now() - 60_000) break;
    world.triggers.delete(old);
  }
  keepNewest(world.triggers, id, { user, expiresAtMs, used: false, viewId }, MOST.triggers);
  return id;
}

/** Spends a trigger, or says why it can't be. */
export function useTrigger(world: World, id: string): Trigger {
  const trigger = world.triggers.get(id);
  if (trigger === undefined) throw new ApiError('invalid_trigger_id');
  if (trigger.used) throw new ApiError('exchanged_trigger_id');
  if (world.now() > trigger.expiresAtMs) throw new ApiError('expired_trigger_id');
  trigger.used = true;
  return trigger;
}

/** An address under which the app may answer an interaction for half an hour, five times. */
export function newResponseUrl(world: World, target: Omit<ResponseTarget, 'expiresAtMs' | 'uses'>): string {
  const key = randomBytes(12).toString('hex');
  const expiresAtMs = world.now() + world.settings.responseUrlLifetimeMs;
  for (const [old, { expiresAtMs: until }] of world.responseTargets) {
    if (until >= world.now()) break;
    world.responseTargets.delete(old);
  }
  keepNewest(world.responseTargets, key, { ...target, expiresAtMs, uses: 0 }, MOST.responseUrls);
  return `${world.url}/response/${TEAM.id}/${key}`;
}

export interface Answer extends Content {
  response_type?: 'ephemeral' | 'in_channel' | undefined;
  replace_original?: boolean | undefined;
  delete_original?: boolean | undefined;
  thread_ts?: string | undefined;
}

/** Takes an answer on a response_url. */
export function answerAt(world: World, key: string, answer: Answer): void {
  const target = world.responseTargets.get(key);
  if (target === undefined || world.now() > target.expiresAtMs) throw new ApiError('expired_url');
  if (target.uses >= limits.interaction.response_url_uses.value) throw new ApiError('used_url');
  postAnswer(world, target, answer);
  target.uses += 1;
}

/** Posts what an app answers to an interaction: for one person only, unless it says in_channel. */
export function postAnswer(
  world: World,
  target: { user: string; channel: string; originalTs?: string | undefined },
  answer: Answer,
): void {
  const channel = findChannel(world, target.channel);
  if (channel === undefined) throw new ApiError('channel_not_found');
  const ephemeral = world.ephemerals.find(({ message }) => message.ts === target.originalTs);
  const original = channel.messages.find((message) => message.ts === target.originalTs);
  if (answer.delete_original === true) {
    world.ephemerals = world.ephemerals.filter((one) => one !== ephemeral);
    channel.messages = channel.messages.filter((message) => message !== original);
    world.changed({ kind: 'message', channel: channel.id });
    return;
  }
  const threadTs = answer.thread_ts ?? (ephemeral ?? { message: original }).message?.thread_ts;
  const message = botMessage(world, answer, threadTs);
  if (answer.replace_original === true && (ephemeral ?? original) !== undefined) {
    const { ts: _ts, ...content } = message;
    if (ephemeral !== undefined) ephemeral.message = { ...content, ts: ephemeral.message.ts };
    else if (original !== undefined) {
      channel.messages = channel.messages.map((one) => (one === original ? { ...content, ts: original.ts } : one));
    }
    world.changed({ kind: 'message', channel: channel.id });
    return;
  }
  if (answer.response_type === 'in_channel') addMessage(world, channel, message);
  else showEphemeral(world, target.user, channel.id, { ...message, is_ephemeral: true });
}

/** Shows a message to one person; it is in no history and is gone after a restart. */
export function showEphemeral(
  world: World,
  user: string,
  channel: string,
  message: ReturnType<typeof botMessage>,
): void {
  world.ephemerals.push({ user, channel, message });
  const mine = world.ephemerals.filter((one) => one.user === user);
  if (mine.length > MOST.ephemeralsOfOnePerson) world.ephemerals = world.ephemerals.filter((one) => one !== mine[0]);
  world.changed({ kind: 'message', channel, user });
}

/** The part that every interactive payload has. */
export function payloadBase(world: World, userId: string): Record<string, unknown> {
  const user = findUser(world, userId);
  return {
    team: { id: TEAM.id, domain: TEAM.domain },
    user: { id: userId, name: user?.name ?? '', username: user?.name ?? '', team_id: TEAM.id },
    api_app_id: APP.id,
    token: 'verification-token-local',
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** Sends one envelope and waits for its acknowledgement; both are kept in the log. */
export async function dispatch(world: World, delivery: Delivery): Promise<Ack> {
  const sentMs = performance.now();
  const ack = await world.deliver(delivery);
  const tookMs = performance.now() - sentMs;
  const kind = delivery.payload.type ?? delivery.payload.command;
  addLog(world, {
    kind: 'delivery',
    atMs: world.now(),
    method: `${delivery.type} ${String(kind)}`,
    args: delivery.payload,
    status: ack.kind,
    answer: ack.kind === 'ack' ? ack.payload : null,
    tookMs,
  });
  return ack;
}
