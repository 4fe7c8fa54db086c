/** What goes wrong between this host and a model hub, sorted and in words: the person's to mend, or passing. */
import { RetryableError, UserError } from '../../errors.ts';
import type { HubAddress } from './hub-address.ts';

/** A hub that asks for a longer pause than this is left to a later try of the whole job. */
export const longestPauseMs = 60_000;

/** The network's or the hub's; it may be gone in a moment. */
export class PassingFault extends RetryableError {
  readonly pauseMs: number;
  constructor(message: string, pauseMs: number, cause?: unknown) {
    super(message, { cause });
    this.pauseMs = pauseMs;
  }
}

/** Seconds, or a date (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after). */
export function retryAfterMs(reply: Response): number {
  const asked = reply.headers.get('retry-after') ?? '';
  const ms = /^\d+$/.test(asked) ? Number(asked) * 1000 : Date.parse(asked) - Date.now();
  return Number.isNaN(ms) ? 0 : Math.max(0, ms);
}

export function unreachable(hub: HubAddress, error: unknown): PassingFault {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error ? ('code' in cause ? String(cause.code) : cause.message) : String(cause);
  return new PassingFault(`${hub.host} can't be reached, or the connection broke (${code}).`, 0, error);
}

export function lastingFault(fault: PassingFault, failures: number): RetryableError {
  const asked = fault.pauseMs > longestPauseMs ? ` It asks to wait ${Math.round(fault.pauseMs / 1000)} s.` : '';
  return new RetryableError(
    `${fault.message} Tried ${failures} times.${asked} A model in a folder of this machine needs no hub: give it as folder:/its/path.`,
    { cause: fault },
  );
}

/** The error code is the hub's own: https://github.com/huggingface/huggingface_hub, `hf_raise_for_status`. */
export function refusal(hub: HubAddress, repository: string, revision: string, reply: Response): UserError {
  const code = reply.headers.get('x-error-code');
  if (reply.status === 401 || reply.status === 403) {
    const why = code === 'GatedRepo' ? 'it is gated' : 'it is private or gated, or there is no such model';
    const token = hub.token === null ? 'No token is set (HF_TOKEN)' : 'The token of HF_TOKEN is wrong or has no access';
    return new UserError(
      `${hub.host} doesn't give ${repository} (${reply.status}): ${why}. ${token}. For a gated model, accept its terms at ${hub.url}/${repository} and set HF_TOKEN to a token of that account.`,
    );
  }
  if (reply.status !== 404) {
    return new UserError(`${hub.host} refuses ${repository} at revision ${revision} (${reply.status}).`);
  }
  if (code === 'RevisionNotFound') {
    return new UserError(
      `${repository} has no revision ${revision} on ${hub.host}: expected one of its branches, tags or commits.`,
    );
  }
  const what = code === 'EntryNotFound' ? `a file of ${repository}` : `a model ${repository}`;
  return new UserError(`${hub.host} has no such thing as ${what} at revision ${revision}: check its name.`);
}
