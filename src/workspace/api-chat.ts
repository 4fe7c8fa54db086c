import { z } from 'zod';
import type { Method } from './api.ts';
import { blocksJson, count, flag, json, parseArgs } from './api-args.ts';
import { ApiError } from './api-error.ts';
import { showEphemeral } from './interactions.ts';
import { bounds, limits } from './limits.ts';
import {
  addMessage,
  botMessage,
  channelForBot,
  isInChannel,
  messageBlocks,
  metadataSchema,
  requireMember,
  shownMessage,
} from './messages.ts';
import type { Block, Message } from './shapes.ts';
import { APP, type Channel } from './state.ts';
import { findUser, type World } from './world.ts';

const content = {
  text: z.string().optional(),
  blocks: blocksJson.optional(),
  attachments: json.optional(),
  metadata: json.pipe(metadataSchema.optional()).optional(),
};

const postSchema = z.object({
  channel: z.string(),
  thread_ts: z.string().optional(),
  reply_broadcast: flag.optional(),
  markdown_text: z.string().optional(),
  ...content,
});

function withMetadata(world: World, channel: Channel, message: Message, all: boolean): Record<string, unknown> {
  const shown = shownMessage(world, channel, message);
  return all && message.metadata !== undefined ? { ...shown, metadata: message.metadata } : shown;
}

function requireThread(channel: Channel, threadTs: string | undefined): void {
  if (threadTs === undefined) return;
  const parent = channel.messages.find((message) => message.ts === threadTs);
  if (parent === undefined) throw new ApiError('thread_not_found');
  // Slack threads are one level deep: replying to a reply is refused.
  if (parent.thread_ts !== undefined && parent.thread_ts !== parent.ts) throw new ApiError('cannot_reply_to_message');
}

function own(channel: Channel, ts: string, error: string): Message {
  const message = channel.messages.find((one) => one.ts === ts);
  if (message === undefined) throw new ApiError('message_not_found');
  if (message.bot_id !== APP.botId) throw new ApiError(error);
  return message;
}

function post(world: World, args: unknown): Record<string, unknown> {
  const order = parseArgs(postSchema, args);
  const channel = channelForBot(world, order.channel);
  requireMember(channel);
  if (order.markdown_text !== undefined && (order.text !== undefined || order.blocks !== undefined)) {
    throw new ApiError('markdown_text_conflict');
  }
  requireThread(channel, order.thread_ts);
  const blocks = order.markdown_text === undefined ? order.blocks : [{ type: 'markdown', text: order.markdown_text }];
  const message = botMessage(world, { ...order, blocks }, order.thread_ts);
  // Without a thread there is nothing to send to the channel "also".
  if (order.reply_broadcast === true && order.thread_ts !== undefined) message.subtype = 'thread_broadcast';
  addMessage(world, channel, message);
  return { channel: channel.id, ts: message.ts, message: withMetadata(world, channel, message, true) };
}

/** limits.json message.update_rich_text; what removes all blocks puts none of another kind in their place. */
function refuseMismatch(before: Block[] = [], after: Block[] = []): void {
  const isRich = ({ type }: Block) => type === 'rich_text';
  if (after.length > 0 && before.some(isRich) && !after.some(isRich)) throw new ApiError('block_mismatch');
}

const updateSchema = z.object({ channel: z.string(), ts: z.string(), ...content });

function update(world: World, args: unknown): Record<string, unknown> {
  const order = parseArgs(updateSchema, args);
  const channel = channelForBot(world, order.channel);
  requireMember(channel);
  const message = own(channel, order.ts, 'cant_update_message');
  if ((order.text?.length ?? 0) > bounds(limits.message.chat_update_text).max) throw new ApiError('msg_too_long');
  if (order.text === undefined && order.blocks === undefined && order.attachments === undefined)
    throw new ApiError('no_text');
  const blocks = messageBlocks(world, order.blocks);
  refuseMismatch(message.blocks, blocks);
  if (order.text !== undefined) message.text = order.text;
  // limits.json message.update_text_only: a call without blocks removes those the message had.
  if (blocks !== undefined && blocks.length > 0) message.blocks = blocks;
  else delete message.blocks;
  if (order.metadata !== undefined) message.metadata = order.metadata;
  world.changed({ kind: 'message', channel: channel.id });
  return {
    channel: channel.id,
    ts: message.ts,
    text: message.text,
    message: withMetadata(world, channel, message, true),
  };
}

function remove(world: World, args: unknown): Record<string, unknown> {
  const order = parseArgs(z.object({ channel: z.string(), ts: z.string() }), args);
  const channel = channelForBot(world, order.channel);
  const message = own(channel, order.ts, 'cant_delete_message');
  channel.messages = channel.messages.filter((one) => one !== message);
  world.changed({ kind: 'message', channel: channel.id });
  return { channel: channel.id, ts: order.ts };
}

function ephemeral(world: World, args: unknown): Record<string, unknown> {
  const order = parseArgs(postSchema.extend({ user: z.string() }), args);
  const channel = channelForBot(world, order.channel);
  requireMember(channel);
  if (findUser(world, order.user) === undefined || !channel.members.includes(order.user)) {
    throw new ApiError('user_not_in_channel');
  }
  if (Buffer.byteLength(order.text ?? '') > limits.message.ephemeral_bytes.value) throw new ApiError('msg_too_long');
  const message = botMessage(world, order, order.thread_ts);
  showEphemeral(world, order.user, channel.id, { ...message, is_ephemeral: true });
  return { message_ts: message.ts };
}

