/** What can be said about a column without knowing its meaning: the ground on which roles are guessed. */
import { looksLikeAnnotation } from './annotation.ts';
import { isJsonObject, valueText } from './json-value.ts';
import { isAbsentText } from './labels.ts';
import { languageCode } from './languages.ts';
import type { RecordTable } from './record-table.ts';
import { DistinctTexts } from './text-hash.ts';
import { excerpt } from './warning-log.ts';

export interface ColumnFacts {
  name: string;
  /** cells that hold a value */
  filled: number;
  distinct: number;
  examples: string[];
  /** over the first filled cells only */
  meanCharacters: number;
  /** shares of the first filled cells, 0 to 1 */
  withLetters: number;
  withBlanks: number;
  numeric: number;
  dates: number;
  annotations: number;
  languages: number;
  /** JSON objects or lists rather than text */
  nested: number;
}

const sampleSize = 1_000;
const shownExamples = 3;
const numberShape = /^[+-]?(\d+([.,]\d+)*|[.,]\d+)([eE][+-]?\d+)?\s?%?$/;
const dateShape = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ]\d|$)/;

export function columnFacts(table: RecordTable): ColumnFacts[] {
  return table.columns.map((name, index) => factsOf(table, name, index));
}

function factsOf(table: RecordTable, name: string, index: number): ColumnFacts {
  const distinct = new DistinctTexts();
  const examples: string[] = [];
  const counts = { letters: 0, blanks: 0, numeric: 0, dates: 0, annotations: 0, languages: 0, nested: 0 };
  let filled = 0;
  let sampled = 0;
  let characters = 0;
  for (let record = 0; record < table.length; record++) {
    const cell = table.cell(record, index);
    const text = valueText(cell);
    if (isAbsentText(text)) continue;
    filled += 1;
    if (distinct.add(text) && examples.length < shownExamples) examples.push(excerpt(text));
    if (sampled >= sampleSize) continue;
    sampled += 1;
    characters += text.length;
    const trimmed = text.trim();
    if (/\p{L}|\p{Extended_Pictographic}/u.test(trimmed.slice(0, 2_000))) counts.letters += 1;
    if (/\S\s+\S/.test(trimmed.slice(0, 2_000))) counts.blanks += 1;
    if (numberShape.test(trimmed.slice(0, 40))) counts.numeric += 1;
    if (dateShape.test(trimmed.slice(0, 40))) counts.dates += 1;
    if (looksLikeAnnotation(cell)) counts.annotations += 1;
    if (languageCode(trimmed) !== null) counts.languages += 1;
    if (Array.isArray(cell) || isJsonObject(cell)) counts.nested += 1;
  }
  const share = (count: number) => (sampled === 0 ? 0 : count / sampled);
  return {
    name,
    filled,
    distinct: distinct.size,
    examples,
    meanCharacters: sampled === 0 ? 0 : characters / sampled,
    withLetters: share(counts.letters),
    withBlanks: share(counts.blanks),
    numeric: share(counts.numeric),
    dates: share(counts.dates),
    annotations: share(counts.annotations),
    languages: share(counts.languages),
    nested: share(counts.nested),
  };
}
