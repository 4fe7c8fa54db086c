/**
 * What every format is read into: named columns and records of cells, column by column outside of V8's heap. A cell
 * costs its UTF-8 bytes and a number; equal short values are kept once.
 */
import { Buffer } from 'node:buffer';
import type { Profile } from '../../flows/contracts.ts';
import type { JsonValue } from './json-value.ts';

export type Cell = JsonValue | undefined;

/** Where a record stands in its file, and its cells. */
export interface NewRecord {
  /** spreadsheet row, JSONL line, or number of the JSON array's element */
  row: number;
  /** physical line where the record begins, when known */
  line: number | null;
  /** part of the record was lost: what is absent may only be unreadable */
  incomplete: boolean;
  /** by column; what is undefined or stands beyond the list, the record doesn't have */
  cells: readonly Cell[];
}

export class RecordTable {
  readonly format: Profile['format'];
  readonly delimiter: string | null;
  readonly columns: string[] = [];
  #stores: (CellColumn | null)[] = [];
  #count = 0;
  #rows = new Uint32Array(1024);
  /** 0: unknown */
  #lines = new Uint32Array(1024);
  #incomplete = new Uint8Array(1024);

  constructor(format: Profile['format'], delimiter: string | null, columns: readonly string[] = []) {
    this.format = format;
    this.delimiter = delimiter;
    for (const column of columns) this.addColumn(column);
  }

  /** How many records there are. */
  get length(): number {
    return this.#count;
  }

  /** A further column, which the records so far don't have. @returns its index */
  addColumn(name: string): number {
    this.columns.push(name);
    return this.#stores.push(new CellColumn()) - 1;
  }

  add({ row, line, incomplete, cells }: NewRecord): void {
    const record = this.#count++;
    if (record === this.#rows.length) {
      this.#rows = doubled(this.#rows, Uint32Array);
      this.#lines = doubled(this.#lines, Uint32Array);
      this.#incomplete = doubled(this.#incomplete, Uint8Array);
    }
    this.#rows[record] = row;
    this.#lines[record] = line ?? 0;
    this.#incomplete[record] = incomplete ? 1 : 0;
    const width = Math.min(cells.length, this.columns.length);
    for (let column = 0; column < width; column++) {
      const cell = cells[column];
      if (cell !== undefined) this.#stores[column]?.set(record, cell);
    }
  }

  /** Equal to what was added; undefined where the record has no such cell or no column has this index. */
  cell(record: number, column: number): Cell {
    return this.#stores[column]?.get(record);
  }

  row(record: number): number {
    return this.#rows[record] ?? 0;
  }

  line(record: number): number | null {
    return this.#lines[record] || null;
  }

  incomplete(record: number): boolean {
    return this.#incomplete[record] === 1;
  }

  /** Gives the memory of all other columns back; their cells read as undefined from now on. */
  keepOnly(columns: Iterable<number>): void {
    const kept = new Set(columns);
    this.#stores = this.#stores.map((store, column) => (kept.has(column) ? store : null));
  }
}

function doubled<Numbers extends Uint32Array | Uint8Array>(
  numbers: Numbers,
  kind: new (length: number) => Numbers,
): Numbers {
  const larger = new kind(numbers.length * 2);
  larger.set(numbers);
  return larger;
}

const chunkBits = 12;
const chunkCells = 1 << chunkBits;
/** Codes below this are values kept once; those from here on are addresses of bytes. Code 0: no such cell. */
const firstAddress = 0x1_0000;
const addressUnit = 8;
const internedCharacters = 256;
const internedAtMost = 16_384;
const lengthBytes = 4;
const jsonFlag = 0x8000_0000;
const [firstBlockBytes, blockBytes] = [64 * 1024, 4 * 1024 * 1024];

/** As narrow as its codes allow: a column of labels needs a byte or two a cell. */
type Codes = Uint8Array | Uint16Array | Uint32Array;

class CellColumn {
  readonly #chunks: (Codes | undefined)[] = [];
  readonly #values: Cell[] = [undefined];
  readonly #codes = new Map<Cell, number>();
  #interning = true;
  #lookups = 0;
  #hits = 0;
  readonly #blocks: { start: number; bytes: Buffer }[] = [];
  /** of the next cell; a block's last bytes may stay unused */
  #end = 0;

