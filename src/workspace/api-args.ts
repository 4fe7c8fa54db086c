import { z } from 'zod';
import { ApiError } from './api-error.ts';

/** Arguments come form-encoded (every value a string, objects as JSON in a string) or as a JSON body. */

export const flag = z
  .union([z.boolean(), z.enum(['true', 'false', '1', '0'])])
  .transform((value) => value === true || value === 'true' || value === '1');

export const count = z.coerce.number().int();

/** An argument that is an object or array, perhaps as JSON in a string. */
export const json = z.unknown().transform((value, context) => {
  if (typeof value !== 'string') return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return parsed;
  } catch {
    context.addIssue({ code: 'custom', message: 'must be valid JSON' });
    return z.NEVER;
  }
});

/** Blocks have an error of their own when their JSON can't be read. */
export const blocksJson = z.unknown().transform((value) => {
  if (typeof value !== 'string') return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return parsed;
  } catch {
    throw new ApiError('invalid_blocks_format');
  }
});

/** Parses a call's arguments; what is missing or of a wrong kind is invalid_arguments, named as Slack names it. */
export function parseArgs<T extends z.ZodType>(schema: T, args: unknown): z.output<T> {
  const parsed = schema.safeParse(args);
  if (parsed.success) return parsed.data;
  const messages = parsed.error.issues.map((issue) => {
    const name = issue.path.map(String).join('/');
    const absent = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
    return absent ? `[ERROR] missing required field: ${name}` : `[ERROR] ${issue.message} [json-pointer:/${name}]`;
  });
  throw new ApiError('invalid_arguments', { response_metadata: { messages } });
}
