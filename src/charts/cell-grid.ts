/**
 * A grid of coloured cells with a text in each, which Chart.js 4 draws without its matrix plugin: a cell is a bar that
 * floats from one column's edge to the next, and each row's texts are an axis of their own (text-axis.ts).
 */
import type { ChartConfiguration, ChartDataset } from 'chart.js';
import { shortenMiddle, wrapName } from './labels.ts';
import {
  type Heading,
  heading,
  ink,
  legend,
  lettersIn,
  quiet,
  type SizedConfig,
  textWidthPx,
  usualWidth,
} from './look.ts';
import { type TextAxis, textRow } from './text-axis.ts';

export interface CellGrid extends Heading {
  rows: readonly string[];
  columns: readonly string[];
  /** what the axes are called; empty: nothing is written */
  rowTitle: string;
  columnTitle: string;
  /** what each colour says, for the legend, in the order of their darkness */
  levels: readonly Level[];
  /** row by row */
  cells: readonly (readonly { text: string; level: number }[])[];
  locale: string;
}

export interface Level {
  label: string;
  fill: string;
}

type Bar = { x: [number, number]; y: string };
type GridConfig = ChartConfiguration<'bar', Bar[], string>;

/**
 * ColorBrewer's YlGnBu: one hue after another with evenly falling lightness, safe for colour-blind eyes and in grey.
 * https://colorbrewer2.org/#type=sequential&scheme=YlGnBu&n=7
 */
const scale = ['#FFFFCC', '#C7E9B4', '#7FCDBB', '#41B6C4', '#1D91C0', '#225EA8', '#0C2C84'];

/** @returns so many colours of the scale, light to dark, as far apart as it goes */
export function sequentialColours(count: number): string[] {
  return Array.from({ length: count }, (_, at) => {
    const share = count === 1 ? 0.5 : at / (count - 1);
    return scale[Math.round(share * (scale.length - 1))] ?? '#FFFFFF';
  });
}

/** Dark or white, whichever stands out more on that fill. */
export function inkOn(fill: string): string {
  const light = luminance(fill);
  return (light + 0.05) / (luminance(ink) + 0.05) >= 1.05 / (light + 0.05) ? ink : '#FFFFFF';
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Sizes of everything, from the numbers of rows and columns. */
function measures({ rows, columns, cells }: CellGrid) {
  const many = columns.length > 14 || rows.length > 20;
  const fontPx = many ? 13 : 14;
  const cellFontPx = columns.length > 16 ? 12 : 14;
  const names = rows.map((name) => shortenMiddle(name, many ? 20 : 26));
  const namesPx = 30 + Math.max(0, ...names.map((name) => textWidthPx(name, fontPx)));
  const widest = Math.max(0, ...cells.flatMap((row) => row.map(({ text }) => textWidthPx(text, cellFontPx))));
  const least = namesPx + 60 + columns.length * (widest + 10);
  const width = Math.min(1500, Math.max(usualWidth, Math.ceil(least)));
  const columnPx = (width - namesPx - 60) / Math.max(1, columns.length);
  // Names of columns lie where they fit into two lines, and else stand upright.
  const lying = columns.every((name) => textWidthPx(shortenMiddle(name, 26), fontPx) < 1.7 * columnPx) && columnPx > 60;
  const tops = columns.map((name) =>
    lying ? wrapName(name, lettersIn(columnPx - 8, fontPx)) : [shortenMiddle(name, 20)],
  );
  const topsPx = lying ? 40 : 16 + Math.max(0, ...tops.map((lines) => textWidthPx(lines.join(' '), fontPx)));
  return { fontPx, cellFontPx, names, width, lying, tops, topsPx, rowPx: many ? 28 : 34 };
}

export function cellGridConfig(grid: CellGrid): SizedConfig<GridConfig> {
  const { fontPx, cellFontPx, names, width, lying, tops, topsPx, rowPx } = measures(grid);
  const { rows, columns, levels, cells, rowTitle, columnTitle } = grid;
  const inks = levels.map(({ fill }) => inkOn(fill));
  const shown = levels.flatMap((level, at) => levelBars(level, at, cells));
  const head = heading(grid, width);
  const foot = legend(
    shown.map(({ label }) => label ?? ''),
    width,
  );
  const texts = cells.map((row, at): [string, TextAxis] => [
    `row${at}`,
    textRow(
      row.map(({ text }) => text),
      at,
      cellFontPx,
      row.map(({ level }) => inks[level] ?? ink),
    ),
  ]);
  const bare = { grid: { display: false, drawTicks: false }, border: { display: false } };
  // Chart.js sets upright names a line's height left of the column's middle.
  const upright = { minRotation: 90, maxRotation: 90 };
  const title = (text: string) =>
    ({ display: text !== '', text, color: quiet, font: { size: 14, weight: 600 } }) as const;
  return {
    width,
    height: Math.round(
      head.heightPx + topsPx + (columnTitle === '' ? 0 : 26) + rows.length * rowPx + foot.heightPx + 30,
    ),
    config: {
      type: 'bar',
      // Rows are told apart by their number: two may have the same name.
      data: { labels: rows.map((_, at) => String(at)), datasets: shown },
      options: {
        indexAxis: 'y',
        locale: grid.locale,
        layout: head.layout,
        plugins: { title: head.title, subtitle: head.subtitle, legend: foot.options },
        scales: {
          x: { type: 'linear', display: false, min: 0, max: Math.max(1, columns.length) },
          y: { type: 'category', display: false },
          names: {
            type: 'category',
            axis: 'y',
            position: 'left',
            offset: true,
            labels: names,
            ...bare,
            ticks: { autoSkip: false, color: ink, font: { size: fontPx }, padding: 8 },
            title: title(rowTitle),
          },
          columns: {
            type: 'category',
            axis: 'x',
            position: 'top',
            offset: true,
            labels: tops,
            ...bare,
            ticks: {
              autoSkip: false,
              color: ink,
              font: { size: fontPx },
              padding: 6,
              ...(lying ? { maxRotation: 0 } : { ...upright, labelOffset: 1.2 * fontPx }),
            },
            title: title(columnTitle),
          },
          ...Object.fromEntries(texts),
        },
      },
    },
  };
}

/** The cells of one colour; none where it isn't used, so that the legend names what is there. */
function levelBars(level: Level, at: number, cells: CellGrid['cells']): ChartDataset<'bar', Bar[]>[] {
  const data = cells.flatMap((row, y) =>
    row.flatMap((cell, x): Bar[] => (cell.level === at ? [{ x: [x, x + 1], y: String(y) }] : [])),
  );
  if (data.length === 0) return [];
  return [
    {
      label: level.label,
      data,
      backgroundColor: level.fill,
      borderColor: '#D5D9DD',
      borderWidth: 1,
      borderSkipped: false,
      inflateAmount: 0,
      grouped: false,
      barPercentage: 1,
      categoryPercentage: 1,
      pointStyle: 'rect',
    },
  ];
}
