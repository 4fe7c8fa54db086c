/**
 * Train, validation and test: stratified by label and language, seeded, duplicates on one side. The same for every
 * model, because nothing of a model goes in.
 */
import { hash } from 'node:crypto';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { CategoryKind, SplitRatios, TrialSpec, Warning } from '../../flows/contracts.ts';
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
  /** shares of train, validation and test; 70/15/15 where nobody chose */
  ratios?: SplitRatios;
  /** test is this fold of so many, whatever the ratios; the folds of a seed are disjoint and cover all documents */
  fold?: TrialSpec['fold'];
}

const defaultRatios: SplitRatios = [0.7, 0.15, 0.15];
const splitNames = ['train', 'validation', 'test'] as const;

/** Documents with the same normalised text: they are assigned together. */
interface Group {
  documents: Document[];
  /** what is kept in proportion: each of its labels (`none` where it has none), by number */
  strata: number[];
  /** documents of each */
  counts: number[];
  /** where it was dealt to; -1: nowhere yet */
  hand: number;
}

interface Grouped {
  groups: Group[];
  /** name of each stratum: a label as JSON, or `none` */
  strata: string[];
}

/**
 * Splits the documents that have a truth in the category. Groups of equal texts are dealt label by label, the rarest
 * first, as in iterative stratification (Sechidis, Tsoumakas & Vlahavas 2011, "On the Stratification of Multi-Label
 * Data"). Within a label they lie sorted by language and each goes to the split that is furthest behind its share so
 * far: that keeps every language of every label in proportion too, however few documents it has.
 */
export function splitDocuments(documents: readonly Document[], options: SplitOptions): Splits {
  const { category, kind, seed, ratios = defaultRatios, fold = null } = options;
  const grouped = groupsOf(
    documents.filter((document) => truthOf(document, category, kind) !== null),
    category,
  );
  shuffle(grouped.groups, seed);
  const parts = fold === null ? deal(grouped, ratios) : dealFold(grouped, fold, options.ratios);
  const [train = [], validation = [], test = []] = parts.map((part) =>
    part.flatMap((group) => group.documents).sort((a, b) => a.row - b.row),
  );
  const wanted = fold === null ? ratios.map((ratio) => ratio > 0) : [true, true, true];
  return { train, validation, test, warnings: labelsNotEverywhere(grouped, parts, wanted, category) };
}

/**
 * With a test file of its own: that stays whole and as published, the first file is dealt 85/15 to train and
 * validation. Training texts that occur in test are counted in a warning and left out of training: what a model has
 * seen can't test it.
 */
export function splitWithTestSet(
  trainDocuments: readonly Document[],
  testDocuments: readonly Document[],
  options: Omit<SplitOptions, 'fold'>,
): Splits {
  const { category, kind } = options;
  const test = testDocuments.filter((document) => truthOf(document, category, kind) !== null);
  const seen = new Set(test.map(textKey));
  const apart = trainDocuments.filter((document) => !seen.has(textKey(document)));
  const { train, validation, warnings } = splitDocuments(apart, { ...options, ratios: withoutTest(options.ratios) });
  const leaked = trainDocuments.length - apart.length;
  if (leaked > 0) {
    const message = `${leaked.toLocaleString('en')} training text(s) also stand in the test file; they are not trained on.`;
    warnings.push({ code: 'test_leak', message, row: null, column: null });
  }
  return { train, validation, test, warnings };
}

/** Shares of what test leaves over. */
function withoutTest(ratios?: SplitRatios): SplitRatios {
  if (ratios === undefined) return [0.85, 0.15, 0];
  const [train, validation] = ratios;
  return [train / (train + validation), validation / (train + validation), 0];
}

/** A hash, so that a million long texts aren't held twice. */
function textKey({ text }: Document): string {
  return hash('sha1', duplicateKey(text), 'base64');
}

function groupsOf(documents: readonly Document[], category: string): Grouped {
  const byText = new Map<string, Group>();
  const numbers = new Map<string | null, number>();
  for (const document of documents) {
    const key = textKey(document);
    const group: Group = byText.get(key) ?? { documents: [], strata: [], counts: [], hand: -1 };
    if (group.documents.push(document) === 1) byText.set(key, group);
    for (const label of document.labels.get(category) ?? [null]) {
      const number = numbers.get(label) ?? numbers.size;
      if (number === numbers.size) numbers.set(label, number);
      const known = group.strata.indexOf(number);
      if (known >= 0) group.counts[known]! += 1;
      else group.counts[group.strata.push(number) - 1] = 1;
    }
  }
  const strata = [...numbers.keys()].map((label) => (label === null ? 'none' : JSON.stringify(label)));
  return { groups: [...byText.values()], strata };
}

/** Fisher-Yates, in place. */
function shuffle(groups: Group[], seed: number): void {
  const generator = xoroshiro128plus(seed);
  for (let last = groups.length - 1; last > 0; last--) {
    const other = uniformInt(generator, 0, last);
    const [a, b] = [groups[last], groups[other]];
    if (a && b) [groups[last], groups[other]] = [b, a];
  }
}

