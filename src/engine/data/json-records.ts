/** JSONL and JSON arrays into records. */
import { UserError } from '../../errors.ts';
import { isJsonObject, type JsonValue, parseJson, readJson, valueText } from './json-value.ts';
import { normaliseName } from './labels.ts';
import type { ReadLimits } from './read-limits.ts';
import type { RawRecord, RawTable } from './records.ts';
import { excerpt, type WarningLog } from './warning-log.ts';

interface Item {
  row: number;
  line: number | null;
  fields: Map<string, JsonValue>;
  incomplete: boolean;
}

/** One JSON object a line. Blank lines are allowed; a damaged line is repaired or left out, and counted. */
export function readJsonLines(text: string, fileName: string, limits: ReadLimits, log: WarningLog): RawTable {
  const items: Item[] = [];
  const lines = text.split(/\r?\n|\r(?!\n)/);
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const place = { row: index + 1, line: index + 1 };
    const strict = parseJson(line);
    if (strict !== undefined && !isJsonObject(strict)) {
      const kind = Array.isArray(strict) ? 'a list' : typeof strict;
      log.row('line_unreadable', place, null, `expected a JSON object, got ${kind}: ${excerpt(line)}.`);
      continue;
    }
    const read = strict === undefined ? readJson(line) : { value: strict, incomplete: false };
    if (!read || !isJsonObject(read.value) || Object.keys(read.value).length === 0) {
      log.row('line_unreadable', place, null, `expected a JSON object, got ${excerpt(line)}.`);
      continue;
    }
    if (strict === undefined) {
      const lost = read.incomplete ? 'the line is cut off; its complete fields are used' : 'the JSON was repaired';
      log.row('line_repaired', place, null, `${lost}: ${excerpt(line)}.`);
    }
    items.push({ ...place, fields: fieldsOf(read.value), incomplete: read.incomplete });
  }
  return toTable('jsonl', items, fileName, limits);
}

/** A JSON array of objects, or an object with one such array in it. */
export function readJsonArray(value: JsonValue, fileName: string, limits: ReadLimits, log: WarningLog): RawTable {
  const list = recordListIn(value);
  if (!list) {
    throw new UserError(`${fileName} is JSON, but no list of records. Expected [{"text": "…", "label": "…"}, …].`);
  }
  const items: Item[] = [];
  for (const [index, element] of list.entries()) {
    const place = { row: index + 1, line: null };
    if (isJsonObject(element)) items.push({ ...place, fields: fieldsOf(element), incomplete: false });
    else
      log.row('line_unreadable', place, null, `expected a JSON object, got ${excerpt(valueText(element)) || 'null'}.`);
  }
  return toTable('json', items, fileName, limits);
}

/** The one list of objects that a JSON file is, or holds under one of its keys. */
export function recordListIn(value: JsonValue | undefined): JsonValue[] | null {
  if (Array.isArray(value)) return value;
  if (!isJsonObject(value)) return null;
  const lists = Object.values(value).filter((inner) => Array.isArray(inner) && inner.some(isJsonObject));
  const only = lists[0];
  return lists.length === 1 && Array.isArray(only) ? only : null;
}

// a Map, not an object: a key such as __proto__ must stay an ordinary name
function fieldsOf(value: { [key: string]: JsonValue }): Map<string, JsonValue> {
  const fields = new Map<string, JsonValue>();
  for (const [key, inner] of Object.entries(value)) fields.set(normaliseName(key), inner);
  return fields;
}

function toTable(format: 'jsonl' | 'json', items: Item[], fileName: string, limits: ReadLimits): RawTable {
  if (items.length > limits.maxRows) {
    const most = limits.maxRows.toLocaleString('en');
    throw new UserError(`${fileName} has ${items.length.toLocaleString('en')} records; at most ${most} are read.`);
  }
  const indices = new Map<string, number>();
  for (const item of items) {
    for (const key of item.fields.keys()) if (!indices.has(key)) indices.set(key, indices.size);
    if (indices.size > limits.maxColumns) {
      throw new UserError(`${fileName}, record ${item.row}: more than ${limits.maxColumns} different fields.`);
    }
  }
  const columns = [...indices.keys()];
  const records: RawRecord[] = items.map(({ row, line, fields, incomplete }) => {
    checkFields(fields, row, fileName, limits);
    return { row, line, cells: columns.map((column) => fields.get(column)), incomplete };
  });
  return { format, delimiter: null, columns, records };
}

function checkFields(fields: Map<string, JsonValue>, row: number, fileName: string, limits: ReadLimits): void {
  for (const [key, value] of fields) {
    if (typeof value !== 'string' || value.length <= limits.maxCellCharacters) continue;
    throw new UserError(
      `${fileName}, record ${row}, field ${excerpt(key)}: ${value.length.toLocaleString('en')} characters; ` +
        `at most ${limits.maxCellCharacters.toLocaleString('en')} are read.`,
    );
  }
}
