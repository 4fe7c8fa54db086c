/** Regular expressions of a tokenizer.json, and splitting by them as the Rust tokenizers library does. */
import { z } from 'zod';
import { errorText, UserError } from '../../../errors.ts';
import { translatePattern } from './library.ts';

/** The longest in use (GPT-4's and its heirs) have about 400 characters. */
const maxPattern = 4000;
const text = z.string().min(1).max(maxPattern);

export const patternSchema = z.union([z.strictObject({ String: text }), z.strictObject({ Regex: text })]);
type Pattern = z.infer<typeof patternSchema>;

/**
 * Translated from Oniguruma's dialect by the tokenizers library; global and Unicode-aware. Whoever runs it bounds the time
 * (deadline.ts): an expression from a file may backtrack for ever.
 * @throws UserError when JavaScript has no such expression
 */
export function compilePattern(pattern: Pattern, where: string): RegExp {
  try {
    const compiled = translatePattern(pattern);
    if (compiled) return compiled;
  } catch (cause) {
    throw new UserError(`${where} has a regular expression that can't be used: ${errorText(cause).slice(0, 200)}`, {
      cause,
    });
  }
  throw new UserError(`${where} has no pattern.`);
}

export const splitBehaviors = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'] as const;
export type SplitBehavior = (typeof splitBehaviors)[number];

/** Part of a text, and whether it begins where the whole text begins. */
export interface Piece {
  text: string;
  first: boolean;
}

interface Span {
  start: number;
  end: number;
  match: boolean;
}

/** The whole text as spans that match and spans between them. */
function spansOf(text: string, pattern: RegExp): Span[] {
  const spans: Span[] = [];
  let done = 0;
  for (const { index, 0: found } of text.matchAll(pattern)) {
    if (index > done) spans.push({ start: done, end: index, match: false });
    done = index + found.length;
    if (found !== '') spans.push({ start: index, end: done, match: true });
  }
  if (done < text.length) spans.push({ start: done, end: text.length, match: false });
  return spans;
}

/** `left` grows by `right` when the behaviour says that they belong together. Spans stand side by side. */
function joined(behavior: SplitBehavior, left: Span, right: Span, leftAlone: boolean): boolean {
  if (behavior === 'Contiguous') return left.match === right.match;
  return behavior === 'MergedWithPrevious' && right.match && leftAlone;
}

function merge(spans: readonly Span[], behavior: SplitBehavior): Span[] {
  if (behavior === 'Isolated') return [...spans];
  if (behavior === 'Removed') return spans.filter(({ match }) => !match);
  if (behavior === 'MergedWithNext') {
    // the mirror image of MergedWithPrevious
    const mirrored = spans.map(({ start, end, match }) => ({ start: -end, end: -start, match })).reverse();
    return merge(mirrored, 'MergedWithPrevious')
      .map(({ start, end, match }) => ({ start: -end, end: -start, match }))
      .reverse();
  }
  const merged: Span[] = [];
  let previousMatch = false;
  for (const span of spans) {
    const last = merged.at(-1);
    if (last && joined(behavior, last, span, !previousMatch)) last.end = span.end;
    else merged.push({ ...span });
    previousMatch = span.match;
  }
  return merged;
}

/** `NormalizedString::split` of the Rust library; empty pieces are left out. `invert`: what matches is what is between. */
export function split({ text, first }: Piece, pattern: RegExp, behavior: SplitBehavior, invert: boolean): Piece[] {
  const spans = spansOf(text, pattern);
  const turned = invert ? spans.map((span) => ({ ...span, match: !span.match })) : spans;
  return merge(turned, behavior).map(({ start, end }) => ({
    text: text.slice(start, end),
    first: first && start === 0,
  }));
}
