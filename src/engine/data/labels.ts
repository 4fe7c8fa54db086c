/** From a cell or annotation value to the labels it means. */
import { isJsonObject, type JsonValue, parseJson } from './json-value.ts';

/** What spreadsheets, Python, R and SQL write for "no value". Lower-case "none" stays a label: people use it as one. */
const absentTexts = new Set([
  '',
  'null',
  'NULL',
  'Null',
  'None',
  'NaN',
  'nan',
  'N/A',
  'n/a',
  'NA',
  '<NA>',
  '#N/A',
  '-',
]);

const longestAbsentText = Math.max(...[...absentTexts].map(({ length }) => length));

/** Where nested annotation values usually keep their label. */
const valueKeys = ['value', 'values', 'label', 'labels', 'name', 'choice', 'choices'];

export interface ReadLabels {
  /** normalised, each once, in the order they were written */
  labels: string[];
  /** written as a set of labels, not as one */
  isList: boolean;
  /** a label was taken out of a nested object */
  nested: boolean;
  /** something stood there that is no label */
  lost: boolean;
}

export function isAbsentText(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.length <= longestAbsentText && absentTexts.has(trimmed);
}

/** No characters that anyone could see: blanks, zero-width and direction marks only. */
export function isInvisible(text: string): boolean {
  return !/[^\s\p{Cc}\p{Cf}]/u.test(text);
}

/** Labels compare by this form: accents composed, no blanks around. Case is kept. */
export function normaliseLabel(text: string): string {
  return text.normalize('NFC').trim();
}

/** Column and category names: as labels, without what would break a line or turn it around. */
export function normaliseName(text: string): string {
  return normaliseLabel(text.replace(/[\s\p{Cc}\u202a-\u202e\u2066-\u2069\ufeff]+/gu, ' '));
}

/** Two labels of the same fold are probably meant to be one; they are reported, never merged. */
export function foldLabel(label: string): string {
  return label
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
}

/** The labels of an annotation value: booleans and numbers are labels, lists are sets, null is nothing. */
export function readLabels(value: JsonValue | undefined): ReadLabels {
  const result: ReadLabels = { labels: [], isList: Array.isArray(value), nested: false, lost: false };
  collect(value, result, 0);
  result.labels = [...new Set(result.labels)];
  return result;
}

function collect(value: JsonValue | undefined, into: ReadLabels, depth: number): void {
  if (value === undefined || value === null) return;
  if (typeof value === 'string') {
    const label = normaliseLabel(value);
    if (!isAbsentText(label) && !isInvisible(label)) into.labels.push(label);
    return;
  }
  if (typeof value === 'number' || typeof value === 'boolean') {
    into.labels.push(String(value));
    return;
  }
  if (depth > 3) {
    into.lost = true;
    return;
  }
  if (Array.isArray(value)) {
    if (depth > 0) into.isList = true;
    for (const element of value) collect(element, into, depth + 1);
    return;
  }
  collectObject(value, into, depth);
}

function collectObject(value: { [key: string]: JsonValue }, into: ReadLabels, depth: number): void {
  const entries = Object.entries(value);
  if (entries.length === 0) return;
  if (entries.every(([, inner]) => typeof inner === 'boolean')) {
    // {"roads": true, "waste": false}: a set of labels written as switches
    into.isList = true;
    into.nested = true;
    for (const [key, on] of entries) if (on) collect(key, into, depth + 1);
    return;
  }
  const found = valueKeys.find((key) => Object.hasOwn(value, key));
  const before = into.labels.length;
  if (found !== undefined) collect(value[found], into, depth + 1);
  if (into.labels.length > before) into.nested = true;
  else into.lost = true;
}

/** A label cell of a CSV may hold a JSON list: ["roads", "waste"]. */
export function listInCell(text: string): JsonValue[] | null {
  const trimmed = text.trim();
  if (!trimmed.startsWith('[') || !trimmed.endsWith(']')) return null;
  const value = parseJson(trimmed) ?? parseJson(trimmed.replaceAll("'", '"'));
  return Array.isArray(value) && !value.some(isJsonObject) ? value : null;
}

/**
 * Do the bars in a column's values join labels (`roads|waste`), or do they belong to the labels (`<link|text>`)?
 * They join when most parts come back: alone in another cell, or in another combination.
 */
export function barsJoinLabels(values: Iterable<string>): boolean {
  const homes = new Map<string, number>();
  const joined = new Set<string>();
  for (const value of new Set(values)) {
    const parts = splitAtBars(value);
    if (parts.length > 1) for (const part of parts) joined.add(part);
    for (const part of parts) homes.set(part, (homes.get(part) ?? 0) + 1);
  }
  if (joined.size === 0) return false;
  let recurring = 0;
  for (const part of joined) if ((homes.get(part) ?? 0) > 1) recurring += 1;
  return recurring * 2 >= joined.size;
}

export function splitAtBars(value: string): string[] {
  const parts = value.split('|').map(normaliseLabel);
  return [...new Set(parts.filter((part) => !isAbsentText(part)))];
}
