/**
 * One uploaded file to documents. Throws a UserError for a file that can't be used; everything else that is wrong
 * becomes a counted warning. The file itself is never changed.
 */
import { UserError } from '../../errors.ts';
import type { CategoryKind, ColumnRoles, Profile, Warning } from '../../flows/contracts.ts';
import { type ByteSource, hashedSource } from './byte-source.ts';
import type { CategoryReading } from './categories.ts';
import { type ColumnFacts, columnFacts } from './column-facts.ts';
import { readCsvRecords } from './csv-records.ts';
import { openText } from './decode.ts';
import type { Document } from './document.ts';
import { readJsonArray, readJsonLines } from './json-records.ts';
import { readPackedRecords, withoutGzip } from './packed-records.ts';
import { type ReadDocuments, readDocuments } from './read-documents.ts';
import { defaultReadLimits, type ReadLimits, raisedBy } from './read-limits.ts';
import type { RecordTable } from './record-table.ts';
import { assignRoles } from './roles.ts';
import { textFormat } from './text-format.ts';
import { createWarningLog, excerpt, listing, type Problem, type WarningLog } from './warning-log.ts';

export interface Dataset {
  fileName: string;
  format: Profile['format'];
  sizeBytes: number;
  /** SHA-256 of the bytes, hex */
  hash: string;
  encoding: string;
  /** null for JSON, Parquet and Excel, and for a CSV of one column */
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
  /** is told of every problem of every row; the dataset's warnings show the first of each kind */
  onProblem?: (problem: Problem) => void;
}

/** Reads CSV, TSV, JSONL, JSON, Parquet or an Excel workbook, any of them with gzip or without. `fileName` is shown in messages and helps to tell the format. */
export async function readDataset(file: ByteSource, fileName: string, options: ReadOptions = {}): Promise<Dataset> {
  const limits: ReadLimits = { ...defaultReadLimits, ...options.limits };
  const name = excerpt(fileName, 120) || 'The file';
  checkSize(file, name, limits);
  const source = hashedSource(file);
  const { table, encoding, log } = await readTable(source, name, limits, options.onProblem);
  if (table.length === 0) throw noRecords(table, name, log);
  const facts = columnFacts(table);
  const { roles, reasons } = assignRoles(facts, options.roles ?? {}, name);
  const read = readDocuments(table, roles, limits, log);
  if (read.documents.length === 0) {
    const rows = table.length.toLocaleString('en');
    throw new UserError(
      `${name}: no row has a text. Expected texts in column "${excerpt(roles.text)}", got ${rows} empty ones.`,
    );
  }
  const categories = usableCategories(read, new Set(options.roles?.labels ?? []), limits, log);
  if (categories.length === 0) reportNoCategory(facts, log);
  return {
    fileName,
    format: table.format,
    sizeBytes: source.sizeBytes,
    hash: await source.hash(),
    encoding,
    delimiter: table.delimiter,
    columns: table.columns,
    columnSummaries: facts.map(({ name, filled, distinct, examples }) => ({ name, filled, distinct, examples })),
    rows: table.length + log.count('row_unreadable') + log.count('line_unreadable'),
    roles,
    reasons,
    documents: read.documents,
    categories,
    warnings: log.finish(),
    limits,
  };
}

function checkSize({ sizeBytes }: ByteSource, name: string, { maxBytes }: ReadLimits): void {
  if (sizeBytes === 0) throw new UserError(`${name} is empty (0 bytes). Expected a header line and at least one row.`);
  if (sizeBytes <= maxBytes) return;
  const [got, most] = [sizeBytes, maxBytes].map((size) => `${(size / 1024 / 1024).toFixed(1)} MB`);
  throw new UserError(`${name} has ${got}; at most ${most} are read${raisedBy('maxBytes')}.`);
}

interface ReadTable {
  table: RecordTable;
  encoding: string;
  log: WarningLog;
}

async function readTable(
  source: ByteSource,
  name: string,
  limits: ReadLimits,
  onProblem: ReadOptions['onProblem'],
): Promise<ReadTable> {
  const { source: inner, fileName } = await withoutGzip(source, name, limits);
  const rows = createWarningLog('row', onProblem);
  const packed = await readPackedRecords(inner, fileName, limits, rows);
  if (packed) return { table: packed, encoding: 'utf-8', log: rows };
  const text = await openText(inner, fileName);
  const format = await textFormat(text, fileName);
  if (format === null) throw new UserError(`${name} holds only blanks. Expected a header line and at least one row.`);
  const log = createWarningLog(format === 'csv' ? 'row' : format === 'jsonl' ? 'line' : 'element', onProblem);
  if (text.doubt) log.whole('encoding', null, text.doubt);
  const read = { csv: readCsvRecords, jsonl: readJsonLines, json: readJsonArray }[format];
  return { table: await read(text, fileName, limits, log), encoding: text.encoding, log };
}

function noRecords(table: RecordTable, fileName: string, log: WarningLog): UserError {
  const first = log.finish().find((warning) => warning.row !== null);
  const got = first ? ` First trouble: ${first.message}` : '';
  if (table.format !== 'json' && table.format !== 'jsonl') {
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
  { categories, tooManyCategories }: ReadDocuments,
  chosen: ReadonlySet<string>,
  limits: ReadLimits,
  log: WarningLog,
): Dataset['categories'] {
  const kept = categories.filter((category) => {
    const { name } = category;
    const why = chosen.has(name) ? null : whyNoCategory(category);
    if (why) log.whole('category_not_labels', name, `${excerpt(name)} is not offered as a category: ${why}.`);
    return why === null;
  });
  if (kept.length > limits.maxCategories || tooManyCategories) {
    kept.sort((a, b) => b.documents - a.documents);
    const found = `${tooManyCategories ? 'more than ' : ''}${kept.length.toLocaleString('en')} categories`;
    const message = `${found}; only the ${limits.maxCategories} with most values are read.`;
    log.whole('categories_too_many', null, message);
  }
  return kept.slice(0, limits.maxCategories).map(({ name, kind }) => ({ name, kind }));
}

function whyNoCategory({ values, distinct, characters, numbers }: CategoryReading): string | null {
  if (values < 20) return null;
  if (distinct > values * 0.5 && characters > values * 40) return 'its values are free text, nearly all different';
  if (distinct > 20 && numbers > values * 0.9) return 'its values are numbers, not labels';
  if (distinct > values * 0.9) return 'nearly every value is different';
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
