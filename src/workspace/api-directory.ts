import { z } from 'zod';
import type { Method } from './api.ts';
import { count, flag, parseArgs } from './api-args.ts';
import { ApiError } from './api-error.ts';
import { limits } from './limits.ts';
import { channelForBot, directChannel } from './messages.ts';
import { APP, type Channel, TEAM, type User } from './state.ts';
import { findUser, type World } from './world.ts';

// A zone's name or offset at a time, as Slack gives them: with daylight saving, the offset in seconds.
function zone(tz: string, atMs: number): { tz: string; tz_label: string; tz_offset: number } {
  const part = (timeZoneName: 'long' | 'longOffset') =>
    new Intl.DateTimeFormat('en-US', { timeZone: tz, timeZoneName })
      .formatToParts(atMs)
      .find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = '0', minutes = '0'] = /([+-])(\d+):(\d+)/.exec(part('longOffset')) ?? [];
  const seconds = (Number(hours) * 60 + Number(minutes)) * 60;
  return { tz, tz_label: part('long'), tz_offset: sign === '-' ? -seconds : seconds };
}

/** A user as users.info shows them at a time; `locale` only where the call asked for it. */
export function shownUser(user: User, nowMs: number, withLocale = false): Record<string, unknown> {
  return {
    id: user.id,
    team_id: TEAM.id,
    name: user.name,
    deleted: false,
    real_name: user.real_name,
    ...zone(user.tz, nowMs),
    ...(withLocale && { locale: user.locale }),
    profile: { real_name: user.real_name, display_name: user.real_name, team: TEAM.id },
    is_admin: user.is_owner,
    is_owner: user.is_owner,
    is_primary_owner: user.is_owner,
    is_restricted: false,
    is_ultra_restricted: false,
    is_bot: user.is_bot,
    is_app_user: false,
    updated: 0,
  };
}

export function shownChannel(channel: Channel, withCount = false): Record<string, unknown> {
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: channel.kind === 'public',
    is_group: channel.kind === 'private',
    is_im: channel.kind === 'im',
    is_mpim: false,
    is_private: channel.kind !== 'public',
    is_archived: false,
    is_general: channel.name === 'general',
    is_member: channel.members.includes(APP.userId),
    created: channel.created,
    creator: channel.members[0],
    ...(channel.kind === 'im' && { user: channel.members.find((member) => member !== APP.userId) }),
    ...(withCount && { num_members: channel.members.length }),
  };
}

// A private channel that the app isn't in doesn't exist for it.
function visible(channel: Channel): boolean {
  return channel.kind === 'public' || channel.members.includes(APP.userId);
}

function channelOf(world: World, args: unknown): Channel {
  const { channel: id } = parseArgs(z.object({ channel: z.string() }), args);
  const channel = channelForBot(world, id);
  if (!visible(channel)) throw new ApiError('channel_not_found');
  return channel;
}

function info(world: World, args: unknown): Record<string, unknown> {
  const { include_num_members } = parseArgs(z.object({ include_num_members: flag.optional() }), args);
  return { channel: shownChannel(channelOf(world, args), include_num_members) };
}

function list(world: World, args: unknown): Record<string, unknown> {
  const { types, limit } = parseArgs(
    z.object({ types: z.string().default('public_channel'), limit: count.default(limits.message.page.default) }),
    args,
  );
  const kinds = types
    .split(',')
    .map((type) => ({ public_channel: 'public', private_channel: 'private', im: 'im' })[type.trim()]);
  const channels = world.state.channels.filter((channel) => visible(channel) && kinds.includes(channel.kind));
  return {
    channels: channels.slice(0, limit).map((channel) => shownChannel(channel, true)),
    response_metadata: { next_cursor: '' },
  };
}

function open(world: World, args: unknown): Record<string, unknown> {
  const { users } = parseArgs(z.object({ users: z.string() }), args);
  const user = findUser(world, users);
  if (user === undefined) throw new ApiError('user_not_found');
  return { channel: { id: directChannel(world, user.id).id } };
}

function userInfo(world: World, args: unknown): Record<string, unknown> {
  const { user: id, include_locale } = parseArgs(z.object({ user: z.string(), include_locale: flag.optional() }), args);
  const user = world.state.users.find((one) => one.id === id);
  if (user === undefined) throw new ApiError('user_not_found');
  return { user: shownUser(user, world.now(), include_locale) };
}

export const directoryMethods: Record<string, Method> = {
  'conversations.info': { scopes: ['channels:read'], run: info },
  'conversations.members': {
    scopes: ['channels:read'],
    run: (world, args) => ({ members: channelOf(world, args).members, response_metadata: { next_cursor: '' } }),
  },
  'conversations.list': { scopes: ['channels:read'], run: list },
  'conversations.open': { scopes: ['im:write'], run: open },
  'users.info': { scopes: ['users:read'], run: userInfo },
  'users.list': {
    scopes: ['users:read'],
    run: (world, args) => {
      const { include_locale } = parseArgs(z.object({ include_locale: flag.optional() }), args);
      const members = world.state.users.map((user) => shownUser(user, world.now(), include_locale));
      return { members, response_metadata: { next_cursor: '' } };
    },
  },
};
