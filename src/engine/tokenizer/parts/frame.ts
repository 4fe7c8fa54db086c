/** The post-processor of a tokenizer.json, as far as it says which tokens stand around a single text. */
import { z } from 'zod';
import { UserError } from '../../../errors.ts';
import { parsePart, partType, unknownType } from './part.ts';
import { checkId, quoted, type VocabularyLimits } from './vocabulary.ts';

/** Special tokens around a single text. The first of `before` is the classification token. */
export interface Frame {
  before: readonly number[];
  after: readonly number[];
}

/** A frame has two tokens in all known encoders. */
const maxTokens = 16;

const special = z.object({ SpecialToken: z.object({ id: z.string() }) });
const templateSchema = z.object({
  single: z.array(z.union([special, z.object({ Sequence: z.object({ id: z.literal('A') }) })])).max(maxTokens),
  special_tokens: z.record(z.string(), z.object({ ids: z.array(z.number()).min(1).max(maxTokens) })),
});
const pair = z.tuple([z.string(), z.number()]);
const bertSchema = z.object({ cls: pair, sep: pair });
const sequenceSchema = z.object({ processors: z.array(z.unknown()).max(maxTokens) });

const empty: Frame = { before: [], after: [] };

function template(value: unknown, where: string): Frame {
  const { single, special_tokens } = parsePart(templateSchema, value, where);
  const idsOf = (item: (typeof single)[number]): number[] => {
    if (!('SpecialToken' in item)) return [];
    const name = item.SpecialToken.id;
    const found = Object.hasOwn(special_tokens, name) ? special_tokens[name] : undefined;
    if (!found) throw new UserError(`${where} doesn't say what ids ${quoted(name)} has.`);
    return found.ids;
  };
  const text = single.findIndex((item) => 'Sequence' in item);
  if (text === -1 || single.slice(text + 1).some((item) => 'Sequence' in item)) {
    throw new UserError(`${where} doesn't say where a single text stands.`);
  }
  return { before: single.slice(0, text).flatMap(idsOf), after: single.slice(text + 1).flatMap(idsOf) };
}

function bert(value: unknown, where: string): Frame {
  const { cls, sep } = parsePart(bertSchema, value, where);
  return { before: [cls[1]], after: [sep[1]] };
}

/** Each puts its tokens around what the one before it made. */
function sequence(value: unknown, where: string): Frame {
  return parsePart(sequenceSchema, value, where)
    .processors.map((processor) => frameOf(processor, where))
    .reduce(
      (inner, outer) => ({
        before: [...outer.before, ...inner.before],
        after: [...inner.after, ...outer.after],
      }),
      empty,
    );
}

const makers = new Map<string, (value: unknown, where: string) => Frame>([
  ['TemplateProcessing', template],
  ['BertProcessing', bert],
  ['RobertaProcessing', bert],
  ['ByteLevel', () => empty],
  ['Sequence', sequence],
]);

function frameOf(value: unknown, where: string): Frame {
  const type = partType(value, where);
  const make = makers.get(type);
  if (!make) throw unknownType(where, type, [...makers.keys()]);
  return make(value, where);
}

/** @throws UserError when no classification token stands before a text, or an id is beyond the encoder's */
export function compileFrame(value: unknown, where: string, limits: VocabularyLimits): Frame {
  const frame = value === null || value === undefined ? empty : frameOf(value, where);
  if (frame.before.length === 0) {
    throw new UserError(`${where} puts no token before a text; an encoder needs its classification token there.`);
  }
  if (frame.before.length + frame.after.length > maxTokens) {
    throw new UserError(
      `${where} puts ${frame.before.length + frame.after.length} tokens around a text; at most ${maxTokens} are used.`,
    );
  }
  for (const id of [...frame.before, ...frame.after]) checkId('of its frame', id, where, limits);
  return frame;
}
