/** Each document's language: from the column or its text, then what a person decided about it. */
import { UserError } from '../../errors.ts';
import type { EngineSettings, Preparation, Warning } from '../../flows/contracts.ts';
import { changed, type Document } from './document.ts';
import { languageCode, languageName } from './languages.ts';
import type { Dataset } from './read-dataset.ts';
import { languagesOfTexts } from './text-languages.ts';
import { listing } from './warning-log.ts';

type LanguageChoices = Preparation['languages'];

export interface LanguagesPrepared {
  documents: Document[];
  /** documents whose language was told from the text, by language; null: in vain */
  detected: Map<string | null, number>;
}

/**
 * @param strict a change of a language that no document is in is a UserError
 * @param cacheFolder where the languages told are kept; null: nowhere
 */
export async function prepareLanguages(
  dataset: Dataset,
  choices: LanguageChoices,
  strict: boolean,
  warnings: Warning[],
  cacheFolder: EngineSettings['cacheFolder'] | null,
): Promise<LanguagesPrepared> {
  const changes = checkedChanges(choices.changes, dataset.fileName);
  const found = await detectLanguages(dataset.documents, choices, cacheFolder);
  const counts = new Map<string | null, number>();
  for (const { language } of found.documents) counts.set(language, (counts.get(language) ?? 0) + 1);
  if (strict) checkChangesMeet(changes, counts, dataset.fileName);
  reportDetected(found.detected, dataset, warnings);
  if (changes.size === 0) return found;
  reportChanges(changes, counts, dataset.roles.language, warnings);
  return {
    documents: found.documents.flatMap((document) => applyChange(document, changes)),
    detected: new Map([...found.detected].filter(([code]) => !changes.has(code))),
  };
}

async function detectLanguages(
  documents: Document[],
  { detect, minConfidence }: LanguageChoices,
  cacheFolder: EngineSettings['cacheFolder'] | null,
): Promise<LanguagesPrepared> {
  const detected = new Map<string | null, number>();
  const isOpen = ({ language }: Document) => detect === 'all' || (detect === 'missing' && language === null);
  const open = documents.filter(isOpen);
  if (open.length === 0) return { documents, detected };
  const told = (await languagesOfTexts(open, minConfidence, cacheFolder)).values();
  const result = documents.map((document) => {
    if (!isOpen(document)) return document;
    const language = told.next().value ?? null;
    detected.set(language, (detected.get(language) ?? 0) + 1);
    return language === document.language ? document : changed(document, { language });
  });
  return { documents: result, detected };
}

/** All changes at once: with fr to en and en to de, French becomes English, not German. */
type Changes = ReadonlyMap<string | null, string | null>;

function checkedChanges(changes: LanguageChoices['changes'], fileName: string): Changes {
  const map = new Map<string | null, string | null>();
  for (const { from, to } of changes) {
    const name = languageName(from);
    if (to !== null && languageCode(to) !== to)
      throw new UserError(`${fileName}: ${name} can't become ${JSON.stringify(to)}: that is no language.`);
    if (map.has(from) && map.get(from) !== to)
      throw new UserError(`${fileName}: two different decisions about the texts in ${name}; expected one.`);
    map.set(from, to);
  }
  return map;
}

function checkChangesMeet(changes: Changes, counts: ReadonlyMap<string | null, number>, fileName: string): void {
  for (const from of changes.keys()) {
    // what becomes of texts of unknown language may be decided before anybody knows whether there are any
    if (from === null || counts.has(from)) continue;
    const there = [...counts].map(([code, count]) => `${languageName(code)} ${count}`);
    throw new UserError(`${fileName}: no text is in ${languageName(from)}. Found: ${listing(there, 30)}.`);
  }
}

function applyChange(document: Document, changes: Changes): Document[] {
  const to = changes.get(document.language);
  // null stands for unknown before a change, for left out after it
  if (to === null) return [];
  return [to === undefined || to === document.language ? document : changed(document, { language: to })];
}

function reportDetected(detected: ReadonlyMap<string | null, number>, dataset: Dataset, warnings: Warning[]): void {
  const column = dataset.roles.language;
  const tried = sum(detected.values());
  if (tried === 0) return;
  const told = [...detected].filter(([code]) => code !== null).sort((a, b) => b[1] - a[1]);
  const named = told.map(([code, count]) => `${languageName(code)} ${count.toLocaleString('en')}`);
  const unknown = detected.get(null) ?? 0;
  const rest = unknown > 0 ? `${named.length > 0 ? '; ' : ''}${unknown.toLocaleString('en')} too uncertain` : '';
  const message = `Languages of ${texts(tried)} detected from the text: ${listing(named, 8)}${rest}.`;
  warnings.push({ code: 'language_detected', message, row: null, column });
}

function reportChanges(
  changes: Changes,
  counts: ReadonlyMap<string | null, number>,
  column: string | null,
  warnings: Warning[],
): void {
  for (const [from, to] of changes) {
    const count = counts.get(from) ?? 0;
    if (count === 0 || (to !== null && from === to)) continue;
    const which = from === null ? `${texts(count)} of unknown language` : `${texts(count)} in ${languageName(from)}`;
    const message = to === null ? `${which} left out, as chosen.` : `${which} taken as ${languageName(to)}, as chosen.`;
    warnings.push({ code: to === null ? 'language_excluded' : 'language_set', message, row: null, column });
  }
}

function texts(count: number): string {
  return `${count.toLocaleString('en')} text${count === 1 ? '' : 's'}`;
}

function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
