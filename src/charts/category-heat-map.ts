/** Which model does how well on which category -> Chart.js configuration: a grid of scores. */
import { type CellGrid, cellGridConfig, type Level, sequentialColours } from './cell-grid.ts';
import { type Heading, numberFormat } from './look.ts';

export interface CategoryHeatMap {
  /** categories */
  columns: readonly string[];
  /** in the order to be shown; a score (0 to 1, or null) for each category */
  rows: readonly { rank: number; name: string; scores: readonly (number | null)[] }[];
}

/** In the language of those who will see it. */
export interface HeatMapWords extends Heading {
  /** of what finds no room, for the subtitle; one of them may be 0 */
  more: (left: { models: number; categories: number }) => string;
  noScore: string;
}

const mostRows = 20;
const mostColumns = 12;
const mostClasses = 7;

/** @param locale how numbers are written: a BCP 47 tag, such as `fr` */
export function categoryHeatMapConfig(
  chart: CategoryHeatMap,
  words: HeatMapWords,
  locale: string,
): ReturnType<typeof cellGridConfig> {
  const rows = chart.rows.slice(0, mostRows);
  const columns = chart.columns.slice(0, mostColumns);
  const left = { models: chart.rows.length - rows.length, categories: chart.columns.length - columns.length };
  const scores = rows.flatMap((row) => row.scores.slice(0, mostColumns).filter((score) => score !== null));
  const classes = scoreClasses(scores);
  const fills = sequentialColours(classes.length);
  const [edge, written] = [numberFormat(locale, 2), numberFormat(locale, 3)];
  const levels = classes.map(
    ({ from, to }, at): Level => ({ label: `${edge.format(from)}–${edge.format(to)}`, fill: fills[at] ?? '#FFFFFF' }),
  );
  const cell = (score: number | null): CellGrid['cells'][number][number] =>
    score === null
      ? { text: '–', level: levels.length }
      : {
          text: written.format(score),
          level: Math.max(
            0,
            classes.findLastIndex(({ from }) => score >= from),
          ),
        };
  return cellGridConfig({
    title: words.title,
    subtitle: left.models + left.categories > 0 ? `${words.subtitle} · ${words.more(left)}` : words.subtitle,
    rows: rows.map(({ rank, name }) => `${rank}. ${name}`),
    columns,
    rowTitle: '',
    columnTitle: '',
    levels: [...levels, { label: words.noScore, fill: '#FFFFFF' }],
    cells: rows.map((row) => columns.map((_, column) => cell(row.scores[column] ?? null))),
    locale,
  });
}

/** Equal classes between round limits, as fine as seven of them allow. */
function scoreClasses(scores: readonly number[]): { from: number; to: number }[] {
  if (scores.length === 0) return [];
  const [lowest, highest] = [Math.min(...scores), Math.max(...scores)];
  for (const hundredths of [2, 5, 10, 20]) {
    // Kept below the last limit, so that a score of 1 has a class too.
    const first = Math.min(Math.floor((lowest * 100) / hundredths), 100 / hundredths - 1);
    const last = Math.max(first + 1, Math.ceil((highest * 100) / hundredths));
    const limit = (at: number): number => ((first + at) * hundredths) / 100;
    if (last - first <= mostClasses)
      return Array.from({ length: last - first }, (_, at) => ({ from: limit(at), to: limit(at + 1) }));
  }
  return [{ from: 0, to: 1 }];
}
