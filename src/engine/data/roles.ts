/** Which column plays which role: what the user named, else a guess with its reason. */
import { UserError } from '../../errors.ts';
import type { ColumnRoles } from '../../flows/contracts.ts';
import type { ColumnFacts } from './column-facts.ts';
import { foldLabel, normaliseName } from './labels.ts';
import { excerpt, listing } from './warning-log.ts';

export interface GuessedRoles {
  roles: ColumnRoles;
  /** one sentence per role; `unused` for the columns that got none */
  reasons: Record<string, string>;
}

const hints = {
  text: words(
    'text texte texto testo tekst message messages mensaje content contenu contenido comment comments comentario commentaire body tweet review sentence phrase utterance post description document query question verbatim',
  ),
  id: words('id ids uid uuid guid key identifier identifiant index no nr number row'),
  language: words('language languages lang langue idioma lengua lingua sprache taal locale lng'),
  annotation: words('annotation annotations labels_json json answer output prediction'),
  label: words(
    'label labels category categories categorie categoria class classe clase topic topics theme themes tema sentiment intent emotion tone ton tag tags target type group polarity rating stance urgency priority status etiquette',
  ),
  partition: words('split fold partition subset'),
};

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}

/** A column's name hints at a role: `Message text`, `msg_id`, `thème`. */
function hinted(name: string, role: keyof typeof hints): boolean {
  const folded = foldLabel(name.normalize('NFD').replace(/[\u0300-\u036f]/g, ''));
  if (hints[role].has(folded) || hints[role].has(folded.replaceAll(' ', '_'))) return true;
  return folded.split(/[^\p{L}\p{N}]+/u).some((word) => hints[role].has(word));
}

/** The user's roles win, each checked by name; the rest is guessed. Throws a UserError without any text column. */
export function assignRoles(facts: ColumnFacts[], wanted: Partial<ColumnRoles>, fileName: string): GuessedRoles {
  const reasons: Record<string, string> = {};
  const find = (name: string, role: string) => findColumn(facts, name, role, fileName);
  const taken = new Set<string>();
  const take = (role: string, name: string | null, reason: string): string | null => {
    if (name !== null) taken.add(name);
    if (reason !== '') reasons[role] = reason;
    return name;
  };
  const given = (role: 'id' | 'language' | 'annotation') => {
    const name = wanted[role];
    if (name === undefined) return undefined;
    return name === null ? null : find(name, role).name;
  };
  // named roles are taken first, so that no guess gives their columns away
  const named = {
    text: wanted.text === undefined ? undefined : find(wanted.text, 'text').name,
    id: given('id'),
    language: given('language'),
    annotation: given('annotation'),
    labels:
      wanted.labels === undefined ? undefined : [...new Set(wanted.labels.map((name) => find(name, 'label').name))],
  };
  for (const name of [named.text, named.id, named.language, named.annotation, ...(named.labels ?? [])]) {
    if (name) taken.add(name);
  }
  const free = () => facts.filter(({ name }) => !taken.has(name));
  const chosen = 'You chose this column.';
  const pick = (role: 'id' | 'language' | 'annotation', guess: (columns: ColumnFacts[]) => Guess): string | null => {
    const name = named[role];
    if (name !== undefined) return take(role, name, name === null ? '' : chosen);
    const guessed = guess(free());
    return take(role, guessed.name, guessed.reason);
  };
  const annotation = pick('annotation', guessAnnotation);
  const text = named.text ?? guessText(free());
  if (text === null) throw noText(facts, fileName);
  take('text', typeof text === 'string' ? text : text.name, typeof text === 'string' ? chosen : text.reason);
  const textName = typeof text === 'string' ? text : text.name;
  const language = pick('language', guessLanguage);
  const id = pick('id', guessId);
  const labels =
    named.labels ??
    free()
      .filter(isLabelColumn)
      .map(({ name }) => name);
  for (const name of labels) taken.add(name);
  if (named.labels) reasons.labels = 'You chose these columns.';
  else if (labels.length > 0) {
    const counted = labels.map((name) => `${name} (${facts.find((column) => column.name === name)?.distinct ?? 0})`);
    reasons.labels = `Few different values in many rows: ${listing(counted, 8)}.`;
  }
  const unused = free().map(({ name }) => name);
  if (unused.length > 0) reasons.unused = `Not used: ${listing(unused, 8)}.`;
  return { roles: { text: textName, id, language, annotation, labels }, reasons };
}

interface Guess {
  name: string | null;
  reason: string;
}

const nothing: Guess = { name: null, reason: '' };

