/**
 * Ranked models -> Chart.js configuration. Pure, and plain JSON without functions or plugins, so that any QuickChart
 * server with Chart.js 4 draws the same picture as our own renderer.
 */
import type { ChartConfiguration, ChartDataset } from 'chart.js';
import { shortenMiddle, wrapName } from './labels.ts';

/** A ranking as the chart needs it. */
export interface RankedChart {
  /** what was measured on, such as the file's name */
  dataset: string;
  /** what the numbers are, such as "Macro-F1" */
  scoreName: string;
  /** in the order to be shown; incomplete ones are put below the others all the same */
  rows: readonly RankedModel[];
  /** score of always answering the most frequent label, for each language group; null language = all documents */
  floors: readonly { language: string | null; score: number | null }[];
}

export interface RankedModel {
  rank: number;
  /** as people know it */
  name: string;
  /** null unless every language is ranked apart; models of one language stand together under its name */
  language: string | null;
  /** 0 to 1; null when nothing was scored */
  score: number | null;
  /** ends of the 95 % interval */
  low: number | null;
  high: number | null;
  /** true for the first too */
  tiedWithFirst: boolean;
  recommended: boolean;
  beatsFloor: boolean;
  status: 'complete' | 'incomplete';
}

export interface SizedConfig {
  config: RankedBarsConfig;
  width: number;
  height: number;
}

type Value = number | [number, number] | null;
type RankedBarsConfig = ChartConfiguration<'bar' | 'line', Value[], string[]>;
type Dataset = ChartDataset<'bar' | 'line', Value[]>;

/** What a bar's colour says; the words stand beside each bar too. */
type Standing = 'first' | 'tied' | 'behind' | 'incomplete';

/**
 * Okabe and Ito's palette, which stays apart for colour-blind eyes, with greys of clearly different lightness:
 * https://jfly.uni-koeln.de/color/
 */
const standings: Record<Standing, { label: string; fill: string; edge: string }> = {
  first: { label: 'first', fill: '#0072B2', edge: '#0072B2' },
  tied: { label: 'tied with #1', fill: '#56B4E9', edge: '#56B4E9' },
  behind: { label: 'behind', fill: '#AEB6BF', edge: '#AEB6BF' },
  incomplete: { label: 'incomplete', fill: '#F4F5F6', edge: '#8A939D' },
};
const ink = '#1D1C1D';
const quiet = '#5A6068';
const gridColour = '#E4E6E9';
const floorColour = '#D55E00';

/** Slack shows images at most about 360 points wide in a narrow window, 720 in a wide one: few pixels, large letters. */
const width = 900;
const lineHeightPx = 17;
const rowGapPx = 14;
const headAndFootPx = 154;
/** a slice of the width goes to each of the two axes beside the bars: about this many letters */
const nameWidth = 27;
const mostRows = 40;

interface Row {
  /** left of the bar */
  label: string[];
  /** right of the bar */
  value: string[];
  standing: Standing | null;
  score: number | null;
  interval: [number, number] | null;
  floor: number | null;
}

/** Horizontal bars in ranked order, with intervals and the majority-class floor; as high as its rows need. */
export function rankedBarsConfig(chart: RankedChart): SizedConfig {
  const all = chartRows(chart);
  const rows = all.slice(0, mostRows);
  const left = all.length - rows.length;
  const lines = Math.max(2, ...rows.map(({ label }) => label.length));
  const rowPx = lines * lineHeightPx + rowGapPx;
  return {
    width,
    height: Math.round(headAndFootPx + rows.length * rowPx),
    config: {
      type: 'bar',
      data: { labels: rows.map(({ label }) => label), datasets: datasets(rows, rowPx) },
      options: {
        indexAxis: 'y',
        locale: 'en',
        layout: { padding: { top: 14, right: 18, bottom: 12, left: 18 } },
        plugins: {
          title: {
            display: true,
            text: `Ranked models on ${shortenMiddle(chart.dataset, 60) || 'your data'}`,
            align: 'start',
            color: ink,
            font: { size: 20, weight: 600 },
            padding: { top: 0, bottom: 4 },
          },
          subtitle: {
            display: true,
            text: `${chart.scoreName} on test documents that nothing was chosen on; higher is better${left > 0 ? ` · ${left} more in the table` : ''}`,
            align: 'start',
            color: quiet,
            font: { size: 14 },
            padding: { top: 0, bottom: 14 },
          },
          legend: {
            position: 'bottom',
            align: 'start',
            reverse: true,
            labels: {
              usePointStyle: true,
              boxHeight: 10,
              padding: 16,
              color: ink,
              font: { size: 14 },
            },
          },
        },
        scales: {
          x: {
            type: 'linear',
            min: 0,
            max: axisEnd(rows),
            grid: { color: gridColour, drawTicks: false },
            border: { display: false },
            ticks: { color: quiet, font: { size: 13 }, padding: 6, format: { minimumFractionDigits: 1 } },
          },
          y: nameAxis(),
          values: valueAxis(rows),
        },
      },
    },
  };
}

