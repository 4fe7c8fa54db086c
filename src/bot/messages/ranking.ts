/** The ranked table with its chart, in the thread. */
import type { DataTableBlock, KnownBlock, TableBlock } from '@slack/types';
import { modelName } from '../../flows/catalogue.ts';
import type { Ranking, RankingRow } from '../../flows/contracts.ts';
import { raceSentence } from '../../flows/race.ts';
import type { Benchmark } from '../../flows/records.ts';
import { count, cut, duration, escapeMrkdwn, limits, name, plain, plural, score, section } from '../text.ts';
import type { Message, Richness } from './message.ts';

const rowsInTable = 50;
const categoriesInTable = 8;
const marksShown = 5;

/** @param fileId the uploaded chart, or null when there is none */
export function rankingMessage(benchmark: Benchmark, fileId: string | null, richness: Richness): Message {
  const { ranking } = benchmark;
  if (!ranking) return { text: 'No ranking', blocks: [section('No ranking')] };
  const blocks: KnownBlock[] = [
    { type: 'header', text: plain('Ranked models', 150) },
    ...tableBlocks(ranking, richness),
    section(explanation(ranking)),
  ];
  if (fileId !== null) {
    blocks.push({ type: 'image', slack_file: { id: fileId }, alt_text: cut(rankingText(ranking), 1900) });
  }
  blocks.push({ type: 'context', elements: [{ type: 'mrkdwn', text: footnote(benchmark, ranking) }] });
  return { text: escapeMrkdwn(cut(rankingText(ranking), limits.updateText - 400)), blocks };
}

interface Cell {
  text: string;
  value?: number;
}

const perLanguage = (ranking: Ranking): boolean => ranking.rows.some((row) => row.language !== null);

const scoreTitle = ({ scoreName }: Ranking): string => (scoreName === 'rare' ? 'Rare score' : 'Macro-F1');

function tableCells(ranking: Ranking): { header: string[]; rows: Cell[][] } {
  const languages = perLanguage(ranking);
  const rare = ranking.scoreName === 'rare';
  const categories = ranking.rows[0]?.categories.map(({ category }) => category) ?? [];
  const shown = categories.length > 1 ? categories.slice(0, categoriesInTable) : [];
  const header = [
    '#',
    'Model',
    ...(languages ? ['Language'] : []),
    scoreTitle(ranking),
    '95 % interval',
    'Chance of being best',
    ...(rare ? ['Macro-F1'] : []),
    ...shown,
    'Accuracy',
    'Training',
    'Texts per second',
  ];
  const number = (value: number | null): Cell => (value === null ? { text: '–' } : { text: score(value), value });
  const rows = ranking.rows
    .slice(0, rowsInTable)
    .map((row): Cell[] => [
      { text: String(row.rank), value: row.rank },
      { text: modelLabel(row) },
      ...(languages ? [{ text: row.language ?? '–' }] : []),
      number(row.score),
      { text: intervalText(row) },
      { text: row.probabilityBest === null ? '–' : `${Math.round(100 * row.probabilityBest)} %` },
      ...(rare ? [number(row.macroF1)] : []),
      ...shown.map((_, index) => ({ text: score(row.categories[index]?.score ?? null) })),
      { text: score(meanAccuracy(row)) },
      { text: row.trainSeconds === null ? '–' : duration(row.trainSeconds) },
      { text: row.predictDocsPerSecond === null ? '–' : count(Math.round(row.predictDocsPerSecond)) },
    ]);
  return { header, rows };
}

function modelLabel(row: RankingRow): string {
  const notes = [
    row.status === 'complete' ? '' : row.status,
    row.tiedWithFirst && row.rank > 1 ? 'tied with #1' : '',
    row.recommended ? 'recommended' : '',
    row.beatsFloor || row.score === null ? '' : 'no better than the floor',
  ].filter((note) => note !== '');
  const label = modelName(row.model);
  return notes.length > 0 ? `${label} (${notes.join(', ')})` : label;
}

const intervalText = (row: RankingRow): string =>
  row.low === null || row.high === null ? '–' : `${score(row.low)} – ${score(row.high)}`;

