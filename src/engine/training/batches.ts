/** Which documents go together. */
import type { Random } from './random.ts';

/** Batches whose documents are drawn from so many batches' worth of shuffled documents before sorting by length. */
const bucketBatches = 50;

function chunks<T>(items: readonly T[], size: number): T[][] {
  const result: T[][] = [];
  for (let start = 0; start < items.length; start += size) result.push(items.slice(start, start + size));
  return result;
}

/**
 * One epoch's batches of document indices: shuffled, sorted by length inside large buckets so that little is padded,
 * and the batches shuffled again so that lengths don't come in waves. Every document exactly once.
 */
export function epochBatches(lengths: readonly number[], batchSize: number, random: Random): number[][] {
  const order = random.shuffled(lengths.map((_, index) => index));
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
