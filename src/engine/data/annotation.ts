/** One cell of the annotation column: {"theme": ["roads"], "tone": "angry"}, as damaged as people hand it in. */
import { isJsonObject, type JsonRepair, type JsonValue, parseJson, type ReadJson, readJson } from './json-value.ts';
import { isAbsentText, normaliseName } from './labels.ts';

export interface Annotation {
  /** empty when the cell is absent or can't be used */
  entries: Map<string, JsonValue>;
  repairs: (JsonRepair | 'wrapped')[];
  keysTwice: string[];
  /** `absent`: nothing stood there; `unusable`: something did, but it names no category */
  state: 'read' | 'absent' | 'not_object' | 'unreadable';
  /** what is missing here may have been lost, so it is no proof of absence */
  incomplete: boolean;
}

export function readAnnotation(cell: JsonValue | undefined): Annotation {
  if (cell === undefined || cell === null) return empty('absent');
  if (typeof cell !== 'string') return fromValue({ value: cell, repairs: [], incomplete: false, keysTwice: [] });
  if (isAbsentText(cell)) return empty('absent');
  const read = readJson(cell.trim());
  return read ? fromValue(read) : empty('unreadable');
}

/** Could this cell be an annotation at all? Used to guess the column. */
export function looksLikeAnnotation(cell: JsonValue | undefined): boolean {
  if (isJsonObject(cell)) return true;
  return typeof cell === 'string' && /\{\s*["'][^"'{}]{1,200}["']\s*:/.test(cell.slice(0, 2_000));
}

function empty(state: Annotation['state']): Annotation {
  return { entries: new Map(), repairs: [], keysTwice: [], state, incomplete: state !== 'absent' };
}

function fromValue(read: ReadJson): Annotation {
  const repairs: Annotation['repairs'] = [...read.repairs];
  let value = read.value;
  if (value === null) return empty('absent');
  if (typeof value === 'string') {
    // JSON inside a JSON string: encoded once too often
    const inner = parseJson(value);
    if (isJsonObject(inner)) {
      value = inner;
      repairs.push('wrapped');
    }
  } else if (Array.isArray(value) && value.length === 1 && isJsonObject(value[0])) {
    value = value[0];
    repairs.push('wrapped');
  }
  if (!isJsonObject(value)) return empty('not_object');
  // a Map: a key such as __proto__ must stay an ordinary name
  const entries = new Map<string, JsonValue>();
  for (const [key, inner] of Object.entries(value)) {
    const name = normaliseName(key);
    if (name !== '') entries.set(name, inner);
  }
  return { entries, repairs, keysTwice: read.keysTwice, state: 'read', incomplete: read.incomplete };
}
