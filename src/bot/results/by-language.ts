/** One model for all languages: how well it does in each of them. A message of its own in the thread. */
import { modelName } from '../../flows/catalogue.ts';
import type { Ranking } from '../../flows/contracts.ts';
import type { Benchmark } from '../../flows/records.ts';
import type { Message, Richness } from '../messages/message.ts';
import { cut, escapeWithin, limits, name, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { type Cell, tableBlocks } from './ranked-table.ts';

/** beside rank and model: a table has 20 columns */
const languagesShown = 16;
const modelsInWords = 10;

const words = catalogue(
  ({ plural }) => ({
    title: 'By language',
    rank: '#',
    model: 'Model',
    column: (language: string, documents: number) => `${language} (${documents})`,
    caption: 'Macro-F1 on the test texts of each language (how many in brackets)',
    note: (left: number) =>
      `Macro-F1 on the test texts of each language; in brackets how many there are: of few, a score says little.${left > 0 ? ` ${plural(left, { one: '# smaller language isn’t shown.', other: '# smaller languages aren’t shown.' })}` : ''}`,
  }),
  ({ plural }) => ({
    title: 'Par langue',
    rank: 'N°',
    model: 'Modèle',
    column: (language: string, documents: number) => `${language} (${documents})`,
    caption: 'F1 macro sur les textes de test de chaque langue (leur nombre entre parenthèses)',
    note: (left: number) =>
      `F1 macro sur les textes de test de chaque langue ; entre parenthèses, leur nombre : s'ils sont peu nombreux, un score dit peu.${left > 0 ? ` ${plural(left, { one: '# langue moins fréquente n’est pas montrée.', other: '# langues moins fréquentes ne sont pas montrées.' })}` : ''}`,
  }),
);

/** @returns null where there is only one language, or each has a table of its own */
export function byLanguageMessage({ ranking }: Benchmark, richness: Richness, voice: Voice): Message | null {
  const languages = ranking ? languagesOf(ranking) : [];
  if (!ranking || languages.length < 2 || ranking.rows.some(({ language }) => language !== null)) return null;
  const say = words(voice);
  const shown = languages.slice(0, languagesShown);
  const rows = ranking.rows.filter(({ perLanguage }) => perLanguage.length > 0);
  const scores = rows.map(({ perLanguage }) =>
    shown.map(({ language }) => perLanguage.find((own) => own.language === language)?.macroF1 ?? null),
  );
  const header = shown.map(({ language, documents }) => say.column(cut(voice.languageName(language), 24), documents));
  const line = (position: number): string => {
    const cells = header.map((title, column) => `${title}: ${voice.score(scores[position]?.[column] ?? null)}`);
    return `${cut(modelName(rows[position]?.model ?? ''), 60)}: ${cells.join(', ')}`;
  };
  const cells = rows.map((row, position): Cell[] => [
    { text: String(row.rank), value: row.rank },
    { text: cut(modelName(row.model), 60) },
    ...(scores[position] ?? []).map((value) => (value === null ? { text: '–' } : { text: voice.score(value), value })),
  ]);
  const table = { caption: say.caption, header: [say.rank, say.model, ...header], rows: cells };
  const { blocks } = tableBlocks(table, richness, (position) => name(line(position), 190));
  const text = [say.title, ...rows.slice(0, modelsInWords).map((_, position) => line(position))].join('\n');
  return {
    text: escapeWithin(text, limits.updateText),
    blocks: [section(`*${say.title}*`), ...blocks, section(say.note(languages.length - shown.length))],
  };
}

/** Of all models together, largest first. */
function languagesOf({ rows }: Ranking): { language: string | null; documents: number }[] {
  const documents = new Map<string | null, number>();
  for (const { perLanguage } of rows)
    for (const own of perLanguage)
      documents.set(own.language, Math.max(own.documents, documents.get(own.language) ?? 0));
  return [...documents]
    .map(([language, count]) => ({ language, documents: count }))
    .toSorted((a, b) => b.documents - a.documents);
}
