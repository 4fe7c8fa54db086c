/** The parts of samples: paths, limits with values of any size, and the small objects that most of them hold. */
import { bounds, type Limit } from '../../src/workspace/limits.ts';

export type Path = readonly (string | number)[];
export type Json = Record<string, unknown>;

/** One limit of a sample: where it holds, and a value of that size (characters, items, or the number itself). */
export interface Row {
  path: Path;
  limit: Limit;
  min: number;
  max: number;
  fill: (size: number) => unknown;
  /** Where a size outside is reported. */
  reported: Path;
}

export interface Sample {
  name: string;
  block: Json;
  /** The object of which any one property that isn't required may be left out. */
  inside: Path;
  surfaces: readonly string[];
  /** Paths of what may not be missing. */
  required: Path[];
  rows: Row[];
}

export const many = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_one, index) => make(index));
export const words = (size: number) => 'x'.repeat(size);
export const mrkdwn = (text: string) => ({ type: 'mrkdwn', text, verbatim: false });
export const raw = (text: string) => ({ type: 'raw_text', text });
export const richText = {
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'x' }] }],
};

/** `fill` makes what stands at `path`; `least` is the smallest size, where limits.json names only the largest. */
export const row = (path: Path, limit: Limit, least: number, fill: Row['fill'], reported = path): Row => {
  const { min, max } = bounds(limit);
  return { path, limit, min: Math.max(min, least), max, fill, reported };
};
export const length = (path: Path, limit: Limit, least = 1): Row => row(path, limit, least, words);
export const count = (path: Path, limit: Limit, item: (index: number) => unknown, least = 1): Row =>
  row(path, limit, least, (size) => many(size, item));
export const range = (path: Path, limit: Limit): Row => row(path, limit, 0, (size) => size);
export const image = { type: 'image', alt_text: 'x', image_url: 'https://x.org/x.png' };
