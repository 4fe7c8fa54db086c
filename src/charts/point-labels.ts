/** Where the names and numbers of points stand, so that they can be read where points are many. */
import { shortenMiddle } from './labels.ts';
import { ink, textWidthPx } from './look.ts';

export interface PlacedPoint {
  /** written into the point, or beside it where another one's number is in the way */
  number: string;
  /** written beside the point where it finds room; null: the number does */
  name: string | null;
  /** is placed before the others */
  important: boolean;
  /** from the left and the top of the axes' area */
  xPx: number;
  yPx: number;
  radiusPx: number;
  /** what can be read on the point */
  colour: string;
}

interface PointLabel {
  point: PlacedPoint;
  text: string;
  align: 'start' | 'center' | 'end';
  /** where it is beside the point */
  rightPx: number;
  downPx: number;
  fontPx: number;
  bold: boolean;
  colour: string;
}

/** in points from the left and the top of the axes' area */
export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const nameFontPx = 13;
const numberFontPx = 11;
/** of names, in ordinary letters: whole, then shorter where that finds no room */
const nameWidths = [26, 16];

/**
 * Greedy: each label at the first place where it covers no point, no label and none of the lines. Important points come
 * first, and their names may cover points where there is no other way; they never cover another label.
 */
export function pointLabels(
  points: readonly PlacedPoint[],
  lines: readonly Box[],
  area: { width: number; height: number },
): PointLabel[] {
  const bodies = points.map(({ xPx, yPx, radiusPx }): Box => around(xPx, yPx, 2 * radiusPx, 2 * radiusPx));
  const taken: Box[] = [];
  const labels: PointLabel[] = [];
  const beside = (point: PlacedPoint, text: string, fontPx: number, mayCover: boolean): boolean => {
    const width = textWidthPx(text, fontPx) + 4;
    const others = mayCover ? taken : [...bodies, ...lines, ...taken];
    const place = places(point.radiusPx, fontPx).find((each) => {
      const box = boxOf(point, each, width, fontPx * 1.2);
      const inside = box.left >= -8 && box.right <= area.width + 8 && box.top >= -16 && box.bottom <= area.height + 4;
      return inside && !others.some((other) => overlap(box, other));
    });
    if (place === undefined) return false;
    taken.push(boxOf(point, place, width, fontPx * 1.2));
    labels.push({ point, text, ...place, fontPx, bold: point.important, colour: ink });
    return true;
  };
  const writeNumber = (point: PlacedPoint): void => {
    const own = around(point.xPx, point.yPx, textWidthPx(point.number, numberFontPx) + 2, numberFontPx);
    if (taken.some((other) => overlap(own, other))) {
      beside(point, point.number, numberFontPx, false);
      return;
    }
    taken.push(own);
    const centre = { align: 'center', rightPx: 0, downPx: 0 } as const;
    labels.push({ point, text: point.number, ...centre, fontPx: numberFontPx, bold: true, colour: point.colour });
  };
  const writeName = (point: PlacedPoint): void => {
    const { name } = point;
    if (name === null) return;
    const tries = nameWidths.map((width) => shortenMiddle(name, width));
    for (const mayCover of point.important ? [false, true] : [false]) {
      if (tries.some((text) => beside(point, text, nameFontPx, mayCover))) return;
    }
  };
  const important = points.filter((point) => point.important);
  const others = points.filter((point) => !point.important);
  important.forEach(writeNumber);
  important.forEach(writeName);
  others.forEach(writeNumber);
  others.forEach(writeName);
  return labels;
}

type Place = Pick<PointLabel, 'align' | 'rightPx' | 'downPx'>;

function places(radiusPx: number, fontPx: number): Place[] {
  const aside = radiusPx + 6;
  const down = radiusPx + fontPx;
  return [
    { align: 'start', rightPx: aside, downPx: 0 },
    { align: 'end', rightPx: -aside, downPx: 0 },
    { align: 'center', rightPx: 0, downPx: -down },
    { align: 'center', rightPx: 0, downPx: down },
    { align: 'start', rightPx: aside - 6, downPx: -down },
    { align: 'start', rightPx: aside - 6, downPx: down },
    { align: 'end', rightPx: 6 - aside, downPx: -down },
    { align: 'end', rightPx: 6 - aside, downPx: down },
  ];
}

const around = (x: number, y: number, width: number, height: number): Box => ({
  left: x - width / 2,
  right: x + width / 2,
  top: y - height / 2,
  bottom: y + height / 2,
});

function boxOf({ xPx, yPx }: PlacedPoint, { align, rightPx, downPx }: Place, width: number, height: number): Box {
  const shift = { start: width / 2, center: 0, end: -width / 2 }[align];
  return around(xPx + rightPx + shift, yPx + downPx, width, height);
}

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
