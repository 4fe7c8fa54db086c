/** Where a benchmark's message stands, as a link that opens it. */
import type { WebClient } from '@slack/web-api';
import { errorText } from '../errors.ts';
import type { Benchmark } from '../flows/records.ts';
import type { Database } from '../storage/database.ts';
import { findMessage } from '../storage/message-queries.ts';

export interface Permalinks {
  /** null: it isn't posted yet, or Slack doesn't tell */
  of: (benchmark: Pick<Benchmark, 'id' | 'channel'>) => Promise<string | null>;
}

const mostLinks = 5000;

export function createPermalinks(client: WebClient, database: Database, log: (line: string) => void): Permalinks {
  /** a message's link never changes */
  const known = new Map<string, string>();
  return {
    of: async ({ id, channel }) => {
      const ts = findMessage(database, id, 'progress')?.ts;
      if (!ts) return null;
      const key = `${channel}/${ts}`;
      const found = known.get(key);
      if (found !== undefined) return found;
      try {
        const { permalink } = await client.chat.getPermalink({ channel, message_ts: ts });
        if (!permalink) return null;
        if (known.size >= mostLinks) known.clear();
        known.set(key, permalink);
        return permalink;
      } catch (error) {
        log(`link to ${key}: ${errorText(error)}`);
        return null;
      }
    },
  };
}
