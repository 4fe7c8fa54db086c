/**
 * The tokenizer's files of a delivered model: the checkpoint's, with the length that the model was trained with, and with
 * the special tokens written out that Python's classes know by heart and transformers.js doesn't.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { errorText, UserError } from '../../errors.ts';

export const tokenizerFile = 'tokenizer.json';
export const tokenizerConfigFile = 'tokenizer_config.json';
const specialTokensFile = 'special_tokens_map.json';

const addedTokenSchema = z.looseObject({ content: z.string() });
const tokenSchema = z.union([z.string(), addedTokenSchema]);
type Token = z.infer<typeof tokenSchema>;

/** Only what is read here; everything else of the file is kept as it is. */
const tokenizerSchema = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.number(), content: z.string() })).default([]),
  model: z.looseObject({ unk_token: z.string().nullish() }),
  post_processor: z.unknown(),
});
type TokenizerJson = z.infer<typeof tokenizerSchema>;
const objectSchema = z.record(z.string(), z.unknown());

const tokenNames = [
  'bos_token',
  'eos_token',
  'unk_token',
  'sep_token',
  'pad_token',
  'cls_token',
  'mask_token',
] as const;
type TokenName = (typeof tokenNames)[number];

/** Places on its maker's disk, and code that would be run. */
const dropped = new Set(['auto_map', 'name_or_path', 'special_tokens_map_file', 'tokenizer_file', 'max_len']);

export interface TokenizerSource {
  /** folder with tokenizer.json and, where the checkpoint has them, the other two; or their texts by name */
  files: string | ReadonlyMap<string, string>;
  /** `pad_token_id` of config.json, which says what padding is where the tokenizer's files don't */
  padTokenId: number | null;
  /** longest document, special tokens included */
  maxTokens: number;
}

/**
 * Name -> contents of the three files.
 * @throws UserError when one of them can't be read
 */
export async function exportedTokenizer({
  files,
  padTokenId,
  maxTokens,
}: TokenizerSource): Promise<Map<string, object>> {
  const tokenizer = await readJson(files, tokenizerFile, tokenizerSchema);
  if (tokenizer === null) throw new UserError(`${tokenizerFile} is missing.`);
  const config = await readJson(files, tokenizerConfigFile, objectSchema);
  const map = (await readJson(files, specialTokensFile, objectSchema)) ?? {};
  const tokens = new Map<TokenName, Token>();
  for (const name of tokenNames) {
    const found = tokenOf(config?.[name]) ?? tokenOf(map[name]) ?? inferred(name, tokenizer, padTokenId);
    if (found !== null) tokens.set(name, found);
  }
  const kept = Object.entries(config ?? { tokenizer_class: 'PreTrainedTokenizerFast' }).filter(
    ([key]) => !dropped.has(key),
  );
  return new Map<string, object>([
    [tokenizerFile, { ...tokenizer, truncation: truncation(maxTokens), padding: null }],
    [
      tokenizerConfigFile,
      {
        ...Object.fromEntries(kept),
        ...Object.fromEntries([...tokens].map(([name, token]) => [name, forConfig(token)])),
        model_max_length: maxTokens,
        padding_side: 'right',
        truncation_side: 'right',
      },
    ],
    [specialTokensFile, { ...map, ...Object.fromEntries(tokens) }],
  ]);
}

/** As the tokenizers library writes it. */
const truncation = (maxTokens: number): object => ({
  direction: 'Right',
  max_length: maxTokens,
  strategy: 'LongestFirst',
  stride: 0,
});

async function textOf(files: TokenizerSource['files'], name: string): Promise<string | null> {
  if (typeof files !== 'string') return files.get(name) ?? null;
  return readFile(path.join(files, name), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null;
    throw new UserError(`${name} can't be read: ${errorText(cause)}`, { cause });
  });
}

async function readJson<T>(files: TokenizerSource['files'], name: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await textOf(files, name);
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new UserError(`${name} isn't what a tokenizer has: ${errorText(cause)}`, { cause });
  }
}

function tokenOf(value: unknown): Token | null {
  const parsed = tokenSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** transformers.js refuses an object that doesn't say what it is. */
function forConfig(token: Token): Token {
  return typeof token === 'string' ? token : { ...token, __type: 'AddedToken' };
}

/** Read off the tokenizer itself: what it puts around a text, what stands for the unknown, what the model calls padding. */
function inferred(
  name: TokenName,
  { added_tokens, model, post_processor }: TokenizerJson,
  padTokenId: number | null,
): string | null {
  const around = (end: 'first' | 'last'): string | null => {
    const { content } = frameSchema.safeParse(post_processor).data?.[end] ?? { content: null };
    return content;
  };
  switch (name) {
    case 'pad_token':
      return added_tokens.find(({ id }) => id === padTokenId)?.content ?? null;
    case 'unk_token':
      return model.unk_token ?? null;
    case 'cls_token':
      return around('first');
    case 'sep_token':
      return around('last');
    case 'mask_token':
      return added_tokens.find(({ content }) => /^[[<]mask[\]>]$/i.test(content))?.content ?? null;
    default:
      return null;
  }
}

const special = z.object({ SpecialToken: z.object({ id: z.string() }) });

/** The tokens before and after a text, in the ways in which post-processors say it; the last of a sequence says it. */
const frameSchema: z.ZodType<{ first: { content: string }; last: { content: string } }> = z.union([
  z
    .object({ cls: z.tuple([z.string(), z.number()]), sep: z.tuple([z.string(), z.number()]) })
    .transform(({ cls, sep }) => ({
      first: { content: cls[0] },
      last: { content: sep[0] },
    })),
  z.object({ single: z.tuple([special, z.unknown(), special]) }).transform(({ single }) => ({
    first: { content: single[0].SpecialToken.id },
    last: { content: single[2].SpecialToken.id },
  })),
  z.lazy(() =>
    z.object({ processors: z.array(z.unknown()) }).transform(({ processors }, context) => {
      const found = processors
        .map((processor) => frameSchema.safeParse(processor).data)
        .find((frame) => frame !== undefined);
      if (found) return found;
      context.addIssue('no processor puts tokens around a text');
      return z.NEVER;
    }),
  ),
]);
