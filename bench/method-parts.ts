/** The tables that are drawn from made-up models. */
import { comparisonsPart } from './method-comparisons.ts';
import { coveragePart, repeatsPart } from './method-coverage.ts';
import type { Part } from './method-rows.ts';

export const rowParts: Record<string, Part> = {
  coverage: coveragePart(),
  repeats: repeatsPart(),
  comparisons: comparisonsPart(),
};
