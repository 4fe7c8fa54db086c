/** What a person is told of a dataset before anything is trained on it. */
import type { CategoryKind, CategoryProfile, Profile, Warning } from '../../flows/contracts.ts';
import { type Document, duplicateKey } from './document.ts';
import { imbalanceOf } from './imbalance.ts';
import { foldLabel } from './labels.ts';
import { languageName } from './languages.ts';
import type { Dataset } from './read-dataset.ts';
import { excerpt, listing } from './warning-log.ts';

const fewestDocuments = 20;
/** With fewer, a split can't hold a label on each side. */
const fewestPerLabel = 5;
const rareLanguageShare = 0.01;
const rareLanguageDocuments = 20;

export function profileDataset(dataset: Dataset): Profile {
  const groups = duplicateGroups(dataset.documents);
  const categories = dataset.categories.map(({ name, kind }) => categoryProfile(dataset, name, kind));
  const languages = languagesOf(dataset);
  return {
    datasetHash: dataset.hash,
    fileName: dataset.fileName,
    format: dataset.format,
    sizeBytes: dataset.sizeBytes,
    rows: dataset.rows,
    documents: dataset.documents.length,
    encoding: dataset.encoding,
    delimiter: dataset.delimiter,
    columns: dataset.columnSummaries,
    roles: dataset.roles,
    reasons: dataset.reasons,
    languages,
    textCharacters: charactersOf(dataset.documents),
    categories,
    warnings: [
      ...dataset.warnings,
      ...rareLanguages(languages, dataset.documents.length),
      ...categories.flatMap((category) => categoryWarnings(category)),
      ...dataset.categories.flatMap((category) => conflicts(groups, category.name, category.kind)),
    ],
  };
}

function categoryProfile(dataset: Dataset, name: string, kind: CategoryKind): CategoryProfile {
  const counts = new Map<string, number>();
  let documents = 0;
  for (const document of dataset.documents) {
    const labels = document.labels.get(name);
    if (!labels) continue;
    documents += 1;
    for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const labels = [...counts]
    .map(([label, count]) => ({ label, documents: count }))
    .sort((a, b) => b.documents - a.documents || (a.label < b.label ? -1 : 1));
  return {
    name,
    kind,
    documents,
    labels,
    imbalance: imbalanceOf([...counts.values()]),
    unusable: unusableReason(documents, labels, dataset.limits.maxLabels),
  };
}

function unusableReason(documents: number, labels: CategoryProfile['labels'], maxLabels: number): string | null {
  if (labels.length === 0) return 'it has no labels';
  if (labels.length === 1) return `it has one label only (${excerpt(labels[0]?.label ?? '')})`;
  if (documents < fewestDocuments)
    return `only ${documents} texts have a value; at least ${fewestDocuments} are needed`;
  if (labels.length > maxLabels) return `it has ${labels.length} labels; at most ${maxLabels} are read`;
  // As many labels as texts: an id or a comment, nothing that could be learnt.
  if (labels.length > documents / 2) return `it has ${labels.length} labels for ${documents} texts, too many to learn`;
  return null;
}

function languagesOf(dataset: Dataset): Profile['languages'] {
  if (dataset.roles.language === null) return [];
  const counts = new Map<string | null, number>();
  for (const { language } of dataset.documents) counts.set(language, (counts.get(language) ?? 0) + 1);
  return [...counts]
    .map(([code, documents]) => ({ code, name: languageName(code), documents }))
    .sort((a, b) => b.documents - a.documents || (a.name < b.name ? -1 : 1));
}

function rareLanguages(languages: Profile['languages'], documents: number): Warning[] {
  const rare = languages.filter(
    (language) =>
      language.code !== null &&
      (language.documents < rareLanguageDocuments || language.documents < rareLanguageShare * documents),
  );
  if (rare.length === 0 || languages.length < 2) return [];
  const named = rare.map(({ name, documents: count }) => `${name} (${count})`);
  const message = `Few texts in ${listing(named)}: too few for figures of their own.`;
  return [{ code: 'language_rare', message, row: null, column: null }];
}

function charactersOf(documents: readonly Document[]): Profile['textCharacters'] {
  const lengths = Float64Array.from(documents, (document) => document.text.length).sort();
  const at = (share: number) => lengths[Math.min(lengths.length - 1, Math.floor(share * lengths.length))] ?? 0;
  return { median: at(0.5), p90: at(0.9), p99: at(0.99), max: lengths.at(-1) ?? 0 };
}

function categoryWarnings(category: CategoryProfile): Warning[] {
  const column = category.name;
  const name = `Category "${excerpt(category.name)}"`;
  const warnings: Warning[] = [];
  const add = (code: string, message: string) => warnings.push({ code, message, row: null, column });
  if (category.unusable !== null) add('category_unusable', `${name} can't be compared: ${category.unusable}.`);
  for (const variants of labelVariants(category)) {
    const listed = variants.map(({ label, documents }) => `"${excerpt(label)}" (${documents})`).join(', ');
    add('label_variants', `${name}: ${listed} look like one label; they are kept apart.`);
  }
  const small = category.labels.filter(({ documents }) => documents < fewestPerLabel);
  if (category.unusable === null && small.length > 0) {
    const listed = small.map(({ label, documents }) => `"${excerpt(label)}" (${documents})`);
    add(
      'label_rare',
      `${name}: fewer than ${fewestPerLabel} texts for ${listing(listed)}; hardly anything can be learnt or measured there.`,
    );
  }
  return warnings;
}

/** Labels that differ in case, blanks or compatibility forms only. */
function labelVariants({ labels }: CategoryProfile): CategoryProfile['labels'][] {
  const folds = Map.groupBy(labels, ({ label }) => foldLabel(label));
  return [...folds.values()].filter((variants) => variants.length > 1).slice(0, 10);
}

function duplicateGroups(documents: readonly Document[]): Document[][] {
  const groups = Map.groupBy(documents, (document) => duplicateKey(document.text));
  return [...groups.values()].filter((group) => group.length > 1);
}

/** The same text with different labels: no model can be right on all of them. */
function conflicts(groups: Document[][], category: string, kind: CategoryKind): Warning[] {
  const conflicting = groups.filter((group) => {
    const answers = group.flatMap((document) => {
      const labels = document.labels.get(category) ?? (kind === 'multi' ? [] : null);
      return labels === null ? [] : [labels.toSorted().join('\u0000')];
    });
    return new Set(answers).size > 1;
  });
  const first = conflicting[0];
  if (!first) return [];
  const rows = first.map((document) => document.row).slice(0, 5);
  const message =
    `Category "${excerpt(category)}": ${conflicting.length.toLocaleString('en')} text(s) occur more than once with ` +
    `different labels (first: rows ${rows.join(', ')}); they stay together on one side of the split.`;
  return [{ code: 'duplicate_conflict', message, row: rows[0] ?? null, column: category }];
}
