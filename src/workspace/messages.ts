import { z } from 'zod';
import { ApiError, refuseProblems } from './api-error.ts';
import { checkBlocks } from './check-blocks.ts';
import { checkCount, checkLength, createChecker } from './checker.ts';
import { checkOptions, shownFile } from './files.ts';
import { bounds, limits } from './limits.ts';
import { type Block, type Message, messageSchema } from './shapes.ts';
import { APP, type Channel, nextId, TEAM } from './state.ts';
import { withIds } from './values.ts';
import { findChannel, findFile, findUser, newTs, type World } from './world.ts';

export const metadataSchema = z.looseObject({ event_type: z.string(), event_payload: z.looseObject({}) });

/** What a message may be made of, whichever way it comes in. */
export interface Content {
  text?: string | undefined;
  blocks?: unknown;
  attachments?: unknown;
  metadata?: z.infer<typeof metadataSchema> | undefined;
  files?: string[] | undefined;
}

/** Checks blocks of a message and gives them ids; `undefined` stays so, `[]` removes. */
export function messageBlocks(world: World, blocks: unknown): Block[] | undefined {
  if (blocks === undefined || blocks === null) return undefined;
  const { blocks: parsed, problems } = checkBlocks(blocks, 'message', '/blocks', checkOptions(world));
  refuseProblems(problems, 'invalid_blocks');
  return withIds(parsed);
}

const attachmentsSchema = z.array(
  z.looseObject({
    blocks: z.unknown().optional(),
    footer: z.string().optional(),
    actions: z.array(z.unknown()).optional(),
  }),
);

/** Attachments are passed on as they are, but for their blocks and the sizes that limits.json knows. */
function checkAttachments(world: World, attachments: z.infer<typeof attachmentsSchema>): void {
  if (attachments.length > limits.surfaces.attachments_per_message.value) throw new ApiError('too_many_attachments');
  const checker = createChecker('message', () => false, []);
  for (const [index, { blocks, footer, actions }] of attachments.entries()) {
    const at = `/attachments/${index}`;
    checkLength(checker, `${at}/footer`, footer, limits.message.attachment_footer);
    checkCount(checker, `${at}/actions`, actions?.length ?? 0, limits.message.attachment_actions);
    if (blocks === undefined) continue;
    checker.problems.push(...checkBlocks(blocks, 'message', `${at}/blocks`, checkOptions(world)).problems);
  }
  refuseProblems(checker.problems, 'invalid_blocks');
}

/** Checks the content of a message of the app and returns the message, not yet posted anywhere. */
export function botMessage(world: World, content: Content, threadTs?: string): Message {
  const blocks = messageBlocks(world, content.blocks);
  const { max } = bounds(limits.message.text_truncated);
  const attachments = attachmentsSchema.optional().parse(content.attachments);
  checkAttachments(world, attachments ?? []);
  if (!content.text && !blocks?.length && !attachments?.length && !content.files?.length) throw new ApiError('no_text');
  return messageSchema.parse({
    type: 'message',
    ts: newTs(world),
    user: APP.userId,
    bot_id: APP.botId,
    app_id: APP.id,
    team: TEAM.id,
    // Slack cuts longer texts without a word (limits.json: text_truncated).
    text: (content.text ?? '').slice(0, max),
    ...(blocks !== undefined && blocks.length > 0 && { blocks }),
    ...(attachments !== undefined && { attachments }),
    ...(threadTs !== undefined && { thread_ts: threadTs }),
    ...(content.metadata !== undefined && { metadata: content.metadata }),
    ...(content.files !== undefined && { files: content.files }),
  });
}

/** Does it stand in the channel itself: no reply, or one that was "also sent to the channel"? */
export const isInChannel = ({ ts, thread_ts, subtype }: Message): boolean =>
  thread_ts === undefined || thread_ts === ts || subtype === 'thread_broadcast';

export function addMessage(world: World, channel: Channel, message: Message): void {
  channel.messages.push(message);
  world.changed({ kind: 'message', channel: channel.id });
}

/** A person writes. The app hears of it where it is mentioned and has subscribed. */
export function userMessage(world: World, channel: Channel, userId: string, text: string, threadTs?: string): Message {
  const linked = linkNames(world, text);
  const message = messageSchema.parse({
    type: 'message',
    ts: newTs(world),
    user: userId,
    team: TEAM.id,
    text: linked,
    client_msg_id: nextId(world.state, 'M'),
    ...(threadTs !== undefined && { thread_ts: threadTs }),
  });
  addMessage(world, channel, message);
  const event = { ...shownMessage(world, channel, message), channel: channel.id, team: TEAM.id };
  if (linked.includes(`<@${APP.userId}>`)) world.events.emit({ ...event, type: 'app_mention' });
  if (channel.kind === 'im') world.events.emit({ ...event, type: 'message', channel_type: 'im' });
  return message;
}

// What the client sends for "@podium" and for characters that mrkdwn reserves.
function linkNames(world: World, text: string): string {
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return escaped.replace(/@(\w+)/g, (whole, name: string) => {
    const user = findUser(world, name);
    return user === undefined ? whole : `<@${user.id}>`;
  });
}

/** A message as the API and the payloads show it: with its files' descriptions and its thread's counts. */
export function shownMessage(world: World, channel: Channel, message: Message): ShownMessage {
  const { files, metadata: _metadata, ...rest } = message;
  const replies = channel.messages.filter((other) => other.thread_ts === message.ts && other.ts !== message.ts);
  const parent = channel.messages.find((other) => other.ts === message.thread_ts);
  const records = (files ?? []).map((id) => findFile(world, id)).filter((file) => file !== undefined);
  return {
    ...rest,
    ...(files !== undefined && { files: records.map((file) => shownFile(world, file)) }),
    ...(parent !== undefined && parent !== message && { parent_user_id: parent.user }),
    ...(replies.length > 0 && {
      thread_ts: message.ts,
      reply_count: replies.length,
      reply_users: [...new Set(replies.map((reply) => reply.user))],
      reply_users_count: new Set(replies.map((reply) => reply.user)).size,
      latest_reply: replies.at(-1)?.ts,
    }),
  };
}

export interface ShownMessage extends Record<string, unknown> {
  ts: string;
  user: string;
  text: string;
  blocks?: Block[] | undefined;
}

/** The channel that a call names, if the app may act there. */
export function channelForBot(world: World, idOrName: string): Channel {
  const user = world.state.users.find((one) => one.id === idOrName);
  const channel = user === undefined ? findChannel(world, idOrName) : directChannel(world, user.id);
  if (channel === undefined) throw new ApiError('channel_not_found');
  return channel;
}

/** The direct conversation of the app with one person; made when first needed. */
export function directChannel(world: World, userId: string): Channel {
  const found = world.state.channels.find((channel) => channel.kind === 'im' && channel.members.includes(userId));
  if (found !== undefined) return found;
  const channel: Channel = {
    id: nextId(world.state, 'D'),
    name: `direct-${userId}`,
    kind: 'im',
    members: [userId, APP.userId],
    created: Math.floor(world.now() / 1000),
    messages: [],
  };
  world.state.channels.push(channel);
  world.changed({ kind: 'message', channel: channel.id });
  return channel;
}

/** The app must be in a channel to post there; a private one it isn't in doesn't exist for it. */
export function requireMember(channel: Channel): void {
  if (channel.members.includes(APP.userId)) return;
  throw new ApiError(channel.kind === 'private' ? 'channel_not_found' : 'not_in_channel');
}
