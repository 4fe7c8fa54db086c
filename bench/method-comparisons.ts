/**
 * How often models of equal quality are called different, and how often a difference that is there is found. It runs what
 * the ranking runs (src/flows/paired-test.ts).
 */
import { holm } from '../src/flows/bootstrap.ts';
import type { Predictions } from '../src/flows/contracts.ts';
import { type Chance, seededChance } from '../src/flows/multinomial.ts';
import { pairedPValues } from '../src/flows/paired-test.ts';
import {
  drawAnswers,
  drawHardness,
  drawTruth,
  processOf,
  type Shape,
  shapes,
  singlePredictions,
} from './method-models.ts';
import { type Part, percent, type Row, resamples } from './method-rows.ts';

const level = 0.05;

/** Draws several models' answers to the same documents. */
type DrawModels = (documents: number, chance: Chance) => Predictions[][][];

function rivals(shape: Shape, all: { quality: number; tilt?: number; copies?: number }[]): DrawModels {
  const processes = all.map(({ quality, tilt }) => processOf(shape.shares, quality, tilt));
  return (documents, chance) => {
    const truth = drawTruth(shape.shares, documents, chance);
    const hard = drawHardness(documents, chance);
    let first: number[] | undefined;
    return all.map(({ copies }, index) => {
      const copied = first && copies !== undefined ? { answers: first, share: copies } : undefined;
      const answers = drawAnswers(processes[index]!, truth, hard, chance, copied);
      first ??= answers;
      return [[singlePredictions('one', shape.shares.length, truth, answers)]];
    });
  };
}

/** Share of the test sets in which any two of the models are told apart, as the ranking does it. */
function toldApart(draw: DrawModels, documents: number, draws: number): number {
  const chance = seededChance(documents);
  let found = 0;
  for (let index = 0; index < draws; index++) {
    const pValues = pairedPValues(draw(documents, chance), { resamples, seed: index, score: 'mean' });
    found += Number(holm(pValues).some((pValue) => pValue < level)) / draws;
  }
  return found;
}

function comparison(shape: Shape, documents: number, quality: number): Row {
  const better = (by: number) => rivals(shape, [{ quality }, { quality: quality - by }]);
  const tilt = 0.1 * Math.min(1, 4 * (1 - quality));
  const cells = [
    rivals(shape, [{ quality }, { quality }]),
    rivals(shape, [{ quality }, { quality, copies: 0.9 }]),
    rivals(shape, [{ quality }, { quality, tilt }]),
    rivals(
      shape,
      Array.from({ length: 5 }, () => ({ quality })),
    ),
    better(0.03),
    better(0.05),
  ];
  return {
    name: `${shape.name} ${documents} ${quality}`,
    line: (draws) => {
      const shown = cells.map((own) => percent(toldApart(own, documents, draws)));
      const start = `${shape.name.padEnd(24)} ${String(documents).padStart(5)} ${quality.toFixed(2)}`;
      return `${start} | ${shown.slice(0, 4).join('   ')} | ${shown.slice(4).join(' ')}`;
    },
  };
}

export function comparisonsPart(): Part {
  return {
    title: `Told apart at the level of ${percent(level).trim()}: share of the test sets`,
    header: [
      '                                    |         no difference: at most 5 %         |   a difference of',
      'labels                   tests   F1 |     alike  9/10 same other errors  5 models |     0.03     0.05',
    ],
    rows: shapes.flatMap((shape) =>
      [150, 400, 1500].flatMap((size) => [0.8, 0.95].map((quality) => comparison(shape, size, quality))),
    ),
    usual: /^(?!77 )(?!.* 1500 )/,
    notes: [
      'alike: independent errors; other errors: better at some labels, worse at others; 5 models: any pair of them.',
    ],
  };
}
