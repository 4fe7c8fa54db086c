/** Models that were trained fully: of which benchmark, how good on texts they had not seen, and where they are. */
import { modelName } from '../../flows/catalogue.ts';
import type { Benchmark } from '../../flows/records.ts';
import { commandName } from '../ids.ts';
import { cut, limits, name } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { wordOf } from './subcommands.ts';

const partsShown = 6;
const modelsNamed = 4;

const words = catalogue(
  ({ plural, score }) => ({
    of: (model: string, number: number, file: string) => `*${model}*  ·  #${number}, ${file}`,
    part: (category: string, value: number) => `${category}: macro-F1 ${score(value)}`,
    inLanguage: (category: string, language: string) => `${category} in ${language}`,
    more: (more: number) => plural(more, { one: '… and # more', other: '… and # more' }),
    files: (files: number, size: string, where: string) =>
      `📦 ${plural(files, { one: '# file', other: '# files' })}, ${size}, in \`${where}\``,
    hint: (number: number) => `Try it: \`${commandName} ${wordOf('classify', 'en')} #${number} your text\``,
  }),
  ({ plural, score }) => ({
    of: (model: string, number: number, file: string) => `*${model}*  ·  n° ${number}, ${file}`,
    part: (category: string, value: number) => `${category} : F1 macro ${score(value)}`,
    inLanguage: (category: string, language: string) => `${category} en ${language}`,
    more: (more: number) => plural(more, { one: '… et # autre', other: '… et # autres' }),
    files: (files: number, size: string, where: string) =>
      `📦 ${plural(files, { one: '# fichier', other: '# fichiers' })}, ${size}, dans \`${where}\``,
    hint: (number: number) => `Essayez-le : \`${commandName} ${wordOf('classify', 'fr')} #${number} votre texte\``,
  }),
);

/** @param location where the files are, in words for people */
export function trainedModelText(
  { number, profile, decision, training }: Benchmark,
  location: (prefix: string) => string,
  voice: Voice,
): string {
  const say = words(voice);
  const result = training?.result;
  const models = [...new Set((decision?.choices ?? []).map(({ model }) => modelName(model)))];
  const named = models.slice(0, modelsNamed).map((model) => name(model));
  const heading = say.of(
    models.length > modelsNamed ? `${named.join(', ')} +${models.length - modelsNamed}` : voice.list(named),
    number,
    name(profile?.fileName ?? '–'),
  );
  if (!result) return heading;
  const parts = result.models.slice(0, partsShown).map(({ category, language, result: { metrics } }) => {
    const where = language === null ? name(category) : say.inLanguage(name(category), voice.languageName(language));
    return say.part(where, metrics.macroF1);
  });
  if (result.models.length > partsShown) parts.push(say.more(result.models.length - partsShown));
  const bytes = result.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const where = name(location(result.artifactPrefix), 300).replaceAll('`', "'").replaceAll('\u2060', '');
  const files = say.files(result.files.length, voice.bytes(bytes), where);
  return cut([heading, parts.join('  ·  '), files, say.hint(number)].join('\n'), limits.sectionText);
}
