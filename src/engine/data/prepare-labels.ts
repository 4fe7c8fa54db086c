/** What a person decided about the labels of each category: rename, exclude, drop what is too rare; in this order. */
import { UserError } from '../../errors.ts';
import type { CategoryKind, Preparation, Warning } from '../../flows/contracts.ts';
import { changed, type Document } from './document.ts';
import { normaliseLabel } from './labels.ts';
import type { Dataset } from './read-dataset.ts';
import { excerpt, listing } from './warning-log.ts';

/** category -> the labels dropped because too few documents have them */
export type RareLabels = ReadonlyMap<string, ReadonlySet<string>>;

type CategoryChoices = Preparation['categories'][number];
type Labels = Document['labels'];

/** What becomes of one category's labels. */
interface Reading {
  category: string;
  kind: CategoryKind;
  rename: ReadonlyMap<string, string>;
  exclude: ReadonlySet<string>;
  rare: ReadonlySet<string>;
  /** lists of labels that came up already, so that equal ones are shared; null: the document says nothing any more */
  read: Map<string, readonly string[] | null>;
}

/** @param rareInTraining of a test file: what the training file's counts said; null: these documents are counted */
export function prepareLabels(
  dataset: Dataset,
  documents: Document[],
  choices: readonly CategoryChoices[],
  rareInTraining: RareLabels | null,
  warnings: Warning[],
): { documents: Document[]; rareLabels: RareLabels } {
  const seen = new Set<string>();
  const readings: Reading[] = [];
  for (const own of choices) {
    if (seen.has(own.category))
      throw new UserError(`The category ${JSON.stringify(own.category)} is decided about twice; expected once.`);
    seen.add(own.category);
    const category = dataset.categories.find(({ name }) => name === own.category);
    if (category) {
      const reading = readingOf(category, own, documents, rareInTraining, dataset.fileName, warnings);
      if (reading) readings.push(reading);
    } else if (rareInTraining === null) throw noCategory(own.category, dataset);
  }
  const rareLabels = new Map(readings.map(({ category, rare }) => [category, rare]));
  if (readings.length === 0) return { documents, rareLabels };
  const share = sharedMaps();
  const prepared = documents.map((document) => {
    const labels = labelsAfter(document.labels, readings);
    return labels === document.labels ? document : changed(document, { labels: share(labels) });
  });
  return { documents: prepared, rareLabels };
}

function noCategory(category: string, { fileName, categories }: Dataset): UserError {
  const found = categories.map(({ name }) => name).join(', ') || 'none';
  return new UserError(`${fileName}: there is no category ${JSON.stringify(category)}. Found: ${found}.`);
}

/** The checked choices of one category; null where they change nothing. */
function readingOf(
  { name, kind }: Dataset['categories'][number],
  choices: CategoryChoices,
  documents: readonly Document[],
  rareInTraining: RareLabels | null,
  fileName: string,
  warnings: Warning[],
): Reading | null {
  if (choices.rename.length === 0 && choices.exclude.length === 0 && choices.minExamples <= 1) return null;
  const where = `${fileName}, category ${JSON.stringify(name)}`;
  const rename = checkedRenames(choices.rename, where);
  const exclude = new Set(choices.exclude.map(normaliseLabel));
  const before = labelCounts(documents, name, new Map());
  const counts = labelCounts(documents, name, rename);
  if (rareInTraining === null) {
    checkLabelsAreThere([...rename.keys()], before, where, 'rename');
    checkLabelsAreThere(exclude, counts, where, 'exclude');
  }
  const rare =
    rareInTraining?.get(name) ??
    new Set(
      [...counts].flatMap(([label, count]) => (!exclude.has(label) && count < choices.minExamples ? [label] : [])),
    );
  const reading: Reading = { category: name, kind, rename, exclude, rare, read: new Map() };
  report(reading, choices.minExamples, before, counts, warnings);
  return reading;
}

type Counts = ReadonlyMap<string, number>;

