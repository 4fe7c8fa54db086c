/** Records to documents: text, id, language and labels of each, with every damage counted. */
import type { ColumnRoles } from '../../flows/contracts.ts';
import { type Annotation, readAnnotation } from './annotation.ts';
import { Categories, type CategoryReading } from './categories.ts';
import { type Document, StoredDocument, type TextStore } from './document.ts';
import { valueText } from './json-value.ts';
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
import type { ReadLimits } from './read-limits.ts';
import type { Cell, RecordTable } from './record-table.ts';
import { excerpt, listing, type RowPlace, type WarningLog } from './warning-log.ts';

const hugeTextCharacters = 100_000;
/** Whether bars join labels is seen in this many cells. */
const cellsLookedAt = 100_000;
/** Of annotations that are written alike, as many are read only once. */
const annotationsKept = 10_000;
const annotationCharacters = 1_000;

export interface ReadDocuments {
  documents: Document[];
  categories: CategoryReading[];
  /** there were still more, which are not counted */
  tooManyCategories: boolean;
}

/** What of a document is found before it is made. */
interface Draft {
  incomplete: boolean;
  labels: [category: string, labels: string[]][];
}

/**
 * `labelColumns` names may be renamed here when an annotation key is called the same. The table's columns that no
 * document needs are freed.
 */
export function readDocuments(
  table: RecordTable,
  roles: ColumnRoles,
  limits: ReadLimits,
  log: WarningLog,
): ReadDocuments {
  const columns = roleColumns(table, roles);
  const categories = new Categories(limits);
  for (const { name, joined } of columns.labels) {
    categories.found(name, joined);
    if (joined) {
      const message = `${excerpt(name)}: "|" joins several labels in one cell; each is read.`;
      log.whole('labels_joined', name, message);
    }
  }
  const store: TextStore = {
    text: (record) => textOf(table.cell(record, columns.text)),
    id: (record) => cellText(table.cell(record, columns.id)),
  };
  const absent = new Map<string, Map<string, number>>();
  const languages = new Map<string, number>();
  const renamed = new Set<string>();
  const labelled = new Set(roles.labels);
  const annotationOf = rememberingReader();
  const documents: Document[] = [];
  for (let record = 0; record < table.length; record++) {
    const row = table.row(record);
    const place = { row, line: table.line(record) };
    if (!checkText(table.cell(record, columns.text), roles.text, place, log)) continue;
    const draft: Draft = { incomplete: table.incomplete(record), labels: [] };
    for (const { name, index, joined } of columns.labels) {
      const cell = table.cell(record, index);
      countAbsent(absent, name, cell);
      addLabels(draft, name, readLabelCell(cell, joined), categories, place, log);
    }
    if (columns.annotation >= 0) {
      const cell = table.cell(record, columns.annotation);
      countAbsent(absent, roles.annotation ?? '', cell);
      const annotation = annotationOf(cell);
      reportAnnotation(annotation, cell, roles.annotation, place, log);
      if (annotation.incomplete) draft.incomplete = true;
      for (const [key, value] of annotation.entries) {
        const name = labelled.has(key) ? `${roles.annotation}.${key}` : key;
        if (name !== key) renamed.add(key);
        addLabels(draft, name, readLabels(value), categories, place, log);
      }
    }
    const language = readLanguage(table.cell(record, columns.language), languages);
    const labels = categories.shared(draft.labels);
    documents.push(new StoredDocument(store, record, { row, language, labels, incomplete: draft.incomplete }));
  }
  table.keepOnly([columns.text, columns.id]);
  reportRenamed(renamed, roles.annotation, log);
  reportAbsent(absent, log);
  reportUnknownLanguages(languages, roles.language, log);
  categories.report(log);
  return { documents, categories: categories.all(), tooManyCategories: categories.tooMany };
}

function roleColumns(table: RecordTable, roles: ColumnRoles) {
  const indices = new Map(table.columns.map((name, index) => [name, index]));
  const indexOf = (name: string | null) => (name === null ? -1 : (indices.get(name) ?? -1));
  return {
    text: indexOf(roles.text),
    id: indexOf(roles.id),
    language: indexOf(roles.language),
    annotation: indexOf(roles.annotation),
    labels: roles.labels.map((name) => {
      const index = indexOf(name);
      return { name, index, joined: barsJoinLabels(columnTexts(table, index)) };
    }),
  };
}

