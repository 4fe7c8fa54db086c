/** The ranking as text, for a terminal of 120 columns: the table, its parts, and what else should be known, in words. */
import { modelName } from '../flows/catalogue.ts';
import type { Ranking, RankingRow } from '../flows/contracts.ts';
import { printableLine, tableAsText, widthOf } from './terminal.ts';

const columnsOfTerminal = 120;
const longestModel = 32;
const longestName = 16;
const thinLabelsShown = 5;

const figure = (value: number | null): string => value?.toFixed(3) ?? '–';

/** One table, or one for each language in per-language mode. */
export function rankingTable(ranking: Ranking): string {
  const tables = ranking.floors.map(({ language, score }) => tableOfLanguage(ranking, language, score));
  const times = ranking.resamples.toLocaleString('en');
  const legend = `best in: how often it scores highest when the test documents are drawn anew (${times} times)`;
  const drawn = ranking.rows.some(({ probabilityBest }) => probabilityBest !== null);
  return [...tables, ...(drawn ? [legend] : [])].join('\n\n');
}

function tableOfLanguage(ranking: Ranking, language: string | null, floor: number | null): string {
  const rows = ranking.rows.filter((row) => row.language === language);
  const recommendation = ranking.recommendations.find((own) => own.language === language);
  const blocks = [
    [...(language === null ? [] : [language]), mainTable(ranking, rows)],
    categoryTable(rows),
    languageTable(rows),
    costTable(rows),
    [
      ...rows.flatMap(remarksOn),
      ...labelLines(ranking, language),
      ...(floor === null ? [] : [`Always answering the most frequent label: ${figure(floor)}`]),
    ],
    recommendation ? [printableLine(recommendation.sentence)] : [],
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function mainTable({ scoreName }: Ranking, rows: RankingRow[]): string {
  const rare = scoreName === 'rare';
  const header = [
    '#',
    'model',
    ...(rare ? ['rare score'] : []),
    'macro-F1',
    '95 % interval',
    'best in',
    'training s',
    '',
  ];
  const body = rows.map((row) => [
    String(row.rank),
    short(modelName(row.model), longestModel),
    ...(rare ? [figure(row.score)] : []),
    figure(row.macroF1),
    row.low === null ? '–' : `${figure(row.low)} – ${figure(row.high)}`,
    row.probabilityBest === null ? '–' : `${Math.round(100 * row.probabilityBest)} %`,
    row.trainSeconds?.toFixed(1) ?? '–',
    [
      ...(row.status === 'complete' ? [] : [row.status]),
      ...(row.tiedWithFirst && row.rank > 1 ? ['tied with #1'] : []),
      ...(row.recommended ? ['recommended'] : []),
    ].join(', '),
  ]);
  return tableAsText([header, ...body]);
}

/** What each category adds to the score. */
function categoryTable(rows: RankingRow[]): string[] {
  const names = rows[0]?.categories.map(({ category }) => category) ?? [];
  if (names.length < 2) return [];
  return partTable(
    'score by category',
    names.map((name) => short(name, longestName)),
    rows.map((row) => [row, row.categories.map(({ score }) => figure(score))]),
  );
}

function languageTable(rows: RankingRow[]): string[] {
  const languages = rows[0]?.perLanguage.map(({ language }) => language) ?? [];
  return partTable(
    'macro-F1 by language',
    languages.map((language) => language ?? 'unknown'),
    rows.map((row) => [
      row,
      languages.map((own) => figure(row.perLanguage.find(({ language }) => language === own)?.macroF1 ?? null)),
    ]),
  );
}

/** The rest of what a model costs, and where no other one is both better and cheaper. */
function costTable(rows: RankingRow[]): string[] {
  const ran = rows.filter((row) => row.trainSeconds !== null);
  if (ran.length === 0) return [];
  const names = ['texts/s', 'parameters', 'memory', 'size', 'best score for its'];
  return partTable(
    'cost',
    names,
    ran.map((row) => [
      row,
      [
        row.predictDocsPerSecond === null ? '–' : Math.round(row.predictDocsPerSecond).toLocaleString('en'),
        row.parameters?.toLocaleString('en', { notation: 'compact' }) ?? '–',
        megabytes(row.peakMemoryBytes),
        megabytes(row.sizeBytes),
        [
          ...(row.pareto?.trainSeconds ? ['training time'] : []),
          ...(row.pareto?.predictDocsPerSecond ? ['speed'] : []),
        ].join(', '),
      ],
    ]),
  );
}

const megabytes = (bytes: number | null): string =>
  bytes === null ? '–' : `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;

/** As many columns as a terminal holds; --json has all. */
function partTable(title: string, names: string[], cells: [RankingRow, string[]][]): string[] {
  if (names.length === 0) return [];
  const body = cells.map(([{ model }, values]) => [short(modelName(model), longestModel), ...values]);
  let shown = names.length;
  const table = () => tableAsText([[title, ...names], ...body].map((row) => row.slice(0, 1 + shown)));
  while (shown > 1 && widthOf(table().split('\n')[0] ?? '') > columnsOfTerminal) shown -= 1;
  const left = names.length - shown;
  return [table(), ...(left > 0 ? [`(and ${left} more in --json)`] : [])];
}

function remarksOn(row: RankingRow): string[] {
  const name = printableLine(modelName(row.model));
  const outside = row.languagesOutside;
  return [
    // the race's reason says itself that it was dropped
    ...(row.status === 'incomplete' ? [`${name}: incomplete: ${printableLine(row.reason ?? '')}`] : []),
    ...(row.status === 'dropped' ? [`${name}: ${printableLine(row.reason ?? '')}`] : []),
    ...(row.beatsFloor || row.status !== 'complete' ? [] : [`${name}: does not beat the most frequent label`]),
    ...(outside && outside.languages.length > 0
      ? [
          `${name}: not made for ${printableLine(outside.languages.join(', '))}, ${percent(outside.share)} of the test documents`,
        ]
      : []),
  ];
}

function labelLines({ rareLabels, thinLabels }: Ranking, language: string | null): string[] {
  const rare = rareLabels
    .filter((own) => own.language === language)
    .map(({ category, label }) => `${category}: ${label}`);
  const thin = thinLabels
    .filter((own) => own.language === language)
    .map(({ category, label, documents }) => `${category}: ${label} (${documents})`);
  const more = thin.length > thinLabelsShown ? ` and ${thin.length - thinLabelsShown} more` : '';
  return [
    ...(rare.length > 0 ? [`Rare score: 0.7 x F1 of the rarer label + 0.3 x macro-F1 (${rare.join('; ')})`] : []),
    ...(thin.length > 0
      ? [`Too few test documents to measure: ${thin.slice(0, thinLabelsShown).join('; ')}${more}`]
      : []),
  ].map(printableLine);
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

function short(name: string, longest: number): string {
  const characters = Array.from(printableLine(name));
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : characters.join('');
}
