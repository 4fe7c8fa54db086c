/**
 * BullMQ carries a failed job's reason as one string. These two make the kind of the error survive the journey.
 */
import { errorText, FinalError, UserError } from '../errors.ts';

const userPrefix = 'user: ';

/** The reason as it is thrown in the worker. */
export function encodeFailure(error: unknown): string {
  return error instanceof UserError ? `${userPrefix}${error.message}` : errorText(error);
}

/** The error as the bot sees it. */
export function decodeFailure(reason: string): UserError | FinalError {
  return reason.startsWith(userPrefix) ? new UserError(reason.slice(userPrefix.length)) : new FinalError(reason);
}
