import { createCanvas, loadImage } from '@napi-rs/canvas';
import type { RankedChart, RankedModel, RankedWords } from '../../src/charts/ranked-bars.ts';
import type { StandingWords } from '../../src/charts/standings.ts';

/** A complete model that is behind the first; `more` says what differs. */
export function model(rank: number, name: string, score: number | null, more: Partial<RankedModel> = {}): RankedModel {
  return {
    rank,
    name,
    language: null,
    score,
    low: score === null ? null : score - 0.03,
    high: score === null ? null : score + 0.02,
    tiedWithFirst: rank === 1,
    recommended: false,
    beatsFloor: true,
    status: 'complete',
    ...more,
  };
}

export function ranked(rows: RankedModel[], more: Partial<RankedChart> = {}): RankedChart {
  return { rows, floors: [{ language: null, score: 0.2 }], ...more };
}

export const threeModels = ranked([
  model(1, 'TF-IDF + logistic regression', 0.81),
  model(2, 'fastText-style embeddings', 0.8, { tiedWithFirst: true, recommended: true }),
  model(3, 'Transformer, mini', 0.64),
]);

export const standingWords: StandingWords = {
  first: 'first',
  tied: 'tied with #1',
  behind: 'behind',
  incomplete: 'incomplete',
  dropped: 'dropped by the race',
  recommended: 'recommended',
};

export const rankedWords: RankedWords = {
  ...standingWords,
  title: 'Ranked models on city.csv',
  subtitle: 'Macro-F1 on test documents; higher is better',
  more: (count) => `${count} more in the table`,
  noScore: 'no score',
  noBetterThanFloor: 'no better than the floor',
  interval: '95 % interval',
  floor: (score) => `floor: always the most frequent label${score === null ? '' : ` (${score})`}`,
};

/** A name of 200 characters from right to left, with emoji of several code points and a mark that turns directions. */
export const longName = `${'نص طويل جدا 👩‍👩‍👧 '.repeat(12)}\u202e`.slice(0, 200).toWellFormed();

export interface Picture {
  width: number;
  height: number;
  /** dots in the box (in pixels of the file) whose colour is `near` the wanted one, or that aren't white */
  inked(box: { x: number; y: number; width: number; height: number }, colour?: [number, number, number]): number;
}

/** Reads a PNG back. */
export async function readPng(png: Uint8Array): Promise<Picture> {
  const image = await loadImage(Buffer.from(png));
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  return {
    width: image.width,
    height: image.height,
    inked: (box, colour) => {
      const { data } = context.getImageData(box.x, box.y, box.width, box.height);
      let dots = 0;
      for (let at = 0; at < data.length; at += 4) {
        const far = (to: number[]): number =>
          Math.max(...to.map((value, channel) => Math.abs((data[at + channel] ?? 0) - value)));
        if (colour === undefined ? far([255, 255, 255]) > 60 : far(colour) < 12) dots++;
      }
      return dots;
    },
  };
}
