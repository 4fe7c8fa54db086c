/**
 * The three kinds of trouble. Every room may import this leaf; it imports nothing.
 * A message says what went wrong, where, what was expected and what came; the cause is kept.
 */

/** The person can put it right: shown to them word for word, where they are. Never retried. */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** under which the bot finds the text in other languages; null: there is this one only */
  readonly code: string | null;

  constructor(message: string, { code, ...options }: ErrorOptions & { code?: string } = {}) {
    super(message, options);
    this.code = code ?? null;
  }
}

/** A passing fault (network, rate limit, a killed process): the same call may succeed later. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
}

/** Our fault or a broken machine: trying again gives the same. Shown as such, with the message. */
export class FinalError extends Error {
  override readonly name = 'FinalError';
}

/** The text of anything thrown, for messages and logs. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
