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
const splitNames = ['train', 'validation', 'test'] as const;

/** Documents with the same normalised text: they are assigned together. */
interface Group {
  documents: Document[];
  /** what is kept in proportion: its labels (`none` where it has none), each with its number of documents */
  strata: Map<string, number>;
}

/**
 * Splits the documents that have a truth in the category. Groups of equal texts are dealt label by label, the rarest
 * first, as in iterative stratification (Sechidis, Tsoumakas & Vlahavas 2011, "On the Stratification of Multi-Label
 * Data"). Within a label they lie sorted by language and each goes to the split that is furthest behind its share so
 * far: that keeps every language of every label in proportion too, however few documents it has.
 */
export function splitDocuments(documents: readonly Document[], options: SplitOptions): Splits {
  const { category, kind, seed, ratios = defaultRatios } = options;
  const usable = documents.filter((document) => truthOf(document, category, kind) !== null);
  const groups = shuffled(groupsOf(usable, category), seed);
  const parts = deal(groups, ratios);
  const [train = [], validation = [], test = []] = parts.map((part) =>
    part.flatMap((group) => group.documents).sort((a, b) => a.row - b.row),
  );
  return { train, validation, test, warnings: labelsNotEverywhere(parts, ratios, category) };
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

function groupsOf(documents: readonly Document[], category: string): Group[] {
  const byText = Map.groupBy(documents, (document) => duplicateKey(document.text));
  return [...byText.values()].map((same) => {
    const strata = new Map<string, number>();
    for (const document of same) {
      const labels = document.labels.get(category) ?? [];
      const named = labels.length > 0 ? labels.map((label) => JSON.stringify(label)) : ['none'];
      for (const stratum of named) strata.set(stratum, (strata.get(stratum) ?? 0) + 1);
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

/** One split while it is dealt: what it has, in documents. */
interface Hand {
  ratio: number;
  groups: Group[];
  documents: number;
  strata: Map<string, number>;
}

function deal(groups: readonly Group[], ratios: readonly number[]): Group[][] {
  const hands = ratios.map((ratio): Hand => ({ ratio, groups: [], documents: 0, strata: new Map() }));
  const open = hands.filter(({ ratio }) => ratio > 0);
  const members = new Map<string, Group[]>();
  for (const group of groups) {
    for (const stratum of group.strata.keys()) {
      const list = members.get(stratum);
      if (list) list.push(group);
      else members.set(stratum, [group]);
    }
  }
  // Ties by name, so that nothing hangs on the order of rows.
  const order = [...members].sort(([a, some], [b, others]) => some.length - others.length || (a < b ? -1 : 1));
  const dealt = new Set<Group>();
  for (const [stratum, all] of order) {
    const left = all.filter((group) => !dealt.has(group)).sort(byDealingOrder);
    for (const [index, group] of left.entries()) {
      const lacking = open.filter((hand) => !hand.strata.has(stratum));
      // The last ones must go where the label is still missing; with fewer texts than splits they are better learnt from.
      const mustFill = all.length >= open.length && lacking.length >= left.length - index && lacking.length > 0;
      const hand = furthestBehind(mustFill ? lacking : open, open, stratum, group);
      hand?.groups.push(group);
      if (hand) hand.documents += group.documents.length;
      for (const [own, count] of group.strata) hand?.strata.set(own, (hand.strata.get(own) ?? 0) + count);
      dealt.add(group);
    }
  }
  return hands.map((hand) => hand.groups);
}

/** Texts that stand there most often first, while every split has room for them; then language by language. */
function byDealingOrder(a: Group, b: Group): number {
  const [first, second] = [languageOf(a), languageOf(b)];
  return b.documents.length - a.documents.length || Number(first > second) - Number(first < second);
}

const languageOf = ({ documents }: Group): string => documents[0]?.language ?? '';

/** By its share of this stratum, were the group dealt already; then by its share of all documents; then the first. */
function furthestBehind(among: Hand[], open: Hand[], stratum: string, group: Group): Hand | undefined {
  const ofStratum = (hand: Hand) => hand.strata.get(stratum) ?? 0;
  const sumOf = (count: (hand: Hand) => number) => open.reduce((sum, hand) => sum + count(hand), 0);
  const stratumTotal = sumOf(ofStratum) + (group.strata.get(stratum) ?? 0);
  const total = sumOf((hand) => hand.documents) + group.documents.length;
  let best: { hand: Hand; behind: number; behindOverall: number } | undefined;
  for (const hand of among) {
    const behind = hand.ratio * stratumTotal - ofStratum(hand);
    const behindOverall = hand.ratio * total - hand.documents;
    const difference = best ? behind - best.behind : 1;
    const roomier = best !== undefined && behindOverall > best.behindOverall + 1e-9;
    if (difference > 1e-9 || (difference > -1e-9 && roomier)) best = { hand, behind, behindOverall };
  }
  return best?.hand;
}

/** A label too small to stand in every split is reported, not dropped. */
function labelsNotEverywhere(parts: readonly Group[][], ratios: readonly number[], category: string): Warning[] {
  const places = new Map<string, { texts: number; splits: Set<number> }>();
  for (const [split, groups] of parts.entries()) {
    for (const group of groups) {
      for (const label of new Set(group.documents.flatMap((document) => document.labels.get(category) ?? []))) {
        const place = places.get(label) ?? { texts: 0, splits: new Set() };
        places.set(label, place);
        place.texts += 1;
        place.splits.add(split);
      }
    }
  }
  const listed = [...places].flatMap(([label, { texts, splits }]) => {
    const missing = splitNames.filter((_, split) => (ratios[split] ?? 0) > 0 && !splits.has(split));
    return missing.length === 0 ? [] : [`"${excerpt(label)}" (${texts}, none in ${missing.join(' and ')})`];
  });
  if (listed.length === 0) return [];
  const message = `Too few different texts to stand in every split: ${listing(listed.sort())}. They are kept where they are.`;
  return [{ code: 'label_not_stratified', message, row: null, column: category }];
}
