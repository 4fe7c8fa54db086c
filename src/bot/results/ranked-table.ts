/** The ranked models as cells, and as the tables that Slack draws of them. */
import type { DataTableBlock, KnownBlock, TableBlock } from '@slack/types';
import { modelName } from '../../flows/catalogue.ts';
import type { Ranking, RankingRow } from '../../flows/contracts.ts';
import type { Richness } from '../messages/message.ts';
import { cut, name, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';

export interface Cell {
  text: string;
  value?: number;
}

const categoriesInTable = 8;
const nameCharacters = 60;
const listedRows = 15;
/** Slack's are 200 rows and 20,000 characters, 100 and 10,000 in the older block; all tables of a message together. */
const fits: Record<'data_table' | 'table', { rows: number; characters: number }> = {
  data_table: { rows: 200, characters: 18_000 },
  table: { rows: 99, characters: 9_000 },
};
const medals = ['🥇', '🥈', '🥉'];

const words = catalogue(
  () => ({
    rank: '#',
    model: 'Model',
    language: 'Language',
    mean: 'Macro-F1',
    rare: 'Rare score',
    interval: '95 % interval',
    best: 'Chance of being best',
    accuracy: 'Accuracy',
    training: 'Training',
    perSecond: 'Texts per second',
    size: 'Size',
    incomplete: 'incomplete',
    dropped: 'dropped early',
    tied: 'tied with #1',
    recommended: 'recommended',
    floor: 'no better than the floor',
    caption: (score: string) => `Ranked models: ${score} on test texts that nothing was chosen on`,
  }),
  () => ({
    rank: 'N°',
    model: 'Modèle',
    language: 'Langue',
    mean: 'F1 macro',
    rare: 'Score des rares',
    interval: 'Intervalle à 95 %',
    best: "Chance d'être le meilleur",
    accuracy: 'Exactitude',
    training: 'Entraînement',
    perSecond: 'Textes par seconde',
    size: 'Taille',
    incomplete: 'incomplet',
    dropped: 'écarté en cours de route',
    tied: 'à égalité avec le premier',
    recommended: 'recommandé',
    floor: 'pas mieux que le minimum',
    caption: (score: string) => `Modèles classés : ${score} sur des textes de test qui n'ont servi à aucun choix`,
  }),
);

export const scoreTitle = ({ scoreName }: Ranking, voice: Voice): string =>
  scoreName === 'rare' ? words(voice).rare : words(voice).mean;

function rankedCells(ranking: Ranking, voice: Voice): { header: string[]; rows: Cell[][] } {
  const say = words(voice);
  const languages = ranking.rows.some((row) => row.language !== null);
  const rare = ranking.scoreName === 'rare';
  const categories = ranking.rows[0]?.categories.map(({ category }) => category) ?? [];
  const shown = categories.length > 1 ? categories.slice(0, categoriesInTable) : [];
  const header = [
    ...[say.rank, say.model, ...(languages ? [say.language] : [])],
    ...[scoreTitle(ranking, voice), say.interval, say.best, ...(rare ? [say.mean] : [])],
    ...[say.accuracy, ...shown, say.training, say.perSecond, say.size],
  ];
  const scored = (value: number | null): Cell => number(value, voice.score);
  const rows = ranking.rows.map((row): Cell[] => [
    { text: [medals[row.rank - 1], row.rank].filter(Boolean).join(' '), value: row.rank },
    { text: cut(modelLabel(row, voice), nameCharacters + 60) },
    ...(languages ? [{ text: cut(voice.languageName(row.language), nameCharacters / 2) }] : []),
    scored(row.score),
    { text: intervalText(row, voice) },
    number(row.probabilityBest, voice.percent),
    ...(rare ? [scored(row.macroF1)] : []),
    scored(meanAccuracy(row)),
    ...shown.map((_, index) => scored(row.categories[index]?.score ?? null)),
    number(row.trainSeconds, voice.duration),
    number(row.predictDocsPerSecond, voice.count),
    number(sizeBytesOf(row), voice.bytes),
  ]);
  return { header, rows };
}

const number = (value: number | null, say: (value: number) => string): Cell =>
  value === null ? { text: '–' } : { text: say(value), value };

/** Of a model that was never a file: four bytes for each parameter. */
const sizeBytesOf = ({ sizeBytes, parameters }: RankingRow): number | null =>
  sizeBytes ?? (parameters === null ? null : 4 * parameters);

/** With what stands out about it, in words. Plain text. */
export function modelLabel(row: RankingRow, voice: Voice): string {
  const say = words(voice);
  const notes = [
    row.status === 'complete' ? '' : say[row.status],
    row.tiedWithFirst && row.rank > 1 ? say.tied : '',
    row.recommended ? say.recommended : '',
    row.beatsFloor || row.score === null ? '' : say.floor,
  ].filter((note) => note !== '');
  const label = cut(modelName(row.model), nameCharacters);
  return notes.length > 0 ? `${label} (${notes.join(', ')})` : label;
}

const intervalText = (row: RankingRow, voice: Voice): string =>
  row.low === null || row.high === null ? '–' : `${voice.score(row.low)} – ${voice.score(row.high)}`;

function meanAccuracy(row: RankingRow): number | null {
  const values = row.categories.flatMap(({ accuracy }) => accuracy ?? []);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

export interface TableText {
  /** read aloud, and shown where the table is folded */
  caption: string;
  header: string[];
  rows: Cell[][];
}

/**
 * A table in the richest form that is taken; rows that don't fit are left out.
 * @param asLine a row in words, for workspaces that take no table: mrkdwn
 * @returns the blocks, and how many rows are missing
 */
export function tableBlocks(
  { caption, header, rows }: TableText,
  richness: Richness,
  asLine: (position: number) => string,
): { blocks: KnownBlock[]; left: number } {
  if (richness === 'plain') {
    const lines = rows.slice(0, listedRows).map((_, position) => asLine(position));
    return { blocks: lines.length > 0 ? [section(lines.join('\n'))] : [], left: rows.length - lines.length };
  }
  const headerCells = header.map((text) => ({ type: 'raw_text' as const, text: cut(text, nameCharacters) }));
  const shown = rows.slice(0, rowsThatFit(headerCells, rows, fits[richness]));
  // A table without a row isn't one.
  if (shown.length === 0) return { blocks: [], left: 0 };
  const left = rows.length - shown.length;
  if (richness === 'table') {
    const cells = shown.map((row) => row.map(({ text }) => ({ type: 'raw_text' as const, text })));
    const table: TableBlock = { type: 'table', rows: [headerCells, ...cells] };
    return { blocks: [table], left };
  }
  const table: DataTableBlock = {
    type: 'data_table',
    caption: cut(caption, 200),
    page_size: 10,
    row_header_column_index: 1,
    rows: [headerCells, ...shown.map((row) => row.map(tableCell))],
  };
  return { blocks: [table], left };
}

const tableCell = ({ text, value }: Cell) =>
  value === undefined ? { type: 'raw_text' as const, text } : { type: 'raw_number' as const, value, text };

function rowsThatFit(header: { text: string }[], rows: Cell[][], most: { rows: number; characters: number }): number {
  let characters = header.reduce((sum, { text }) => sum + text.length, 0);
  let fit = 0;
  for (const row of rows.slice(0, most.rows)) {
    characters += row.reduce((sum, { text }) => sum + text.length, 0);
    if (characters > most.characters) break;
    fit += 1;
  }
  return fit;
}

export function rankedTable(
  ranking: Ranking,
  richness: Richness,
  voice: Voice,
): { blocks: KnownBlock[]; left: number } {
  const { header, rows } = rankedCells(ranking, voice);
  const caption = words(voice).caption(scoreTitle(ranking, voice));
  return tableBlocks({ caption, header, rows }, richness, (position) => {
    const row = ranking.rows[position];
    return row ? name(rowText(row, voice), 250) : '';
  });
}

/** "1. TF-IDF + logistic regression: 0.812 (0.790 – 0.833)"; plain text. */
export function rowText(row: RankingRow, voice: Voice): string {
  const language = row.language === null ? '' : `[${cut(voice.languageName(row.language), 30)}] `;
  return `${language}${row.rank}. ${modelLabel(row, voice)}: ${voice.score(row.score)} (${intervalText(row, voice)})`;
}