function meanAccuracy(row: RankingRow): number | null {
  const values = row.categories.flatMap(({ accuracy }) => accuracy ?? []);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function tableBlocks(ranking: Ranking, richness: Richness): KnownBlock[] {
  const { header, rows } = tableCells(ranking);
  const headerCells = header.map((text) => ({ type: 'raw_text' as const, text: cut(text, 60) }));
  if (richness === 'data_table') {
    const table: DataTableBlock = {
      type: 'data_table',
      caption: `Ranked models: ${scoreTitle(ranking).toLowerCase()} on test documents that nothing was chosen on`,
      page_size: 10,
      row_header_column_index: 1,
      rows: [
        headerCells,
        ...rows.map((row) =>
          row.map(({ text, value }) =>
            value === undefined ? { type: 'raw_text' as const, text } : { type: 'raw_number' as const, value, text },
          ),
        ),
      ],
    };
    return [table];
  }
  if (richness === 'table') {
    const cells = rows.map((row) => row.map(({ text }) => ({ type: 'raw_text' as const, text })));
    const table: TableBlock = { type: 'table', rows: [headerCells, ...cells] };
    return [table];
  }
  return [
    section(
      ranking.rows
        .slice(0, 15)
        .map((row) => name(rowText(row), 200))
        .join('\n'),
    ),
  ];
}

/** "1. TF-IDF + logistic regression: 0.812 (0.790 – 0.833)" */
function rowText(row: RankingRow): string {
  const language = row.language === null ? '' : `[${row.language}] `;
  return `${language}${row.rank}. ${modelLabel(row)}: ${score(row.score)} (${intervalText(row)})`;
}

/** The whole ranking in words. Plain text: the caller escapes it. */
function rankingText(ranking: Ranking): string {
  return `Ranked models, ${scoreTitle(ranking).toLowerCase()} with 95 % interval:\n${ranking.rows.map(rowText).join('\n')}`;
}

function explanation(ranking: Ranking): string {
  const lines = ranking.recommendations.map(({ language, sentence }) => {
    const text = name(sentence, 600);
    return language === null ? text : `*${name(language)}*: ${text}`;
  });
  if (ranking.race) lines.push(raceSentence(ranking.race));
  const marks = ranking.rows.flatMap(marksOf);
  const more = marks.length > marksShown ? [`… and ${plural(marks.length - marksShown, 'more remark')}`] : [];
  return [...lines, ...marks.slice(0, marksShown), ...more].join('\n') || 'Nothing was ranked.';
}

/** What a person should know of a model before voting for it. */
function marksOf(row: RankingRow): string[] {
  const model = `*${name(modelName(row.model))}*${row.language === null ? '' : ` (${name(row.language)})`}`;
  const reason = escapeMrkdwn(cut(row.reason ?? '', 300));
  const outside = row.languagesOutside;
  const foreign =
    outside && outside.languages.length > 0
      ? [
          `⚠️ ${model} isn't made for ${name(outside.languages.join(', '), 100)}: ${Math.round(100 * outside.share)} % of the test texts`,
        ]
      : [];
  if (row.status === 'complete') return foreign;
  if (row.status === 'dropped') return [`${model} was ${reason} and ranks below the others`, ...foreign];
  return [`⚠️ ${model} is incomplete and ranks below the others: ${reason}`, ...foreign];
}

function footnote({ profile, plan }: Benchmark, ranking: Ranking): string {
  const floors = ranking.floors.flatMap(({ language, score: floor }) =>
    floor === null ? [] : [language === null ? score(floor) : `${name(language)} ${score(floor)}`],
  );
  const repeats = plan && plan.repeats.count > 1 ? `, on each of ${plan.repeats.count} ${plan.repeats.kind}` : '';
  return cut(
    `Macro-F1 is the mean over labels, so rare ones count as much as frequent ones; the score is its mean over the categories${repeats}. ` +
      rareNote(ranking) +
      `Always answering the most frequent label scores ${floors.join(', ') || 'nothing'}. ` +
      `Intervals: paired bootstrap, ${count(ranking.resamples)} resamples of the test documents. ` +
      thinNote(ranking) +
      `${profile ? `Data: ${plural(profile.documents, 'text')} of ${name(profile.fileName)}.` : ''}`,
    1900,
  );
}

function rareNote({ scoreName, rareLabels }: Ranking): string {
  if (scoreName === 'mean') return '';
  const labels = rareLabels.slice(0, marksShown).map(({ category, label }) => `${name(category)}: ${name(label)}`);
  return `Rare score: 0.7 × F1 of the rarer of two labels + 0.3 × macro-F1 (${labels.join('; ') || 'no category has two labels'}). `;
}

function thinNote({ thinLabels }: Ranking): string {
  if (thinLabels.length === 0) return '';
  const labels = thinLabels
    .slice(0, marksShown)
    .map(({ category, label, documents }) => `${name(category)}: ${name(label)} (${documents})`);
  const more = thinLabels.length > marksShown ? ` and ${thinLabels.length - marksShown} more` : '';
  return `Too few test documents to measure: ${labels.join('; ')}${more}. `;
}