  set(record: number, cell: JsonValue): void {
    this.#setCode(record, this.#interned(cell) ?? this.#write(cell));
  }

  get(record: number): Cell {
    const code = this.#chunks[record >>> chunkBits]?.[record & (chunkCells - 1)] ?? 0;
    return code < firstAddress ? this.#values[code] : this.#read((code - firstAddress) * addressUnit);
  }

  #setCode(record: number, code: number): void {
    const index = record >>> chunkBits;
    let chunk = this.#chunks[index];
    const needed = code <= 0xff ? 1 : code <= 0xffff ? 2 : 4;
    if (chunk === undefined || chunk.BYTES_PER_ELEMENT < needed) {
      const wider: Codes =
        needed === 1
          ? new Uint8Array(chunkCells)
          : needed === 2
            ? new Uint16Array(chunkCells)
            : new Uint32Array(chunkCells);
      if (chunk) wider.set(chunk);
      this.#chunks[index] = wider;
      chunk = wider;
    }
    chunk[record & (chunkCells - 1)] = code;
  }

  /** The code of a short value, or undefined for one that is better written out. */
  #interned(cell: JsonValue): number | undefined {
    if (cell !== null && typeof cell === 'object') return undefined;
    if (!this.#interning || (typeof cell === 'string' && cell.length > internedCharacters)) return undefined;
    this.#lookups += 1;
    const known = this.#codes.get(cell);
    if (known !== undefined) {
      this.#hits += 1;
      return known;
    }
    // as many new values as old ones: identifiers or texts, for which looking up is wasted
    if (this.#values.length >= internedAtMost) {
      this.#interning = this.#hits * 2 > this.#lookups;
      return undefined;
    }
    if (typeof cell === 'string' && !cell.isWellFormed()) return undefined;
    // a copy: a string cut out of a longer one keeps all of that in memory
    const value = typeof cell === 'string' ? Buffer.from(cell).toString() : cell;
    const code = this.#values.push(value) - 1;
    this.#codes.set(value, code);
    return code;
  }

  #write(cell: JsonValue): number {
    // UTF-8 has no form for half a surrogate pair, JSON's escapes have
    const plain = typeof cell === 'string' && cell.isWellFormed();
    const text = plain ? cell : jsonText(cell);
    const needed = lengthBytes + Buffer.byteLength(text);
    let block = this.#blocks.at(-1);
    if (block === undefined || this.#end - block.start + needed > block.bytes.length) {
      const size = block === undefined ? firstBlockBytes : Math.min(block.bytes.length * 2, blockBytes);
      if (block) this.#end = block.start + Math.ceil(block.bytes.length / addressUnit) * addressUnit;
      block = { start: this.#end, bytes: Buffer.allocUnsafeSlow(Math.max(size, needed)) };
      this.#blocks.push(block);
    }
    const at = this.#end - block.start;
    block.bytes.writeUInt32LE((needed - lengthBytes + (plain ? 0 : jsonFlag)) >>> 0, at);
    block.bytes.write(text, at + lengthBytes);
    const code = firstAddress + this.#end / addressUnit;
    this.#end += Math.ceil(needed / addressUnit) * addressUnit;
    return code;
  }

  #read(address: number): JsonValue {
    let [low, high] = [0, this.#blocks.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#blocks[middle]?.start ?? 0) <= address) low = middle;
      else high = middle - 1;
    }
    const block = this.#blocks[low];
    if (block === undefined) return null;
    const at = address - block.start;
    const head = block.bytes.readUInt32LE(at);
    const length = head & ~jsonFlag;
    const text = block.bytes.toString('utf8', at + lengthBytes, at + lengthBytes + length);
    if (head < jsonFlag) return text;
    const value: JsonValue = JSON.parse(text);
    return value;
  }
}

/** Deeper values than any label or annotation has. */
const deepestLevel = 200;

/** JSON.stringify recurses: what nests too deep for it is kept down to a depth beyond which nothing is looked for. */
function jsonText(value: JsonValue): string {
  try {
    return JSON.stringify(value);
  } catch {
    return JSON.stringify(pruned(value, 0));
  }
}

function pruned(value: JsonValue, level: number): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  if (level > deepestLevel) return null;
  if (Array.isArray(value)) return value.map((inner) => pruned(inner, level + 1));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, pruned(inner, level + 1)]));
}
