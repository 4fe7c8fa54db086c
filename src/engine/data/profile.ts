/** What a person is told of a dataset before anything is trained on it. */
import type { CategoryKind, CategoryProfile, Preparation, Profile, Warning } from '../../flows/contracts.ts';
import { type Document, truthOf } from './document.ts';
import { repeatedTexts } from './duplicates.ts';
import { imbalanceOf } from './imbalance.ts';
import { doubtLanguageColumn } from './language-column.ts';
import { languageName } from './languages.ts';
import { type DetectionsKept, type PreparedDataset, prepareDataset } from './prepare.ts';
import type { Dataset } from './read-dataset.ts';
import { raisedBy } from './read-limits.ts';
import { suggestRenames } from './similar-labels.ts';
import { textLengths } from './text-lengths.ts';
import { excerpt, listing } from './warning-log.ts';

const fewestDocuments = 20;
/** With fewer, a split can't hold a label on each side. */
const fewestPerLabel = 5;
const rareLanguageShare = 0.01;
const rareLanguageDocuments = 20;
const dominantShare = 0.9;

/** What jobs and the command line do after reading: the dataset as a person wants it, and what to tell them of it. */
export async function prepareAndProfile(
  dataset: Dataset,
  preparation: Preparation,
  kept?: DetectionsKept,
): Promise<{ prepared: PreparedDataset; profile: Profile }> {
  const prepared = await prepareDataset(dataset, preparation, kept);
  const doubts = await doubtLanguageColumn(dataset, preparation.languages);
  return { prepared, profile: profileDataset({ ...prepared, warnings: [...prepared.warnings, ...doubts] }) };
}

/** @param dataset as read, or as prepared: then the profile says what of it was detected */
export function profileDataset(dataset: Dataset | PreparedDataset): Profile {
  const groups = repeatedTexts(dataset.documents);
  const categories = dataset.categories.map(({ name, kind }) => categoryProfile(dataset, name, kind));
  const languages = languagesOf(dataset);
  const choices = languageChoices(languages);
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
    languageSource: sourceOf(languages, dataset.roles.language),
    languageChoices: choices,
    textCharacters: charactersOf(dataset.documents),
    categories,
    warnings: [
      ...dataset.warnings,
      ...rareLanguages(choices),
      ...categories.flatMap((category) => categoryWarnings(category)),
      ...dataset.categories.flatMap((category) => conflicts(groups, category.name, category.kind)),
    ],
    problems: null,
  };
}

function categoryProfile(dataset: Dataset, name: string, kind: CategoryKind): CategoryProfile {
  const counts = new Map<string, number>();
  let documents = 0;
  for (const document of dataset.documents) {
    const labels = document.labels.get(name);
    if (!labels?.length) continue;
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
    renameSuggestions: suggestRenames(labels),
  };
}

function unusableReason(documents: number, labels: CategoryProfile['labels'], maxLabels: number): string | null {
  if (labels.length === 0) return 'it has no labels';
  if (labels.length === 1) return `it has one label only (${excerpt(labels[0]?.label ?? '')})`;
  if (documents < fewestDocuments)
    return `only ${documents} texts have a value; at least ${fewestDocuments} are needed`;
  if (labels.length > maxLabels)
    return `it has ${labels.length} labels; at most ${maxLabels} are read${raisedBy('maxLabels')}`;
  // As many labels as texts: an id or a comment, nothing that could be learnt.
  if (labels.length > documents / 2) return `it has ${labels.length} labels for ${documents} texts, too many to learn`;
  return null;
}

function languagesOf(dataset: Dataset | PreparedDataset): Profile['languages'] {
  const detected = 'detected' in dataset ? dataset.detected : new Map<string | null, number>();
  const counts = new Map<string | null, number>();
  for (const { language } of dataset.documents) counts.set(language, (counts.get(language) ?? 0) + 1);
  const nobodyAsked = dataset.roles.language === null && detected.size === 0;
  if (nobodyAsked && counts.size === 1 && counts.has(null)) return [];
  return [...counts]
    .map(([code, documents]) => ({
      code,
      name: languageName(code),
      documents,
      detected: code === null ? 0 : (detected.get(code) ?? 0),
    }))
    .sort((a, b) => b.documents - a.documents || (a.name < b.name ? -1 : 1));
}

