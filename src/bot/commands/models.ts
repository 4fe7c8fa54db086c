/** Which models there are; best first for a language. */
import { builtinModels, type CatalogueModel, modelName } from '../../flows/catalogue.ts';
import { recommendModels } from '../../flows/recommendation.ts';
import { commandName } from '../ids.ts';
import type { Message } from '../messages/message.ts';
import { cut, limits, name, section } from '../text.ts';
import { catalogue, languages, type Voice } from '../words/voice.ts';

const modelsShown = 10;
const languagesNamed = 3;

const words = catalogue(
  ({ plural, count, list }) => ({
    title: (language: string | null) =>
      language === null ? '*Models, for texts in any language*' : `*Models for ${language}, best first*`,
    builtin: (names: string[]) => `Built in, without a download: ${list(names)}.`,
    more: (more: number) =>
      `${plural(more, { one: '# more', other: '# more' })}, and any other of the model hub by its id: the wizard finds them all.`,
    manyLanguages: 'many languages',
    andMore: (names: string[], more: number) => (more > 0 ? `${names.join(', ')} +${more}` : list(names)),
    parameters: (millions: number) => `${count(millions)} M parameters`,
    tokens: (tokens: number) => `reads ${count(tokens)} tokens`,
    whole: 'reads texts whole',
    unknown: (typed: string) =>
      `I don't know the language “${typed}”. Type its name or code, such as \`${commandName} models French\` or \`fr\`.`,
  }),
  ({ plural, count, list }) => ({
    title: (language: string | null) =>
      language === null
        ? "*Modèles, pour des textes de n'importe quelle langue*"
        : `*Modèles (${language}), les meilleurs d'abord*`,
    builtin: (names: string[]) => `Intégrés, sans téléchargement : ${list(names)}.`,
    more: (more: number) =>
      `${plural(more, { one: '# autre', other: '# autres' })}, et tout autre modèle par son identifiant : l'assistant les trouve tous.`,
    manyLanguages: 'nombreuses langues',
    andMore: (names: string[], more: number) => (more > 0 ? `${names.join(', ')} +${more}` : list(names)),
    parameters: (millions: number) => `${count(millions)} M de paramètres`,
    tokens: (tokens: number) => `lit ${count(tokens)} tokens`,
    whole: 'lit les textes en entier',
    unknown: (typed: string) =>
      `Je ne connais pas la langue « ${typed} ». Donnez son nom ou son code, par exemple \`${commandName} modèles français\` ou \`fr\`.`,
  }),
);

/** @param code of the language; null: none was named */
export function modelsMessage(code: string | null, voice: Voice): Message {
  const say = words(voice);
  const known = code === null ? [] : [{ code, share: 1 }];
  const recommended = recommendModels({ languages: known, tokens: null, mode: 'multilingual' });
  const models = recommended.flatMap(({ model }) => (model.family === null ? [] : [model]));
  const shown = models.slice(0, modelsShown).map((model) => `• ${modelLine(model, voice)}`);
  const title = say.title(code === null ? null : voice.languageName(code));
  const more = say.more(Math.max(0, models.length - modelsShown));
  const builtin = say.builtin(builtinModels.map((model) => `*${name(model.name)}*`));
  const text = cut([title, ...shown, builtin].join('\n'), limits.sectionText);
  return {
    text: `${text}\n${more}`,
    blocks: [section(text), { type: 'context', elements: [{ type: 'mrkdwn', text: more }] }],
  };
}

/** Plain text. */
export function unknownLanguage(typed: string, voice: Voice): string {
  return words(voice).unknown(cut(typed, 60));
}

function modelLine(model: CatalogueModel, voice: Voice): string {
  const say = words(voice);
  const { id, parameters, maxTokens, licence } = model;
  const facts = [
    languagesText(model, voice),
    ...(parameters === null ? [] : [say.parameters(parameters)]),
    maxTokens === null ? say.whole : say.tokens(maxTokens),
    ...(licence === null ? [] : [name(licence)]),
  ];
  return `*${name(modelName(id))}*: ${facts.join(', ')}`;
}

function languagesText({ languages: own }: CatalogueModel, voice: Voice): string {
  const say = words(voice);
  if (own === 'many') return say.manyLanguages;
  const names = own.slice(0, languagesNamed).map(voice.languageName);
  return say.andMore(names, own.length - names.length);
}

/** ISO 639-1: two letters, of which some name a language. */
const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(97 + index));

const bare = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();

let codeByName: ReadonlyMap<string, string> | null = null;

/** Names in English and French, and in the language itself. */
function namesToCodes(): ReadonlyMap<string, string> {
  const namers = languages.map((language) => new Intl.DisplayNames(language, { type: 'language', fallback: 'none' }));
  const found = new Map<string, string>();
  for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
    const own = new Intl.DisplayNames(code, { type: 'language', fallback: 'none' });
    const names = [...namers, own].flatMap((namer) => namer.of(code) ?? []);
    // A locale that isn't known speaks the machine's language; a code without a name is none.
    if (namers.some((namer) => namer.of(code) === undefined)) continue;
    found.set(code, code);
    for (const one of names) if (!found.has(bare(one))) found.set(bare(one), code);
  }
  return found;
}

/** "fr", "French", "français" -> fr; null for what is no language. */
export function languageCodeOf(typed: string): string | null {
  codeByName ??= namesToCodes();
  return codeByName.get(bare(typed)) ?? null;
}
