/** What every format is read into: named columns and records of cells. */
import type { JsonValue } from './json-value.ts';

export interface RawRecord {
  /** spreadsheet row, JSONL line, or number of the JSON array's element */
  row: number;
  /** physical line where the record begins, when known */
  line: number | null;
  /** one per column; undefined = the record has no such cell */
  cells: (JsonValue | undefined)[];
  /** part of the record was lost: what is absent may only be unreadable */
  incomplete: boolean;
}

export interface RawTable {
  format: 'csv' | 'jsonl' | 'json';
  delimiter: string | null;
  columns: string[];
  records: RawRecord[];
}
