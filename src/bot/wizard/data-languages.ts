/** Of the data step: which languages take part, how, and what becomes of those that ask for a decision. */
import type { KnownBlock, PlainTextOption } from '@slack/types';
import type { Preparation, Profile } from '../../flows/contracts.ts';
import { ownModelLanguages } from '../../flows/plan.ts';
import type { Plan } from '../../flows/records.ts';
import { blocks, valueAction } from '../ids.ts';
import { limits, name, option, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { chosenIn, field, oneOf, radio, severalOfMany, type ViewValues } from './frame.ts';
import { foundBy } from './search.ts';

const choicesShown = 8;
const languagesToSet = 20;

const words = catalogue(
  ({ plural, count }) => ({
    mode: 'How to treat the languages',
    multilingual: 'One model for all languages',
    perLanguage: 'One model per language',
    perLanguageNote: 'Results, ranking, vote and choice for each language apart',
    languages: 'Languages that take part',
    allLanguages: 'All languages',
    languagesHint: 'Leave empty for all.',
    noOwnModel: 'No language that takes part has enough texts for a model of its own. Choose one model for all.',
    detect: 'Detect the language of texts',
    detects: { off: 'Never', missing: 'Where the column names none', all: 'Of every text' },
    unknown: (texts: number) => `${plural(texts, { one: '# text', other: '# texts' })} of unknown language`,
    rare: (language: string, texts: number) =>
      `${language}: only ${plural(texts, { one: '# text', other: '# texts' })}`,
    decided: (language: string) => `Texts in ${language}`,
    suggested: (choice: string) => `Suggested: ${choice}`,
    confidence: 'Least confidence of a detected language, in %',
    confidenceHint: 'Below it the language counts as unknown.',
    keep: 'Keep as they are',
    leaveOut: 'Leave out',
    setTo: (language: string) => `Count as ${language}`,
    changed: (language: string, choice: string) => `${language}: ${choice}`,
    moreLanguages: (more: number) => `… and ${count(more)} more; leave them out above if you like.`,
  }),
  ({ plural, count }) => ({
    mode: 'Comment traiter les langues',
    multilingual: 'Un modèle pour toutes les langues',
    perLanguage: 'Un modèle par langue',
    perLanguageNote: 'Résultats, classement, vote et choix séparés pour chaque langue',
    languages: 'Langues prises en compte',
    allLanguages: 'Toutes les langues',
    languagesHint: 'À laisser vide pour les prendre toutes.',
    noOwnModel:
      'Aucune langue prise en compte n’a assez de textes pour un modèle à elle. Choisissez un modèle pour toutes.',
    detect: 'Détecter la langue des textes',
    detects: { off: 'Jamais', missing: 'Là où la colonne n’en dit rien', all: 'Pour chaque texte' },
    unknown: (texts: number) => `${plural(texts, { one: '# texte', other: '# textes' })} de langue inconnue`,
    rare: (language: string, texts: number) =>
      `${language} : seulement ${plural(texts, { one: '# texte', other: '# textes' })}`,
    decided: (language: string) => `Textes en ${language}`,
    suggested: (choice: string) => `Proposé : ${choice}`,
    confidence: 'Confiance minimale d’une langue détectée, en %',
    confidenceHint: 'En dessous, la langue compte comme inconnue.',
    keep: 'Garder tels quels',
    leaveOut: 'Écarter',
    setTo: (language: string) => `Compter comme ${language}`,
    changed: (language: string, choice: string) => `${language} : ${choice}`,
    moreLanguages: (more: number) => `… et ${count(more)} de plus ; écartez-les ci-dessus si vous voulez.`,
  }),
);

/** Languages are named by their code; the unknown one has none. */
const unknownValue = '?';
const languageValue = (code: string | null): string => code ?? unknownValue;

function languageOptions(profile: Profile, voice: Voice): PlainTextOption[] {
  return profile.languages.map(({ code, documents }) =>
    option(`${voice.languageName(code)} (${voice.count(documents)})`, languageValue(code)),
  );
}

export function languageBlocks(profile: Profile, plan: Plan, voice: Voice): KnownBlock[] {
  if (profile.languages.length < 2) return [];
  const say = words(voice);
  const modes = [
    option(say.multilingual, 'multilingual'),
    option(say.perLanguage, 'per-language', say.perLanguageNote),
  ];
  const kept = (plan.languages ?? []).map(languageValue);
  const options = languageOptions(profile, voice);
  return [
    field({ blockId: blocks.mode, label: say.mode, element: radio(modes, plan.mode) }),
    field({
      blockId: blocks.languages,
      label: say.languages,
      hint: say.languagesHint,
      element: severalOfMany(options, kept, say.allLanguages, voice),
    }),
  ];
}

interface LanguageQuestion {
  language: string | null;
  /** null: it was decided before the file was read last, and isn't there any more */
  found: Profile['languageChoices'][number] | null;
}

/** Those decided about before come first: without them nobody could take a decision back. */
function questionsOf(profile: Profile, { languages: { changes } }: Preparation): LanguageQuestion[] {
  const open = profile.languageChoices;
  const gone = changes.filter(({ from }) => !open.some(({ language }) => language === from));
  return [
    ...gone.map(({ from }) => ({ language: from, found: null })),
    ...open.map((found) => ({ language: found.language, found })),
  ].slice(0, choicesShown);
}

/** Languages that ask for a decision: of unknown ones and rare ones, what becomes of their texts. */
export function choiceBlocks(profile: Profile, preparation: Preparation, voice: Voice): KnownBlock[] {
  const say = words(voice);
  const { changes } = preparation.languages;
  const questions = questionsOf(profile, preparation);
  const targets = changes.flatMap(({ to }) => to ?? []);
  const known = [...new Set([...targets, ...profile.languages.flatMap(({ code }) => code ?? [])])].slice(
    0,
    languagesToSet,
  );
  const fields = questions.map(({ language, found }) => {
    const options = [
      option(say.keep, 'keep'),
      option(say.leaveOut, 'exclude'),
      ...known
        .filter((code) => code !== language)
        .map((code) => option(say.setTo(voice.languageName(code)), `set:${code}`)),
    ];
    const change = changes.find(({ from }) => from === language);
    const chosen = change === undefined ? 'keep' : change.to === null ? 'exclude' : `set:${change.to}`;
    return field({
      blockId: `${blocks.languageChoice}_${languageValue(language)}`,
      label: questionText({ language, found }, voice),
      hint: suggestionText(found, voice),
      element: oneOf(options, chosen),
    });
  });
  const more = profile.languageChoices.filter(
    ({ language }) => !questions.some((question) => question.language === language),
  ).length;
  return [...fields, ...(more > 0 ? [section(say.moreLanguages(more))] : [])];
}

function questionText({ language, found }: LanguageQuestion, voice: Voice): string {
  const say = words(voice);
  if (found === null) return say.decided(voice.languageName(language));
  return found.reason === 'unknown'
    ? say.unknown(found.documents)
    : say.rare(voice.languageName(language), found.documents);
}

function suggestionText(found: LanguageQuestion['found'], voice: Voice): string | undefined {
  const say = words(voice);
  if (found?.suggested === 'exclude') return say.suggested(say.leaveOut);
  if (found?.suggested !== 'set' || found.to === null) return undefined;
  return say.suggested(say.setTo(voice.languageName(found.to)));
}

export function detectBlocks({ languages: { detect, minConfidence } }: Preparation, voice: Voice): KnownBlock[] {
  const say = words(voice);
  const detects = (['missing', 'all', 'off'] as const).map((own) => option(say.detects[own], own));
  return [
    field({ blockId: blocks.detect, label: say.detect, element: oneOf(detects, detect) }),
    field({
      blockId: blocks.minConfidence,
      label: say.confidence,
      hint: say.confidenceHint,
      element: {
        type: 'number_input',
        action_id: valueAction,
        is_decimal_allowed: false,
        min_value: '0',
        max_value: '100',
        initial_value: String(Math.round(100 * minConfidence)),
      },
    }),
  ];
}

/** Languages by what was typed. */
export function suggestLanguages(typed: string, profile: Profile, voice: Voice): PlainTextOption[] {
  return foundBy(typed, languageOptions(profile, voice), ({ text }) => text.text).slice(0, limits.options);
}

type LanguagesChoice = Pick<Plan, 'languages' | 'mode'>;

/** In per-language mode no language that takes part has enough texts: said at its field; null: all is well. */
export function languagesTrouble(
  choice: LanguagesChoice,
  profile: Profile,
  voice: Voice,
): Record<string, string> | null {
  if (choice.mode === 'multilingual' || ownModelLanguages(choice, profile).length > 0) return null;
  return { [blocks.mode]: words(voice).noOwnModel };
}

/** Which languages take part, and how. */
export function keepLanguages(values: ViewValues, profile: Profile, plan: LanguagesChoice): LanguagesChoice {
  const chosen = chosenIn(values);
  const picked = chosen.several(blocks.languages);
  const languages = profile.languages.flatMap(({ code }) => (picked.includes(languageValue(code)) ? [code] : []));
  const isAll = languages.length === 0 || languages.length === profile.languages.length;
  const mode = chosen.one(blocks.mode) === 'per-language' ? 'per-language' : 'multilingual';
  return {
    languages: !chosen.has(blocks.languages) ? plan.languages : isAll ? null : languages,
    mode: chosen.has(blocks.mode) ? mode : profile.languages.length < 2 ? 'multilingual' : plan.mode,
  };
}

/** What becomes of languages that ask for a decision, and where languages are detected. */
export function keepLanguageChanges(
  values: ViewValues,
  profile: Profile,
  before: Preparation,
): Preparation['languages'] {
  const chosen = chosenIn(values);
  const blockOf = (language: string | null): string => `${blocks.languageChoice}_${languageValue(language)}`;
  const asked = questionsOf(profile, before).filter(({ language }) => chosen.has(blockOf(language)));
  const kept = before.languages.changes.filter(({ from }) => !asked.some(({ language }) => language === from));
  const changes = asked.flatMap(({ language: from }): typeof kept => {
    const choice = chosen.one(blockOf(from));
    if (choice === 'exclude') return [{ from, to: null }];
    return choice?.startsWith('set:') ? [{ from, to: choice.slice('set:'.length) }] : [];
  });
  const detect = chosen.one(blocks.detect);
  const percent = chosen.text(blocks.minConfidence);
  return {
    detect: detect === 'off' || detect === 'all' || detect === 'missing' ? detect : before.languages.detect,
    minConfidence: /^\d+$/.test(percent) ? Math.min(100, Number(percent)) / 100 : before.languages.minConfidence,
    changes: [...kept, ...changes],
  };
}

/** What was decided, in lines of mrkdwn. */
export function languageLines({ changes }: Preparation['languages'], voice: Voice): string[] {
  const say = words(voice);
  return changes.map(({ from, to }) => {
    const language = name(voice.languageName(from), 40);
    return say.changed(language, to === null ? say.leaveOut : say.setTo(name(voice.languageName(to), 40)));
  });
}
