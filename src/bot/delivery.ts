/**
 * Brings messages to Slack: posts each once, updates it in place afterwards, always from the database. A post whose
 * answer was lost is found again by the key in its metadata.
 */
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { RetryableError } from '../errors.ts';
import type { Flow } from '../flows/flow.ts';
import type { Benchmark } from '../flows/records.ts';
import { findMessage, saveMessage } from '../storage/message-queries.ts';
import type { Message } from './messages/message.ts';
import { finalIfLasting, slackErrorDetail } from './slack-error.ts';
import { cut } from './text.ts';
import type { UpdateBudget } from './update-budget.ts';

export interface DeliveryOptions {
  flow: Flow;
  /** its own: a 429 pauses a WebClient's whole queue, and a modal can't wait for that */
  client: WebClient;
  budget: UpdateBudget;
  /** what stands in Slack, as a digest by message: an update that changes nothing isn't sent */
  shown: Map<string, string>;
}

const mostShown = 5000;

/** The messages of a benchmark, at most one of each. `progress` stands in the channel, the others in its thread. */
export type Role =
  | 'progress'
  | 'ranking'
  | 'ballot'
  | 'vote_result'
  | 'decision'
  | 'outcome'
  | 'reminder'
  | (string & {});

export interface ShowOptions {
  /** an earlier try may have got through */
  retried: boolean;
  /** shown in the channel, too, besides the thread */
  broadcast?: boolean;
}

const metadataEvent = 'podium_message';

/**
 * Posts a benchmark's message, or updates it where it stands.
 * @throws FinalError when Slack refuses it for good; RetryableError and others: try again
 */
export async function show(
  { flow, client, budget, shown }: DeliveryOptions,
  benchmark: Benchmark,
  role: Role,
  message: Message,
  { retried, broadcast = false }: ShowOptions,
): Promise<void> {
  const { channel } = benchmark;
  const posted = findMessage(flow.database, benchmark.id, role)?.ts ?? null;
  const what = `the ${role} message of ${benchmark.id}`;
  const key = `${benchmark.id}/${role}`;
  const digest = createHash('sha256').update(JSON.stringify(message)).digest('base64');
  const remember = (): void => {
    if (shown.size >= mostShown) shown.clear();
    shown.set(key, digest);
  };
  try {
    if (posted !== null) {
      if (shown.get(key) === digest) return;
      budget.spent(benchmark.id, role, 'update');
      await client.chat.update({ channel, ts: posted, ...message });
      remember();
      return;
    }
    budget.spent(benchmark.id, role, 'post');
    const thread = role === 'progress' ? null : rootOf(flow, benchmark.id);
    const found = retried ? await findPosted(client, benchmark, key, thread) : null;
    if (found !== null) {
      saveMessage(flow.database, { benchmarkId: benchmark.id, role, channel }, { ts: found });
      await client.chat.update({ channel, ts: found, ...message });
      return;
    }
    const post = {
      channel,
      ...message,
      metadata: { event_type: metadataEvent, event_payload: { key } },
      unfurl_links: false,
    };
    const answer = await (thread === null
      ? client.chat.postMessage(post)
      : client.chat.postMessage({ ...post, thread_ts: thread, reply_broadcast: broadcast }));
    if (!answer.ts) throw new RetryableError(`Slack accepted ${what} without saying where it stands`);
    saveMessage(flow.database, { benchmarkId: benchmark.id, role, channel }, { ts: answer.ts });
    remember();
  } catch (error) {
    if (slackErrorDetail(error).includes('invalid slack file'))
      throw new RetryableError('The chart is still being processed by Slack', { cause: error });
    throw finalIfLasting(error, what);
  }
}

function rootOf(flow: Flow, benchmarkId: string): string {
  const ts = findMessage(flow.database, benchmarkId, 'progress')?.ts;
  if (!ts) throw new RetryableError(`Benchmark ${benchmarkId} has no message in the channel yet, so no thread`);
  return ts;
}

const pageSchema = z.object({
  messages: z
    .array(
      z.object({
        ts: z.string(),
        metadata: z.object({ event_payload: z.object({ key: z.string() }).optional() }).optional(),
      }),
    )
    .default([]),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

/** Looks for a message that was posted although its answer never came. */
async function findPosted(
  client: WebClient,
  benchmark: Benchmark,
  key: string,
  thread: string | null,
): Promise<string | null> {
  let cursor: string | undefined;
  do {
    const page = {
      channel: benchmark.channel,
      include_all_metadata: true,
      oldest: String(benchmark.createdMs / 1000 - 60),
      limit: 200,
      ...(cursor ? { cursor } : {}),
    };
    const answer =
      thread === null
        ? await client.conversations.history(page)
        : await client.conversations.replies({ ...page, ts: thread });
    const { messages, response_metadata } = pageSchema.parse(answer);
    const found = messages.find((message) => message.metadata?.event_payload?.key === key);
    if (found) return found.ts;
    cursor = response_metadata?.next_cursor || undefined;
  } while (cursor);
  return null;
}

const uploadSchema = z.object({ files: z.array(z.object({ files: z.array(z.object({ id: z.string() })) })) });
const lookEveryMs = 300;
const looks = 50;
/** https://docs.slack.dev/reference/methods/files.getUploadURLExternal */
const altTextLength = 1000;

/** What is to be uploaded, made only where it isn't there yet. */
type Make = () => Promise<{ bytes: Uint8Array; fileName: string; title: string; altText?: string }>;

/** Two people who press at once get one file. */
const underWay = new WeakMap<WebClient, Map<string, Promise<string>>>();

/**
 * A file of a benchmark in Slack, made and uploaded once: for image blocks that name it.
 * @param role under which its id is kept, such as `chart_scores`
 * @param threadTs where it is shared; null: nowhere, only image blocks show it
 * @returns its id
 */
export function uploadOnce(
  options: Pick<DeliveryOptions, 'flow' | 'client'>,
  benchmark: Benchmark,
  role: Role,
  make: Make,
  threadTs: string | null = null,
): Promise<string> {
  const { client } = options;
  const uploads = underWay.get(client) ?? new Map<string, Promise<string>>();
  underWay.set(client, uploads);
  const key = `${benchmark.id}/${role}`;
  const upload =
    uploads.get(key) ?? uploadAnew(options, benchmark, role, make, threadTs).finally(() => uploads.delete(key));
  uploads.set(key, upload);
  return upload;
}

async function uploadAnew(
  { flow, client }: Pick<DeliveryOptions, 'flow' | 'client'>,
  { id: benchmarkId, channel }: Benchmark,
  role: Role,
  make: Make,
  threadTs: string | null,
): Promise<string> {
  const known = findMessage(flow.database, benchmarkId, role)?.fileId ?? null;
  if (known !== null) return known;
  const { bytes, fileName, title, altText } = await make();
  const file = {
    file: Buffer.from(bytes),
    filename: fileName,
    title,
    ...(altText && { alt_text: cut(altText, altTextLength) }),
  };
  const answer = await client.filesUploadV2(
    threadTs === null ? file : { ...file, channel_id: channel, thread_ts: threadTs },
  );
  const id = uploadSchema.parse(answer).files[0]?.files[0]?.id;
  if (!id) throw new RetryableError(`Slack took ${fileName} without giving it an id`);
  saveMessage(flow.database, { benchmarkId, role, channel }, { fileId: id });
  for (let look = 0; look < looks; look++) {
    const { file } = await client.files.info({ file: id });
    if (file?.mimetype) break;
    await wait(lookEveryMs);
  }
  return id;
}
