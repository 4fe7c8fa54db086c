/** What a dataset may hold at most: every number a file could grow without end has a limit here. */
export interface ReadLimits {
  maxBytes: number;
  maxRows: number;
  maxColumns: number;
  maxCellCharacters: number;
  /** labels of one category; a category with more can't be benchmarked */
  maxLabels: number;
  /** categories of one dataset (keys of the annotation column, label columns) */
  maxCategories: number;
}

export const defaultReadLimits: ReadLimits = {
  maxBytes: 100 * 1024 * 1024,
  maxRows: 1_000_000,
  maxColumns: 500,
  maxCellCharacters: 2_000_000,
  maxLabels: 2_000,
  maxCategories: 200,
};
