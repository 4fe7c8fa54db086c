/** The categories of a file as they turn up, document by document, and what their values look like. */
import type { CategoryKind } from '../../flows/contracts.ts';
import type { Document } from './document.ts';
import type { ReadLabels } from './labels.ts';
import type { ReadLimits } from './read-limits.ts';
import { DistinctTexts } from './text-hash.ts';
import { excerpt, type WarningLog } from './warning-log.ts';

export interface CategoryReading {
  name: string;
  kind: CategoryKind;
  /** documents that have a value */
  documents: number;
  /** labels of all documents together; of these, different ones, those that are numbers, and the characters of all */
  values: number;
  distinct: number;
  numbers: number;
  characters: number;
}

/** A category that no limit would allow has labels beyond counting: free text, numbers, identifiers. */
const keptPerAllowedLabel = 10;
/** Keys of annotations can be anything, a million different ones too. */
const keptPerAllowedCategory = 10;
const sharedMaps = 200_000;

interface Entry extends CategoryReading {
  /** each label once; no further ones are kept */
  labels: Map<string, string>;
  seen: DistinctTexts;
}

export class Categories {
  readonly #entries = new Map<string, Entry>();
  readonly #mostCategories: number;
  readonly #mostLabels: number;
  readonly #lists = new Map<string, readonly string[]>();
  readonly #maps = new Map<string, Document['labels']>();
  tooMany = false;

  constructor({ maxCategories, maxLabels }: ReadLimits) {
    this.#mostCategories = maxCategories * keptPerAllowedCategory;
    this.#mostLabels = maxLabels * keptPerAllowedLabel;
  }

  /** There is such a category; `isMulti` where it is known to have sets of labels. */
  found(name: string, isMulti: boolean): Entry | null {
    const known = this.#entries.get(name);
    if (known) {
      if (isMulti) known.kind = 'multi';
      return known;
    }
    if (this.#entries.size >= this.#mostCategories) {
      this.tooMany = true;
      return null;
    }
    const counts = { documents: 0, values: 0, distinct: 0, numbers: 0, characters: 0 };
    const kind = isMulti ? 'multi' : 'single';
    const entry: Entry = { name, kind, ...counts, labels: new Map(), seen: new DistinctTexts() };
    this.#entries.set(name, entry);
    return entry;
  }

  /** One document's value. @returns the labels that it keeps */
  add(name: string, { labels, isList }: ReadLabels): string[] {
    const entry = this.found(name, isList);
    if (entry === null || labels.length === 0) return [];
    entry.documents += 1;
    return labels.flatMap((label) => this.#kept(label, entry) ?? []);
  }

  #kept(label: string, entry: Entry): string | undefined {
    entry.values += 1;
    entry.characters += label.length;
    if (/^[+-]?\d*\.?\d+(e[+-]?\d+)?$/i.test(label)) entry.numbers += 1;
    const known = entry.labels.get(label);
    if (known !== undefined) return known;
    entry.seen.add(label);
    if (entry.labels.size >= this.#mostLabels) return undefined;
    entry.labels.set(label, label);
    return label;
  }

  /** A document's labels as a map that is one object for all documents with the same. */
  shared(labels: [category: string, labels: string[]][]): Document['labels'] {
    const key = JSON.stringify(labels);
    const known = this.#maps.get(key);
    if (known) return known;
    const map = new Map(labels.map(([category, list]) => [category, this.#sharedList(list)]));
    if (this.#maps.size < sharedMaps) this.#maps.set(key, map);
    return map;
  }

  #sharedList(list: string[]): readonly string[] {
    const key = JSON.stringify(list);
    const known = this.#lists.get(key);
    if (known) return known;
    if (this.#lists.size < sharedMaps) this.#lists.set(key, list);
    return list;
  }

  all(): CategoryReading[] {
    return [...this.#entries.values()].map(({ labels: _, seen, ...reading }) => ({ ...reading, distinct: seen.size }));
  }

  report(log: WarningLog): void {
    const most = this.#mostLabels;
    for (const { name, seen, labels } of this.#entries.values()) {
      if (seen.size <= labels.size) continue;
      const [got, kept] = [seen.size, most].map((count) => count.toLocaleString('en'));
      log.whole('labels_too_many', name, `${excerpt(name)}: ${got} different labels; only the first ${kept} are read.`);
    }
  }
}
