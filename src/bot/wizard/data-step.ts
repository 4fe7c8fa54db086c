/** Step 3: languages and labels. Everything here has a sensible default; where nothing asks for a decision, it is skipped. */
import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { noPreparation, type Preparation, type Profile } from '../../flows/contracts.ts';
import type { Plan } from '../../flows/records.ts';
import { blocks, callbacks, valueAction } from '../ids.ts';
import { cut, limits, name, option, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { chosenIn, field, oneOf, radio, searched, severalOf, stepView, type ViewValues } from './frame.ts';
import { foundBy } from './search.ts';

const choicesShown = 8;
const languagesToSet = 20;

const words = catalogue(
  ({ plural, count }) => ({
    title: 'Languages and labels',
    intro: 'Leave everything as it is if you are not sure: the defaults are sound.',
    mode: 'How to treat the languages',
    multilingual: 'One model for all languages',
    perLanguage: 'One model per language',
    perLanguageNote: 'Results, ranking, vote and choice for each language apart',
    languages: 'Languages that take part',
    oneLanguage: 'Choose at least one language.',
    detect: 'Detect the language of texts',
    detects: { off: 'Never', missing: 'Where the column names none', all: 'Of every text' },
    unknown: (texts: number) => `${plural(texts, { one: '# text', other: '# texts' })} of unknown language`,
    rare: (language: string, texts: number) =>
      `${language}: only ${plural(texts, { one: '# text', other: '# texts' })}`,
    keep: 'Keep as they are',
    leaveOut: 'Leave out',
    setTo: (language: string) => `Count as ${language}`,
    renames: 'Labels that are probably the same',
    renamesHint: 'What you choose here is read as the more frequent spelling. The file itself is never changed.',
    rename: (from: string, to: string) => `${from} → ${to}`,
    excluded: 'Labels to leave out',
    excludedHint: 'Texts with only these labels count as having none.',
    search: 'Type to search',
    label: (category: string, label: string) => `${label} (${category})`,
    texts: (texts: number) => plural(texts, { one: '# text', other: '# texts' }),
    minExamples: 'Leave out labels of fewer texts than',
    minExamplesHint: '1 keeps all. Labels of very few texts can’t be learnt, and make every score uncertain.',
    moreLanguages: (more: number) => `… and ${count(more)} more; leave them out above if you like.`,
  }),
  ({ plural, count }) => ({
    title: 'Langues, étiquettes',
    intro: 'Dans le doute, laissez tout tel quel : les valeurs proposées sont bonnes.',
    mode: 'Comment traiter les langues',
    multilingual: 'Un modèle pour toutes les langues',
    perLanguage: 'Un modèle par langue',
    perLanguageNote: 'Résultats, classement, vote et choix séparés pour chaque langue',
    languages: 'Langues prises en compte',
    oneLanguage: 'Choisissez au moins une langue.',
    detect: 'Détecter la langue des textes',
    detects: { off: 'Jamais', missing: 'Là où la colonne n’en dit rien', all: 'Pour chaque texte' },
    unknown: (texts: number) => `${plural(texts, { one: '# texte', other: '# textes' })} de langue inconnue`,
    rare: (language: string, texts: number) =>
      `${language} : seulement ${plural(texts, { one: '# texte', other: '# textes' })}`,
    keep: 'Garder tels quels',
    leaveOut: 'Écarter',
    setTo: (language: string) => `Compter comme ${language}`,
    renames: 'Étiquettes sans doute identiques',
    renamesHint:
      'Ce que vous choisissez ici est lu comme la graphie la plus fréquente. Le fichier n’est jamais modifié.',
    rename: (from: string, to: string) => `${from} → ${to}`,
    excluded: 'Étiquettes à écarter',
    excludedHint: 'Les textes qui n’ont que ces étiquettes comptent comme n’en ayant pas.',
    search: 'Tapez pour chercher',
    label: (category: string, label: string) => `${label} (${category})`,
    texts: (texts: number) => plural(texts, { one: '# texte', other: '# textes' }),
    minExamples: 'Écarter les étiquettes de moins de … textes',
    minExamplesHint:
      '1 garde tout. Les étiquettes de très peu de textes ne s’apprennent pas et rendent les scores incertains.',
    moreLanguages: (more: number) => `… et ${count(more)} de plus ; écartez-les ci-dessus si vous voulez.`,
  }),
);

/** Does anything here ask for a decision? A person can always come here by Back. */
export function asksForData({ languages, languageChoices, categories }: Profile): boolean {
  return (
    languages.length >= 2 || languageChoices.length > 0 || categories.some((own) => own.renameSuggestions.length > 0)
  );
}

/** @param plan what was chosen so far */
export function dataView(benchmarkId: string, profile: Profile, plan: Plan, voice: Voice): ModalView {
  const say = words(voice);
  const { detect } = plan.preparation.languages;
  const detects = (['missing', 'all', 'off'] as const).map((own) => option(say.detects[own], own));
  return stepView(
    {
      callbackId: callbacks.data,
      benchmarkId,
      title: say.title,
      back: 'columns',
      blocks: [
        section(say.intro),
        ...languageBlocks(profile, plan, voice),
        field({ blockId: blocks.detect, label: say.detect, element: oneOf(detects, detect) }),
        ...choiceBlocks(profile, plan.preparation, voice),
        ...labelBlocks(profile, plan.preparation, voice),
      ],
    },
    voice,
  );
}

function languageBlocks(profile: Profile, plan: Plan, voice: Voice): KnownBlock[] {
  if (profile.languages.length < 2) return [];
  const say = words(voice);
  const modes = [
    option(say.multilingual, 'multilingual'),
    option(say.perLanguage, 'per-language', say.perLanguageNote),
  ];
  const options = profile.languages.map(({ code, documents }, index) =>
    option(`${voice.languageName(code)} (${voice.count(documents)})`, String(index)),
  );
  const kept = profile.languages.flatMap(({ code }, index) =>
    plan.languages === null || plan.languages.includes(code) ? [String(index)] : [],
  );
  return [
    field({ blockId: blocks.mode, label: say.mode, element: radio(modes, plan.mode) }),
    field({ blockId: blocks.languages, label: say.languages, element: severalOf(options, kept) }),
  ];
}

/** Languages that ask for a decision: of unknown ones and rare ones, what becomes of their texts. */
function choiceBlocks(profile: Profile, { languages: { changes } }: Preparation, voice: Voice): KnownBlock[] {
  const say = words(voice);
  const known = profile.languages.flatMap(({ code }) => code ?? []).slice(0, languagesToSet);
  const shown = profile.languageChoices.slice(0, choicesShown);
  const more = profile.languageChoices.length - shown.length;
  const fields = shown.map(({ language, documents, reason }, index) => {
    const change = changes.find(({ from }) => from === language);
    const others = known.filter((code) => code !== language);
    const options = [
      option(say.keep, 'keep'),
      option(say.leaveOut, 'exclude'),
      ...others.map((code) => option(say.setTo(voice.languageName(code)), `set:${code}`)),
    ];
    const chosen = change === undefined ? 'keep' : change.to === null ? 'exclude' : `set:${change.to}`;
    const label = reason === 'unknown' ? say.unknown(documents) : say.rare(voice.languageName(language), documents);
    return field({ blockId: `${blocks.languageChoice}_${index}`, label, element: oneOf(options, chosen) });
  });
  return [...fields, ...(more > 0 ? [section(say.moreLanguages(more))] : [])];
}

interface Rename {
  category: string;
  from: string;
  to: string;
}

/** Those suggested and those chosen before: a chosen one is no longer suggested, for the profile was made with it. */
function renamesOf(profile: Profile, preparation: Preparation): { all: Rename[]; chosen: number[] } {
  const before = preparation.categories.flatMap(({ category, rename }) => rename.map((own) => ({ category, ...own })));
  const suggested = profile.categories.flatMap(({ name: category, renameSuggestions }) =>
    renameSuggestions.map(({ from, to }) => ({ category, from, to })),
  );
  const isNew = (one: Rename) => !before.some(({ category, from }) => category === one.category && from === one.from);
  return {
    all: [...before, ...suggested.filter(isNew)].slice(0, limits.options),
    chosen: before.map((_, index) => index),
  };
}

function labelBlocks(profile: Profile, preparation: Preparation, voice: Voice): KnownBlock[] {
  const say = words(voice);
  const { all, chosen } = renamesOf(profile, preparation);
  const renames = all.map(({ category, from, to }, index) =>
    option(say.rename(cut(from, 34), cut(to, 34)), String(index), category),
  );
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
            element: severalOf(renames, chosen.map(String)),
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

interface LabelAt {
  value: string;
  category: string;
  label: string;
  /** null: excluded before the profile was made */
  documents: number | null;
  excluded: boolean;
}

/** Labels of the profile by position, and those that were left out before it was made. */
function labelsOf(profile: Profile, preparation: Preparation): LabelAt[] {
  const left = preparation.categories.flatMap(({ category, exclude }) => exclude.map((label) => ({ category, label })));
  const gone = left.map(({ category, label }, index) => ({
    ...{ value: `left:${index}`, category, label, documents: null, excluded: true },
  }));
  const there = profile.categories.flatMap(({ name: category, labels }, position) =>
    labels.flatMap(({ label, documents }, index): LabelAt[] => {
      const excluded = left.some((own) => own.category === category && own.label === label);
      return excluded ? [] : [{ value: `${position}:${index}`, category, label, documents, excluded }];
    }),
  );
  return [...gone, ...there];
}

function labelOption({ value, category, label, documents }: LabelAt, voice: Voice): PlainTextOption {
  const say = words(voice);
  const text = say.label(cut(label, 40), cut(category, 25));
  return option(text, value, documents === null ? undefined : say.texts(documents));
}

/** Labels found by what was typed, most frequent ones of each category first. */
export function suggestLabels(typed: string, profile: Profile, plan: Plan, voice: Voice): PlainTextOption[] {
  const labels = labelsOf(profile, plan.preparation);
  return foundBy(typed, labels, ({ label, category }) => `${label} ${category}`)
    .slice(0, limits.options)
    .map((label) => labelOption(label, voice));
}

export type DataChoice = Pick<Plan, 'preparation' | 'languages' | 'mode'>;

/** The inverse of dataView: what isn't shown there is kept as it was. */
export function parseData(
  values: ViewValues,
  profile: Profile,
  plan: Plan,
  voice: Voice,
): DataChoice | { errors: Record<string, string> } {
  const chosen = chosenIn(values);
  const picked = chosen.several(blocks.languages).map((index) => profile.languages[Number(index)]?.code ?? null);
  if (chosen.has(blocks.languages) && picked.length === 0)
    return { errors: { [blocks.languages]: words(voice).oneLanguage } };
  const all = !chosen.has(blocks.languages) || picked.length === profile.languages.length;
  const mode = chosen.one(blocks.mode) ?? plan.mode;
  return {
    preparation: {
      languages: languagesChosen(values, profile, plan.preparation),
      categories: labelsChosen(values, profile, plan.preparation),
    },
    languages: all ? null : picked,
    mode: mode === 'per-language' ? 'per-language' : 'multilingual',
  };
}

function languagesChosen(values: ViewValues, profile: Profile, before: Preparation): Preparation['languages'] {
  const chosen = chosenIn(values);
  const shown = profile.languageChoices.slice(0, choicesShown).map(({ language }) => language);
  const kept = before.languages.changes.filter(({ from }) => !shown.includes(from));
  const changes = shown.flatMap((from, index): Preparation['languages']['changes'] => {
    const choice = chosen.one(`${blocks.languageChoice}_${index}`);
    if (choice === 'exclude') return [{ from, to: null }];
    return choice?.startsWith('set:') ? [{ from, to: choice.slice('set:'.length) }] : [];
  });
  const detect = chosen.one(blocks.detect);
  return {
    ...before.languages,
    detect: detect === 'off' || detect === 'all' || detect === 'missing' ? detect : before.languages.detect,
    changes: [...kept, ...changes],
  };
}

function labelsChosen(values: ViewValues, profile: Profile, before: Preparation): Preparation['categories'] {
  const chosen = chosenIn(values);
  const all = renamesOf(profile, before).all;
  const renames = chosen.several(blocks.renames).flatMap((index) => all[Number(index)] ?? []);
  const labels = labelsOf(profile, before);
  const excluded = chosen.several(blocks.excluded).flatMap((value) => labels.find((own) => own.value === value) ?? []);
  const typed = Number(chosen.text(blocks.minExamples));
  const minExamples = Number.isInteger(typed) && typed > 1 ? Math.min(typed, 1000) : 1;
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

/** Has something been chosen that the profile was not made with? Strategies don't touch the data. */
export function changesData(before: Preparation = noPreparation, after: Preparation): boolean {
  const data = ({ languages, categories }: Preparation) =>
    JSON.stringify([
      languages,
      categories.flatMap(({ strategy: _, ...own }) =>
        own.rename.length + own.exclude.length > 0 || own.minExamples > 1 ? [own] : [],
      ),
    ]);
  return data(before) !== data(after);
}

/** What was decided about the data, for the review; mrkdwn. */
export function dataText({ languages, categories }: Preparation, voice: Voice): string[] {
  const say = words(voice);
  const changes = languages.changes.map(({ from, to }) => {
    const language = name(voice.languageName(from), 40);
    return `${language}: ${to === null ? say.leaveOut : say.setTo(name(voice.languageName(to), 40))}`;
  });
  const renames = categories.flatMap(({ rename }) =>
    rename.map(({ from, to }) => say.rename(name(from, 30), name(to, 30))),
  );
  const left = categories.flatMap(({ exclude }) => exclude.map((label) => `${say.leaveOut}: ${name(label, 30)}`));
  return [...changes, ...renames, ...left];
}
