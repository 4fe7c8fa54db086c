/** JSONL and JSON arrays into records. */
import { Buffer } from 'node:buffer';
import { UserError } from '../../errors.ts';
import type { TextSource } from './decode.ts';
import { JsonDamage, type JsonElement, JsonTooLong, jsonElements } from './json-elements.ts';
import { findJsonDamage, isJsonObject, type JsonValue, parseJson, readJson, valueText } from './json-value.ts';
import { normaliseName } from './labels.ts';
import { atMost, type ReadLimits, raisedBy, widestRecordBytes } from './read-limits.ts';
import { type Cell, RecordTable } from './record-table.ts';
import { TextWindow } from './text-window.ts';
import { excerpt, type RowPlace, type WarningLog } from './warning-log.ts';

/** One JSON object a line. Blank lines are allowed; a damaged line is repaired or left out, and counted. */
export async function readJsonLines(
  text: TextSource,
  fileName: string,
  limits: ReadLimits,
  log: WarningLog,
): Promise<RecordTable> {
  const records = new JsonRecords('jsonl', fileName, limits);
  let row = 0;
  for await (const lines of linesOf(text, fileName, limits)) {
    for (const line of lines) {
      row += 1;
      if (line.trim() === '') continue;
      const place = { row, line: row };
      const strict = parseJson(line);
      if (strict !== undefined && !isJsonObject(strict)) {
        const kind = Array.isArray(strict) ? 'a list' : typeof strict;
        log.row('line_unreadable', place, null, `expected a JSON object, got ${kind}: ${excerpt(line)}`);
        continue;
      }
      const read = strict === undefined ? readJson(line) : { value: strict, incomplete: false };
      if (!read || !isJsonObject(read.value) || Object.keys(read.value).length === 0) {
        log.row('line_unreadable', place, null, `expected a JSON object, got ${excerpt(line)}`);
        continue;
      }
      if (strict === undefined) {
        const lost = read.incomplete ? 'the line is cut off; its complete fields are used' : 'the JSON was repaired';
        log.row('line_repaired', place, null, `${lost}: ${excerpt(line)}`);
      }
      records.add(place, read.value, read.incomplete);
    }
  }
  return records.finish();
}

/** Lines end with CR LF, LF or CR. */
async function* linesOf(text: TextSource, fileName: string, limits: ReadLimits): AsyncGenerator<string[]> {
  const window = await TextWindow.open(text.pieces(), widestRecordBytes(limits));
  try {
    for (let row = 1; window.bytes.length > 0; ) {
      const { bytes, isLast } = window;
      const end = isLast ? bytes.length : bytes.lastIndexOf(0x0a) + 1;
      if (end > 0) {
        const lines = bytes.toString('utf8', 0, end).split(/\r?\n|\r(?!\n)/);
        // behind the last line's end there is no further one
        if (!isLast) lines.pop();
        row += lines.length;
        yield lines;
        await window.advance(end);
      } else if (window.isWidest) throw tooLong(`${fileName}, line ${row}`, limits);
      else await window.widen();
    }
  } finally {
    await window.close();
  }
}

function tooLong(place: string, limits: ReadLimits): UserError {
  return new UserError(
    `${place}: a record of more than ${(widestRecordBytes(limits) / 1024 / 1024).toFixed(1)} MB. Of a field at most ` +
      `${limits.maxCellCharacters.toLocaleString('en')} characters are read${raisedBy('maxCellCharacters')}.`,
  );
}

/** A JSON array of objects, or an object with one such array in it. */
export async function readJsonArray(
  text: TextSource,
  fileName: string,
  limits: ReadLimits,
  log: WarningLog,
): Promise<RecordTable> {
  try {
    const list = await findRecordList(text, limits);
    const records = new JsonRecords('json', fileName, limits);
    await eachElement(text, limits, ({ key, index, text: json, offset }) => {
      const value = parseJson(json);
      if (value === undefined) throw new JsonDamage(offset);
      if (index === null || list === null || key !== list.key) return;
      if (isJsonObject(value)) records.add({ row: index + 1, line: null }, value, false);
      else {
        const got = excerpt(valueText(value)) || 'null';
        log.row('line_unreadable', { row: index + 1, line: null }, null, `expected a JSON object, got ${got}`);
      }
    });
    if (list) return records.finish();
  } catch (error) {
    if (error instanceof JsonDamage)
      throw (await damaged(text, error.offset, fileName, text.sizeBytes <= wholeBytes)).error;
    if (error instanceof JsonTooLong) {
      // a bracket that is never closed looks like a long record
      const { error: damage, isCut, line } = await damaged(text, error.offset, fileName, false);
      throw isCut ? tooLong(`${fileName}, line ${line}`, limits) : damage;
    }
    throw error;
  }
  throw new UserError(`${fileName} is JSON, but no list of records. Expected [{"text": "…", "label": "…"}, …].`);
}

async function eachElement(text: TextSource, limits: ReadLimits, take: (element: JsonElement) => void): Promise<void> {
  const window = await TextWindow.open(text.pieces(), widestRecordBytes(limits));
  try {
    for await (const elements of jsonElements(window)) for (const element of elements) take(element);
  } finally {
    await window.close();
  }
}

