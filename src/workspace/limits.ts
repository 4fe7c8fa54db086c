import limits from './limits.json' with { type: 'json' };

/** Slack's limits as data: the one place in this room that holds such numbers (sources are named inside the file). */
export { limits };

/** One entry of limits.json: a maximum or a pair of bounds, with a stricter `safe` where the sources disagree. */
export interface Limit {
  value: number | number[] | null;
  safe?: number;
}

/** The bounds that an entry stands for; an unknown limit (`null`) never bites. */
export function bounds(limit: Limit): { min: number; max: number } {
  const bound = limit.safe ?? limit.value ?? Number.POSITIVE_INFINITY;
  if (typeof bound === 'number') return { min: 0, max: bound };
  const [min = 0, max = Number.POSITIVE_INFINITY] = bound;
  return { min, max };
}

/** Seconds of an entry in milliseconds. */
export function secondsInMs(limit: { value: number }): number {
  return limit.value * 1000;
}
