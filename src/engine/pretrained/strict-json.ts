/** JSON of unknown origin: bounded in size and depth before it is parsed, and refused where a key stands twice. */
import { UserError } from '../../errors.ts';
import { openRegularFile, readFully } from './regular-file.ts';

const quote = 0x22;
const backslash = 0x5c;

/** Nesting depth, and how many keys the text writes, without building anything. */
function outline(bytes: Uint8Array): { depth: number; keys: number } {
  let open = 0;
  let depth = 0;
  let keys = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inString) {
      if (byte === backslash) at++;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === 0x7b || byte === 0x5b) depth = Math.max(depth, ++open);
    else if (byte === 0x7d || byte === 0x5d) open--;
    else if (byte === 0x3a) keys++;
  }
  return { depth, keys };
}

/** Keys that are left after parsing, where the last of two equal ones wins. */
function keysOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let keys = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const inner of Object.values(value)) keys += keysOf(inner);
  return keys;
}

/**
 * Parses UTF-8 JSON. Messages never quote the text: it may be a file that its name only claims to be JSON.
 * @param what names the text in messages
 * @throws UserError for a text that isn't JSON, is nested too deeply, or has one key twice in an object
 */
export function parseStrictJson(bytes: Uint8Array, what: string, maxDepth: number): unknown {
  const { depth, keys } = outline(bytes);
  if (depth > maxDepth) {
    throw new UserError(`${what} is nested ${depth} levels deep; at most ${maxDepth} are read.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new UserError(`${what} isn't JSON in UTF-8.`);
  }
  if (keysOf(value) !== keys) throw new UserError(`${what} has the same key twice in one object.`);
  return value;
}

/**
 * Reads a JSON file.
 * @param what names the file in messages
 * @returns undefined when there is no such file
 * @throws UserError for anything but a plain file of JSON within the limits
 */
export async function readJsonFile(
  file: string,
  what: string,
  { maxBytes, maxDepth }: { maxBytes: number; maxDepth: number },
): Promise<unknown> {
  const opened = await openRegularFile(file, what);
  if (!opened) return undefined;
  const { handle, sizeBytes } = opened;
  try {
    if (sizeBytes > maxBytes) throw new UserError(`${what} has ${sizeBytes} bytes; at most ${maxBytes} are read.`);
    const bytes = new Uint8Array(sizeBytes);
    await readFully(handle, bytes, 0, what);
    return parseStrictJson(bytes, what, maxDepth);
  } finally {
    await handle.close();
  }
}
