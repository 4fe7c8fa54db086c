/** Who can see a channel: what happens in a private one is told to its members only. */
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { errorText } from '../errors.ts';
import { slackErrorCode } from './slack-error.ts';

export interface ChannelSight {
  /** Those of these channels that a person can see. What Slack doesn't tell of, nobody does. */
  seenBy: (userId: string, channelIds: readonly string[]) => Promise<string[]>;
  /** Is Podium in there? Where Slack doesn't say, it is assumed: delivery would say what is wrong. */
  canPost: (channelId: string) => Promise<boolean>;
}

const infoSchema = z.object({
  channel: z.object({ is_private: z.boolean().default(false), is_im: z.boolean().default(false) }),
});
const memberSchema = z.object({
  channel: z.object({
    is_member: z.boolean().default(false),
    is_im: z.boolean().default(false),
    is_mpim: z.boolean().default(false),
  }),
});
const membersSchema = z.object({
  members: z.array(z.string()),
  response_metadata: z.object({ next_cursor: z.string().default('') }).optional(),
});

type Audience = 'everybody' | ReadonlySet<string>;

/** People come and go; that a channel is public hardly changes, and Slack tells it 50 times a minute only. */
const knownForMs = { everybody: 600_000, members: 60_000 };
const mostChannels = 2000;
/** A channel of more people is read no further: `limit` is 1000 a page. */
const mostPages = 20;
/** The app isn't in there (any more), or it is a conversation between people only. */
const hidden = new Set(['channel_not_found', 'missing_scope', 'method_not_supported_for_channel_type']);

/** @param client one that gives up where Slack says "later": nobody waits for this in a queue of modals */
export function createChannelSight(client: WebClient, nowMs: () => number, log: (line: string) => void): ChannelSight {
  const known = new Map<string, { audience: Promise<Audience>; untilMs: number }>();

  const members = async (channel: string): Promise<ReadonlySet<string>> => {
    const found = new Set<string>();
    let cursor = '';
    for (let page = 0; page < mostPages; page++) {
      const answer = await client.conversations.members({ channel, limit: 1000, ...(cursor ? { cursor } : {}) });
      const { members: some, response_metadata } = membersSchema.parse(answer);
      for (const member of some) found.add(member);
      cursor = response_metadata?.next_cursor ?? '';
      if (cursor === '') break;
    }
    return found;
  };

  const ask = async (channel: string): Promise<Audience> => {
    try {
      const { is_private, is_im } = infoSchema.parse(await client.conversations.info({ channel })).channel;
      return is_private || is_im ? await members(channel) : 'everybody';
    } catch (error) {
      if (hidden.has(slackErrorCode(error) ?? '')) return new Set();
      throw error;
    }
  };

  const audienceOf = (channel: string): Promise<Audience> => {
    const entry = known.get(channel);
    if (entry && entry.untilMs > nowMs()) return entry.audience;
    if (known.size >= mostChannels) known.clear();
    const fresh = { audience: ask(channel), untilMs: nowMs() + knownForMs.members };
    known.set(channel, fresh);
    fresh.audience.then(
      (audience) => {
        if (audience === 'everybody') fresh.untilMs = nowMs() + knownForMs.everybody;
      },
      () => known.delete(channel),
    );
    return fresh.audience;
  };

  const sees = async (userId: string, channel: string): Promise<boolean> => {
    try {
      const audience = await audienceOf(channel);
      return audience === 'everybody' || audience.has(userId);
    } catch (error) {
      log(`who sees ${channel}: ${errorText(error)}`);
      return false;
    }
  };

  /** until when it is known to be there; that it isn't is asked anew each time, for somebody may just have invited it */
  const postable = new Map<string, number>();
  const canPost = async (channel: string): Promise<boolean> => {
    if ((postable.get(channel) ?? 0) > nowMs()) return true;
    try {
      const found = memberSchema.parse(await client.conversations.info({ channel })).channel;
      if (!(found.is_member || found.is_im || found.is_mpim)) return false;
      if (postable.size >= mostChannels) postable.clear();
      postable.set(channel, nowMs() + knownForMs.members);
      return true;
    } catch (error) {
      return slackErrorCode(error) !== 'channel_not_found';
    }
  };

  return {
    canPost,
    seenBy: async (userId, channelIds) => {
      const seen = await Promise.all(channelIds.map((channel) => sees(userId, channel)));
      return channelIds.filter((_, index) => seen[index]);
    },
  };
}
