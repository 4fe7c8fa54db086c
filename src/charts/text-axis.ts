/**
 * Words inside a chart without a plugin. Chart.js 4 lets an axis cross another one at a value (`position: {y: 0.8}`), and
 * a category axis writes any text; with everything of it hidden but its labels, it is a line of text at that height.
 * So a picture with words in it stays plain JSON, which any server with Chart.js 4 draws.
 * https://www.chartjs.org/docs/latest/axes/cartesian/#axis-position
 */
import type { ScaleOptionsByType } from 'chart.js';

/** A category axis: all charts of here write words with it. */
export type TextAxis = Partial<Omit<ScaleOptionsByType<'category'>, 'ticks' | 'grid' | 'border' | 'title'>> & {
  type: 'category';
  axis: 'x' | 'y';
  ticks?: Partial<ScaleOptionsByType<'category'>['ticks']>;
  grid?: Partial<ScaleOptionsByType<'category'>['grid']>;
  border?: Partial<ScaleOptionsByType<'category'>['border']>;
  title?: Partial<ScaleOptionsByType<'category'>['title']>;
};

const bare = { grid: { display: false, drawTicks: false }, border: { display: false } } as const;

/** One line of text in each of equally wide columns, in the middle of each; `y` is the value of the axis `y` there. */
export function textRow(texts: string[], y: number, fontPx: number, colours: string[]): TextAxis {
  return {
    type: 'category',
    axis: 'x',
    position: { y },
    offset: true,
    labels: texts,
    ...bare,
    ticks: {
      autoSkip: false,
      maxRotation: 0,
      color: colours,
      font: { size: fontPx },
      // The text hangs below the axis; half a line up, it stands on it.
      padding: -0.6 * fontPx,
      z: 1,
    },
  };
}

export interface TextSpot {
  text: string;
  /** 0 at the left edge of the axes' area, 1 at the right one */
  x: number;
  /** value of the axis `y` */
  y: number;
  align: 'start' | 'center' | 'end';
  /** from that point to the text's near end, to the right; and down */
  rightPx: number;
  downPx: number;
  fontPx: number;
  bold: boolean;
  colour: string;
  /** in white, for text that lies over lines */
  halo: boolean;
}

/** places of a line of text; a step is three points in a chart of the usual width */
const steps = 240;

/** One text at one point. */
export function textSpot({ text, x, y, align, rightPx, downPx, fontPx, bold, colour, halo }: TextSpot): TextAxis {
  return {
    type: 'category',
    axis: 'x',
    position: { y },
    labels: spaced([{ at: x, text }], steps),
    ...bare,
    ticks: {
      autoSkip: false,
      maxRotation: 0,
      align,
      color: colour,
      font: { size: fontPx, weight: bold ? 600 : 400 },
      ...(halo ? { textStrokeColor: '#FFFFFF', textStrokeWidth: 3 } : {}),
      labelOffset: rightPx,
      padding: downPx - 0.6 * fontPx,
      z: 1,
    },
  };
}

/** Labels of an axis at any places: 0 its beginning, 1 its end. */
function spaced(texts: readonly { at: number; text: string }[], count: number): string[] {
  const labels = Array.from({ length: count + 1 }, () => '');
  for (const { at, text } of texts) labels[Math.round(Math.min(1, Math.max(0, at)) * count)] = text;
  return labels;
}

/** An axis below the chart with grid lines at the places that are named, and nowhere else. */
export function markedAxis(
  marks: readonly { at: number; text: string }[],
  title: string,
  colours: { text: string; line: string },
): TextAxis {
  const labels = spaced(marks, 600);
  return {
    type: 'category',
    axis: 'x',
    position: 'bottom',
    labels,
    grid: { color: colours.line, lineWidth: labels.map((label) => (label === '' ? 0 : 1)), drawTicks: false },
    border: { display: false },
    ticks: { autoSkip: false, maxRotation: 0, color: colours.text, font: { size: 13 }, padding: 6 },
    title: { display: true, text: title, color: colours.text, font: { size: 13 } },
  };
}
