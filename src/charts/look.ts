/** What all charts look like: sizes, inks, head and legend. Plain JSON, as any QuickChart server with Chart.js 4 takes it. */
import { shortenMiddle, widthOfText, wrapWords } from './labels.ts';

/** A chart, and the size in points that it is made for. */
export interface SizedConfig<Config extends object = object> {
  /** for Chart.js 4, without functions or plugins */
  config: Config;
  width: number;
  height: number;
}

/** In the language of those who will see it. */
export interface Heading {
  title: string;
  subtitle: string;
}

/** Slack shows images at most about 360 points wide in a narrow window, 720 in a wide one: few pixels, large letters. */
export const usualWidth = 900;

export const ink = '#1D1C1D';
export const quiet = '#5A6068';
export const gridColour = '#E4E6E9';

const padding = { top: 14, right: 18, bottom: 12, left: 18 };
const lineHeight = 1.2;
/** of an ordinary letter of our font, for a font of size 1; other servers' fonts are about as wide */
const letterWidth = 0.56;
const titleFontPx = 20;
const smallFontPx = 14;
const mostSubtitleLines = 3;

/** How wide a text is, roughly. */
export const textWidthPx = (text: string, fontPx: number): number => widthOfText(text) * letterWidth * fontPx;

/** How many ordinary letters have room there. */
export const lettersIn = (widthPx: number, fontPx: number): number => Math.max(2, widthPx / (letterWidth * fontPx));

/** Title and subtitle of a chart of that width, as options; `heightPx` is what they take with the room around them. */
export function heading({ title, subtitle }: Heading, width: number) {
  const room = width - padding.left - padding.right;
  const lines = wrapWords(subtitle, lettersIn(room, smallFontPx), mostSubtitleLines);
  const [gap, below] = [4, 14];
  return {
    heightPx: Math.round(
      padding.top + titleFontPx * lineHeight + gap + lines.length * smallFontPx * lineHeight + below,
    ),
    layout: { padding },
    title: {
      display: true,
      text: shortenMiddle(title, lettersIn(room, titleFontPx)),
      align: 'start',
      color: ink,
      font: { size: titleFontPx, weight: 600 },
      padding: { top: 0, bottom: gap },
    },
    subtitle: {
      display: true,
      text: lines,
      align: 'start',
      color: quiet,
      font: { size: smallFontPx },
      padding: { top: 0, bottom: below },
    },
  } as const;
}

/** The legend below a chart of that width, with the height that its entries take. */
export function legend(labels: readonly string[], width: number, reverse = false) {
  const [boxPx, gap] = [10, 16];
  const room = width - padding.left - padding.right;
  let rows = 1;
  let used = 0;
  for (const label of labels) {
    const entry = boxPx + smallFontPx / 2 + textWidthPx(label, smallFontPx) + gap;
    if (used > 0 && used + entry > room) {
      rows++;
      used = 0;
    }
    used += entry;
  }
  const font = { size: smallFontPx };
  return {
    heightPx: rows * (smallFontPx + gap) + gap,
    options: {
      position: 'bottom',
      align: 'start',
      reverse,
      labels: { usePointStyle: true, boxHeight: boxPx, padding: gap, color: ink, font },
    },
  } as const;
}

/** Numbers as the reader's language writes them, with so many decimals. */
export const numberFormat = (locale: string, digits: number): Intl.NumberFormat =>
  new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
