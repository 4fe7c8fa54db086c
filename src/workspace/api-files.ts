import { z } from 'zod';
import type { Method } from './api.ts';
import { blocksJson, count, json, parseArgs } from './api-args.ts';
import { ApiError } from './api-error.ts';
import { completeFile, createFile, shownFile } from './files.ts';
import { limits } from './limits.ts';
import { addMessage, botMessage, channelForBot, requireMember } from './messages.ts';
import { APP } from './state.ts';
import { findFile, type World } from './world.ts';

const altText = z.string().max(limits.files.alt_txt.value).optional();
const uploadSchema = z.object({
  filename: z.string().min(1),
  length: count.min(limits.files.min_length_bytes),
  alt_txt: altText,
  // @slack/web-api sends the documented alt_txt under this name.
  alt_text: altText,
});

function uploadUrl(world: World, args: unknown): Record<string, unknown> {
  const { filename, length, alt_txt, alt_text } = parseArgs(uploadSchema, args);
  const file = createFile(world, { name: filename, user: APP.userId, size: length, alt_txt: alt_txt ?? alt_text });
  return { upload_url: `${world.url}/upload/v1/${file.id}`, file_id: file.id };
}

const completeSchema = z.object({
  files: json.pipe(z.array(z.object({ id: z.string(), title: z.string().optional() })).min(1)),
  channel_id: z.string().optional(),
  channels: z
    .string()
    .transform((ids) => ids.split(','))
    .pipe(z.array(z.string()).max(limits.files.channels_per_complete.value))
    .optional(),
  thread_ts: z.string().optional(),
  initial_comment: z.string().optional(),
  blocks: blocksJson.optional(),
});

function complete(world: World, args: unknown): Record<string, unknown> {
  const order = parseArgs(completeSchema, args);
  const ids = order.channels ?? (order.channel_id === undefined ? [] : [order.channel_id]);
  const channels = ids.map((id) => channelForBot(world, id));
  channels.forEach(requireMember);
  if (new Set(order.files.map(({ id }) => id)).size < order.files.length) throw new ApiError('invalid_arguments');
  const files = order.files.map(({ id, title }) => {
    const file = findFile(world, id);
    // limits.json files.complete_once; Slack's name for a second completion isn't documented, so the plainest is used.
    if (file === undefined || file.state !== 'uploaded') throw new ApiError('file_not_found');
    return { file, title };
  });
  for (const { file, title } of files) {
    if (title !== undefined) file.title = title;
    file.channels = channels.map((channel) => channel.id);
    completeFile(world, file);
  }
  for (const channel of channels) {
    const fileIds = files.map(({ file }) => file.id);
    const content = { text: order.initial_comment, blocks: order.blocks, files: fileIds };
    addMessage(world, channel, botMessage(world, content, order.thread_ts));
  }
  return { files: files.map(({ file }) => shownFile(world, file)) };
}

function info(world: World, args: unknown): Record<string, unknown> {
  const file = findFile(world, parseArgs(z.object({ file: z.string() }), args).file);
  if (file === undefined || file.state !== 'complete') throw new ApiError('file_not_found');
  return { file: shownFile(world, file), comments: [], response_metadata: { next_cursor: '' } };
}

export const fileMethods: Record<string, Method> = {
  'files.getUploadURLExternal': { scopes: ['files:write'], run: uploadUrl },
  'files.completeUploadExternal': { scopes: ['files:write'], run: complete },
  'files.info': { scopes: ['files:read'], run: info },
};
