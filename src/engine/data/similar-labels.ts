/** Labels of a category that are probably meant to be one: suggested to the person, never merged by themselves. */
import leven from 'leven';
import type { CategoryProfile } from '../../flows/contracts.ts';
import { foldLabel } from './labels.ts';

export type RenameSuggestion = CategoryProfile['renameSuggestions'][number];
type LabelCount = CategoryProfile['labels'][number];

/** Compared with each other: with more, every pair would take seconds, and most are no labels at all. */
const mostCompared = 2_000;
const mostSuggested = 50;
/** A slip of the keyboard is rare beside the right spelling; two frequent labels are both meant (fiction, friction). */
const typoShare = 0.2;

/**
 * Rarer label to more frequent one. Each label is renamed once at most, and never to one that is renamed itself, so the
 * list can be taken as `rename` of a preparation as it stands.
 * @param labels most frequent first
 */
export function suggestRenames(labels: readonly LabelCount[]): RenameSuggestion[] {
  const folded = labels.slice(0, mostCompared).map((label) => ({ ...label, ...foldsOf(label.label) }));
  const suggestions: RenameSuggestion[] = [];
  const renamed = new Set<string>();
  for (const [position, rarer] of folded.entries()) {
    for (const target of folded.slice(0, position)) {
      const why = renamed.has(target.label) ? null : likeness(target, rarer);
      if (why === null) continue;
      suggestions.push({ from: rarer.label, to: target.label, why });
      renamed.add(rarer.label);
      break;
    }
    if (suggestions.length >= mostSuggested) break;
  }
  return suggestions;
}

interface Folded extends LabelCount {
  /** without case, blanks and compatibility forms */
  fold: string;
  /** and without accents */
  bare: string;
  digits: string;
}

function foldsOf(label: string): Omit<Folded, keyof LabelCount> {
  const fold = foldLabel(label);
  const bare = fold.normalize('NFD').replace(/\p{Mn}+/gu, '');
  return { fold, bare, digits: bare.replace(/\P{N}+/gu, ' ') };
}

function likeness(frequent: Folded, rare: Folded): RenameSuggestion['why'] | null {
  if (frequent.fold === rare.fold) return 'spelling';
  if (Math.abs(frequent.bare.length - rare.bare.length) > 2 || frequent.digits !== rare.digits) return null;
  if (frequent.bare === rare.bare) return 'accents';
  if (isPlural(frequent.bare, rare.bare) || isPlural(rare.bare, frequent.bare)) return 'plural';
  return rare.documents <= typoShare * frequent.documents && isTypo(frequent.bare, rare.bare) ? 'typo' : null;
}

/** English, French, Spanish and the like: topic, topics; box, boxes; city, cities; journal, journaux. */
function isPlural(singular: string, plural: string): boolean {
  if (singular.length < 3 || !/\p{L}$/u.test(singular)) return false;
  const ends = [`${singular}s`, `${singular}es`, `${singular}x`];
  if (singular.endsWith('y')) ends.push(`${singular.slice(0, -1)}ies`);
  if (singular.endsWith('al')) ends.push(`${singular.slice(0, -1)}ux`);
  return ends.includes(plural);
}

/** One letter wrong from 5 letters on, two from 10 on, or two neighbours swapped; a prefix makes another word (amoral, unhappy). */
function isTypo(some: string, other: string): boolean {
  const length = Math.min(some.length, other.length);
  if (length < 5 || some.endsWith(other) || other.endsWith(some)) return false;
  const distance = leven(some, other, { maxDistance: 3 });
  return distance === 1 || (distance === 2 && (length >= 10 || isSwap(some, other)));
}

function isSwap(some: string, other: string): boolean {
  const at = Array.from(some).findIndex((letter, index) => letter !== other[index]);
  return some.slice(0, at) + (some[at + 1] ?? '') + (some[at] ?? '') + some.slice(at + 2) === other;
}
