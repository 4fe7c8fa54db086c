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
  throw new UserError(`config.json: ${field}: ${issue?.message ?? 'not as expected'}; got ${shown(value)}.`, {
    cause: parsed.error,
  });
}

/** What stands there, in a few words however much it is. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return JSON.stringify(typeof value === 'string' ? value.slice(0, 80) : value);
}

export const maxLayers = 200;

/** Sizes far beyond any published encoder, so that a damaged config can't ask for terabytes. */
const count = (max: number) => z.number().int().min(1).max(max);
export const rate = z.number().min(0).max(0.9);
export const epsilon = z.number().positive().max(0.1);
export const sizes = {
  vocabulary: count(2_000_000),
  hidden: count(16_384),
  layers: count(maxLayers),
  heads: count(256),
  feedForward: count(65_536),
  positions: count(131_072),
} as const;

const noDecoder = z.literal(false, 'expected false (decoders are not supported)').nullable().optional();
const nothing = (what: string) => z.strictObject({}, `expected nothing (${what})`).nullable().optional();

/** What changes the computation of any architecture in ways that aren't written here is refused by its name. */
export const unsupportedSchema = z.object({
  is_decoder: noDecoder,
  is_encoder_decoder: noDecoder,
  add_cross_attention: noDecoder,
  quantization_config: nothing('quantised weights are not supported; take the checkpoint they were made from'),
  pruned_heads: nothing('checkpoints with pruned heads are not supported'),
  auto_map: z
    .looseObject({
      AutoModel: z.never('expected nothing (models with code of their own are not supported)').optional(),
      AutoModelForSequenceClassification: z
        .never('expected nothing (models with code of their own are not supported)')
        .optional(),
    })
    .nullable()
    .optional(),
});

/** For architectures that have known other positions. */
export const absolutePositions = {
  position_embedding_type: z
    .literal('absolute', 'expected "absolute" (other positions are not supported)')
    .default('absolute'),
} as const;

/** @throws UserError when so many positions before a text's first token leave none for the text */
export function positionsFrom(first: number, positions: number): number {
  if (first < positions) return positions - first;
  throw new UserError(`config.json: max_position_embeddings: expected more than ${first}; got ${positions}.`);
}

/** @throws UserError when the heads don't divide the hidden size */
export function headSize(hidden: number, heads: number): number {
  if (hidden % heads === 0) return hidden / heads;
  throw new UserError(`config.json: hidden size ${hidden} is not a multiple of its ${heads} attention heads.`);
}
