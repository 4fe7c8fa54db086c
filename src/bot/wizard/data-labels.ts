/** Of the data step: labels that are read as others, left out, or too rare. */
import { createHash } from 'node:crypto';
import type { KnownBlock, PlainTextOption } from '@slack/types';
import type { Preparation, Profile } from '../../flows/contracts.ts';
import { blocks, valueAction } from '../ids.ts';
import { cut, initially, limits, name, option } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { chosenIn, type Field, field, searched, severalOfMany, type ViewValues } from './frame.ts';
import { foundBy } from './search.ts';

const words = catalogue(
  ({ plural }) => ({
    renames: 'Labels that are probably the same',
    renamesHint: 'What you choose here is read as the more frequent spelling. The file itself is never changed.',
    rename: (from: string, to: string) => `${from} → ${to}`,
    excluded: 'Labels to leave out',
    excludedHint: 'Texts with only these labels count as having none.',
    search: 'Type to search',
    label: (category: string, label: string) => `${label} (${category})`,
    texts: (texts: number) => plural(texts, { one: '# text', other: '# texts' }),
    leftOut: (label: string) => `Left out: ${label}`,
    minExamples: 'Leave out labels of fewer texts than',
    minExamplesHint: '1 keeps all. Labels of very few texts can’t be learnt, and make every score uncertain.',
  }),
  ({ plural }) => ({
    renames: 'Étiquettes sans doute identiques',
    renamesHint:
      'Ce que vous choisissez ici est lu comme la graphie la plus fréquente. Le fichier n’est jamais modifié.',
    rename: (from: string, to: string) => `${from} → ${to}`,
    excluded: 'Étiquettes à écarter',
    excludedHint: 'Les textes qui n’ont que ces étiquettes comptent comme n’en ayant pas.',
    search: 'Tapez pour chercher',
    label: (category: string, label: string) => `${label} (${category})`,
    texts: (texts: number) => plural(texts, { one: '# texte', other: '# textes' }),
    leftOut: (label: string) => `Écartée : ${label}`,
    minExamples: 'Écarter les étiquettes de moins de … textes',
    minExamplesHint:
      '1 garde tout. Les étiquettes de très peu de textes ne s’apprennent pas et rendent les scores incertains.',
  }),
);

/** Slack takes ten checkboxes. */
const mostTicked = 10;

/** An option's value that stays the same whatever else is chosen: labels are too long for one. */
const valueFor = (...parts: string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);

interface Rename {
  category: string;
  from: string;
  to: string;
}

/** Those suggested and those chosen before: a chosen one is no longer suggested, for the profile was made with it. */
function renamesOf(profile: Profile, preparation: Preparation): { all: Rename[]; chosen: Rename[] } {
  const chosen = preparation.categories.flatMap(({ category, rename }) => rename.map((own) => ({ category, ...own })));
  const suggested = profile.categories.flatMap(({ name: category, renameSuggestions }) =>
    renameSuggestions.map(({ from, to }) => ({ category, from, to })),
  );
  const isNew = (one: Rename) => !chosen.some(({ category, from }) => category === one.category && from === one.from);
  return { all: [...chosen, ...suggested.filter(isNew)], chosen };
}

const renameValue = ({ category, from, to }: Rename): string => valueFor(category, from, to);

function renameOption(rename: Rename, voice: Voice): PlainTextOption {
  const { category, from, to } = rename;
  return option(words(voice).rename(cut(from, 34), cut(to, 34)), renameValue(rename), category);
}

export function labelBlocks(profile: Profile, preparation: Preparation, voice: Voice): KnownBlock[] {
  const say = words(voice);
  const { all, chosen } = renamesOf(profile, preparation);
  const renames = all.map((rename) => renameOption(rename, voice));
  const excluded = labelsOf(profile, preparation).filter((label) => label.excluded);
  const fewest = Math.max(1, ...preparation.categories.map(({ minExamples }) => minExamples));
  return [
    ...(renames.length === 0
      ? []
      : [
          field({
            blockId: blocks.renames,
            label: say.renames,
            hint: say.renamesHint,
            element: fewOrMany(renames, chosen.map(renameValue), voice),
          }),
        ]),
    field({
      blockId: blocks.excluded,
      label: say.excluded,
      hint: say.excludedHint,
      element: searched(
        excluded.map((label) => labelOption(label, voice)),
        say.search,
      ),
    }),
    field({
      blockId: blocks.minExamples,
      label: say.minExamples,
      hint: say.minExamplesHint,
      element: {
        type: 'number_input',
        action_id: valueAction,
        is_decimal_allowed: false,
        min_value: '1',
        max_value: '1000',
        initial_value: String(fewest),
      },
    }),
  ];
}

/** A few stand there to be ticked; a list has to be opened. */
function fewOrMany(options: PlainTextOption[], initial: readonly string[], voice: Voice): Field['element'] {
  if (options.length > mostTicked) return severalOfMany(options, initial, null, voice);
  const chosen = options.filter(({ value }) => initial.includes(value ?? ''));
  return { type: 'checkboxes', action_id: valueAction, options, ...initially(chosen) };
}