/** Rows from top to bottom: per language its name, its complete models, then its incomplete ones. */
function chartRows({ rows, floors }: RankedChart): Row[] {
  const languages = [...new Set(rows.map(({ language }) => language))];
  return languages.flatMap((language) => {
    const floor = floors.find((each) => each.language === language)?.score ?? null;
    const ofLanguage = rows.filter((row) => row.language === language);
    const ordered = [
      ...ofLanguage.filter(({ status }) => status === 'complete'),
      ...ofLanguage.filter(({ status }) => status === 'incomplete'),
    ];
    const models = ordered.map((model) => modelRow(model, floor));
    return language === null ? models : [headingRow(language), ...models];
  });
}

function headingRow(language: string): Row {
  const label = [shortenMiddle(language, nameWidth)];
  return { label, value: [''], standing: null, score: null, interval: null, floor: null };
}

function modelRow(model: RankedModel, floor: number | null): Row {
  const { score, low, high, status, rank } = model;
  const standing = standingOf(model);
  const words = [
    standing === 'tied' || standing === 'incomplete' ? standings[standing].label : '',
    model.recommended ? 'recommended' : '',
    status === 'complete' && !model.beatsFloor ? 'no better than the floor' : '',
  ].filter((word) => word !== '');
  return {
    label: [...wrapName(`${rank}. ${model.name}`, nameWidth), ...(words.length > 0 ? [words.join(' · ')] : [])],
    value: [
      score === null ? 'no score' : score.toFixed(3),
      ...(low === null || high === null ? [] : [`${low.toFixed(3)} – ${high.toFixed(3)}`]),
    ],
    standing,
    score,
    interval: low === null || high === null ? null : [low, high],
    floor,
  };
}

function standingOf({ status, rank, tiedWithFirst }: RankedModel): Standing {
  if (status === 'incomplete') return 'incomplete';
  if (rank === 1) return 'first';
  return tiedWithFirst ? 'tied' : 'behind';
}

function datasets(rows: Row[], rowPx: number): Dataset[] {
  const barPx = Math.min(30, Math.round(rowPx * 0.55));
  const shown = (['first', 'tied', 'behind', 'incomplete'] as const).filter((standing) =>
    rows.some((row) => row.standing === standing && row.score !== null),
  );
  const bars = shown.map((standing): Dataset => {
    const { label, fill, edge } = standings[standing];
    return {
      type: 'bar',
      label,
      data: rows.map((row) => (row.standing === standing ? row.score : null)),
      backgroundColor: fill,
      borderColor: edge,
      borderWidth: 1,
      borderRadius: { topRight: 3, bottomRight: 3, topLeft: 0, bottomLeft: 0 },
      // Each standing is a dataset of its own, for the legend's sake; ungrouped, they share the middle of their row.
      grouped: false,
      barThickness: barPx,
      pointStyle: 'rect',
      order: 3,
    };
  });
  const extras: Dataset[] = [];
  if (rows.some(({ interval }) => interval !== null)) {
    extras.push({
      type: 'bar',
      label: '95 % interval',
      data: rows.map(({ interval }) => interval),
      backgroundColor: ink,
      borderColor: ink,
      borderWidth: 2,
      borderSkipped: false,
      borderRadius: 3,
      grouped: false,
      barThickness: 5,
      minBarLength: 4,
      pointStyle: 'line',
      order: 1,
    });
  }
  if (rows.some(({ floor }) => floor !== null)) {
    extras.push({
      type: 'line',
      label: floorLabel(rows),
      data: rows.map(({ floor }) => floor),
      showLine: false,
      // A stroke across each row rather than one line: it stays right with one row, and with one floor per language.
      pointStyle: 'line',
      pointRotation: 90,
      pointRadius: rowPx / 2,
      pointBorderColor: floorColour,
      pointBackgroundColor: floorColour,
      pointBorderWidth: 2.5,
      borderColor: floorColour,
      backgroundColor: floorColour,
      clip: false,
      order: 2,
    });
  }
  // The legend shows them in the opposite order.
  return [...extras.toReversed(), ...bars.toReversed()];
}

function floorLabel(rows: Row[]): string {
  const values = new Set(rows.flatMap(({ floor }) => floor ?? []));
  const [only] = values;
  return `floor: always the most frequent label${values.size === 1 && only !== undefined ? ` (${only.toFixed(3)})` : ''}`;
}

/** The bars start at zero, so that their lengths compare; they end at the next tenth after the longest. */
function axisEnd(rows: Row[]): number {
  const largest = Math.max(
    0,
    ...rows.flatMap(({ score, interval, floor }) => [score ?? 0, interval?.[1] ?? 0, floor ?? 0]),
  );
  return Math.min(1, Math.ceil(largest * 10 + 0.2) / 10);
}

type AxisOptions = NonNullable<NonNullable<RankedBarsConfig['options']>['scales']>[string];

function nameAxis(): AxisOptions {
  return {
    type: 'category',
    grid: { display: false },
    border: { color: quiet },
    ticks: { autoSkip: false, crossAlign: 'far', color: ink, font: { size: 14 }, padding: 8 },
  };
}

function valueAxis(rows: Row[]): AxisOptions {
  return {
    axis: 'y',
    type: 'category',
    position: 'right',
    offset: true,
    labels: rows.map(({ value }) => value),
    grid: { display: false },
    border: { display: false },
    ticks: { autoSkip: false, color: ink, font: { size: 14 }, padding: 10 },
  };
}
