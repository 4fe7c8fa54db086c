/** What a trained model makes of a text: each category's labels with how sure it is. */
import type { ClassifyResult } from '../../flows/contracts.ts';
import type { Benchmark } from '../../flows/records.ts';
import { commandName } from '../ids.ts';
import type { Message } from '../messages/message.ts';
import { cut, escapeWithin, limits, name, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { wordOf } from './subcommands.ts';

/** One category's answer, of one model. */
type Answer = ClassifyResult[number][number];

const categoriesShown = 20;
const labelsShown = 3;

const words = catalogue(
  ({ percent, plural }) => ({
    by: (number: number, text: string) => `The model of #${number} reads “${text}” as:`,
    category: (category: string, labels: string) => `• ${category}: ${labels}`,
    inLanguage: (category: string, language: string) => `${category} (${language})`,
    label: (label: string, probability: number) => `${label} ${percent(probability)}`,
    noneSure: (labels: string[]) => `none for sure (${labels.join(', ')})`,
    more: (more: number) => plural(more, { one: '… and # more category', other: '… and # more categories' }),
    waiting: (number: number) => `⏳ The model of #${number} reads your text; its answer follows.`,
    usage: `Write the text behind it: \`${commandName} ${wordOf('classify', 'en')} the road is full of holes\`. With \`#12\` before the text, the model of that benchmark answers.`,
    none: `No model has been trained in this channel yet. When a benchmark is decided, its model answers here; \`${commandName} ${wordOf('train', 'en')}\` trains one without a comparison.`,
    notTrained: (number: number) => `Benchmark #${number} has no trained model yet.`,
  }),
  ({ percent, plural }) => ({
    by: (number: number, text: string) => `Le modèle de la comparaison n° ${number} lit « ${text} » ainsi :`,
    category: (category: string, labels: string) => `• ${category} : ${labels}`,
    inLanguage: (category: string, language: string) => `${category} (${language})`,
    label: (label: string, probability: number) => `${label} ${percent(probability)}`,
    noneSure: (labels: string[]) => `aucune avec certitude (${labels.join(', ')})`,
    more: (more: number) => plural(more, { one: '… et # autre catégorie', other: '… et # autres catégories' }),
    waiting: (number: number) => `⏳ Le modèle de la comparaison n° ${number} lit votre texte ; sa réponse suit.`,
    usage: `Écrivez le texte à la suite : \`${commandName} ${wordOf('classify', 'fr')} la route est pleine de trous\`. Avec \`#12\` devant le texte, c'est le modèle de cette comparaison qui répond.`,
    none: `Aucun modèle n'a encore été entraîné dans ce canal. Quand une comparaison est décidée, son modèle répond ici ; \`${commandName} ${wordOf('train', 'fr')}\` en entraîne un sans comparaison.`,
    notTrained: (number: number) => `La comparaison n° ${number} n'a pas encore de modèle entraîné.`,
  }),
);

/** What isn't an answer: plain text. */
export const classifyWords = words;

/** The text and the benchmark that is named before it; only with its sign, for texts begin with numbers, too. */
export function parseClassified(rest: string): { number: number | null; text: string } {
  const [, number, text = ''] = /^(?:#(\d{1,9})(?:\s+|$))?([\s\S]*)$/.exec(rest.trim()) ?? [];
  return { number: number === undefined ? null : Number(number), text: text.trim() };
}

export function classificationMessage(
  { number }: Pick<Benchmark, 'number'>,
  text: string,
  answers: readonly Answer[],
  voice: Voice,
): Message {
  const say = words(voice);
  const lines = answers.slice(0, categoriesShown).map((answer) => answerLine(answer, voice));
  const more = answers.length > categoriesShown ? [say.more(answers.length - categoriesShown)] : [];
  const quoted = escapeWithin(text.replace(/\s+/g, ' '), 300);
  const shown = cut([say.by(number, quoted), ...lines, ...more].join('\n'), limits.sectionText);
  return { text: shown, blocks: [section(shown)] };
}

/** What applies is bold: the first label, or where several may apply, each that is likelier than not. */
function answerLine({ category, language, labels, several }: Answer, voice: Voice): string {
  const say = words(voice);
  const where =
    language === null ? name(category, 40) : say.inLanguage(name(category, 40), name(voice.languageName(language), 30));
  const applies = (score: number, index: number): boolean => (several ? score >= 0.5 : index === 0);
  const told = labels.slice(0, labelsShown).map(({ label, score }, index) => {
    const line = say.label(name(label, 30), score);
    return applies(score, index) ? `*${line}*` : line;
  });
  const none = several && !labels.some(({ score }, index) => applies(score, index));
  return say.category(where, none ? say.noneSure(told) : told.join(', '));
}
