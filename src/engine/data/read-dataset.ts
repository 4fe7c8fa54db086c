/**
 * One uploaded file to documents. Throws a UserError for a file that can't be used; everything else that is wrong
 * becomes a counted warning. The file itself is never changed.
 */
import { createHash } from 'node:crypto';
import { UserError } from '../../errors.ts';
import type { CategoryKind, ColumnRoles, Profile, Warning } from '../../flows/contracts.ts';
import { type ColumnFacts, columnFacts } from './column-facts.ts';
import { readCsvRecords } from './csv-records.ts';
import { decodeText } from './decode.ts';
import type { Document } from './document.ts';
import { readJsonArray, readJsonLines, recordListIn } from './json-records.ts';
import { findJsonDamage, isJsonObject, parseJson } from './json-value.ts';
import { type CategoryReading, readDocuments } from './read-documents.ts';
import { defaultReadLimits, type ReadLimits } from './read-limits.ts';
import type { RawTable } from './records.ts';
import { assignRoles } from './roles.ts';
import { createWarningLog, excerpt, listing, type WarningLog } from './warning-log.ts';

export interface Dataset {
  fileName: string;
  format: 'csv' | 'jsonl' | 'json';
  sizeBytes: number;
  /** SHA-256 of the bytes, hex */
  hash: string;
  encoding: string;
  /** null for JSON, and for a CSV of one column */
  delimiter: string | null;
  columns: string[];
  columnSummaries: Profile['columns'];
  /** records in the file, those left out among them; header and blank lines not counted */
  rows: number;
  roles: ColumnRoles;
  /** why each role went to its column, one sentence each */
  reasons: Record<string, string>;
  documents: Document[];
  categories: { name: string; kind: CategoryKind }[];
  warnings: Warning[];
  limits: ReadLimits;
}

export interface ReadOptions {
  /** columns by name; null = there is none; what is left out is guessed */
  roles?: Partial<ColumnRoles>;
  limits?: Partial<ReadLimits>;
}

/** Reads CSV, TSV, JSONL or a JSON array. `fileName` is shown in messages and helps to tell the format. */
export function readDataset(bytes: Uint8Array, fileName: string, options: ReadOptions = {}): Dataset {
  const limits: ReadLimits = { ...defaultReadLimits, ...options.limits };
  const name = excerpt(fileName, 120) || 'The file';
  if (bytes.length === 0)
    throw new UserError(`${name} is empty (0 bytes). Expected a header line and at least one row.`);
  if (bytes.length > limits.maxBytes) {
    const [got, most] = [bytes.length, limits.maxBytes].map((size) => `${(size / 1024 / 1024).toFixed(1)} MB`);
    throw new UserError(`${name} has ${got}; at most ${most} are read.`);
  }
  const { text, encoding, doubt } = decodeText(bytes, name);
  if (text.trim() === '')
    throw new UserError(`${name} holds only blanks. Expected a header line and at least one row.`);

  const format = formatOf(text, name);
  const log = createWarningLog(format === 'csv' ? 'row' : format === 'jsonl' ? 'line' : 'element');
  if (doubt) log.whole('encoding', null, doubt);
  const table = readTable(format, text, name, limits, log);
  if (table.records.length === 0) throw noRecords(table, name, log);
  const facts = columnFacts(table);
  const { roles, reasons } = assignRoles(facts, options.roles ?? {}, name);
  const read = readDocuments(table, roles, log);
  if (read.documents.length === 0) {
    const rows = table.records.length.toLocaleString('en');
    throw new UserError(
      `${name}: no row has a text. Expected texts in column "${excerpt(roles.text)}", got ${rows} empty ones.`,
    );
  }
  const chosen = new Set(options.roles?.labels ?? []);
  const categories = usableCategories(read.categories, read.documents, chosen, limits, log);
  if (categories.length === 0) reportNoCategory(facts, log);
  return {
    fileName,
    format,
    sizeBytes: bytes.length,
    hash: createHash('sha256').update(bytes).digest('hex'),
    encoding,
    delimiter: table.delimiter,
    columns: table.columns,
    columnSummaries: facts.map(({ name, filled, distinct, examples }) => ({ name, filled, distinct, examples })),
    rows: table.records.length + log.count('row_unreadable') + log.count('line_unreadable'),
    roles,
    reasons,
    documents: read.documents,
    categories,
    warnings: log.finish(),
    limits,
  };
}

