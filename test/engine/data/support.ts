import { Buffer } from 'node:buffer';
import { bytesSource } from '../../../src/engine/data/byte-source.ts';
import type { Document } from '../../../src/engine/data/document.ts';
import { type Dataset, type ReadOptions, readDataset } from '../../../src/engine/data/read-dataset.ts';
import { UserError } from '../../../src/errors.ts';

/** A file's bytes from text as it stands in the test. */
export function read(content: string | Uint8Array, fileName = 'data.csv', options: ReadOptions = {}): Promise<Dataset> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return readDataset(bytesSource(bytes), fileName, options);
}

/** The message of the UserError that reading must end in. */
export async function refusal(
  content: string | Uint8Array,
  fileName = 'data.csv',
  options: ReadOptions = {},
): Promise<string> {
  try {
    await read(content, fileName, options);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error(`${fileName} was read, but should have been refused`);
}

/** Warnings as [code, row, column], to compare as a list. */
export function places({ warnings }: Pick<Dataset, 'warnings'>): [string, number | null, string | null][] {
  return warnings.map(({ code, row, column }) => [code, row, column]);
}

/** How many records the warnings of these kinds count. */
export function countOf({ warnings }: Pick<Dataset, 'warnings'>, ...codes: string[]): number {
  const summaries = warnings.filter(({ code, row }) => row === null && codes.includes(code));
  return summaries.reduce(
    (sum, { message }) => sum + Number(message.slice(0, message.indexOf(' ')).replaceAll(',', '')),
    0,
  );
}

/** The labels of each document in a category, in the file's order; null where it has no value. */
export function labelsIn({ documents }: Dataset, category: string): (readonly string[] | null)[] {
  return documents.map((document) => document.labels.get(category) ?? null);
}

export function texts({ documents }: Dataset): string[] {
  return documents.map(({ text }) => text);
}

export interface Given {
  text: string;
  labels?: readonly string[];
  language?: string | null;
  incomplete?: boolean;
}

/** Documents of one category called `topic`. */
export function documentsOf(given: readonly Given[]): Document[] {
  return given.map(({ text, labels = [], language = null, incomplete = false }, index) => ({
    row: index + 2,
    id: null,
    text,
    language,
    labels: new Map(labels.length > 0 ? [['topic', labels]] : []),
    incomplete,
  }));
}
