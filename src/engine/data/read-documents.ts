/** Records to documents: text, id, language and labels of each, with every damage counted. */
import type { CategoryKind, ColumnRoles } from '../../flows/contracts.ts';
import { type Annotation, readAnnotation } from './annotation.ts';
import type { Document } from './document.ts';
import { type JsonValue, valueText } from './json-value.ts';
import {
  barsJoinLabels,
  isAbsentText,
  isInvisible,
  listInCell,
  type ReadLabels,
  readLabels,
  splitAtBars,
} from './labels.ts';
import { languageCode } from './languages.ts';
import type { RawRecord, RawTable } from './records.ts';
import { excerpt, listing, type RowPlace, type WarningLog } from './warning-log.ts';

const hugeTextCharacters = 100_000;

export interface CategoryReading {
  name: string;
  kind: CategoryKind;
}

export interface ReadDocuments {
  documents: Document[];
  categories: CategoryReading[];
}

interface Draft extends Omit<Document, 'labels' | 'language'> {
  labels: Map<string, string[]>;
  language: string | null;
}

/** `labelColumns` names may be renamed here when an annotation key is called the same. */
export function readDocuments(table: RawTable, roles: ColumnRoles, log: WarningLog): ReadDocuments {
  const indices = new Map(table.columns.map((name, index) => [name, index]));
  const indexOf = (name: string | null) => (name === null ? -1 : (indices.get(name) ?? -1));
  const columns = {
    text: indexOf(roles.text),
    id: indexOf(roles.id),
    language: indexOf(roles.language),
    annotation: indexOf(roles.annotation),
    labels: roles.labels.map((name) => ({ name, index: indexOf(name), joined: false })),
  };
  const kinds = new Map<string, CategoryKind>();
  for (const column of columns.labels) {
    column.joined = barsJoinLabels(columnTexts(table, column.index));
    kinds.set(column.name, column.joined ? 'multi' : 'single');
    if (column.joined) {
      log.whole(
        'labels_joined',
        column.name,
        `${excerpt(column.name)}: "|" joins several labels in one cell; each is read.`,
      );
    }
  }
  const absent = new Map<string, Map<string, number>>();
  const languages = new Map<string, number>();
  const renamed = new Set<string>();
  const documents: Document[] = [];
  for (const record of table.records) {
    const place = { row: record.row, line: record.line };
    const text = readText(record.cells[columns.text], roles.text, place, log);
    if (text === null) continue;
    const draft: Draft = {
      row: record.row,
      id: cellText(record, columns.id),
      text,
      language: readLanguage(record, columns.language, languages),
      labels: new Map(),
      incomplete: record.incomplete,
    };
    for (const column of columns.labels) {
      const read = readLabelCell(record.cells[column.index], column.joined);
      countAbsent(absent, column.name, record.cells[column.index]);
      addLabels(draft, column.name, read, kinds, place, log);
    }
    if (columns.annotation >= 0) {
      countAbsent(absent, roles.annotation ?? '', record.cells[columns.annotation]);
      const annotation = readAnnotation(record.cells[columns.annotation]);
      reportAnnotation(annotation, record.cells[columns.annotation], roles.annotation, place, log);
      if (annotation.incomplete) draft.incomplete = true;
      for (const [key, value] of annotation.entries) {
        const name = roles.labels.includes(key) ? `${roles.annotation}.${key}` : key;
        if (name !== key) renamed.add(key);
        addLabels(draft, name, readLabels(value), kinds, place, log);
      }
    }
    documents.push(draft);
  }
  reportRenamed(renamed, roles.annotation, log);
  reportAbsent(absent, log);
  reportUnknownLanguages(languages, roles.language, log);
  return { documents, categories: [...kinds].map(([name, kind]) => ({ name, kind })) };
}

function* columnTexts(table: RawTable, index: number): Generator<string> {
  for (const { cells } of table.records) {
    const cell = cells[index];
    if (typeof cell === 'string') yield cell;
  }
}

function readText(cell: JsonValue | undefined, column: string, place: RowPlace, log: WarningLog): string | null {
  const text = typeof cell === 'string' ? cell : typeof cell === 'number' ? String(cell) : '';
  if (isAbsentText(text) || isInvisible(text)) {
    const got = text.trim() === '' ? 'nothing' : `"${excerpt(text)}"`;
    const what = cell !== null && typeof cell === 'object' ? `a nested value (${excerpt(valueText(cell))})` : got;
    log.row('text_missing', place, column, `no text in ${excerpt(column)} (got ${what}); left out.`);
    return null;
  }
  if (text.length > hugeTextCharacters) {
    const length = text.length.toLocaleString('en');
    log.row('text_huge', place, column, `a text of ${length} characters; kept, but models read only its beginning.`);
  }
  return text;
}

function cellText(record: RawRecord, index: number): string | null {
  const text = index < 0 ? '' : valueText(record.cells[index]).trim();
  return text === '' ? null : text;
}