/** Which list holds the records: the outermost one (key null), or the only one with objects in an outermost object. */
async function findRecordList(text: TextSource, limits: ReadLimits): Promise<{ key: string | null } | null> {
  for await (const piece of text.pieces()) {
    const start = piece.toString('latin1').trimStart();
    if (start.startsWith('[')) return { key: null };
    if (start !== '') break;
  }
  const lists = new Set<string>();
  await eachElement(text, limits, ({ key, index, text: json }) => {
    if (key !== null && index !== null && json.startsWith('{')) lists.add(key);
  });
  const [key] = lists;
  return key !== undefined && lists.size === 1 ? { key } : null;
}

/** The one list of objects that a JSON file is, or holds under one of its keys. */
export function recordListIn(value: JsonValue | undefined): JsonValue[] | null {
  if (Array.isArray(value)) return value;
  if (!isJsonObject(value)) return null;
  const lists = Object.values(value).filter((inner) => Array.isArray(inner) && inner.some(isJsonObject));
  const only = lists[0];
  return lists.length === 1 && Array.isArray(only) ? only : null;
}

/** A smaller file is looked at as a whole: a repair of all of it says best where it goes wrong. */
const wholeBytes = 16 * 1024 * 1024;
const fragmentBytes = 1024 * 1024;

/** @returns the error that names the place, and whether that place is only where the look at it ended */
async function damaged(
  text: TextSource,
  offset: number,
  fileName: string,
  isWhole: boolean,
): Promise<{ error: UserError; isCut: boolean; line: number }> {
  const from = isWhole ? { offset: 0, bytes: wholeBytes } : { offset, bytes: fragmentBytes };
  const { fragment, line: firstLine, column: firstColumn } = await fragmentAt(text, from);
  // what stands there is an element of a list
  const opened = isWhole ? '' : '[';
  const found = Math.max(findJsonDamage(opened + fragment) - opened.length, 0);
  const isCut = found > fragment.length - 100;
  // nothing is wrong with the elements from here on: this one stands where none may be
  const position = isCut && !isWhole ? 0 : found;
  const before = fragment.slice(0, position).split('\n');
  const line = firstLine + before.length - 1;
  const column = (before.length === 1 ? firstColumn : 1) + (before.at(-1)?.length ?? 0);
  const near = excerpt(fragment.slice(Math.max(0, position - 30), position + 10), 60);
  const error = new UserError(
    `${fileName}, line ${line}, column ${column}: the JSON is damaged near ‹${near}›. Expected [{"text": "…", "label": "…"}, …].`,
  );
  return { error, isCut, line: firstLine };
}

/** Line and column count from 1, the column in characters. */
async function fragmentAt(
  text: TextSource,
  { offset, bytes }: { offset: number; bytes: number },
): Promise<{ fragment: string; line: number; column: number }> {
  const parts: Buffer[] = [];
  let [at, line, column] = [0, 1, 1];
  for await (const piece of text.pieces()) {
    const before = piece.subarray(0, Math.max(offset - at, 0));
    for (let end = before.indexOf(0x0a); end >= 0; end = before.indexOf(0x0a, end + 1)) {
      line += 1;
      column = 1;
    }
    column += before.toString('utf8', before.lastIndexOf(0x0a) + 1).length;
    parts.push(piece.subarray(before.length));
    at += piece.length;
    if (at >= offset + bytes) break;
  }
  return { fragment: Buffer.concat(parts).toString('utf8', 0, bytes), line, column };
}

/** Fields become columns as they turn up. */
class JsonRecords {
  readonly #table: RecordTable;
  readonly #fileName: string;
  readonly #limits: ReadLimits;
  /** by the key as it is written; several may be one column */
  readonly #columns = new Map<string, number>();
  #count = 0;

  constructor(format: 'jsonl' | 'json', fileName: string, limits: ReadLimits) {
    this.#table = new RecordTable(format, null);
    this.#fileName = fileName;
    this.#limits = limits;
  }

  add({ row, line }: RowPlace, fields: { [key: string]: JsonValue }, incomplete: boolean): void {
    this.#count += 1;
    if (this.#count > this.#limits.maxRows) return;
    const cells: Cell[] = [];
    for (const [key, value] of Object.entries(fields)) {
      this.#checkField(row, key, value);
      cells[this.#columnOf(key, row)] = value;
    }
    this.#table.add({ row, line, incomplete, cells });
  }

  finish(): RecordTable {
    if (this.#count <= this.#limits.maxRows) return this.#table;
    const got = this.#count.toLocaleString('en');
    throw new UserError(`${this.#fileName} has ${got} records; ${atMost('maxRows', this.#limits)}.`);
  }

  #columnOf(key: string, row: number): number {
    const known = this.#columns.get(key);
    if (known !== undefined) return known;
    const name = normaliseName(key);
    const { columns } = this.#table;
    const same = columns.indexOf(name);
    const column = same >= 0 ? same : this.#table.addColumn(name);
    if (columns.length > this.#limits.maxColumns) {
      throw new UserError(`${this.#fileName}, record ${row}: more than ${this.#limits.maxColumns} different fields.`);
    }
    this.#columns.set(key, column);
    return column;
  }

  #checkField(row: number, key: string, value: JsonValue): void {
    if (typeof value !== 'string' || value.length <= this.#limits.maxCellCharacters) return;
    throw new UserError(
      `${this.#fileName}, record ${row}, field ${excerpt(key)}: ${value.length.toLocaleString('en')} characters; ` +
        `${atMost('maxCellCharacters', this.#limits)}.`,
    );
  }
}
