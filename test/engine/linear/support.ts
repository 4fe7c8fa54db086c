import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { SparseMatrix } from '../../../src/engine/linear/sparse.ts';

const numbers = z.array(z.number());
const blockSchema = z.object({
  train: z.array(z.record(z.string(), z.number())),
  test: z.array(z.record(z.string(), z.number())),
});

const fixtureSchema = z.object({
  tfidf: z.object({
    texts: z.array(z.string()),
    testTexts: z.array(z.string()),
    words: blockSchema,
    characters: blockSchema,
  }),
  problems: z.array(
    z.object({
      balanced: z.boolean(),
      matrix: z.array(numbers),
      positive: numbers,
      weights: numbers,
      bias: z.number(),
      probabilities: numbers,
    }),
  ),
});

const text = readFileSync(new URL('./fixtures/linear.json', import.meta.url), 'utf8');
/** What scikit-learn made of the same texts and numbers (fixtures/linear.py). */
export const oracle = fixtureSchema.parse(JSON.parse(text));

export function sparse(dense: number[][]): SparseMatrix {
  const entries = dense.map((row) => [...row.entries()].filter(([, value]) => value !== 0));
  const offsets = [0];
  for (const row of entries) offsets.push((offsets.at(-1) ?? 0) + row.length);
  return {
    rows: dense.length,
    columns: dense[0]?.length ?? 0,
    offsets: Int32Array.from(offsets),
    indices: Int32Array.from(entries.flat(), ([column]) => column),
    values: Float32Array.from(entries.flat(), ([, value]) => value),
  };
}
