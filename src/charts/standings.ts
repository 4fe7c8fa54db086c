/** Where a model stands in a ranking: what it is drawn in, and what says so in words. */

export interface StandingWords {
  first: string;
  tied: string;
  behind: string;
  incomplete: string;
  /** by the race */
  dropped: string;
  recommended: string;
}

export interface Standing {
  rank: number;
  /** true for the first too */
  tiedWithFirst: boolean;
  recommended: boolean;
  status: 'complete' | 'incomplete' | 'dropped';
}

export type StandingName = 'first' | 'tied' | 'behind' | 'incomplete' | 'dropped';

/** As the legend lists them. */
export const standingNames = ['first', 'tied', 'behind', 'dropped', 'incomplete'] as const;

/**
 * Okabe and Ito's palette, which stays apart for colour-blind eyes, with greys of clearly different lightness:
 * https://jfly.uni-koeln.de/color/
 */
export const standingColours: Record<StandingName, { fill: string; edge: string; ink: string }> = {
  first: { fill: '#0072B2', edge: '#0072B2', ink: '#FFFFFF' },
  tied: { fill: '#56B4E9', edge: '#56B4E9', ink: '#1D1C1D' },
  behind: { fill: '#AEB6BF', edge: '#AEB6BF', ink: '#1D1C1D' },
  dropped: { fill: '#FFFFFF', edge: '#8A939D', ink: '#1D1C1D' },
  incomplete: { fill: '#F4F5F6', edge: '#D55E00', ink: '#1D1C1D' },
};

export function standingOf({ status, rank, tiedWithFirst }: Standing): StandingName {
  if (status !== 'complete') return status;
  if (rank === 1) return 'first';
  return tiedWithFirst ? 'tied' : 'behind';
}
