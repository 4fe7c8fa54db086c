/** The cells of one sheet, row by row. */
import type { Cell } from './record-table.ts';
import type { ZipPackage } from './xlsx-package.ts';
import { type NumberKind, type Sheet, textCollector, unescaped, type Workbook } from './xlsx-workbook.ts';
import { readXml, type XmlAttributes } from './xlsx-xml.ts';

export interface SheetRow {
  /** as Excel shows it, from 1 */
  row: number;
  /** by column, A first; what is empty may be missing */
  cells: Cell[];
  /** the first cell with an error such as #N/A, or with a formula that was never calculated; they are read as empty */
  error: { column: number; text: string } | null;
}

/** Cells that are shown as one, from 1; columns from 0. Only the first of them holds a value. */
export interface MergedCells {
  firstRow: number;
  lastRow: number;
  column: number;
}

/** Excel's own limits. */
const [maxRows, maxColumns] = [1_048_576, 16_384];

/**
 * Hands over each row that has a cell, in the file's order.
 * @returns merged cells that reach over several rows
 */
export async function readSheet(
  zip: ZipPackage,
  { part }: Sheet,
  workbook: Workbook,
  maxTextBytes: number,
  onRow: (row: SheetRow) => void,
): Promise<MergedCells[]> {
  const merged: MergedCells[] = [];
  const inline = textCollector();
  let current: SheetRow | null = null;
  let row = 0;
  let column = -1;
  let type = '';
  let style = 0;
  let value = '';
  let inValue = false;
  let formula = false;

  const open = (name: string, attributes: XmlAttributes) => {
    if (name === 'row') {
      const before = row;
      row = Number(attributes['r'] ?? row + 1);
      if (!Number.isInteger(row) || row <= before || row > maxRows) throw new Error(`row ${row} after row ${before}`);
      current = { row, cells: [], error: null };
      column = -1;
    } else if (name === 'c') {
      const reference = attributes['r'];
      column = reference === undefined ? column + 1 : columnOf(reference);
      type = attributes['t'] ?? 'n';
      style = Number(attributes['s'] ?? 0);
      value = '';
      formula = false;
      inline.begin();
    } else if (name === 'v') inValue = true;
    else if (name === 'f') formula = true;
    else if (name === 'mergeCell') {
      const [first = '', last = first] = (attributes['ref'] ?? '').split(':');
      const [firstRow, lastRow] = [rowOf(first), rowOf(last)];
      if (lastRow > firstRow) merged.push({ firstRow, lastRow, column: columnOf(first) });
    } else inline.open(name);
  };
  const text = (piece: string) => {
    if (inValue) value += piece;
    else inline.add(piece);
  };
  const close = (name: string) => {
    if (name === 'v') inValue = false;
    else if (name === 'c' && current) {
      if (type === 'e') current.error ??= { column, text: value || 'an error' };
      else if (formula && type === 'n' && value === '')
        current.error ??= { column, text: 'a formula without its value' };
      else current.cells[column] = cellOf(type, value, inline.value(), style, workbook);
    } else if (name === 'row' && current) {
      onRow(current);
      current = null;
    } else inline.close(name);
  };
  await readXml(zip.part(part), { open, text, close }, maxTextBytes);
  return merged;
}

/** "BC12" -> 54 */
function columnOf(reference: string): number {
  let column = 0;
  for (const letter of /^\$?([A-Z]{1,3})\$?\d+$/.exec(reference)?.[1] ?? '') {
    column = column * 26 + letter.charCodeAt(0) - 64;
  }
  if (column < 1 || column > maxColumns) throw new Error(`a cell called ${reference.slice(0, 20)}`);
  return column - 1;
}

function rowOf(reference: string): number {
  return Number(/\d+$/.exec(reference)?.[0] ?? 0);
}

function cellOf(type: string, value: string, inline: string, style: number, workbook: Workbook): Cell {
  if (type === 'inlineStr') return inline;
  if (type === 's') {
    const text = workbook.texts.cell(Number(value), 0);
    if (text === undefined) throw new Error(`the shared text ${value.slice(0, 20)} of ${workbook.texts.length}`);
    return text;
  }
  if (type === 'str') return unescaped(value);
  if (value === '') return undefined;
  if (type === 'b') return value === '1' || value === 'true';
  if (type === 'd') return value;
  const number = Number(value);
  if (!Number.isFinite(number)) throw new Error(`a number written ${value.slice(0, 20)}`);
  return numberCell(number, workbook.numbers[style] ?? { kind: 'number' }, workbook.since1904);
}

function numberCell(number: number, format: NumberKind, since1904: boolean): Cell {
  if (format.kind === 'date') return dateText(number, since1904) ?? number;
  if (format.kind === 'elapsed' && number >= 0) return elapsedText(number);
  if (format.kind === 'zeros' && Number.isSafeInteger(number) && number >= 0) {
    return String(number).padStart(format.digits, '0');
  }
  if (Number.isInteger(number)) return Math.abs(number) < 1e21 ? number : BigInt(number).toString();
  // Excel shows and means 15 digits, and writes 17
  return Number(number.toPrecision(15));
}

/** Days to hours that may be more than 24: "36:30:00". */
function elapsedText(days: number): string {
  const seconds = Math.round(days * 86_400);
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3600)];
  return [hours, minutes % 60, seconds % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

const dayMs = 24 * 60 * 60 * 1000;

/** Days since the end of 1899 to ISO text: "2024-05-01", with the time where there is one; below a day, the time alone. */
function dateText(days: number, since1904: boolean): string | null {
  if (days < 0) return null;
  const seconds = Math.round((days % 1) * 86_400);
  const time = new Date(seconds * 1000).toISOString().slice(11, 19);
  if (days < 1 && !since1904 && seconds < 86_400) return time;
  // Excel believes that 1900 was a leap year: its 60th day never was
  const whole = Math.floor(days) + (since1904 ? 1462 : days < 60 ? 1 : 0);
  const date = new Date(Date.UTC(1899, 11, 30) + whole * dayMs + (seconds === 86_400 ? dayMs : 0));
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999) return null;
  const day = date.toISOString().slice(0, 10);
  return seconds % 86_400 === 0 ? day : `${day}T${time}`;
}
