/** The ranked table with its chart, in the thread. */
import type { DataTableBlock, KnownBlock, TableBlock } from '@slack/types';
import { modelName } from '../../flows/catalogue.ts';
import type { Ranking, RankingRow } from '../../flows/contracts.ts';
import type { Benchmark } from '../../flows/records.ts';
import { count, cut, duration, escapeMrkdwn, limits, name, plain, plural, score, section } from '../text.ts';
import type { Message, Richness } from './message.ts';

const rowsInTable = 50;

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

function tableCells(ranking: Ranking): { header: string[]; rows: Cell[][] } {
  const languages = perLanguage(ranking);
  const categories = ranking.rows[0]?.categories.map(({ category }) => category) ?? [];
  const header = [
    '#',
    'Model',
    ...(languages ? ['Language'] : []),
    'Macro-F1',
    '95 % interval',
    'Chance of being best',
    ...(categories.length > 1 ? categories.slice(0, 10) : []),
    'Accuracy',
    'Training',
  ];
  const rows = ranking.rows
    .slice(0, rowsInTable)
    .map((row): Cell[] => [
      { text: String(row.rank), value: row.rank },
      { text: modelLabel(row) },
      ...(languages ? [{ text: row.language ?? '–' }] : []),
      row.score === null ? { text: '–' } : { text: score(row.score), value: row.score },
      { text: intervalText(row) },
      { text: row.probabilityBest === null ? '–' : `${Math.round(100 * row.probabilityBest)} %` },
      ...(categories.length > 1 ? row.categories.slice(0, 10).map(({ macroF1 }) => ({ text: score(macroF1) })) : []),
      { text: score(meanAccuracy(row)) },
      { text: row.trainSeconds === null ? '–' : duration(row.trainSeconds) },
    ]);
  return { header, rows };
}

function modelLabel(row: RankingRow): string {
  const notes = [
    row.status === 'incomplete' ? 'incomplete' : '',
    row.tiedWithFirst && row.rank > 1 ? 'tied with #1' : '',
    row.recommended ? 'recommended' : '',
    row.beatsFloor ? '' : 'no better than the floor',
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
      caption: 'Ranked models: macro-F1 on test documents that nothing was chosen on',
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
  return `Ranked models, macro-F1 with 95 % interval:\n${ranking.rows.map(rowText).join('\n')}`;
}

function explanation(ranking: Ranking): string {
  const languages = [...new Set(ranking.rows.map((row) => row.language))];
  const lines = languages.map((language) => {
    const rows = ranking.rows.filter((row) => row.language === language);
    const text = tableExplanation(rows);
    return language === null ? text : `*${name(language)}*: ${text}`;
  });
  const incomplete = ranking.rows.filter((row) => row.reason !== null).slice(0, 5);
  const reasons = incomplete.map(
    (row) =>
      `⚠️ *${name(modelName(row.model))}* is incomplete and ranks below the others: ${escapeMrkdwn(cut(row.reason ?? '', 300))}`,
  );
  return [...lines, ...reasons].join('\n');
}

function tableExplanation(rows: RankingRow[]): string {
  const first = rows[0];
  if (!first) return 'Nothing was ranked.';
  const tied = rows.filter((row) => row.tiedWithFirst && row !== first);
  const recommended = rows.find((row) => row.recommended);
  const complete = rows.filter((row) => row.status === 'complete');
  if (complete.length === 0) return 'No model finished all of its trials, so there is no first.';
  const lead = `*${name(modelName(first.model))}* comes first with ${score(first.score)}`;
  if (!first.beatsFloor) return `${lead}, but that is no better than always answering the most frequent label.`;
  if (complete.length === 1) return `${lead}; no other model finished all of its trials.`;
  if (tied.length === 0) return `${lead}, and the difference to the others is larger than chance explains.`;
  const names = tied.map((row) => `*${name(modelName(row.model))}*`).join(' and ');
  const advice = recommended ? ` The cheapest of them, *${name(modelName(recommended.model))}*, is recommended.` : '';
  return `${lead}, but ${names} can't be told from it on these test documents.${advice}`;
}

function footnote({ profile }: Benchmark, ranking: Ranking): string {
  const floors = ranking.floors.flatMap(({ language, score: floor }) =>
    floor === null ? [] : [language === null ? score(floor) : `${name(language)} ${score(floor)}`],
  );
  return cut(
    `Macro-F1 is the mean over labels, so rare ones count as much as frequent ones; the score is its mean over the categories. ` +
      `Always answering the most frequent label scores ${floors.join(', ') || 'nothing'}. ` +
      `Intervals: paired bootstrap, ${count(ranking.resamples)} resamples of the test documents. ` +
      `${profile ? `Data: ${plural(profile.documents, 'text')} of ${name(profile.fileName)}.` : ''}`,
    1900,
  );
}
