/**
 * Collects what is wrong with single rows, so that a file with 10,000 bad rows gives one count and the first few rows,
 * not 10,000 messages, and nothing is left out without being counted.
 */
import type { Warning } from '../../flows/contracts.ts';

/** Rows shown one by one for each kind of trouble; the rest are only counted. */
const maxRowsPerCode = 20;

/** The kinds of trouble a row can have, and how many of them read. */
const summaries = {
  text_missing: (count: string) => `${count} left out: no text`,
  text_huge: (count: string) => `${count} with a text over 100,000 characters; models read only its beginning`,
  row_short: (count: string) => `${count} shorter than the header; the missing cells count as empty`,
  row_long: (count: string) => `${count} longer than the header; the cells beyond it are ignored`,
  quote_stray: (count: string) => `${count} with a stray quote, read as an ordinary character`,
  row_unreadable: (count: string) => `${count} left out: a quote opens and is never closed properly`,
  line_repaired: (count: string) => `${count} with damaged JSON, repaired`,
  line_unreadable: (count: string) => `${count} left out: not a JSON object`,
  annotation_fenced: (count: string) => `${count} with the annotation in a Markdown code fence; read without the fence`,
  annotation_prose: (count: string) => `${count} with words around the annotation's JSON; read without them`,
  annotation_python: (count: string) => `${count} with a Python dictionary as annotation; read as JSON`,
  annotation_trailing_comma: (count: string) => `${count} with a comma too many in the annotation; read without it`,
  annotation_cut_off: (count: string) => `${count} with a cut-off annotation; only its complete values are used`,
  annotation_repaired: (count: string) => `${count} with malformed JSON as annotation, repaired`,
  annotation_wrapped: (count: string) => `${count} with the annotation object inside a list or string; unwrapped`,
  annotation_not_object: (count: string) => `${count} with an annotation that names no category; it is not used`,
  annotation_unreadable: (count: string) => `${count} with an annotation that can't be read; it is not used`,
  annotation_key_twice: (count: string) => `${count} with the same key twice in the annotation; the last one counts`,
  value_nested: (count: string) => `${count} with a nested annotation value; its label was taken out`,
  value_unreadable: (count: string) => `${count} with an annotation value that is no label; it is not used`,
} satisfies Record<string, (count: string) => string>;

type RowCode = keyof typeof summaries;

export interface RowPlace {
  row: number;
  /** physical line, when known */
  line: number | null;
}

export interface WarningLog {
  /** One row's trouble. `text` goes on from the place: "row 7 (line 9): …". */
  row(code: RowCode, place: RowPlace, column: string | null, text: string): void;
  /** Something about the whole file or column. */
  whole(code: string, column: string | null, message: string): void;
  /** How many rows were logged under a code. */
  count(code: RowCode): number;
  finish(): Warning[];
}

/** `unit` is what the file's records are called: a CSV has rows, JSONL lines, a JSON array elements. */
export function createWarningLog(unit: 'row' | 'line' | 'element'): WarningLog {
  const wholes: Warning[] = [];
  const byCode = new Map<RowCode, { count: number; column: string | null; first: Warning[] }>();
  return {
    row(code, place, column, text) {
      const entry = byCode.get(code) ?? { count: 0, column, first: [] };
      byCode.set(code, entry);
      entry.count += 1;
      if (entry.column !== column) entry.column = null;
      if (entry.first.length >= maxRowsPerCode) return;
      const message = `${placeText(unit, place)}: ${text}`;
      entry.first.push({ code, message, row: place.row, column });
    },
    whole(code, column, message) {
      wholes.push({ code, message, row: null, column });
    },
    count: (code) => byCode.get(code)?.count ?? 0,
    finish() {
      const result = [...wholes];
      for (const [code, { count, column, first }] of byCode) {
        const counted = `${count.toLocaleString('en')} ${unit}${count === 1 ? '' : 's'}`;
        result.push({ code, message: `${summaries[code](counted)}.`, row: null, column }, ...first);
      }
      return result;
    },
  };
}

/** "row 7", or "row 7 (line 9)" where cells with line breaks have moved the lines. */
function placeText(unit: string, place: RowPlace): string {
  return place.line === null || place.line === place.row
    ? `${unit} ${place.row}`
    : `${unit} ${place.row} (line ${place.line})`;
}

/** A short, one-line form of any text, for messages. */
export function excerpt(text: string, maxCharacters = 40): string {
  // \p{Cc} and \p{Cf} would let a cell turn a message around (right-to-left override) or break its line
  const plain = text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  const characters = Array.from(plain.slice(0, maxCharacters * 2 + 2));
  return characters.length > maxCharacters || plain.length > maxCharacters * 2 + 2
    ? `${characters.slice(0, maxCharacters).join('')}…`
    : plain;
}

/** "a, b, c and 4 more" */
export function listing(names: readonly string[], shown = 5): string {
  const rest = names.length - shown;
  const listed = names.slice(0, shown).map((name) => excerpt(name, 80));
  return rest > 0 ? `${listed.join(', ')} and ${rest.toLocaleString('en')} more` : listed.join(', ');
}
