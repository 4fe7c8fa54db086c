/**
 * Brings messages to Slack: posts each once, updates it in place afterwards, always from the database. A post whose
 * answer was lost is found again by the key in its metadata.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Charts } from '../charts/charts.ts';
import { errorText, FinalError, RetryableError } from '../errors.ts';
import { apply, type Flow } from '../flows/flow.ts';
import { type Benchmark, getTrials, requireBenchmark } from '../flows/records.ts';
import type { Carrier } from '../flows/relay.ts';
import type { ArtifactStore } from '../storage/artifacts.ts';
import { findMessage, saveMessage, votesOf } from '../storage/message-queries.ts';
import { ballotMessage } from './messages/ballot.ts';
import { decisionMessage } from './messages/decision.ts';
import { type Message, type Richness, richnesses } from './messages/message.ts';
import { progressMessage } from './messages/progress.ts';
import { rankingMessage } from './messages/ranking.ts';
import { rankedChart } from './ranking-chart.ts';
import { finalIfLasting, slackErrorCode, slackErrorDetail } from './slack-error.ts';

export interface DeliveryOptions {
  flow: Flow;
  /** its own: a 429 pauses a WebClient's whole queue, and a modal can't wait for that */
  client: WebClient;
  charts: Charts;
  artifacts: ArtifactStore;
  log: (line: string) => void;
}

type Role = 'progress' | 'ranking' | 'ballot' | 'decision';
const metadataEvent = 'podium_message';

export function createDelivery(options: DeliveryOptions): Record<`show_${Role}`, Carrier> {
  const { flow, artifacts } = options;
  let richness: Richness = 'data_table';

  const showRanking: Carrier = async (benchmarkId, retried) => {
    const benchmark = requireBenchmark(flow.database, benchmarkId);
    const fileId = await chartFile(options, benchmark);
    for (;;) {
      try {
        await show(options, benchmark, 'ranking', rankingMessage(benchmark, fileId, richness), retried);
        break;
      } catch (error) {
        const simpler = richnesses[richnesses.indexOf(richness) + 1];
        if (!isRefusedBlocks(error) || simpler === undefined) throw error;
        options.log(`${richness} blocks are refused here, going on with ${simpler}: ${errorText(error)}`);
        richness = simpler;
      }
    }
    // The ballot follows once the table stands in the thread.
    if (requireBenchmark(flow.database, benchmarkId).state === 'ranked') apply(flow, benchmarkId, 'results_posted');
  };

  const simple =
    (role: Role, build: (benchmark: Benchmark) => Message): Carrier =>
    async (benchmarkId, retried) => {
      const benchmark = requireBenchmark(flow.database, benchmarkId);
      await show(options, benchmark, role, build(benchmark), retried);
    };
  return {
    show_progress: simple('progress', (benchmark) =>
      progressMessage(benchmark, getTrials(flow.database, benchmark.id), flow.nowMs()),
    ),
    show_ranking: showRanking,
    show_ballot: simple('ballot', (benchmark) => ballotMessage(benchmark, votesOf(flow.database, benchmark.id))),
    show_decision: simple('decision', (benchmark) => decisionMessage(benchmark, artifacts.location)),
  };
}

async function show(
  options: DeliveryOptions,
  benchmark: Benchmark,
  role: Role,
  message: Message,
  retried: boolean,
): Promise<void> {
  const { flow, client } = options;
  const { channel } = benchmark;
  const posted = findMessage(flow.database, benchmark.id, role)?.ts ?? null;
  const what = `the ${role} message of ${benchmark.id}`;
  try {
    if (posted !== null) {
      await client.chat.update({ channel, ts: posted, ...message });
      return;
    }
    const thread = role === 'progress' ? null : rootOf(flow, benchmark.id);
    const key = `${benchmark.id}/${role}`;
    const found = retried ? await findPosted(client, benchmark, key, thread) : null;
    if (found !== null) {
      saveMessage(flow.database, { benchmarkId: benchmark.id, role, channel }, { ts: found });
      await client.chat.update({ channel, ts: found, ...message });
      return;
    }
    const answer = await client.chat.postMessage({
      channel,
      ...message,
      metadata: { event_type: metadataEvent, event_payload: { key } },
      unfurl_links: false,
      ...(thread === null ? {} : { thread_ts: thread }),
    });
    if (!answer.ts) throw new RetryableError(`Slack accepted ${what} without saying where it stands`);
    saveMessage(flow.database, { benchmarkId: benchmark.id, role, channel }, { ts: answer.ts });
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

const isRefusedBlocks = (error: unknown): boolean =>
  error instanceof FinalError && slackErrorCode(error.cause) === 'invalid_blocks';

const uploadSchema = z.object({ files: z.array(z.object({ files: z.array(z.object({ id: z.string() })) })) });
const lookEveryMs = 300;
const looks = 50;

/** The chart as a Slack file, drawn and uploaded once. A table without its chart is better than none: null then. */
async function chartFile(options: DeliveryOptions, benchmark: Benchmark): Promise<string | null> {
  const { flow, client, log } = options;
  const known = findMessage(flow.database, benchmark.id, 'ranking')?.fileId ?? null;
  if (known !== null || !benchmark.ranking) return known;
  let png: Uint8Array;
  try {
    png = await options.charts.drawRanking(rankedChart(benchmark.ranking, benchmark.profile?.fileName ?? ''));
  } catch (error) {
    log(`chart of ${benchmark.id}: ${errorText(error)}`);
    return null;
  }
  const answer = await client.filesUploadV2({
    file: Buffer.from(png),
    filename: 'ranking.png',
    title: 'Ranked models',
  });
  const id = uploadSchema.parse(answer).files[0]?.files[0]?.id;
  if (!id) throw new RetryableError('Slack took the chart without giving it an id');
  for (let look = 0; look < looks; look++) {
    const { file } = await client.files.info({ file: id });
    if (file?.mimetype) break;
    await wait(lookEveryMs);
  }
  saveMessage(
    flow.database,
    { benchmarkId: benchmark.id, role: 'ranking', channel: benchmark.channel },
    { fileId: id },
  );
  return id;
}
