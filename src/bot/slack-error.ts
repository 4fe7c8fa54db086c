/** Slack's answers to failed calls, whatever class the client wraps them in. */
import { z } from 'zod';
import { errorText, FinalError } from '../errors.ts';

const platformErrorSchema = z.object({
  data: z.object({
    error: z.string(),
    response_metadata: z.object({ messages: z.array(z.string()).default([]) }).optional(),
  }),
});

/** The error code of Slack's answer ("channel_not_found"), or null when it wasn't Slack that answered. */
export function slackErrorCode(error: unknown): string | null {
  return platformErrorSchema.safeParse(error).data?.data.error ?? null;
}

/** Slack's own words about it ("[ERROR] … [json-pointer:/blocks/0]"). */
export function slackErrorDetail(error: unknown): string {
  const answer = platformErrorSchema.safeParse(error).data?.data;
  return answer ? [answer.error, ...(answer.response_metadata?.messages ?? [])].join(' ') : errorText(error);
}

/** Trying again gives the same until somebody changes the channel, the app or its code. */
const lasting = new Set([
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'restricted_action',
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'missing_scope',
  'msg_too_long',
  'invalid_blocks',
  'message_not_found',
  'cant_update_message',
]);

/** A lasting refusal as FinalError; anything else as it came, to be tried again. */
export function finalIfLasting(error: unknown, what: string): unknown {
  const code = slackErrorCode(error);
  if (code === null || !lasting.has(code)) return error;
  return new FinalError(`Slack refused ${what}: ${slackErrorDetail(error)}`, { cause: error });
}
