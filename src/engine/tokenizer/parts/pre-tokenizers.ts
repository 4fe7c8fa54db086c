/** Pre-tokenizers of a tokenizer.json: from a normalised text to the pieces that the model reads one by one. */
import { z } from 'zod';
import { UserError } from '../../../errors.ts';
import { parsePart, partType, unknownType } from './part.ts';
import { compilePattern, type Piece, patternSchema, type SplitBehavior, split, splitBehaviors } from './pattern.ts';

export type PreTokenizer = (piece: Piece) => Piece[];

const behavior = z.enum(splitBehaviors);
const splitSchema = z.object({ pattern: patternSchema, behavior, invert: z.boolean().default(false) });
const punctuationSchema = z.object({ behavior: behavior.default('Isolated') });
const digitsSchema = z.object({ individual_digits: z.boolean().default(false) });
const delimiterSchema = z.object({ delimiter: z.string().min(1).max(2) });
const byteLevelSchema = z.object({ add_prefix_space: z.boolean().default(true), use_regex: z.boolean().default(true) });
const metaspaceSchema = z.object({
  replacement: z.string().min(1).max(2),
  add_prefix_space: z.boolean().nullish(),
  prepend_scheme: z.enum(['always', 'first', 'never']).default('always'),
  split: z.boolean().nullish(),
});
const sequenceSchema = z.object({ pretokenizers: z.array(z.unknown()).max(64) });

/** Bytes as characters take two for one; a prefix for each piece takes as many again. */
const maxGrowth = 16;
const growthAllowed = 1000;

const splitting =
  (pattern: RegExp, behavior: SplitBehavior, invert = false): PreTokenizer =>
  (piece) =>
    split(piece, pattern, behavior, invert);

// Rust's char::is_ascii_punctuation or Unicode's P
const punctuation = /[!-/:-@[-`{-~\p{P}]/gu;
const bertWord = /[!-/:-@[-`{-~\p{P}]|[^\p{White_Space}!-/:-@[-`{-~\p{P}]+/gu;

function bertWords({ text }: Piece): Piece[] {
  return Array.from(text.match(bertWord) ?? [], (word) => ({ text: word, first: false }));
}

// GPT-2's expression, with the whitespace that Rust's \s means
const gpt2 =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** GPT-2's `bytes_to_unicode`: printable bytes stand for themselves, the others for characters from U+0100 on. */
function byteCharacters(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(printable ? byte : next++);
  });
}
const characterOf = byteCharacters();
const encoder = new TextEncoder();

function asBytes(text: string): string {
  if (/^[!-~]*$/.test(text)) return text;
  let bytes = '';
  for (const byte of encoder.encode(text)) bytes += characterOf[byte];
  return bytes;
}

function byteLevel(value: unknown, where: string): PreTokenizer {
  const { add_prefix_space, use_regex } = parsePart(byteLevelSchema, value, where);
  return ({ text, first }) => {
    const prefixed = add_prefix_space && !text.startsWith(' ') ? ` ${text}` : text;
    const words = use_regex ? (prefixed.match(gpt2) ?? []) : [prefixed];
    return Array.from(words, (word, index) => ({ text: asBytes(word), first: first && index === 0 }));
  };
}

function metaspace(value: unknown, where: string): PreTokenizer {
  const part = parsePart(metaspaceSchema, value, where);
  const { replacement } = part;
  const scheme = part.add_prefix_space === false ? 'never' : part.prepend_scheme;
  return ({ text, first }) => {
    let replaced = text.replaceAll(' ', () => replacement);
    const prefix = scheme === 'always' || (scheme === 'first' && first);
    if (prefix && !replaced.startsWith(replacement)) replaced = replacement + replaced;
    if (part.split === false) return [{ text: replaced, first }];
    const pieces: Piece[] = [];
    for (let start = 0; start < replaced.length; ) {
      const next = replaced.indexOf(replacement, start + 1);
      const end = next === -1 ? replaced.length : next;
      pieces.push({ text: replaced.slice(start, end), first: first && start === 0 });
      start = end;
    }
    return pieces;
  };
}

function sequence(value: unknown, where: string): PreTokenizer {
  const steps = parsePart(sequenceSchema, value, where).pretokenizers.map((step) => preTokenizerOf(step, where));
  return (piece) => {
    let pieces = [piece];
    for (const step of steps) {
      pieces = pieces.flatMap(step);
      const length = pieces.reduce((sum, { text }) => sum + text.length, 0);
      if (length > maxGrowth * piece.text.length + growthAllowed) {
        throw new UserError(`${where} makes a text of ${piece.text.length} characters into one of ${length}.`);
      }
    }
    return pieces;
  };
}

const makers = new Map<string, (value: unknown, where: string) => PreTokenizer>([
  ['Sequence', sequence],
  ['BertPreTokenizer', () => bertWords],
  ['ByteLevel', byteLevel],
  ['Metaspace', metaspace],
  ['WhitespaceSplit', () => splitting(/\p{White_Space}/gu, 'Removed')],
  // Rust's \w: Alphabetic, marks, digits, connectors, joiners
  [
    'Whitespace',
    () =>
      splitting(
        /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu,
        'Removed',
        true,
      ),
  ],
  ['Punctuation', (value, where) => splitting(punctuation, parsePart(punctuationSchema, value, where).behavior)],
  [
    'Digits',
    (value, where) => {
      const { individual_digits } = parsePart(digitsSchema, value, where);
      return splitting(/\p{N}/gu, individual_digits ? 'Isolated' : 'Contiguous');
    },
  ],
  [
    'CharDelimiterSplit',
    (value, where) => {
      const { delimiter } = parsePart(delimiterSchema, value, where);
      return splitting(compilePattern({ String: delimiter }, where), 'Removed');
    },
  ],
  [
    'Split',
    (value, where) => {
      const { pattern, behavior, invert } = parsePart(splitSchema, value, where);
      return splitting(compilePattern(pattern, where), behavior, invert);
    },
  ],
]);

function preTokenizerOf(value: unknown, where: string): PreTokenizer {
  const type = partType(value, where);
  const make = makers.get(type);
  if (!make) throw unknownType(where, type, [...makers.keys()]);
  return make(value, where);
}

/** @throws UserError for a pre-tokenizer that isn't known or isn't complete */
export function compilePreTokenizer(value: unknown, where: string): PreTokenizer {
  return value === null || value === undefined ? (piece) => [piece] : preTokenizerOf(value, where);
}
