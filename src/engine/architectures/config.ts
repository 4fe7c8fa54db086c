/** Reading a checkpoint's config.json: the fields that an architecture needs, and refusals by name. */
import { z } from 'zod';
import { UserError } from '../../errors.ts';

/**
 * The config checked by a schema.
 * @throws UserError naming the first field that isn't as expected, with what was expected and what is there
 */
export function readConfig<T>(config: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(config);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') || 'the whole';
  const value: unknown = issue?.path.reduce<unknown>(
    (inner, key) => (inner !== null && typeof inner === 'object' ? Reflect.get(inner, key) : undefined),
    config,
  );
  const got = JSON.stringify(value)?.slice(0, 80) ?? 'nothing';
  throw new UserError(`config.json: ${field}: ${issue?.message ?? 'not as expected'}; got ${got}.`, {
    cause: parsed.error,
  });
}

/** Sizes far beyond any published encoder, so that a damaged config can't ask for terabytes. */
export const count = (max: number) => z.number().int().min(1).max(max);
export const rate = z.number().min(0).max(0.9);
export const epsilon = z.number().positive().max(0.1);
export const sizes = {
  vocabulary: count(2_000_000),
  hidden: count(16_384),
  layers: count(200),
  heads: count(256),
  feedForward: count(65_536),
  positions: count(131_072),
} as const;

/** What changes the computation in ways that aren't written here is refused by its name. */
export const unsupported = {
  is_decoder: z.literal(false, 'expected false (decoders are not supported)').default(false),
  add_cross_attention: z.literal(false, 'expected false (decoders are not supported)').default(false),
  position_embedding_type: z
    .literal('absolute', 'expected "absolute" (other positions are not supported)')
    .default('absolute'),
} as const;

/** @throws UserError when the heads don't divide the hidden size */
export function headSize(hidden: number, heads: number): number {
  if (hidden % heads === 0) return hidden / heads;
  throw new UserError(`config.json: hidden size ${hidden} is not a multiple of its ${heads} attention heads.`);
}
