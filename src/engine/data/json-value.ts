/** JSON values and the reading of damaged JSON, without ever throwing. */
import { JSONRepairError, jsonrepair } from 'jsonrepair';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

export type JsonRepair = 'fenced' | 'prose' | 'python' | 'trailing_comma' | 'cut_off' | 'repaired';

export interface ReadJson {
  value: JsonValue;
  /** what had to be done to read it */
  repairs: JsonRepair[];
  /** something stood there that could not be read whole: what is absent may have been lost */
  incomplete: boolean;
  /** keys that occur twice in the outermost object */
  keysTwice: string[];
}

/** The value of a JSON text, or undefined. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

export function isJsonObject(value: JsonValue | undefined): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A short text for any value; never throws, however deep it nests. */
export function valueText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'object') return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return '(nested too deep)';
  }
}

/**
 * Reads JSON as models and people really write it: fenced, with words around it, as a Python dictionary, with a comma
 * too many, cut off. Returns undefined for what can't be read. A cut-off text keeps only its complete values: half a
 * word would become a label of its own.
 */
export function readJson(text: string): ReadJson | undefined {
  const strict = parseJson(text);
  if (strict !== undefined) {
    return { value: strict, repairs: [], incomplete: false, keysTwice: isJsonObject(strict) ? keysTwice(text) : [] };
  }
  const repairs: JsonRepair[] = [];
  const opening = text.indexOf('{');
  if (opening < 0) return undefined;
  const closing = text.lastIndexOf('}');
  let body = closing > opening ? text.slice(opening, closing + 1) : text.slice(opening);
  let scan = scanJson(body);
  if (scan.open && closing > opening) {
    // the last brace closed something inside: the text is cut off behind it
    body = text.slice(opening);
    scan = scanJson(body);
  }
  const around = text.slice(0, opening) + text.slice(opening + body.length);
  if (around.includes('```')) repairs.push('fenced');
  else if (around.trim() !== '') repairs.push('prose');

  let incomplete = false;
  if (scan.open) {
    repairs.push('cut_off');
    incomplete = !scan.lastValueComplete;
    if (incomplete) body = scan.lastComma > 0 ? body.slice(0, scan.lastComma) : '{';
  }
  const value = parseJson(body) ?? repaired(body);
  if (value === undefined) return undefined;
  if (!scan.open && parseJson(body) === undefined) repairs.push(repairKind(body, scan));
  return { value, repairs, incomplete, keysTwice: twice(scan.keys) };
}

/** Where text that is no valid JSON first goes wrong: a repair leaves all before that place as it is. */
export function findJsonDamage(text: string): number {
  let sound: string;
  try {
    sound = jsonrepair(text);
  } catch (error) {
    return error instanceof JSONRepairError ? error.position : 0;
  }
  let position = 0;
  while (position < text.length && text[position] === sound[position]) position += 1;
  return position;
}

function repaired(body: string): JsonValue | undefined {
  try {
    return parseJson(jsonrepair(body));
  } catch {
    return undefined;
  }
}

function repairKind(body: string, scan: JsonScan): JsonRepair {
  if (scan.singleQuoted || /[[:,]\s*(?:True|False|None|nan)\b/.test(body)) return 'python';
  return /,\s*[}\]]/.test(body) ? 'trailing_comma' : 'repaired';
}

interface JsonScan {
  /** ends inside a string, list or object */
  open: boolean;
  keys: string[];
  /** position of the last comma between two keys of the outermost object, or -1 */
  lastComma: number;
  /** only the outermost brace is missing */
  lastValueComplete: boolean;
  singleQuoted: boolean;
}

/** One walk over a text that should be a JSON object: where strings and brackets open and close. */
function scanJson(text: string): JsonScan {
  let depth = 0;
  let quote = '';
  let stringStart = 0;
  let lastString = '';
  let lastComma = -1;
  let lastColon = -1;
  let singleQuoted = false;
  const keys: string[] = [];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (quote !== '') {
      if (character === '\\') i += 1;
      else if (character === quote) {
        lastString = text.slice(stringStart, i);
        quote = '';
      }
    } else if (character === '"' || (character === "'" && opensString(text, i))) {
      quote = character;
      stringStart = i + 1;
      if (character === "'") singleQuoted = true;
    } else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    else if (character === ',' && depth === 1) lastComma = i;
    else if (character === ':' && depth === 1) {
      lastColon = i;
      keys.push(lastString);
    }
  }
  const ended = /(?:["'}\]]|\b(?:true|false|null|True|False|None))\s*$/.test(text.slice(-20));
  const lastValueComplete = depth === 1 && quote === '' && lastColon > lastComma && ended;
  return { open: quote !== '' || depth > 0, keys, lastComma, lastValueComplete, singleQuoted };
}

/** An apostrophe opens a string only where a value or key may begin. */
function opensString(text: string, position: number): boolean {
  let before = position - 1;
  while (before >= 0 && (text[before] === ' ' || text[before] === '\n')) before -= 1;
  return before < 0 || '{[,:'.includes(text[before] ?? '');
}

function keysTwice(text: string): string[] {
  return twice(scanJson(text).keys);
}

function twice(keys: string[]): string[] {
  const seen = new Set<string>();
  const again = new Set<string>();
  for (const key of keys) (seen.has(key) ? again : seen).add(key);
  return [...again].slice(0, 20);
}