/** By content first, since files are misnamed: a CSV's header is no JSON. */
function formatOf(text: string, fileName: string): Dataset['format'] {
  const start = text.trimStart();
  const firstLine = start.slice(0, Math.max(start.search(/[\r\n]|$/), 1));
  const named = /\.(jsonl|ndjson|json)$/i.exec(fileName)?.[1]?.toLowerCase();
  if (named === 'jsonl' || named === 'ndjson')
    return start.startsWith('[') && !isWholeLine(firstLine) ? 'json' : 'jsonl';
  if (start.startsWith('[') && (named === 'json' || Array.isArray(parseJson(text)))) return 'json';
  if (start.startsWith('{')) {
    if (recordListIn(parseJson(text))) return 'json';
    if (isJsonObject(parseJson(firstLine))) return 'jsonl';
    if (named === 'json' || isJsonObject(parseJson(text))) return 'json';
    // damaged, but meant: no CSV header begins like this
    if (/^\{\s*"[^"]*"\s*:/.test(start)) return /\n\s*\{.*\}\s*$/.test(start) ? 'jsonl' : 'json';
  }
  return named === 'json' || /^\[\s*\{\s*"/.test(start) ? 'json' : 'csv';
}

function isWholeLine(line: string): boolean {
  return parseJson(line) !== undefined;
}

function readTable(
  format: Dataset['format'],
  text: string,
  fileName: string,
  limits: ReadLimits,
  log: WarningLog,
): RawTable {
  if (format === 'csv') return readCsvRecords(text, fileName, limits, log);
  if (format === 'jsonl') return readJsonLines(text, fileName, limits, log);
  const value = parseJson(text);
  if (value === undefined) throw damagedJson(text, fileName);
  return readJsonArray(value, fileName, limits, log);
}

function damagedJson(text: string, fileName: string): UserError {
  const position = findJsonDamage(text);
  const before = text.slice(0, position).split('\n');
  const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  const near = excerpt(text.slice(Math.max(0, position - 30), position + 10), 60);
  return new UserError(
    `${fileName}, ${place}: the JSON is damaged near ‹${near}›. Expected [{"text": "…", "label": "…"}, …].`,
  );
}

function noRecords(table: RawTable, fileName: string, log: WarningLog): UserError {
  const first = log.finish().find((warning) => warning.row !== null);
  const got = first ? ` First trouble: ${first.message}` : '';
  if (table.format === 'csv') {
    const names = listing(table.columns, 30);
    const rows = first ? 'none of its rows can be read' : 'no rows below it';
    return new UserError(`${fileName} has a header (${names}) and ${rows}. Expected at least one row.${got}`);
  }
  return new UserError(`${fileName} has no JSON object in it. Expected one such as {"text": "…"}.${got}`);
}

/**
 * Categories whose values are labels. A key with free text (an explanation), numbers (a confidence) or identifiers in
 * nearly every document is none, unless the user named it.
 */
function usableCategories(
  found: CategoryReading[],
  documents: readonly Document[],
  chosen: ReadonlySet<string>,
  limits: ReadLimits,
  log: WarningLog,
): CategoryReading[] {
  const kept = found.filter(({ name }) => {
    const why = chosen.has(name) ? null : whyNoCategory(name, documents);
    if (why) log.whole('category_not_labels', name, `${excerpt(name)} is not offered as a category: ${why}.`);
    return why === null;
  });
  if (kept.length <= limits.maxCategories) return kept;
  const counts = new Map(kept.map(({ name }) => [name, 0]));
  for (const document of documents) {
    for (const name of document.labels.keys()) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  kept.sort((a, b) => (counts.get(b.name) ?? 0) - (counts.get(a.name) ?? 0));
  const message = `${kept.length.toLocaleString('en')} categories; only the ${limits.maxCategories} with most values are read.`;
  log.whole('categories_too_many', null, message);
  return kept.slice(0, limits.maxCategories);
}

function whyNoCategory(category: string, documents: readonly Document[]): string | null {
  const distinct = new Set<string>();
  let values = 0;
  let characters = 0;
  let numbers = 0;
  for (const document of documents) {
    for (const label of document.labels.get(category) ?? []) {
      distinct.add(label);
      values += 1;
      characters += label.length;
      if (/^[+-]?\d*\.?\d+(e[+-]?\d+)?$/i.test(label)) numbers += 1;
    }
  }
  if (values < 20) return null;
  if (distinct.size > values * 0.5 && characters > values * 40) return 'its values are free text, nearly all different';
  if (distinct.size > 20 && numbers > values * 0.9) return 'its values are numbers, not labels';
  if (distinct.size > values * 0.9) return 'nearly every value is different';
  return null;
}

function reportNoCategory(facts: ColumnFacts[], log: WarningLog): void {
  const names = listing(
    facts.map(({ name }) => name),
    30,
  );
  const message = `No label column and no annotation column found among: ${names}. Name one to benchmark models.`;
  log.whole('no_category', null, message);
}
