/** The ranked table as text. */
import { modelName } from '../flows/catalogue.ts';
import type { Ranking } from '../flows/contracts.ts';
import { printableLine, tableAsText } from './terminal.ts';

type Row = Ranking['rows'][number];

/** More columns than this don't fit beside each other; --json holds all. */
const mostCategories = 6;
const longestName = 24;

const figure = (value: number | null): string => value?.toFixed(3) ?? '–';

/** One table, or one for each language in per-language mode. */
export function rankingTable({ rows, floors }: Ranking): string {
  return floors
    .map(({ language, score }) => {
      const title = language === null ? '' : `${language}\n`;
      const table = tableOf(rows.filter((row) => row.language === language));
      return `${title}${table}\nAlways answering the most frequent label: ${figure(score)}`;
    })
    .join('\n\n');
}

function tableOf(rows: Row[]): string {
  const all = rows[0]?.categories ?? [];
  const shown = all.length > 1 ? all.slice(0, mostCategories) : [];
  const header = ['#', 'model', 'macro-F1', '95 % interval', 'chance of being best'];
  const names = shown.map(({ category }) => short(printableLine(category)));
  const body = rows.map((row) => [
    String(row.rank),
    modelName(row.model),
    figure(row.score),
    row.low === null ? '–' : `${figure(row.low)} – ${figure(row.high)}`,
    row.probabilityBest === null ? '–' : `${Math.round(100 * row.probabilityBest)} %`,
    ...shown.map((_, index) => figure(row.categories[index]?.macroF1 ?? null)),
    row.trainSeconds?.toFixed(1) ?? '–',
    printableLine(remarks(row).join(', ')),
  ]);
  return tableAsText([[...header, ...names, 'training s', ''], ...body]);
}

function short(name: string): string {
  const characters = Array.from(name);
  return characters.length > longestName ? `${characters.slice(0, longestName - 1).join('')}…` : name;
}

function remarks(row: Row): string[] {
  return [
    ...(row.status === 'incomplete' ? [`incomplete: ${row.reason}`] : []),
    ...(row.tiedWithFirst && row.rank > 1 ? ['tied with #1'] : []),
    ...(row.recommended ? ['recommended'] : []),
    ...(row.beatsFloor || row.status === 'incomplete' ? [] : ['does not beat the most frequent label']),
  ];
}
