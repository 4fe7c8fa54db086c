/**
 * Train, validation and test: stratified by label and language, seeded, duplicates on one side. The same for every
 * model, because nothing of a model goes in.
 */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { CategoryKind, Warning } from '../../flows/contracts.ts';
import { type Document, duplicateKey, truthOf } from './document.ts';
import { excerpt, listing } from './warning-log.ts';

export interface Splits {
  train: Document[];
  validation: Document[];
  test: Document[];
  warnings: Warning[];
}

export interface SplitOptions {
  category: string;
  kind: CategoryKind;
  seed: number;
  /** shares of train, validation and test */
  ratios?: readonly [number, number, number];
}

const defaultRatios = [0.7, 0.15, 0.15] as const;
/** Fewer groups than splits can't stand in each of them. */
const fewestGroups = 3;

/** Documents with the same normalised text: they are assigned together. */
interface Group {
  documents: Document[];
  /** label and language pairs that occur in it, each with its number of documents */
  strata: Map<string, number>;
}

/**
 * Splits the documents that have a truth in the category. Groups of equal texts are dealt by iterative stratification:
 * the rarest stratum first, each group to the split that misses that stratum most (Sechidis, Tsoumakas & Vlahavas 2011,
 * "On the Stratification of Multi-Label Data"); with one label per document this is ordinary stratified splitting.
 */
export function splitDocuments(documents: readonly Document[], options: SplitOptions): Splits {
  const { category, kind, seed, ratios = defaultRatios } = options;
  const usable = documents.filter((document) => truthOf(document, category, kind) !== null);
  const groups = shuffled(groupsOf(usable, category), seed);
  const parts = deal(groups, ratios);
  const [train = [], validation = [], test = []] = parts.map((part) =>
    part.flatMap((group) => group.documents).sort((a, b) => a.row - b.row),
  );
  return { train, validation, test, warnings: smallStrata(groups, category) };
}

/**
 * With a test file of its own: that stays whole and as published, the first file is dealt 85/15 to train and
 * validation. Training texts that occur in test are counted in a warning and left out of training: what a model has
 * seen can't test it.
 */
export function splitWithTestSet(
  trainDocuments: readonly Document[],
  testDocuments: readonly Document[],
  options: Omit<SplitOptions, 'ratios'>,
): Splits {
  const { category, kind } = options;
  const test = testDocuments.filter((document) => truthOf(document, category, kind) !== null);
  const seen = new Set(test.map((document) => duplicateKey(document.text)));
  const apart = trainDocuments.filter((document) => !seen.has(duplicateKey(document.text)));
  const { train, validation, warnings } = splitDocuments(apart, { ...options, ratios: [0.85, 0.15, 0] });
  const leaked = trainDocuments.length - apart.length;
  if (leaked > 0) {
    const message = `${leaked.toLocaleString('en')} training text(s) also stand in the test file; they are not trained on.`;
    warnings.push({ code: 'test_leak', message, row: null, column: null });
  }
  return { train, validation, test, warnings };
}

/** A label's stratum, and that label in its language: both are kept in proportion, the label before the language. */
function strataOf(document: Document, category: string): string[] {
  const labels = document.labels.get(category) ?? [];
  const named = labels.length > 0 ? labels.map((label) => JSON.stringify(label)) : ['none'];
  return named.flatMap((label) => (document.language === null ? [label] : [label, `${label} ${document.language}`]));
}

function groupsOf(documents: readonly Document[], category: string): Group[] {
  const byText = Map.groupBy(documents, (document) => duplicateKey(document.text));
  return [...byText.values()].map((same) => {
    const strata = new Map<string, number>();
    for (const document of same) {
      for (const stratum of strataOf(document, category)) strata.set(stratum, (strata.get(stratum) ?? 0) + 1);
    }
    return { documents: same, strata };
  });
}

/** Fisher-Yates. */
function shuffled(groups: Group[], seed: number): Group[] {
  const generator = xoroshiro128plus(seed);
  const result = [...groups];
  for (let last = result.length - 1; last > 0; last--) {
    const other = uniformInt(generator, 0, last);
    const [a, b] = [result[last], result[other]];
    if (a && b) [result[last], result[other]] = [b, a];
  }
  return result;
}

/** How many documents each split still wants: of every stratum, and in all. */
interface Wanted {
  strata: Map<string, number>;
  documents: number;
}

function deal(groups: readonly Group[], ratios: readonly number[]): Group[][] {
  const totals = new Map<string, number>();
  const members = new Map<string, Group[]>();
  for (const group of groups) {
    for (const [stratum, count] of group.strata) {
      totals.set(stratum, (totals.get(stratum) ?? 0) + count);
      const list = members.get(stratum);
      if (list) list.push(group);
      else members.set(stratum, [group]);
    }
  }
  const all = groups.reduce((sum, group) => sum + group.documents.length, 0);
  const wanted = ratios.map(
    (ratio): Wanted => ({
      strata: new Map([...totals].map(([stratum, count]) => [stratum, count * ratio])),
      documents: all * ratio,
    }),
  );
  const parts: Group[][] = ratios.map(() => []);
  const dealt = new Set<Group>();
  // The rarest first, while every split still has room for it. Ties by name, so that nothing hangs on row order.
  const order = [...members.keys()].sort(
    (a, b) => (members.get(a)?.length ?? 0) - (members.get(b)?.length ?? 0) || (a < b ? -1 : 1),
  );
  for (const stratum of order) {
    for (const group of members.get(stratum) ?? []) {
      if (dealt.has(group)) continue;
      dealt.add(group);
      const to = neediest(wanted, ratios, stratum);
      parts[to]?.push(group);
      const split = wanted[to];
      if (!split) continue;
      split.documents -= group.documents.length;
      for (const [own, count] of group.strata) split.strata.set(own, (split.strata.get(own) ?? 0) - count);
    }
  }
  return parts;
}

/** The split that wants this stratum most; then the one that wants documents most; then the first, which is train. */
function neediest(wanted: readonly Wanted[], ratios: readonly number[], stratum: string): number {
  let best = 0;
  for (let split = 1; split < wanted.length; split++) {
    if ((ratios[split] ?? 0) <= 0) continue;
    const difference = need(wanted[split], stratum) - need(wanted[best], stratum);
    const roomier = (wanted[split]?.documents ?? 0) > (wanted[best]?.documents ?? 0);
    if (difference > 1e-9 || (Math.abs(difference) <= 1e-9 && roomier)) best = split;
  }
  return best;
}

const need = (wanted: Wanted | undefined, stratum: string): number => wanted?.strata.get(stratum) ?? 0;

function smallStrata(groups: readonly Group[], category: string): Warning[] {
  const counts = new Map<string, number>();
  for (const group of groups) {
    const labels = new Set(group.documents.flatMap((document) => document.labels.get(category) ?? []));
    for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const small = [...counts].filter(([, count]) => count < fewestGroups);
  if (small.length === 0) return [];
  const listed = small.map(([label, count]) => `"${excerpt(label)}" (${count})`);
  const message = `Too few different texts to stand in train, validation and test: ${listing(listed)}. They are kept.`;
  return [{ code: 'label_not_stratified', message, row: null, column: category }];
}