/** What was done, in documents before and after the renames. */
function report(reading: Reading, minExamples: number, before: Counts, counts: Counts, warnings: Warning[]): void {
  const { category, kind, rename, exclude, rare } = reading;
  const say = (code: string, message: string) =>
    warnings.push({ code, message: `Category "${excerpt(category)}": ${message}.`, row: null, column: category });
  const named = (labels: Iterable<string>) =>
    [...labels].filter((label) => counts.has(label)).map((label) => labelWithCount(label, counts));
  const renamed = [...rename].filter(([from, to]) => before.has(from) && from !== to);
  const list = renamed.map(([from, to]) => `${labelWithCount(from, before)} as "${excerpt(to)}"`);
  const [excluded, dropped] = [named(exclude), named(rare)];
  if (list.length > 0) say('label_renamed', `read as chosen: ${listing(list, 8)}`);
  if (excluded.length > 0) say('label_excluded', `counted as no value, as chosen: ${listing(excluded, 8)}`);
  if (dropped.length === 0) return;
  const rest = kind === 'multi' ? 'stay as negatives of the other labels' : 'are left out of the category';
  say('label_too_rare', `dropped, under ${minExamples} texts: ${listing(dropped, 8)}; their texts ${rest}`);
}

/** All at once: with a to b and b to c, what was a is b. */
function checkedRenames(renames: CategoryChoices['rename'], where: string): Map<string, string> {
  const map = new Map<string, string>();
  for (const { from: typedFrom, to: typedTo } of renames) {
    const [from, to] = [normaliseLabel(typedFrom), normaliseLabel(typedTo)];
    if (to === '') throw new UserError(`${where}: "${excerpt(from)}" can't be renamed to nothing; exclude it instead.`);
    const other = map.get(from);
    if (other !== undefined && other !== to)
      throw new UserError(`${where}: "${excerpt(from)}" is renamed to both "${excerpt(other)}" and "${excerpt(to)}".`);
    map.set(from, to);
  }
  return map;
}

function labelCounts(documents: readonly Document[], category: string, rename: ReadonlyMap<string, string>) {
  const counts = new Map<string, number>();
  for (const document of documents) {
    const labels = document.labels.get(category) ?? [];
    const read = rename.size === 0 ? labels : new Set(labels.map((label) => rename.get(label) ?? label));
    for (const label of read) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return counts;
}

function checkLabelsAreThere(chosen: Iterable<string>, counts: Counts, where: string, what: string): void {
  for (const label of chosen) {
    if (counts.has(label)) continue;
    const found = [...counts.keys()].map((own) => `"${excerpt(own)}"`);
    throw new UserError(`${where}: there is no label "${excerpt(label)}" to ${what}. Found: ${listing(found, 30)}.`);
  }
}

function labelWithCount(label: string, counts: Counts): string {
  return `"${excerpt(label)}" (${(counts.get(label) ?? 0).toLocaleString('en')})`;
}

/** The same map where nothing changes. */
function labelsAfter(labels: Labels, readings: readonly Reading[]): Labels {
  let result: Map<string, readonly string[]> | null = null;
  for (const reading of readings) {
    const before = labels.get(reading.category);
    if (before === undefined) continue;
    const after = readLabelsOnce(before, reading);
    if (after === before) continue;
    result ??= new Map(labels);
    if (after === null) result.delete(reading.category);
    else result.set(reading.category, after);
  }
  return result ?? labels;
}

const mostShared = 100_000;

function readLabelsOnce(before: readonly string[], reading: Reading): readonly string[] | null {
  const key = JSON.stringify(before);
  const known = reading.read.get(key);
  if (known !== undefined) return known !== null && sameLabels(known, before) ? before : known;
  const after = labelsRead(before, reading);
  if (reading.read.size < mostShared) reading.read.set(key, after);
  return after;
}

function labelsRead(before: readonly string[], { kind, rename, exclude, rare }: Reading): readonly string[] | null {
  if (before.length === 0) return before;
  const renamed = new Set(before.map((label) => rename.get(label) ?? label));
  const kept = [...renamed].filter((label) => !exclude.has(label) && !rare.has(label));
  if (kept.length > 0) return sameLabels(kept, before) ? before : kept;
  // Of an excluded value nobody knows what it means: no negative of the other labels, as an absent value would be.
  return kind === 'multi' && [...renamed].some((label) => exclude.has(label)) ? [] : null;
}

function sameLabels(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((label, index) => label === others[index]);
}

/** One map for each combination of labels, as far as combinations come back; free text hardly does. */
function sharedMaps(): (labels: Labels) => Labels {
  const shared = new Map<string, Labels>();
  return (labels) => {
    const key = JSON.stringify([...labels]);
    const known = shared.get(key);
    if (known) return known;
    if (shared.size < mostShared) shared.set(key, labels);
    return labels;
  };
}
