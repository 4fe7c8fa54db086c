import { createHmac, randomBytes } from 'node:crypto';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { errorText } from '../errors.ts';
import type { Ack, Delivery } from './socket-mode.ts';

/**
 * Delivery to the app's request URL, for apps without Socket Mode: bodies, headers and signature as in
 * docs.slack.dev/authentication/verifying-requests-from-slack and docs.slack.dev/apis/events-api.
 */
export interface HttpDelivery {
  deliver(url: string, delivery: Delivery): Promise<Ack>;
  /** The handshake with which Slack accepts a request URL; what is wrong with it, or undefined. */
  verify(url: string): Promise<string | undefined>;
  close(): Promise<void>;
}

interface Hooks {
  ackDeadlineMs: number;
  signingSecret: () => string;
  now: () => number;
  takeDuplicate: () => boolean;
}

// The names that Slack gives to failed deliveries, by ours.
const RETRY_REASONS: Record<string, string> = {
  timeout: 'http_timeout',
  http_error: 'http_error',
  connection_failed: 'connection_failed',
};

export function createHttpDelivery({ ackDeadlineMs, signingSecret, now, takeDuplicate }: Hooks): HttpDelivery {
  const closing = new AbortController();
  // Its own connections, so that close() ends them.
  const dispatcher = new Agent();

  const send = async (url: string, body: string, type: string, extra: Record<string, string> = {}) => {
    const timestamp = String(Math.floor(now() / 1000));
    const response = await request(url, {
      method: 'POST',
      body,
      dispatcher,
      signal: AbortSignal.any([closing.signal, AbortSignal.timeout(ackDeadlineMs)]),
      headers: {
        'content-type': type,
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': signature(signingSecret(), timestamp, body),
        ...extra,
      },
    });
    const { statusCode: status, headers } = response;
    return { ok: status >= 200 && status < 300, status, headers, text: await response.body.text() };
  };

  const attempt = async (url: string, delivery: Delivery): Promise<Ack> => {
    const { body, type } = encode(delivery);
    try {
      const { ok, headers, text } = await send(url, body, type, retryHeaders(delivery));
      if (!ok) return { kind: 'http_error', noRetry: headers['x-slack-no-retry'] === '1' };
      return { kind: 'ack', payload: parseAnswer(text) };
    } catch (error) {
      if (closing.signal.aborted) return { kind: 'no_connection' };
      return { kind: isTimeout(error) ? 'timeout' : 'connection_failed' };
    }
  };

  return {
    deliver: (url, delivery) => {
      if (takeDuplicate()) void attempt(url, delivery);
      return attempt(url, delivery);
    },
    verify: async (url) => {
      const challenge = randomBytes(20).toString('hex');
      const body = JSON.stringify({ token: 'verification-token-local', type: 'url_verification', challenge });
      try {
        const { ok, status, text } = await send(url, body, 'application/json');
        if (!ok) return `the app answered HTTP ${status}`;
        const answer = z.object({ challenge: z.string() }).safeParse(parseAnswer(text)).data?.challenge ?? text;
        return answer === challenge ? undefined : "the app's answer isn't the value of the challenge parameter";
      } catch (error) {
        return `the app can't be reached: ${errorText(error)}`;
      }
    },
    close: async () => {
      closing.abort();
      await dispatcher.destroy();
    },
  };
}

/** v0 of Slack's signatures: HMAC-SHA256 over `v0:timestamp:body`. */
function signature(secret: string, timestamp: string, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

/** Events come as JSON, commands as the fields of a form, everything else as a form with one field of JSON. */
function encode({ type, payload }: Delivery): { body: string; type: string } {
  if (type === 'events_api') return { body: JSON.stringify(payload), type: 'application/json' };
  const fields =
    type === 'slash_commands'
      ? Object.entries(payload).map(([name, value]): [string, string] => [name, String(value)])
      : [['payload', JSON.stringify(payload)] satisfies [string, string]];
  return { body: new URLSearchParams(fields).toString(), type: 'application/x-www-form-urlencoded' };
}

function retryHeaders({ retry }: Delivery): Record<string, string> {
  if (retry === undefined || retry.attempt === 0) return {};
  return {
    'x-slack-retry-num': String(retry.attempt),
    'x-slack-retry-reason': RETRY_REASONS[retry.reason] ?? 'unknown_error',
  };
}

/** An answer is JSON, or plain text for the person who typed a command, or nothing. */
function parseAnswer(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}
