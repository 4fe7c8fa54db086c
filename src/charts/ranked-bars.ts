/**
 * Ranked models -> Chart.js configuration. Pure, and plain JSON without functions or plugins, so that any QuickChart
 * server with Chart.js 4 draws the same picture as our own renderer.
 */
import type { ChartConfiguration, ChartDataset } from 'chart.js';
import { shortenMiddle, wrapName, wrapWords } from './labels.ts';
import {
  gridColour,
  type Heading,
  heading,
  ink,
  legend,
  numberFormat,
  quiet,
  type SizedConfig,
  usualWidth,
} from './look.ts';
import {
  type Standing,
  type StandingName,
  type StandingWords,
  standingColours,
  standingNames,
  standingOf,
} from './standings.ts';

/** A ranking as the chart needs it. */
export interface RankedChart {
  /** in the order to be shown; incomplete and dropped ones are put below the others all the same */
  rows: readonly RankedModel[];
  /** score of always answering the most frequent label, for each language group; null language = all documents */
  floors: readonly { language: string | null; score: number | null }[];
}

export interface RankedModel extends Standing {
  /** as people know it */
  name: string;
  /** null unless every language is ranked apart; models of one language stand together under its name */
  language: string | null;
  /** 0 to 1; null when nothing was scored */
  score: number | null;
  /** ends of the 95 % interval */
  low: number | null;
  high: number | null;
  beatsFloor: boolean;
}

/** In the language of those who will see it. */
export interface RankedWords extends Heading, StandingWords {
  /** of rows that find no room, for the subtitle */
  more: (count: number) => string;
  noScore: string;
  noBetterThanFloor: string;
  interval: string;
  /** @param score null where languages have different ones */
  floor: (score: string | null) => string;
}

type Value = number | [number, number] | null;
type RankedBarsConfig = ChartConfiguration<'bar' | 'line', Value[], string[]>;
type Dataset = ChartDataset<'bar' | 'line', Value[]>;

const floorColour = '#D55E00';
const lineHeightPx = 17;
const rowGapPx = 14;
const axisPx = 40;
/** a slice of the width goes to each of the two axes beside the bars: about this many letters */
const nameWidth = 27;
const mostRows = 40;

interface Row {
  /** left of the bar */
  label: string[];
  /** right of the bar */
  value: string[];
  standing: StandingName | null;
  score: number | null;
  interval: [number, number] | null;
  floor: number | null;
}

/**
 * Horizontal bars in ranked order, with intervals and the majority-class floor; as high as its rows need.
 * @param locale how numbers are written: a BCP 47 tag, such as `fr`
 */
export function rankedBarsConfig(
  chart: RankedChart,
  words: RankedWords,
  locale: string,
): SizedConfig<RankedBarsConfig> {
  const all = chartRows(chart, words, numberFormat(locale, 3));
  const rows = all.slice(0, mostRows);
  const left = all.length - rows.length;
  const lines = Math.max(2, ...rows.map(({ label }) => label.length));
  const rowPx = lines * lineHeightPx + rowGapPx;
  const shown = datasets(rows, rowPx, words, numberFormat(locale, 3));
  const subtitle = `${words.subtitle}${left > 0 ? ` · ${words.more(left)}` : ''}`;
  const head = heading({ title: words.title, subtitle }, usualWidth);
  const foot = legend(
    shown.map(({ label }) => label ?? ''),
    usualWidth,
    true,
  );
  return {
    width: usualWidth,
    height: Math.round(head.heightPx + axisPx + foot.heightPx + 24 + rows.length * rowPx),
    config: {
      type: 'bar',
      data: { labels: rows.map(({ label }) => label), datasets: shown },
      options: {
        indexAxis: 'y',
        locale,
        layout: head.layout,
        plugins: { title: head.title, subtitle: head.subtitle, legend: foot.options },
        scales: {
          x: {
            type: 'linear',
            min: 0,
            max: axisEnd(rows),
            grid: { color: gridColour, drawTicks: false },
            border: { display: false },
            ticks: {
              color: quiet,
              font: { size: 13 },
              padding: 6,
              format: { minimumFractionDigits: 1, maximumFractionDigits: 3 },
            },
          },
          y: nameAxis(),
          values: valueAxis(rows),
        },
      },
    },
  };
}

/** Rows from top to bottom: per language its name, its complete models, then the others. */
function chartRows({ rows, floors }: RankedChart, words: RankedWords, scores: Intl.NumberFormat): Row[] {
  const languages = [...new Set(rows.map(({ language }) => language))];
  return languages.flatMap((language) => {
    const floor = floors.find((each) => each.language === language)?.score ?? null;
    const ofLanguage = rows.filter((row) => row.language === language);
    const ordered = [
      ...ofLanguage.filter(({ status }) => status === 'complete'),
      ...ofLanguage.filter(({ status }) => status !== 'complete'),
    ];
    const models = ordered.map((model) => modelRow(model, floor, words, scores));
    return language === null ? models : [headingRow(language), ...models];
  });
}

function headingRow(language: string): Row {
  const label = [shortenMiddle(language, nameWidth)];
  return { label, value: [''], standing: null, score: null, interval: null, floor: null };
}

function modelRow(model: RankedModel, floor: number | null, words: RankedWords, scores: Intl.NumberFormat): Row {
  const { score, low, high, status, rank } = model;
  const standing = standingOf(model);
  const remarks = [
    standing === 'first' || standing === 'behind' ? '' : words[standing],
    model.recommended ? words.recommended : '',
    status === 'complete' && !model.beatsFloor ? words.noBetterThanFloor : '',
  ].filter((remark) => remark !== '');
  return {
    label: [
      ...wrapName(`${rank}. ${model.name}`, nameWidth),
      ...(remarks.length > 0 ? wrapWords(remarks.join(' · '), nameWidth, 3) : []),
    ],
    value: [
      score === null ? words.noScore : scores.format(score),
      ...(low === null || high === null ? [] : [`${scores.format(low)} – ${scores.format(high)}`]),
    ],
    standing,
    score,
    interval: low === null || high === null ? null : [low, high],
    floor,
  };
}

function datasets(rows: Row[], rowPx: number, words: RankedWords, scores: Intl.NumberFormat): Dataset[] {
  const barPx = Math.min(30, Math.round(rowPx * 0.55));
  const shown = standingNames.filter((standing) => rows.some((row) => row.standing === standing && row.score !== null));
  const bars = shown.map((standing): Dataset => {
    const { fill, edge } = standingColours[standing];
    return {
      type: 'bar',
      label: words[standing],
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
      label: words.interval,
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
      label: floorLabel(rows, words, scores),
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

function floorLabel(rows: Row[], words: RankedWords, scores: Intl.NumberFormat): string {
  const values = new Set(rows.flatMap(({ floor }) => floor ?? []));
  const [only] = values;
  return words.floor(values.size === 1 && only !== undefined ? scores.format(only) : null);
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