function sourceOf(languages: Profile['languages'], column: string | null): Profile['languageSource'] {
  const known = languages.filter(({ code }) => code !== null);
  if (known.length === 0) return null;
  if (column === null) return 'detected';
  if (known.every(({ detected }) => detected === 0)) return 'column';
  return known.every(({ detected, documents }) => detected === documents) ? 'detected' : 'mixed';
}

/**
 * Where nearly all texts are in one language, the few uncertain ones and those detected as something else are mostly in it
 * too: that is suggested. What a column says is kept.
 */
function languageChoices(languages: Profile['languages']): Profile['languageChoices'] {
  const all = languages.reduce((sum, { documents }) => sum + documents, 0);
  const main = languages.find(({ code }) => code !== null);
  const dominant = main && main.documents >= dominantShare * all ? main.code : null;
  return languages.flatMap(({ code, name, documents, detected }) => {
    const few = documents < rareLanguageDocuments || documents < rareLanguageShare * all;
    if (code !== null && (!few || languages.length === 1 || code === dominant)) return [];
    const set = dominant !== null && (code === null || detected === documents);
    const [reason, suggested] = [
      code === null ? ('unknown' as const) : ('rare' as const),
      set ? ('set' as const) : ('keep' as const),
    ];
    return [{ language: code, name, documents, reason, suggested, to: set ? dominant : null }];
  });
}

function rareLanguages(choices: Profile['languageChoices']): Warning[] {
  // those to be set to the main language are hardly there at all
  const rare = choices.filter(({ reason, suggested }) => reason === 'rare' && suggested !== 'set');
  if (rare.length === 0) return [];
  const named = rare.map(({ name, documents: count }) => `${name} (${count})`);
  const message = `Few texts in ${listing(named)}: too few for figures of their own.`;
  return [{ code: 'language_rare', message, row: null, column: null }];
}

function charactersOf(documents: readonly Document[]): Profile['textCharacters'] {
  const lengths = Float64Array.from(documents, (document) => document.text.length);
  return textLengths(lengths, (index) => documents[index]?.text ?? '');
}

function categoryWarnings(category: CategoryProfile): Warning[] {
  const column = category.name;
  const name = `Category "${excerpt(category.name)}"`;
  const warnings: Warning[] = [];
  const add = (code: string, message: string) => warnings.push({ code, message, row: null, column });
  if (category.unusable !== null) add('category_unusable', `${name} can't be compared: ${category.unusable}.`);
  const variants = category.renameSuggestions.filter(({ why }) => why === 'spelling');
  if (variants.length > 0)
    add('label_variants', `${name}: ${pairsOf(variants, category)} look like one label; they are kept apart.`);
  const similar = category.renameSuggestions.filter(({ why }) => why !== 'spelling');
  if (similar.length > 0)
    add('label_similar', `${name}: ${pairsOf(similar, category)} may be meant as one label; they are kept apart.`);
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

function pairsOf(suggestions: CategoryProfile['renameSuggestions'], { labels }: CategoryProfile): string {
  const counts = new Map(labels.map(({ label, documents }) => [label, documents]));
  const named = (label: string) => `"${excerpt(label)}" (${counts.get(label) ?? 0})`;
  return listing(suggestions.map(({ from, to }) => `${named(to)} and ${named(from)}`));
}

/** The same text with different labels: no model can be right on all of them. */
function conflicts(groups: Document[][], category: string, kind: CategoryKind): Warning[] {
  const conflicting = groups.filter((group) => {
    const answers = group.flatMap((document) => {
      const labels = truthOf(document, category, kind);
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
