/** One part of a tokenizer.json: checked against its schema, refused in words that name the part. */
import { z } from 'zod';
import { UserError } from '../../../errors.ts';

const typed = z.looseObject({ type: z.string() });

/** Enough of zod's list to see what is wrong; a file can have a million faults. */
const maxMessage = 300;

/**
 * @param where names the part in messages, such as `tokenizer.json: normalizer`
 * @throws UserError when the part isn't what the schema says
 */
export function parsePart<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.map(String).join('.') || 'it'}: ${message}`);
  throw new UserError(`${where} can't be used: ${faults.join('; ').slice(0, maxMessage)}`);
}

/** The part's `type`, which says how the rest is to be read. @throws UserError when there is none */
export const partType = (value: unknown, where: string): string => parsePart(typed, value, where).type;

/** For a `type` that isn't among those that we know. */
export function unknownType(where: string, type: string, known: readonly string[]): UserError {
  return new UserError(`${where} has the type "${type.slice(0, 60)}"; known are ${known.join(', ')}.`);
}
