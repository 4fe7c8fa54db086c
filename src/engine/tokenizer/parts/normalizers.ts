/**
 * Normalizers of a tokenizer.json, as the Rust tokenizers library applies them. Not @huggingface/tokenizers' own: that
 * replaces a precompiled map by NFKC, takes characters beyond the first plane for two, and lower-cases capital sigma by its
 * place in the word.
 */
import { z } from 'zod';
import { UserError } from '../../../errors.ts';
import { compileCharsmap } from './charsmap.ts';
import { parsePart, partType, unknownType } from './part.ts';
import { compilePattern, patternSchema } from './pattern.ts';

export type Normalizer = (text: string) => string;

/** NFKC makes a character into 18 at most; more than this many times a text's length is no normalising. */
const maxGrowth = 32;
const growthAllowed = 1000;

/** A replacement is one character or two in all known tokenizers. */
const short = z.string().max(32);

const bertSchema = z.object({
  clean_text: z.boolean().default(true),
  handle_chinese_chars: z.boolean().default(true),
  strip_accents: z.boolean().nullish(),
  lowercase: z.boolean().default(true),
});
const stripSchema = z.object({ strip_left: z.boolean(), strip_right: z.boolean() });
const replaceSchema = z.object({ pattern: patternSchema, content: short });
const prependSchema = z.object({ prepend: short });
const charsmapSchema = z.object({ precompiled_charsmap: z.string().nullable() });
const sequenceSchema = z.object({ normalizers: z.array(z.unknown()).max(64) });

/** Capital sigma first, because JavaScript lower-cases it by its place in the word and Rust doesn't. */
const lowerCase: Normalizer = (text) => text.replaceAll('Σ', 'σ').toLowerCase();

// the blocks of BERT's own tokenization.py, of which 2B920 stands for 2B820 in the Rust library
const chinese =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;
const controls = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\ufffd]/gu;
const whitespace = /\p{White_Space}/gu;

function bertNormalizer(value: unknown, where: string): Normalizer {
  const { clean_text, handle_chinese_chars, strip_accents, lowercase } = parsePart(bertSchema, value, where);
  return (text) => {
    let normal = text;
    if (clean_text) normal = normal.replace(controls, '').replace(whitespace, ' ');
    if (handle_chinese_chars) normal = normal.replace(chinese, ' $& ');
    if (strip_accents ?? lowercase) normal = normal.normalize('NFD').replace(/\p{Mn}/gu, '');
    return lowercase ? lowerCase(normal) : normal;
  };
}

function strip(value: unknown, where: string): Normalizer {
  const { strip_left, strip_right } = parsePart(stripSchema, value, where);
  return (text) => {
    const start = strip_left ? text.search(/\P{White_Space}/u) : 0;
    if (start === -1) return '';
    let end = text.length;
    while (strip_right && end > start && /\p{White_Space}/u.test(text[end - 1] ?? '')) end--;
    return text.slice(start, end);
  };
}

function replacing(value: unknown, where: string): Normalizer {
  const { pattern, content } = parsePart(replaceSchema, value, where);
  const compiled = compilePattern(pattern, where);
  // a function, because `$&` in a replacement text would mean the match
  return (text) => text.replace(compiled, () => content);
}

function charsmap(value: unknown, where: string): Normalizer {
  const { precompiled_charsmap } = parsePart(charsmapSchema, value, where);
  return precompiled_charsmap ? compileCharsmap(precompiled_charsmap, where) : (text) => text;
}

function sequence(value: unknown, where: string): Normalizer {
  const { normalizers } = parsePart(sequenceSchema, value, where);
  const steps = normalizers.map((step) => normalizerOf(step, where));
  return (text) => {
    let normal = text;
    for (const step of steps) {
      normal = step(normal);
      if (normal.length > maxGrowth * text.length + growthAllowed) {
        throw new UserError(`${where} makes a text of ${text.length} characters into one of ${normal.length}.`);
      }
    }
    return normal;
  };
}

const unicode = (form: 'NFC' | 'NFD' | 'NFKC' | 'NFKD') => (): Normalizer => (text) => text.normalize(form);

const makers = new Map<string, (value: unknown, where: string) => Normalizer>([
  ['Sequence', sequence],
  ['BertNormalizer', bertNormalizer],
  ['Precompiled', charsmap],
  ['NFC', unicode('NFC')],
  ['NFD', unicode('NFD')],
  ['NFKC', unicode('NFKC')],
  ['NFKD', unicode('NFKD')],
  ['Lowercase', () => lowerCase],
  ['Strip', strip],
  ['StripAccents', () => (text) => text.replace(/\p{M}/gu, '')],
  ['Replace', replacing],
  [
    'Prepend',
    (value, where) => {
      const { prepend } = parsePart(prependSchema, value, where);
      return (text) => (text === '' ? text : prepend + text);
    },
  ],
]);

function normalizerOf(value: unknown, where: string): Normalizer {
  const type = partType(value, where);
  const make = makers.get(type);
  if (!make) throw unknownType(where, type, [...makers.keys()]);
  return make(value, where);
}

/** @throws UserError for a normalizer that isn't known or isn't complete */
export function compileNormalizer(value: unknown, where: string): Normalizer {
  return value === null || value === undefined ? (text) => text : normalizerOf(value, where);
}
