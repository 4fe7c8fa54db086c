/** What a dataset may hold at most, and how its owner raises that. */
import { type ReadLimits, readLimitsSchema } from '../../flows/contracts.ts';

export type { ReadLimits };

export const defaultReadLimits: ReadLimits = readLimitsSchema.parse({});

const variables = {
  maxBytes: 'PODIUM_MAX_MB',
  maxRows: 'PODIUM_MAX_ROWS',
  maxCellCharacters: 'PODIUM_MAX_CELL',
  maxLabels: 'PODIUM_MAX_LABELS',
};

/** For the end of a sentence that names a limit: " (PODIUM_MAX_ROWS raises it)". */
export function raisedBy(limit: keyof typeof variables): string {
  return ` (${variables[limit]} raises it)`;
}

/** For the end of a sentence that says what was found: "at most 1,000 are read (PODIUM_MAX_ROWS raises it)". */
export function atMost(limit: 'maxRows' | 'maxCellCharacters', limits: ReadLimits): string {
  return `at most ${limits[limit].toLocaleString('en')} are read${raisedBy(limit)}`;
}

/** Of one record: wide enough for any cell that the limits allow, its quotes and escapes included. */
export function widestRecordBytes({ maxCellCharacters }: ReadLimits): number {
  return Math.max(8 * 1024 * 1024, maxCellCharacters * 4);
}
