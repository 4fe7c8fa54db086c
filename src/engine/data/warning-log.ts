/**
 * Collects what is wrong with single rows, so that a file with 10,000 bad rows gives one count and the first few rows,
 * not 10,000 messages, and nothing is left out without being counted.
 */
import type { Warning } from '../../flows/contracts.ts';

/** Rows shown one by one for each kind of trouble; the rest are only counted. */
const maxRowsPerCode = 20;

/** The kinds of trouble a row can have: how many of them read, and what is done where the row's own text doesn't say. */
const summaries = {
  text_missing: [(count) => `${count} left out: no text`, 'left out'],
  text_huge: [(count) => `${count} with a text over 100,000 characters; models read only its beginning`, 'kept'],
  row_short: [
    (count) => `${count} shorter than the header; the missing cells count as empty`,
    'the missing cells count as empty',
  ],
  row_long: [
    (count) => `${count} longer than the header; the cells beyond it are ignored`,
    'the cells beyond the header are ignored',
  ],
  cell_error: [
    (count) => `${count} with an Excel error such as #N/A, or a formula without a value, read as empty`,
    'read as an empty cell',
  ],
  quote_stray: [(count) => `${count} with a stray quote, read as an ordinary character`, 'read as a character'],
  row_unreadable: [(count) => `${count} left out: a quote opens and is never closed properly`, 'left out'],
  line_repaired: [(count) => `${count} with damaged JSON, repaired`, 'repaired'],
  line_unreadable: [(count) => `${count} left out: not a JSON object`, 'left out'],
  annotation_fenced: [
    (count) => `${count} with the annotation in a Markdown code fence; read without the fence`,
    'read without the fence',
  ],
  annotation_prose: [
    (count) => `${count} with words around the annotation's JSON; read without them`,
    'read without the words',
  ],
  annotation_python: [(count) => `${count} with a Python dictionary as annotation; read as JSON`, 'read as JSON'],
  annotation_trailing_comma: [
    (count) => `${count} with a comma too many in the annotation; read without it`,
    'read without the comma',
  ],
  annotation_cut_off: [
    (count) => `${count} with a cut-off annotation; only its complete values are used`,
    'only its complete values are used',
  ],
  annotation_repaired: [(count) => `${count} with malformed JSON as annotation, repaired`, 'repaired'],
  annotation_wrapped: [
    (count) => `${count} with the annotation object inside a list or string; unwrapped`,
    'unwrapped',
  ],
  annotation_not_object: [
    (count) => `${count} with an annotation that names no category; it is not used`,
    'the annotation is not used',
  ],
  annotation_unreadable: [
    (count) => `${count} with an annotation that can't be read; it is not used`,
    'the annotation is not used',
  ],
  annotation_key_twice: [
    (count) => `${count} with the same key twice in the annotation; the last one counts`,
    'the last one counts',
  ],
  value_nested: [(count) => `${count} with a nested annotation value; its label was taken out`, 'its label is taken'],
  value_unreadable: [(count) => `${count} with an annotation value that is no label; it is not used`, 'not used'],
} satisfies Record<string, [summary: (count: string) => string, done: string]>;

type RowCode = keyof typeof summaries;

export interface RowPlace {
  row: number;
  /** physical line, when known */
  line: number | null;
}

/** One row's trouble, as `podium rank --problems` and the profile's file of problems list it. */
export interface Problem extends RowPlace {
  column: string | null;
  code: string;
  what: string;
  done: string;
}

export interface WarningLog {
  /**
   * One row's trouble. `what` goes on from the place: "row 7 (line 9): …". `done` says what was done about it, where
   * that isn't the same for every row of the code.
   */
  row(code: RowCode, place: RowPlace, column: string | null, what: string, done?: string): void;
  /** Something about the whole file or column. */
  whole(code: string, column: string | null, message: string): void;
  /** How many rows were logged under a code. */
  count(code: RowCode): number;
  finish(): Warning[];
}

/** Troubles that are met before all others of their row: warnings begin with them. */
const firstCodes: ReadonlySet<string> = new Set<RowCode>(['quote_stray', 'row_unreadable']);

/**
 * `unit` is what the file's records are called: a CSV has rows, JSONL lines, a JSON array elements.
 * @param onProblem is told of every row's trouble, however many there are
 */
export function createWarningLog(
  unit: 'row' | 'line' | 'element',
  onProblem: (problem: Problem) => void = () => undefined,
): WarningLog {
  const wholes: Warning[] = [];
  const byCode = new Map<RowCode, { count: number; column: string | null; first: Warning[] }>();
  return {
    row(code, place, column, what, done) {
      const entry = byCode.get(code) ?? { count: 0, column, first: [] };
      byCode.set(code, entry);
      entry.count += 1;
      if (entry.column !== column) entry.column = null;
      onProblem({ ...place, column, code, what, done: done ?? summaries[code][1] });
      if (entry.first.length >= maxRowsPerCode) return;
      const message = `${placeText(unit, place)}: ${done === undefined ? what : `${what}; ${done}`}.`;
      entry.first.push({ code, message, row: place.row, column });
    },
    whole(code, column, message) {
      wholes.push({ code, message, row: null, column });
    },
    count: (code) => byCode.get(code)?.count ?? 0,
    finish() {
      const result = [...wholes];
      const codes = [...byCode].sort(([a], [b]) => Number(firstCodes.has(b)) - Number(firstCodes.has(a)));
      for (const [code, { count, column, first }] of codes) {
        const counted = `${count.toLocaleString('en')} ${unit}${count === 1 ? '' : 's'}`;
        result.push({ code, message: `${summaries[code][0](counted)}.`, row: null, column }, ...first);
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