interface LabelAt {
  category: string;
  label: string;
  /** null: excluded before the profile was made */
  documents: number | null;
  excluded: boolean;
}

/** Those left out before, then the others of the profile, most frequent ones of each category first. */
function labelsOf(profile: Profile, preparation: Preparation): LabelAt[] {
  const there = new Map(
    profile.categories.flatMap(({ name: category, labels }) =>
      labels.map(({ label, documents }) => [labelValue({ category, label }), { category, label, documents }] as const),
    ),
  );
  const left = preparation.categories.flatMap(({ category, exclude }) => exclude.map((label) => ({ category, label })));
  const isLeft = new Set(left.map(labelValue));
  return [
    ...left.map((own) => ({ ...own, documents: there.get(labelValue(own))?.documents ?? null, excluded: true })),
    ...[...there].flatMap(([value, own]) => (isLeft.has(value) ? [] : [{ ...own, excluded: false }])),
  ];
}

const labelValue = ({ category, label }: Pick<LabelAt, 'category' | 'label'>): string => valueFor(category, label);

function labelOption(own: LabelAt, voice: Voice): PlainTextOption {
  const say = words(voice);
  const { category, label, documents } = own;
  const text = say.label(cut(category, 25), cut(label, 40));
  return option(text, labelValue(own), documents === null ? undefined : say.texts(documents));
}

/** Renames by what was typed. */
export function suggestRenames(
  typed: string,
  profile: Profile,
  preparation: Preparation,
  voice: Voice,
): PlainTextOption[] {
  return foundBy(typed, renamesOf(profile, preparation).all, ({ from, to, category }) => `${from} ${to} ${category}`)
    .slice(0, limits.options)
    .map((rename) => renameOption(rename, voice));
}

/** Labels by what was typed. */
export function suggestLabels(
  typed: string,
  profile: Profile,
  preparation: Preparation,
  voice: Voice,
): PlainTextOption[] {
  return foundBy(typed, labelsOf(profile, preparation), ({ label, category }) => `${label} ${category}`)
    .slice(0, limits.options)
    .map((label) => labelOption(label, voice));
}

/** What was decided about the labels; what isn't shown stays as it was. */
export function keepLabels(values: ViewValues, profile: Profile, before: Preparation): Preparation['categories'] {
  const chosen = chosenIn(values);
  const renames = chosenOf(chosen, blocks.renames, renamesOf(profile, before).all, renameValue, ({ category, from }) =>
    before.categories.some((own) => own.category === category && own.rename.some((one) => one.from === from)),
  );
  const labels = labelsOf(profile, before);
  const excluded = chosenOf(chosen, blocks.excluded, labels, labelValue, (label) => label.excluded);
  const typed = chosen.text(blocks.minExamples);
  const fewest = Math.max(1, ...before.categories.map((own) => own.minExamples));
  const minExamples = /^\d+$/.test(typed) ? Math.max(1, Math.min(1000, Number(typed))) : fewest;
  const names = new Set([
    ...before.categories.map(({ category }) => category),
    ...(minExamples > 1 ? profile.categories.map(({ name: category }) => category) : []),
    ...renames.map(({ category }) => category),
    ...excluded.map(({ category }) => category),
  ]);
  return [...names].flatMap((category) => {
    const own = {
      category,
      rename: renames.flatMap((one) => (one.category === category ? [{ from: one.from, to: one.to }] : [])),
      exclude: excluded.flatMap((one) => (one.category === category ? [one.label] : [])),
      minExamples,
      strategy: before.categories.find((one) => one.category === category)?.strategy ?? ('auto' as const),
    };
    const isUsual = own.rename.length === 0 && own.exclude.length === 0 && minExamples === 1 && own.strategy === 'auto';
    return isUsual ? [] : [own];
  });
}

/** What is chosen in a field; of those chosen before, those that it has no room for stay. */
function chosenOf<T>(
  chosen: ReturnType<typeof chosenIn>,
  blockId: string,
  all: readonly T[],
  valueFrom: (one: T) => string,
  wasChosen: (one: T) => boolean,
): T[] {
  const before = all.filter(wasChosen);
  if (!chosen.has(blockId)) return before;
  const values = new Set(chosen.several(blockId));
  const unseen = new Set(before.slice(limits.options));
  return all.filter((one) => values.has(valueFrom(one)) || unseen.has(one));
}

/** What was decided, in lines of mrkdwn. */
export function labelLines(categories: Preparation['categories'], voice: Voice): string[] {
  const say = words(voice);
  const renames = categories.flatMap(({ rename }) =>
    rename.map(({ from, to }) => say.rename(name(from, 30), name(to, 30))),
  );
  const left = categories.flatMap(({ exclude }) => exclude.map((label) => say.leftOut(name(label, 30))));
  return [...renames, ...left];
}
