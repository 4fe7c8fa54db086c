/** Which categories to compare on: one of each profile that exists, so that a model is seen on easy and uneven ground. */
import type { CategoryProfile, Imbalance } from './contracts.ts';

const fewestDocuments = 20;
const profiles = ['balanced', 'moderate', 'imbalanced'] as const;

interface Candidate {
  category: CategoryProfile;
  imbalance: Imbalance;
}

export interface Suggestion {
  category: string;
  /** the largest of its profile, or the most different from those suggested before it */
  because: 'largest' | 'different';
  profile: Imbalance['profile'];
}

/**
 * At most `limit` categories, never one with fewer than 2 labels or 20 documents. First the largest of each profile,
 * then those most different from what is chosen already.
 */
export function suggestCategories(categories: readonly CategoryProfile[], limit = 3): Suggestion[] {
  const candidates = categories.flatMap((category): Candidate[] => {
    const { imbalance, documents, labels, unusable } = category;
    const usable = unusable === null && labels.length >= 2 && documents >= fewestDocuments;
    return usable && imbalance ? [{ category, imbalance }] : [];
  });
  const chosen: Candidate[] = [];
  const reasons: Suggestion['because'][] = [];
  for (const profile of profiles) {
    const largest = candidates
      .filter(({ imbalance }) => imbalance.profile === profile)
      .reduce<Candidate | null>(
        (best, next) => (best && best.category.documents >= next.category.documents ? best : next),
        null,
      );
    if (!largest || chosen.length >= limit) continue;
    chosen.push(largest);
    reasons.push('largest');
  }
  while (chosen.length < limit) {
    const rest = candidates.filter((candidate) => !chosen.includes(candidate));
    const next = rest.toSorted((a, b) => distanceTo(chosen, b) - distanceTo(chosen, a))[0];
    if (!next) break;
    chosen.push(next);
    reasons.push('different');
  }
  return chosen.map(({ category, imbalance }, index) => ({
    category: category.name,
    because: reasons[index] ?? 'different',
    profile: imbalance.profile,
  }));
}

/** Distance to the nearest chosen one, over Gini, entropy, number of labels and kind, each on a scale of about 1. */
function distanceTo(chosen: readonly Candidate[], candidate: Candidate): number {
  const position = ({ category, imbalance }: Candidate) => [
    imbalance.gini,
    imbalance.normalisedEntropy,
    Math.log10(category.labels.length),
    category.kind === 'multi' ? 0.5 : 0,
  ];
  const own = position(candidate);
  const distances = chosen.map((other) =>
    Math.hypot(...position(other).map((value, axis) => value - (own[axis] ?? 0))),
  );
  return Math.min(...distances);
}