function findColumn(facts: ColumnFacts[], name: string, role: string, fileName: string): ColumnFacts {
  const wanted = normaliseName(name);
  const exact = facts.find((column) => column.name === wanted);
  const alike = facts.filter((column) => column.name.toLowerCase() === wanted.toLowerCase());
  const found = exact ?? (alike.length === 1 ? alike[0] : undefined);
  if (found) return found;
  const names = listing(
    facts.map((column) => column.name),
    30,
  );
  throw new UserError(
    `${fileName} has no column "${excerpt(wanted)}" (wanted as ${role} column). Its columns are: ${names}.`,
  );
}

function noText(facts: ColumnFacts[], fileName: string): UserError {
  const names = listing(
    facts.map(({ name }) => name),
    30,
  );
  return new UserError(`${fileName}, line 1: no column with texts. Expected a column such as "text"; got: ${names}.`);
}

function guessAnnotation(columns: ColumnFacts[]): Guess {
  const json = columns.filter((column) => column.annotations >= (hinted(column.name, 'annotation') ? 0.1 : 0.5));
  const best = first(json, (column) => column.annotations + (hinted(column.name, 'annotation') ? 1 : 0));
  if (!best) return nothing;
  return { name: best.name, reason: `${percent(best.annotations)} of its cells are JSON objects.` };
}

function guessText(columns: ColumnFacts[]): { name: string; reason: string } | null {
  const texts = columns.filter((column) => column.filled > 0 && column.nested < 0.5 && isTextLike(column));
  const named = texts.filter(({ name }) => hinted(name, 'text') && !hinted(name, 'id'));
  const best = first(named.length > 0 ? named : texts, (column) => column.meanCharacters);
  if (!best) return null;
  const length = `${Math.round(best.meanCharacters)} characters on average`;
  const reason =
    named.length > 0
      ? `Its name says so, and its cells are text (${length}).`
      : `Its cells are the longest (${length}).`;
  return { name: best.name, reason };
}

function isTextLike(column: ColumnFacts): boolean {
  if (column.withLetters < 0.5 || column.numeric > 0.5) return false;
  if (hinted(column.name, 'text') && !hinted(column.name, 'id')) return true;
  if (hinted(column.name, 'label') || hinted(column.name, 'id') || hinted(column.name, 'language')) return false;
  const varied = column.distinct >= Math.max(2, column.filled * 0.2);
  return varied && (column.withBlanks >= 0.3 || column.meanCharacters >= 20) && column.annotations < 0.5;
}

function guessLanguage(columns: ColumnFacts[]): Guess {
  const found = columns.filter((column) => {
    if (column.filled === 0) return hinted(column.name, 'language');
    if (hinted(column.name, 'language')) return column.languages >= 0.3;
    const few = column.distinct <= Math.max(60, column.filled * 0.02);
    return few && column.languages >= 0.9 && column.meanCharacters >= 4;
  });
  const best = first(found, (column) => column.languages + (hinted(column.name, 'language') ? 1 : 0));
  return best ? { name: best.name, reason: `${percent(best.languages)} of its cells name a language.` } : nothing;
}

function guessId(columns: ColumnFacts[]): Guess {
  const found = columns.filter((column) => {
    if (column.filled === 0 || column.nested > 0 || column.meanCharacters > 64) return false;
    const unique = column.distinct / column.filled;
    if (hinted(column.name, 'id') && !hinted(column.name, 'label')) return unique > 0.9;
    if (hinted(column.name, 'label')) return false;
    return unique === 1 && column.filled >= 20 && column.withBlanks === 0 && column.dates < 0.5;
  });
  const best = first(found, (column) => (hinted(column.name, 'id') ? 2 : 0) + column.distinct / column.filled);
  if (!best) return nothing;
  const repeated = best.filled - best.distinct;
  const reason =
    repeated === 0 ? 'Every row has another value.' : `Nearly every row has another value (${repeated} repeat).`;
  return { name: best.name, reason };
}

/** Few values in many rows, and not numbers, dates or free text. */
function isLabelColumn(column: ColumnFacts): boolean {
  if (column.filled === 0 || hinted(column.name, 'partition') || hinted(column.name, 'id')) return false;
  const named = hinted(column.name, 'label');
  const share = column.distinct / column.filled;
  if (column.annotations >= 0.5 || column.meanCharacters > 100) return false;
  if (named) return share < 1 || column.filled < 20 || column.withBlanks < 0.3;
  if (column.numeric > 0.9 && column.distinct > 20) return false;
  if (column.dates > 0.5 || column.languages === 1) return false;
  return share <= 0.2 || (column.distinct <= 10 && share <= 0.5);
}

function first(columns: ColumnFacts[], score: (column: ColumnFacts) => number): ColumnFacts | null {
  let best: ColumnFacts | null = null;
  for (const column of columns) if (best === null || score(column) > score(best)) best = column;
  return best;
}

function percent(share: number): string {
  return share > 0.99 && share < 1 ? '99 %' : `${Math.round(share * 100)} %`;
}