function* columnTexts(table: RecordTable, index: number): Generator<string> {
  for (let record = 0; record < Math.min(table.length, cellsLookedAt); record++) {
    const cell = table.cell(record, index);
    if (typeof cell === 'string') yield cell;
  }
}

/** Most datasets have few annotations, each many times. */
function rememberingReader(): (cell: Cell) => Annotation {
  const known = new Map<string, Annotation>();
  return (cell) => {
    if (typeof cell !== 'string' || cell.length > annotationCharacters) return readAnnotation(cell);
    const before = known.get(cell);
    if (before) return before;
    const annotation = readAnnotation(cell);
    if (known.size < annotationsKept) known.set(cell, annotation);
    return annotation;
  };
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : typeof cell === 'number' ? String(cell) : '';
}

/** Is there a text? */
function checkText(cell: Cell, column: string, place: RowPlace, log: WarningLog): boolean {
  const text = textOf(cell);
  if (isAbsentText(text) || isInvisible(text)) {
    const got = text.trim() === '' ? 'nothing' : `"${excerpt(text)}"`;
    const what = isNested(cell) ? `a nested value (${excerpt(valueText(cell))})` : got;
    log.row('text_missing', place, column, `no text in ${excerpt(column)} (got ${what})`, 'left out');
    return false;
  }
  if (text.length > hugeTextCharacters) {
    const length = text.length.toLocaleString('en');
    log.row('text_huge', place, column, `a text of ${length} characters`, 'kept, but models read only its beginning');
  }
  return true;
}

function isNested(cell: Cell): boolean {
  return typeof cell === 'object' && cell !== null;
}

function cellText(cell: Cell): string | null {
  const text = valueText(cell).trim();
  return text === '' ? null : text;
}

function readLanguage(cell: Cell, unknown: Map<string, number>): string | null {
  const written = cellText(cell);
  if (written === null || isAbsentText(written)) return null;
  const code = languageCode(written);
  if (code === null && (unknown.has(written) || unknown.size < 10_000))
    unknown.set(written, (unknown.get(written) ?? 0) + 1);
  return code;
}

function readLabelCell(cell: Cell, joined: boolean): ReadLabels {
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
  categories: Categories,
  place: RowPlace,
  log: WarningLog,
): void {
  const labels = categories.add(category, read);
  if (labels.length > 0) draft.labels.push([category, labels]);
  if (read.lost) {
    draft.incomplete = true;
    log.row('value_unreadable', place, category, `the value of ${excerpt(category)} is no label`, 'not used');
  } else if (read.nested) {
    const taken = read.labels.length > 0 ? listing(read.labels) : 'no label';
    const what = `the value of ${excerpt(category)} is nested`;
    log.row('value_nested', place, category, what, `taken: ${excerpt(taken, 80)}`);
  }
}

function reportAnnotation(
  annotation: Annotation,
  cell: Cell,
  column: string | null,
  place: RowPlace,
  log: WarningLog,
): void {
  const { state, repairs, keysTwice, incomplete } = annotation;
  if (repairs.length === 0 && keysTwice.length === 0 && (state === 'read' || state === 'absent')) return;
  const got = `got ${excerpt(valueText(cell), 60)}`;
  if (state === 'not_object') {
    log.row('annotation_not_object', place, column, `expected {"category": "label"}, ${got}`);
  } else if (state === 'unreadable') {
    log.row('annotation_unreadable', place, column, `expected JSON such as {"category": "label"}, ${got}`);
  }
  for (const repair of repairs) {
    const kept = repair === 'cut_off' && incomplete ? '; the value it breaks off in is not used' : '';
    log.row(`annotation_${repair}`, place, column, `${repairNames[repair]}${kept}: ${got}`);
  }
  if (keysTwice.length > 0) {
    const keys = listing(keysTwice.map((key) => `"${excerpt(key)}"`));
    log.row('annotation_key_twice', place, column, `${keys} stands twice`, 'the last one counts');
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

function countAbsent(absent: Map<string, Map<string, number>>, column: string, cell: Cell): void {
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