/** Test is one of equal folds; the others are dealt to train and validation. */
function dealFold(
  { groups, strata }: Grouped,
  fold: { index: number; count: number },
  ratios?: SplitRatios,
): Group[][] {
  const folds = deal({ groups, strata }, new Array<number>(fold.count).fill(1 / fold.count));
  const rest = groups.filter((group) => group.hand !== fold.index);
  const [train = [], validation = []] = deal({ groups: rest, strata }, withoutTest(ratios));
  return [train, validation, folds[fold.index] ?? []];
}

/** One split while it is dealt: what it has, in documents. */
interface Hand {
  index: number;
  ratio: number;
  documents: number;
  /** per stratum */
  ofStratum: Int32Array;
}

/** @returns per ratio its groups, in the order of `groups` */
function deal({ groups, strata }: Grouped, ratios: readonly number[]): Group[][] {
  const hands = ratios.map(
    (ratio, index): Hand => ({ index, ratio, documents: 0, ofStratum: new Int32Array(strata.length) }),
  );
  const open = hands.filter(({ ratio }) => ratio > 0);
  const members = strata.map((): Group[] => []);
  for (const group of groups) {
    group.hand = -1;
    for (const stratum of group.strata) members[stratum]!.push(group);
  }
  // Ties by name, so that nothing hangs on the order of rows.
  const order = [...members.keys()].sort(
    (a, b) => members[a]!.length - members[b]!.length || (strata[a]! < strata[b]! ? -1 : 1),
  );
  for (const stratum of order) {
    const all = members[stratum]!;
    const left = inDealingOrder(all.filter((group) => group.hand < 0));
    for (const [index, group] of left.entries()) {
      const lacking = open.filter((hand) => hand.ofStratum[stratum] === 0);
      // The last ones must go where the label is still missing; with fewer texts than splits they are better learnt from.
      const mustFill = all.length >= open.length && lacking.length >= left.length - index && lacking.length > 0;
      const hand = furthestBehind(mustFill ? lacking : open, open, stratum, group);
      if (!hand) continue;
      group.hand = hand.index;
      hand.documents += group.documents.length;
      for (const [position, own] of group.strata.entries()) hand.ofStratum[own]! += group.counts[position]!;
    }
  }
  const dealt = hands.map((): Group[] => []);
  for (const group of groups) dealt[group.hand]?.push(group);
  return dealt;
}

/** Texts that stand there most often first, while every split has room for them; then language by language. */
function inDealingOrder(groups: Group[]): Group[] {
  const alike = new Map<string, Group[]>();
  for (const group of groups) {
    const key = JSON.stringify([group.documents.length, group.documents[0]?.language]);
    const list = alike.get(key);
    if (list) list.push(group);
    else alike.set(key, [group]);
  }
  return [...alike.values()].sort(([a], [b]) => byDealingOrder(a, b)).flat();
}

function byDealingOrder(a?: Group, b?: Group): number {
  const [first, second] = [a?.documents[0]?.language ?? '', b?.documents[0]?.language ?? ''];
  return (b?.documents.length ?? 0) - (a?.documents.length ?? 0) || Number(first > second) - Number(first < second);
}

/** By its share of this stratum, were the group dealt already; then by its share of all documents; then the first. */
function furthestBehind(among: Hand[], open: Hand[], stratum: number, group: Group): Hand | undefined {
  let stratumTotal = group.counts[group.strata.indexOf(stratum)] ?? 0;
  let total = group.documents.length;
  for (const hand of open) {
    stratumTotal += hand.ofStratum[stratum]!;
    total += hand.documents;
  }
  let best: Hand | undefined;
  let [mostBehind, mostBehindOverall] = [0, 0];
  for (const hand of among) {
    const behind = hand.ratio * stratumTotal - hand.ofStratum[stratum]!;
    const behindOverall = hand.ratio * total - hand.documents;
    const difference = best ? behind - mostBehind : 1;
    const roomier = best !== undefined && behindOverall > mostBehindOverall + 1e-9;
    if (difference > 1e-9 || (difference > -1e-9 && roomier)) {
      best = hand;
      [mostBehind, mostBehindOverall] = [behind, behindOverall];
    }
  }
  return best;
}

/** A label too small to stand in every split is reported, not dropped. */
function labelsNotEverywhere(
  { strata }: Grouped,
  parts: readonly Group[][],
  wanted: readonly boolean[],
  category: string,
): Warning[] {
  const texts = parts.map(() => new Int32Array(strata.length));
  for (const [split, groups] of parts.entries()) {
    for (const group of groups) for (const stratum of group.strata) texts[split]![stratum]! += 1;
  }
  const listed = strata.flatMap((name, stratum) => {
    const missing = splitNames.filter((_, split) => wanted[split] && texts[split]?.[stratum] === 0);
    if (name === 'none' || missing.length === 0) return [];
    const all = texts.reduce((sum, own) => sum + own[stratum]!, 0);
    const label: unknown = JSON.parse(name);
    return [`"${excerpt(String(label))}" (${all}, none in ${missing.join(' and ')})`];
  });
  if (listed.length === 0) return [];
  const message = `Too few different texts to stand in every split: ${listing(listed.sort())}. They are kept where they are.`;
  return [{ code: 'label_not_stratified', message, row: null, column: category }];
}
