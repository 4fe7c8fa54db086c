/** One labelled text, and what may be said about its truth. */
import type { CategoryKind } from '../../flows/contracts.ts';

export interface Document {
  /** spreadsheet row (header 1, first record 2); JSONL: line number; JSON: number of the element */
  row: number;
  id: string | null;
  text: string;
  /** ISO 639-1 code, null = not given or unknown */
  language: string | null;
  /** category -> its labels; a category without a value is absent. Empty: its value doesn't count (excluded), so it is unknown */
  labels: ReadonlyMap<string, readonly string[]>;
  /** part of the annotation was unreadable: a category that is absent here is unknown, not empty */
  incomplete: boolean;
}

/** Where the texts and ids of many documents are kept. */
export interface TextStore {
  text(record: number): string;
  id(record: number): string | null;
}

/** A document whose text and id are decoded when they are asked for: a million of them cost little. */
export class StoredDocument implements Document {
  readonly #store: TextStore;
  readonly #record: number;
  readonly row: number;
  readonly language: string | null;
  readonly labels: Document['labels'];
  readonly incomplete: boolean;

  constructor(store: TextStore, record: number, { row, language, labels, incomplete }: Omit<Document, 'text' | 'id'>) {
    this.#store = store;
    this.#record = record;
    this.row = row;
    this.language = language;
    this.labels = labels;
    this.incomplete = incomplete;
  }

  get text(): string {
    return this.#store.text(this.#record);
  }

  get id(): string | null {
    return this.#store.id(this.#record);
  }

  with(changes: Partial<Omit<Document, 'text' | 'id'>>): StoredDocument {
    const { row, language, labels, incomplete } = this;
    return new StoredDocument(this.#store, this.#record, { row, language, labels, incomplete, ...changes });
  }
}

/** The same document with some of it changed; the given one stays as it is. */
export function changed(document: Document, changes: Partial<Document>): Document {
  if (document instanceof StoredDocument && changes.text === undefined && changes.id === undefined)
    return document.with(changes);
  const { row, id, text, language, labels, incomplete } = document;
  return { row, id, text, language, labels, incomplete, ...changes };
}

/**
 * The document's labels in a category, or null where it says nothing about it. In a `multi` category a document
 * without a value has none of the labels: it is a negative.
 */
export function truthOf(document: Document, category: string, kind: CategoryKind): readonly string[] | null {
  const labels = document.labels.get(category);
  if (labels) return labels.length > 0 ? labels : null;
  return kind === 'multi' && !document.incomplete ? [] : null;
}

/** Texts of the same key are the same text: compatibility forms, case and blanks don't count. */
export function duplicateKey(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\u200b-\u200f\u2060\ufeff]+/gu, ' ')
    .trim();
}

/** Sorted by code unit, so that every machine numbers the labels alike. */
export function labelsOf(category: string, ...documents: (readonly Document[])[]): string[] {
  const labels = new Set<string>();
  for (const list of documents) {
    for (const document of list) for (const label of document.labels.get(category) ?? []) labels.add(label);
  }
  return [...labels].sort();
}
