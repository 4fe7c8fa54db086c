/** Which documents go together. */
import type { Random } from './random.ts';

/** A bucket is so many batches' worth of documents. */
const bucketBatches = 50;

function chunks<T>(items: readonly T[], size: number): T[][] {
  const result: T[][] = [];
  for (let start = 0; start < items.length; start += size) result.push(items.slice(start, start + size));
  return result;
}

/** Every document once, in random order. */
export function shuffledOrder(documents: number, random: Random): number[] {
  return random.shuffled(Array.from({ length: documents }, (_, index) => index));
}

/**
 * As many draws with replacement as there are documents, each document with weight 1 / documents of its rarest label
 * (those without any label count as one label more). So rare labels come as often as frequent ones.
 */
export function weightedOrder(targets: readonly (readonly number[])[], random: Random): number[] {
  const counts = new Map<number, number>();
  const labelsOf = (target: readonly number[]): readonly number[] => (target.length === 0 ? [-1] : target);
  for (const target of targets) for (const label of labelsOf(target)) counts.set(label, (counts.get(label) ?? 0) + 1);
  let total = 0;
  const ends = targets.map((target) => {
    total += Math.max(...labelsOf(target).map((label) => 1 / (counts.get(label) ?? 1)));
    return total;
  });
  return targets.map(() => firstAbove(ends, random.uniform() * total));
}

/** Index of the first number above `value` in an ascending list, or of its last. */
function firstAbove(ascending: readonly number[], value: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * An epoch's documents in batches: sorted by length inside large buckets so that little is padded, and the batches
 * shuffled so that lengths don't come in waves.
 */
export function epochBatches(
  order: readonly number[],
  lengths: readonly number[],
  batchSize: number,
  random: Random,
): number[][] {
  const buckets = chunks(order, batchSize * bucketBatches);
  const sorted = buckets.map((bucket) => bucket.sort((a, b) => lengths[a]! - lengths[b]! || a - b));
  return random.shuffled(sorted.flatMap((bucket) => chunks(bucket, batchSize)));
}

/** Batches for prediction: sorted by length, at most `maxDocuments` and about `maxTokens` tokens with padding. */
export function predictionBatches(lengths: readonly number[], maxDocuments: number, maxTokens: number): number[][] {
  const order = lengths.map((_, index) => index).sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  const result: number[][] = [];
  let batch: number[] = [];
  for (const index of order) {
    // sorted, so this document is the batch's longest
    const full = batch.length === maxDocuments || (batch.length + 1) * lengths[index]! > maxTokens;
    if (full && batch.length > 0) {
      result.push(batch);
      batch = [];
    }
    batch.push(index);
  }
  if (batch.length > 0) result.push(batch);
  return result;
}
