/** A column's values as a person would write them down: JSON values, without loss. */
import { Buffer } from 'node:buffer';
import type { ParquetParsers, SchemaElement, SchemaTree } from 'hyparquet';
import { isListLike, isMapLike } from 'hyparquet/src/schema.js';
import { type JsonValue, parseJson } from './json-value.ts';
import type { Cell } from './record-table.ts';

const decoder = new TextDecoder();

/** What hyparquet makes of types that JSON doesn't have. */
export const parsers: ParquetParsers = {
  timestampFromMilliseconds: (value) => timestampText(value, 1_000n),
  timestampFromMicroseconds: (value) => timestampText(value, 1_000_000n),
  timestampFromNanoseconds: (value) => timestampText(value, 1_000_000_000n),
  dateFromDays: (days) => timestampText(BigInt(days) * 86_400n, 1n).replace('T00:00:00Z', ''),
  stringFromBytes: (bytes) => bytes && decoder.decode(bytes),
  jsonFromBytes: (bytes) => bytes && jsonOrText(decoder.decode(bytes)),
  geometryFromBytes: () => null,
  geographyFromBytes: () => null,
  uuidFromBytes: (bytes) =>
    bytes &&
    Buffer.from(bytes)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
};

/** What is no JSON stays text: it is repaired where an annotation is read. */
function jsonOrText(text: string): JsonValue {
  return parseJson(text) ?? text;
}

/** "2024-05-01T12:30:00.25Z"; years beyond those of JavaScript's Date stay a number. */
function timestampText(value: bigint, perSecond: bigint): string {
  const fraction = ((value % perSecond) + perSecond) % perSecond;
  const time = new Date(Number((value - fraction) / perSecond) * 1000);
  if (Number.isNaN(time.getTime())) return String(value);
  return time.toISOString().replace('.000', fractionText(fraction, perSecond));
}

function fractionText(fraction: bigint, perSecond: bigint): string {
  if (fraction === 0n) return '';
  const digits = String(perSecond).length - 1;
  return `.${String(fraction).padStart(digits, '0').replace(/0+$/, '')}`;
}

/** A type whose values hold neither text nor labels, in words; null for all others. */
export function unreadableType({ element, children }: SchemaTree): string | null {
  const type = element.logical_type?.type ?? element.converted_type ?? '';
  if (['GEOMETRY', 'GEOGRAPHY', 'VARIANT', 'BSON', 'INTERVAL'].includes(type)) return type.toLowerCase();
  for (const child of children) {
    const found = unreadableType(child);
    if (found) return found;
  }
  return null;
}

/** Decimals are taken whole: hyparquet would make a binary fraction of them. What this changes, `jsonCell` puts right. */
export function withoutDecimals(element: SchemaElement): SchemaElement {
  if (decimalPlaces(element) === null || element.type === 'BYTE_ARRAY') return element;
  const { converted_type: _, ...plain } = element;
  return plain;
}

function decimalPlaces({ converted_type: converted, logical_type: logical, scale }: SchemaElement): number | null {
  if (logical?.type === 'DECIMAL') return logical.scale;
  return converted === 'DECIMAL' ? (scale ?? 0) : null;
}

/** One value of a top-level column; nulls and what is no number (NaN) are absent. */
export function jsonCell(value: unknown, tree: SchemaTree): Cell {
  const read = json(value, tree);
  return read === null ? undefined : read;
}

function json(value: unknown, tree: SchemaTree): JsonValue {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map((element) => json(element, elementOf(tree)));
  if (value instanceof Uint8Array) return bytesValue(value, tree.element);
  if (typeof value === 'object') return objectValue(value, tree);
  return scalar(value, tree.element);
}

/** The element's schema of a list's schema: lists have one or two levels below them, by the age of their writer. */
function elementOf(tree: SchemaTree): SchemaTree {
  if (!isListLike(tree)) return tree;
  const [repeated] = tree.children;
  const [only] = repeated?.children ?? [];
  return only ?? repeated ?? tree;
}

function objectValue(value: object, tree: SchemaTree): JsonValue {
  const mapValue = isMapLike(tree) ? tree.children[0]?.children[1] : undefined;
  // fromEntries defines properties: a key such as __proto__ stays an ordinary name
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const child = mapValue ?? tree.children.find(({ element }) => element.name === key) ?? tree;
      return [key, json(inner, child)];
    }),
  );
}

function scalar(value: unknown, element: SchemaElement): JsonValue {
  const places = decimalPlaces(element);
  if (typeof value === 'boolean') return value;
  if (typeof value === 'bigint' || typeof value === 'number') {
    if (isTime(element)) return timeText(BigInt(value), element);
    if (places !== null && element.type !== 'BYTE_ARRAY') return decimalValue(BigInt(value), places);
    if (typeof value === 'bigint') return integerValue(value);
    if (!Number.isFinite(value)) return null;
    return element.type === 'FLOAT' ? shortest(value) : value;
  }
  const { logical_type: logical } = element;
  if (logical?.type === 'TIMESTAMP' && !logical.isAdjustedToUTC) return String(value).replace(/Z$/, '');
  return String(value);
}

function integerValue(value: bigint): JsonValue {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function decimalValue(unscaled: bigint, places: number): JsonValue {
  if (places <= 0) return integerValue(unscaled * 10n ** BigInt(-places));
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(places + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** The fewest digits that are the same 32-bit float: 0.1, not 0.10000000149011612. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return value;
}

/** Decimals of fixed length are big-endian two's complements; other bytes are shown as hexadecimal digits. */
function bytesValue(bytes: Uint8Array, element: SchemaElement): JsonValue {
  const hex = Buffer.from(bytes).toString('hex');
  const places = decimalPlaces(element);
  if (places === null || hex === '') return hex;
  return decimalValue(BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`)), places);
}

function isTime({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return logical?.type === 'TIME' || converted === 'TIME_MILLIS' || converted === 'TIME_MICROS';
}

function timeText(value: bigint, { converted_type: converted, logical_type: logical }: SchemaElement): string {
  const unit = logical?.type === 'TIME' ? logical.unit : converted === 'TIME_MICROS' ? 'MICROS' : 'MILLIS';
  const perSecond = { MILLIS: 1_000n, MICROS: 1_000_000n, NANOS: 1_000_000_000n }[unit];
  return timestampText(value, perSecond).replace(/^.*T(.*)Z$/, '$1');
}
