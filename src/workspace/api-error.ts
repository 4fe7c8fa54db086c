import { messagesOf, type Problem } from './checker.ts';

/** An answer `{ok: false, error}` of the Web API. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly extra: Record<string, unknown>;

  constructor(code: string, extra: Record<string, unknown> = {}) {
    super(code);
    this.code = code;
    this.extra = extra;
  }
}

/** Throws what Slack answers to blocks or views that break a rule; returns when there is nothing to say. */
export function refuseProblems(problems: Problem[], code: 'invalid_blocks' | 'invalid_arguments'): void {
  if (problems.length === 0) return;
  const messages = messagesOf(problems);
  throw new ApiError(code, {
    errors: messages.map((message) => message.slice('[ERROR] '.length)),
    response_metadata: { messages },
  });
}
