/** Every problem of every row as a CSV file, written while datasets are read. */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import type { Problem } from './warning-log.ts';

export interface ProblemFile {
  /** how many problems were written */
  readonly rows: number;
  add(problem: Problem): void;
  close(): void;
}

const header = ['file', 'row', 'line', 'column', 'problem', 'what', 'done'];
const buffered = 500;

/**
 * Replaces the file, or adds to it. Writes at once, without waiting: reading is one long computation.
 * @param fileName of the dataset, told with each problem
 */
export function createProblemFile(file: string, fileName: string, { append = false } = {}): ProblemFile {
  const handle = openSync(file, append ? 'a' : 'w');
  let rows = 0;
  let waiting: (string | number | null)[][] = append ? [] : [header];
  const write = () => {
    // a spreadsheet would run a cell that begins like a formula (https://owasp.org/www-community/attacks/CSV_Injection)
    writeFileSync(handle, stringify(waiting, { escape_formulas: true }));
    waiting = [];
  };
  return {
    get rows() {
      return rows;
    },
    add({ row, line, column, code, what, done }) {
      rows += 1;
      waiting.push([fileName, row, line, column, code, what, done]);
      if (waiting.length >= buffered) write();
    },
    close() {
      write();
      closeSync(handle);
    },
  };
}