function readLanguage(record: RawRecord, index: number, unknown: Map<string, number>): string | null {
  const written = cellText(record, index);
  if (written === null || isAbsentText(written)) return null;
  const code = languageCode(written);
  if (code === null && unknown.size < 10_000) unknown.set(written, (unknown.get(written) ?? 0) + 1);
  return code;
}

function readLabelCell(cell: JsonValue | undefined, joined: boolean): ReadLabels {
  if (typeof cell !== 'string') return readLabels(cell);
  const list = listInCell(cell);
  if (list) return readLabels(list);
  if (joined) return { labels: splitAtBars(cell), isList: true, nested: false, lost: false };
  return readLabels(cell);
}

function addLabels(
  draft: Draft,
  category: string,
  read: ReadLabels,
  kinds: Map<string, CategoryKind>,
  place: RowPlace,
  log: WarningLog,
): void {
  if (read.isList) kinds.set(category, 'multi');
  else if (!kinds.has(category)) kinds.set(category, 'single');
  if (read.labels.length > 0) draft.labels.set(category, read.labels);
  if (read.lost) {
    draft.incomplete = true;
    log.row('value_unreadable', place, category, `the value of ${excerpt(category)} is no label; not used.`);
  } else if (read.nested) {
    const taken = read.labels.length > 0 ? listing(read.labels) : 'no label';
    log.row(
      'value_nested',
      place,
      category,
      `the value of ${excerpt(category)} is nested; taken: ${excerpt(taken, 80)}.`,
    );
  }
}

function reportAnnotation(
  annotation: Annotation,
  cell: JsonValue | undefined,
  column: string | null,
  place: RowPlace,
  log: WarningLog,
): void {
  const got = `got ${excerpt(valueText(cell), 60)}`;
  if (annotation.state === 'not_object') {
    log.row('annotation_not_object', place, column, `expected {"category": "label"}, ${got}.`);
  } else if (annotation.state === 'unreadable') {
    log.row('annotation_unreadable', place, column, `expected JSON such as {"category": "label"}, ${got}.`);
  }
  for (const repair of annotation.repairs) {
    const kept = repair === 'cut_off' && annotation.incomplete ? '; the value it breaks off in is not used' : '';
    log.row(`annotation_${repair}`, place, column, `${repairNames[repair]}${kept}: ${got}.`);
  }
  if (annotation.keysTwice.length > 0) {
    const keys = listing(annotation.keysTwice.map((key) => `"${excerpt(key)}"`));
    log.row('annotation_key_twice', place, column, `${keys} stands twice; the last one counts.`);
  }
}

const repairNames = {
  fenced: 'JSON in a code fence',
  prose: 'words around the JSON',
  python: 'a Python dictionary',
  trailing_comma: 'a comma too many',
  cut_off: 'the JSON is cut off',
  repaired: 'malformed JSON',
  wrapped: 'the object stands inside a list or string',
} as const;

function countAbsent(absent: Map<string, Map<string, number>>, column: string, cell: JsonValue | undefined): void {
  const text = cell === undefined || cell === null || typeof cell === 'string' ? (cell ?? '') : 'value';
  if (!isAbsentText(text)) return;
  const counts = absent.get(column) ?? new Map<string, number>();
  absent.set(column, counts);
  const spelling = text.trim() === '' ? 'empty' : `"${text.trim()}"`;
  counts.set(spelling, (counts.get(spelling) ?? 0) + 1);
}

function reportAbsent(absent: Map<string, Map<string, number>>, log: WarningLog): void {
  for (const [column, counts] of absent) {
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const spellings = [...counts].map(([spelling, count]) => `${spelling} ${count.toLocaleString('en')}`);
    const cells = total === 1 ? '1 cell counts' : `${total.toLocaleString('en')} cells count`;
    log.whole('values_missing', column, `${excerpt(column)}: ${cells} as having no value (${listing(spellings, 12)}).`);
  }
}

function reportRenamed(keys: Set<string>, annotation: string | null, log: WarningLog): void {
  for (const key of keys) {
    const [short, full] = [excerpt(key), excerpt(`${annotation}.${key}`, 80)];
    const message = `A label column and a key of the annotation are both called "${short}"; the key is read as "${full}".`;
    log.whole('category_twice', annotation, message);
  }
}

function reportUnknownLanguages(unknown: Map<string, number>, column: string | null, log: WarningLog): void {
  if (unknown.size === 0) return;
  const total = [...unknown.values()].reduce((sum, count) => sum + count, 0);
  const names = [...unknown].sort((a, b) => b[1] - a[1]).map(([written, count]) => `"${excerpt(written)}" ${count}`);
  const counted = total.toLocaleString('en');
  const message = `${counted} row${total === 1 ? '' : 's'} with a language nobody knows, read as unknown: ${listing(names)}.`;
  log.whole('language_unknown', column, message);
}
