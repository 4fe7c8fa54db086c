/** Step 2: which column is what, with what was found in the file. */
import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { ColumnRoles, Profile } from '../../flows/contracts.ts';
import type { Benchmark } from '../../flows/records.ts';
import { actions, blocks, callbacks } from '../ids.ts';
import { cut, escapeMrkdwn, limits, name, option, plain, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { chosenIn, field, noneOption, oneOfMany, severalOfMany, stepView, type ViewValues } from './frame.ts';
import { foundBy } from './search.ts';

/** Columns are named by their position: a column's name may be longer than an option's value. */
const warningsShown = 6;
const categoriesNamed = 12;
const languagesNamed = 8;

const words = catalogue(
  ({ plural, count }) => ({
    title: 'What is in the file',
    texts: (file: string, texts: number) => `*${file}*: ${plural(texts, { one: '# text', other: '# texts' })}`,
    left: (rows: number) => ` (${plural(rows, { one: '# row', other: '# rows' })} without one left out)`,
    languages: (source: 'column' | 'detected' | 'mixed', listed: string) =>
      `Languages: ${{ column: '', detected: 'detected: ', mixed: 'partly detected: ' }[source]}${listed || 'no language column'}`,
    categories: (listed: string, more: number) =>
      `Categories: ${listed || 'none found'}${more > 0 ? ` and ${count(more)} more` : ''}`,
    worth: 'Worth knowing',
    moreNotes: (notes: number) => plural(notes, { one: '… and # more note', other: '… and # more notes' }),
    problems: (rows: number) => `Download ${plural(rows, { one: 'the # problem', other: 'the # problems' })} as CSV`,
    sent: '📥 The list of problems is in your messages with Podium.',
    text: 'Text',
    language: 'Language',
    annotation: 'Annotation (JSON)',
    id: 'Id',
    labels: 'Label columns',
    labelsHint: 'Each becomes a category. Leave empty when the annotation column holds them.',
    chooseText: 'Choose the column that holds the texts.',
    chooseLabels: 'Choose at least one label column, or an annotation column.',
    bothRoles: (column: string) => `${column} can't be both the text and a label.`,
    noCategory: 'These columns hold no category. Choose at least one label column, or an annotation column.',
    unusable: (reasons: string) => `No category here can be compared. ${reasons}`,
  }),
  ({ plural, count }) => ({
    title: 'Contenu du fichier',
    texts: (file: string, texts: number) => `*${file}* : ${plural(texts, { one: '# texte', other: '# textes' })}`,
    left: (rows: number) =>
      ` (${plural(rows, { one: '# ligne sans texte ignorée', other: '# lignes sans texte ignorées' })})`,
    languages: (source: 'column' | 'detected' | 'mixed', listed: string) =>
      `Langues : ${{ column: '', detected: 'détectées : ', mixed: 'en partie détectées : ' }[source]}${listed || 'pas de colonne de langue'}`,
    categories: (listed: string, more: number) =>
      `Catégories : ${listed || 'aucune'}${more > 0 ? ` et ${count(more)} de plus` : ''}`,
    worth: 'Bon à savoir',
    moreNotes: (notes: number) => plural(notes, { one: '… et # autre remarque', other: '… et # autres remarques' }),
    problems: (rows: number) =>
      `Télécharger ${plural(rows, { one: 'le # problème', other: 'les # problèmes' })} en CSV`,
    sent: '📥 La liste des problèmes est dans vos messages avec Podium.',
    text: 'Texte',
    language: 'Langue',
    annotation: 'Annotation (JSON)',
    id: 'Identifiant',
    labels: 'Colonnes d’étiquettes',
    labelsHint: 'Chacune devient une catégorie. À laisser vide si la colonne d’annotation les contient.',
    chooseText: 'Choisissez la colonne qui contient les textes.',
    chooseLabels: 'Choisissez au moins une colonne d’étiquettes, ou une colonne d’annotation.',
    bothRoles: (column: string) => `${column} ne peut pas être à la fois le texte et une étiquette.`,
    noCategory: 'Ces colonnes ne contiennent aucune catégorie. Choisissez une colonne d’étiquettes ou d’annotation.',
    unusable: (reasons: string) => `Aucune catégorie ne peut être comparée ici. ${reasons}`,
  }),
);

/** @param sent the person has just asked for the list of problems, and has it */
export function columnsView(
  { id, roles: noted }: Pick<Benchmark, 'id' | 'roles'>,
  profile: Profile,
  voice: Voice,
  { sent = false }: { sent?: boolean } = {},
): ModalView {
  const say = words(voice);
  const roles = noted ?? profile.roles;
  const { reasons } = profile;
  const one = (blockId: OneColumn, label: string, chosen: string | null, reason: string | undefined): KnownBlock =>
    field({
      blockId,
      label,
      optional: blockId !== blocks.textColumn,
      // The reasons are the worker's own sentences; a person who reads another language can do without.
      hint: voice.language === 'en' && chosen === profile.roles[roleOf[blockId]] ? reason : undefined,
      element: oneOfMany(optionsFor(blockId, profile, voice), positionOf(chosen, profile) ?? noneValue(voice), voice),
    });
  return stepView(
    {
      callbackId: callbacks.columns,
      benchmarkId: id,
      title: say.title,
      back: 'start',
      blocks: [
        section(foundText(profile, voice)),
        ...warningBlocks(id, profile, sent, voice),
        { type: 'divider' },
        one(blocks.textColumn, say.text, roles.text, reasons.text),
        one(blocks.languageColumn, say.language, roles.language, reasons.language),
        one(blocks.annotationColumn, say.annotation, roles.annotation, reasons.annotation),
        pickLabels(profile, roles.labels, voice),
        one(blocks.idColumn, say.id, roles.id, reasons.id),
      ],
    },
    voice,
  );
}

const roleOf = {
  [blocks.textColumn]: 'text',
  [blocks.languageColumn]: 'language',
  [blocks.annotationColumn]: 'annotation',
  [blocks.idColumn]: 'id',
} as const;
type OneColumn = keyof typeof roleOf;

/** Fields in which a column is chosen. */
export const columnBlocks = [
  blocks.textColumn,
  blocks.languageColumn,
  blocks.annotationColumn,
  blocks.idColumn,
  blocks.labelColumns,
] as const;

const noneValue = (voice: Voice): string | null => noneOption(voice).value ?? null;

function positionOf(column: string | null, { columns }: Profile): string | null {
  const index = columns.findIndex(({ name: own }) => own === column);
  return index < 0 ? null : String(index);
}

/** All columns, and "none" where one needn't be chosen. */
function optionsFor(blockId: (typeof columnBlocks)[number], profile: Profile, voice: Voice): PlainTextOption[] {
  const columns = profile.columns.map((column, index) =>
    option(column.name, String(index), column.examples.slice(0, 2).join(' · ') || undefined),
  );
  const isNeeded = blockId === blocks.textColumn || blockId === blocks.labelColumns;
  return isNeeded ? columns : [noneOption(voice), ...columns];
}

/** Columns by what was typed, for files with more of them than a list holds. */
export function suggestColumns(
  blockId: (typeof columnBlocks)[number],
  typed: string,
  profile: Profile,
  voice: Voice,
): PlainTextOption[] {
  return foundBy(typed, optionsFor(blockId, profile, voice), ({ text }) => text.text).slice(0, limits.options);
}

function foundText(profile: Profile, voice: Voice): string {
  const say = words(voice);
  const languages = profile.languages
    .slice(0, languagesNamed)
    .map(({ code, documents }) => `${name(voice.languageName(code))} ${voice.count(documents)}`);
  const categories = profile.categories.slice(0, categoriesNamed).map((category) => name(category.name, 40));
  const left = profile.rows - profile.documents;
  return [
    `${say.texts(name(profile.fileName), profile.documents)}${left > 0 ? say.left(left) : ''}`,
    say.languages(profile.languageSource ?? 'column', languages.join(', ')),
    say.categories(categories.join(', '), profile.categories.length - categories.length),
  ].join('\n');
}

function warningBlocks(benchmarkId: string, profile: Profile, sent: boolean, voice: Voice): KnownBlock[] {
  const say = words(voice);
  // What was detected stands above already.
  const warnings = profile.warnings.filter(({ code }) => code !== 'language_detected');
  // Those about the whole file first: they say how much was concerned.
  const sorted = warnings.toSorted((a, b) => (a.row ?? 0) - (b.row ?? 0));
  const lines = sorted.slice(0, warningsShown).map((warning) => `• ${escapeMrkdwn(cut(warning.message, 400))}`);
  const more = sorted.length - lines.length;
  const shown =
    lines.length === 0
      ? []
      : [section([`⚠️ *${say.worth}*`, ...lines, ...(more > 0 ? [say.moreNotes(more)] : [])].join('\n'))];
  const { problems } = profile;
  if (!problems) return shown;
  if (sent) return [...shown, section(say.sent)];
  const button: KnownBlock = {
    type: 'actions',
    elements: [
      {
        type: 'button',
        action_id: actions.problemsFile,
        value: benchmarkId,
        text: plain(say.problems(problems.rows), limits.buttonText),
      },
    ],
  };
  return [...shown, button];
}

function pickLabels(profile: Profile, labels: readonly string[], voice: Voice): KnownBlock {
  const say = words(voice);
  const chosen = labels.flatMap((column) => positionOf(column, profile) ?? []);
  const hint = (voice.language === 'en' ? profile.reasons.labels : undefined) ?? say.labelsHint;
  const options = optionsFor(blocks.labelColumns, profile, voice);
  return field({
    blockId: blocks.labelColumns,
    label: say.labels,
    hint,
    element: severalOfMany(options, chosen, null, voice),
  });
}

export type ColumnsChoice = { roles: ColumnRoles } | { errors: Record<string, string> };

/**
 * The inverse of columnsView.
 * @param before what the view was built with: chosen labels that it has no room for stay
 */
export function parseColumns(
  values: ViewValues,
  before: ColumnRoles | null,
  profile: Profile,
  voice: Voice,
): ColumnsChoice {
  const say = words(voice);
  const roles = keepColumns(values, before, profile);
  if (roles === null) return { errors: { [blocks.textColumn]: say.chooseText } };
  const { text } = roles;
  if (roles.annotation === null && roles.labels.length === 0)
    return { errors: { [blocks.labelColumns]: say.chooseLabels } };
  if (roles.labels.includes(text) || roles.annotation === text)
    return { errors: { [blocks.textColumn]: say.bothRoles(cut(text, 100)) } };
  return { roles };
}

/** The columns that stand in the fields, whether or not they make sense; null: none holds the texts. */
export function keepColumns(values: ViewValues, before: ColumnRoles | null, profile: Profile): ColumnRoles | null {
  const chosen = chosenIn(values);
  const nameAt = (index: string | null): string | null =>
    index === null ? null : (profile.columns[Number(index)]?.name ?? null);
  const text = nameAt(chosen.one(blocks.textColumn));
  if (text === null) return null;
  const labels = chosen.several(blocks.labelColumns).flatMap((index) => nameAt(index) ?? []);
  const unseen = (before ?? profile.roles).labels
    .toSorted((a, b) => Number(positionOf(a, profile)) - Number(positionOf(b, profile)))
    .slice(limits.options);
  return {
    text,
    id: nameAt(chosen.one(blocks.idColumn)),
    language: nameAt(chosen.one(blocks.languageColumn)),
    annotation: nameAt(chosen.one(blocks.annotationColumn)),
    labels: [...new Set([...labels, ...unseen])],
  };
}

/** Roles are the same in whatever order the labels were picked. */
export function sameRoles(a: ColumnRoles, b: ColumnRoles): boolean {
  const sorted = ({ text, id, language, annotation, labels }: ColumnRoles) =>
    JSON.stringify([text, id, language, annotation, labels.toSorted()]);
  return sorted(a) === sorted(b);
}

/** What stands in the way of going on: no category at all, or none that can be compared; null: nothing. */
export function columnsTrouble(profile: Profile, voice: Voice): Record<string, string> | null {
  const say = words(voice);
  if (profile.categories.some(({ unusable }) => unusable === null)) return null;
  const reasons = profile.categories.map((category) => `${category.name}: ${category.unusable}`);
  const text = reasons.length === 0 ? say.noCategory : say.unusable(reasons.slice(0, 3).join('; '));
  return { [blocks.labelColumns]: cut(text, 500) };
}