const historySchema = z.object({
  channel: z.string(),
  latest: z.string().optional(),
  oldest: z.string().optional(),
  inclusive: flag.optional(),
  limit: count.default(limits.message.page.default),
  cursor: z.string().optional(),
  include_all_metadata: flag.optional(),
});

function inWindow(messages: Message[], order: z.output<typeof historySchema>): Message[] {
  const { oldest, latest, inclusive } = order;
  return messages.filter(({ ts }) => {
    if (inclusive === true && (ts === oldest || ts === latest)) return true;
    return (
      (oldest === undefined || Number(ts) > Number(oldest)) && (latest === undefined || Number(ts) < Number(latest))
    );
  });
}

/** Pages by an opaque cursor, which is the number of messages already given. */
function page(world: World, channel: Channel, messages: Message[], order: z.output<typeof historySchema>) {
  const start = order.cursor ? Number(Buffer.from(order.cursor, 'base64').toString().replace('skip:', '')) : 0;
  if (Number.isNaN(start)) throw new ApiError('invalid_cursor');
  const end = start + order.limit;
  const more = messages.length > end;
  return {
    messages: messages
      .slice(start, end)
      .map((one) => withMetadata(world, channel, one, order.include_all_metadata ?? false)),
    has_more: more,
    ...(more && { response_metadata: { next_cursor: Buffer.from(`skip:${end}`).toString('base64') } }),
  };
}

function history(world: World, args: unknown): Record<string, unknown> {
  const order = parseArgs(historySchema, args);
  const channel = channelForBot(world, order.channel);
  requireMember(channel);
  return page(world, channel, inWindow(channel.messages.filter(isInChannel), order).reverse(), order);
}

function replies(world: World, args: unknown): Record<string, unknown> {
  const order = parseArgs(historySchema.extend({ ts: z.string() }), args);
  const channel = channelForBot(world, order.channel);
  requireMember(channel);
  if (!channel.messages.some((one) => one.ts === order.ts)) throw new ApiError('thread_not_found');
  const thread = channel.messages.filter((one) => one.ts === order.ts || one.thread_ts === order.ts);
  const [root, ...rest] = thread;
  // The parent is always part of the answer, whatever the window.
  return page(world, channel, root === undefined ? [] : [root, ...inWindow(rest, order)], order);
}

function permalink(world: World, args: unknown): Record<string, unknown> {
  const order = parseArgs(z.object({ channel: z.string(), message_ts: z.string() }), args);
  const channel = channelForBot(world, order.channel);
  if (!channel.messages.some((one) => one.ts === order.message_ts)) throw new ApiError('message_not_found');
  const path = `archives/${channel.id}/p${order.message_ts.replace('.', '')}`;
  return { channel: channel.id, permalink: `${world.url}/${path}` };
}

const reactionSchema = z.object({ channel: z.string(), timestamp: z.string(), name: z.string().default('') });

// An emoji's name without colons, perhaps with a skin tone; "thumbs up" and ":tada:" are what apps get wrong.
const EMOJI_NAME = /^[\p{Ll}\p{Lo}\p{M}\d_'+-]+(::skin-tone-[2-6])?$/u;

function react(world: World, args: unknown, add: boolean): Record<string, unknown> {
  const order = parseArgs(reactionSchema, args);
  if (!EMOJI_NAME.test(order.name)) throw new ApiError('invalid_name');
  const channel = channelForBot(world, order.channel);
  const message = channel.messages.find((one) => one.ts === order.timestamp);
  if (message === undefined) throw new ApiError('message_not_found');
  const before = message.reactions ?? [];
  const users = before.find((reaction) => reaction.name === order.name)?.users ?? [];
  if (add === users.includes(APP.userId)) throw new ApiError(add ? 'already_reacted' : 'no_reaction');
  const after = add ? [...users, APP.userId] : users.filter((user) => user !== APP.userId);
  const others = before.filter((reaction) => reaction.name !== order.name);
  const changed = { name: order.name, users: after, count: after.length };
  message.reactions = after.length > 0 ? [...others, changed] : others;
  world.changed({ kind: 'message', channel: channel.id });
  return {};
}

function reactionsOf(world: World, args: unknown): Record<string, unknown> {
  const order = parseArgs(z.object({ channel: z.string(), timestamp: z.string() }), args);
  const channel = channelForBot(world, order.channel);
  const message = channel.messages.find((one) => one.ts === order.timestamp);
  if (message === undefined) throw new ApiError('message_not_found');
  return { type: 'message', channel: channel.id, message: shownMessage(world, channel, message) };
}

export const chatMethods: Record<string, Method> = {
  'chat.postMessage': { scopes: ['chat:write'], run: post },
  'chat.update': { scopes: ['chat:write'], run: update },
  'chat.delete': { scopes: ['chat:write'], run: remove },
  'chat.postEphemeral': { scopes: ['chat:write'], run: ephemeral },
  'chat.getPermalink': { scopes: [], run: permalink },
  'conversations.history': { scopes: ['channels:history'], run: history },
  'conversations.replies': { scopes: ['channels:history'], run: replies },
  'reactions.add': { scopes: ['reactions:write'], run: (world, args) => react(world, args, true) },
  'reactions.remove': { scopes: ['reactions:write'], run: (world, args) => react(world, args, false) },
  'reactions.get': { scopes: ['reactions:read'], run: reactionsOf },
};
