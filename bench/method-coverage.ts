/**
 * How often the 95 % interval holds the truth, on models of known quality. It runs what the ranking runs
 * (src/flows/bootstrap.ts).
 *
 * The truth is the macro-F1 over all labels of the population. A test set that lacks a label says nothing about it; the
 * score is then the mean over fewer labels, and its interval is held against the mean over all all the same.
 */
import { bootstrapScores } from '../src/flows/bootstrap.ts';
import type { Predictions } from '../src/flows/contracts.ts';
import { type Chance, normalPair, seededChance } from '../src/flows/multinomial.ts';
import { thinLabels } from '../src/flows/test-sample.ts';
import {
  drawAnswers,
  drawHardness,
  drawSets,
  drawTruth,
  processOf,
  questionsOf,
  type Shape,
  shapes,
  singlePredictions,
} from './method-models.ts';
import { type Part, percent, type Row, resamples } from './method-rows.ts';

const sizes = [150, 400, 1500, 6000];
const qualities = [0.5, 0.8, 0.95];

/** Draws one model's repetitions x categories. */
type DrawModel = (documents: number, chance: Chance) => Predictions[][];

function single(shape: Shape, quality: number): DrawModel {
  const process = processOf(shape.shares, quality);
  return (documents, chance) => {
    const truth = drawTruth(shape.shares, documents, chance);
    const answers = drawAnswers(process, truth, drawHardness(documents, chance), chance);
    return [[singlePredictions('one', shape.shares.length, truth, answers)]];
  };
}

/** Three categories of the same documents, hard ones hard in all. */
function several(quality: number): DrawModel {
  const parts = [0, 1, 3].map((index) => shapes[index]!);
  const processes = parts.map(({ shares }) => processOf(shares, quality));
  return (documents, chance) => {
    const hard = drawHardness(documents, chance);
    return [
      processes.map((process, index) => {
        const truth = drawTruth(process.shares, documents, chance);
        const answers = drawAnswers(process, truth, hard, chance);
        return singlePredictions(`category ${index}`, process.shares.length, truth, answers);
      }),
    ];
  };
}

const setShares = [0.4, 0.3, 0.2, 0.1, 0.08, 0.05];

function sets(quality: number): DrawModel {
  const questions = questionsOf(setShares, quality);
  return (documents, chance) => [[drawSets(questions, documents, chance)]];
}

/**
 * Models trained with several seeds, each on documents of its own: the quality varies from seed to seed, normally with the
 * given standard deviation around `quality`.
 */
function seeds(shape: Shape, quality: number, count: number, deviation: number): DrawModel {
  return (documents, chance) =>
    Array.from({ length: count }, (_, repetition) => {
      const process = processOf(shape.shares, quality + deviation * normalPair(chance)[0]);
      const truth = drawTruth(shape.shares, documents, chance);
      const answers = drawAnswers(process, truth, drawHardness(documents, chance), chance);
      const predictions = singlePredictions('one', shape.shares.length, truth, answers);
      return [{ ...predictions, rows: predictions.rows.map((row) => row + repetition * documents) }];
    });
}

/** How often intervals hold `quality`, by the ranking's method and by plain percentiles of the same draws. */
function coverage(name: string, draw: DrawModel, documents: number, quality: number): Row {
  return {
    name: `${name} ${documents} ${quality}`,
    line: (draws) => coverageLine(name, draw, documents, quality, draws),
  };
}

function coverageLine(name: string, draw: DrawModel, documents: number, quality: number, draws: number): string {
  const chance = seededChance(documents + Math.round(1000 * quality));
  let [held, plain, above, below, width, thin] = [0, 0, 0, 0, 0, 0];
  for (let index = 0; index < draws; index++) {
    const repetitions = draw(documents, chance);
    const [model] = bootstrapScores([repetitions], { resamples, seed: index, score: 'mean' });
    if (!model) continue;
    const { low, high, scores } = model;
    const ascending = scores.toSorted();
    const inside =
      ascending[Math.round(0.025 * resamples)]! <= quality && quality <= ascending[Math.round(0.975 * resamples) - 1]!;
    plain += Number(inside) / draws;
    held += Number(low <= quality && quality <= high) / draws;
    above += Number(low > quality) / draws;
    below += Number(high < quality) / draws;
    width += (high - low) / draws;
    thin += Number(thinLabels(repetitions).length > 0) / draws;
  }
  return (
    `${name.padEnd(26)} ${String(documents).padStart(6)} ${quality.toFixed(2)} ${percent(held)} ${percent(plain)}` +
    ` ${percent(above)} ${percent(below)}   ${width.toFixed(3)} ${percent(thin)}`
  );
}

const header = 'model                       tests   F1   covers percentile    above    below   width  thin labels';

export function coveragePart(): Part {
  const models: [string, (quality: number) => DrawModel][] = [
    ...shapes.map((shape): [string, (quality: number) => DrawModel] => [shape.name, (own) => single(shape, own)]),
    ['6 labels, sets', sets],
    ['3 categories averaged', several],
  ];
  const rows = models.flatMap(([name, model]) =>
    sizes.flatMap((size) => qualities.map((quality) => coverage(name, model(quality), size, quality))),
  );
  return {
    title: 'Coverage of the 95 % interval, so many test sets each',
    header: [header],
    rows,
    usual: /^(?!.* 6000 )/,
    notes: [
      'covers: by the ranking; percentile: by plain percentiles; above, below: where the interval lies that misses.',
      'thin labels: share of the test sets of which the ranking warns.',
    ],
  };
}

export function repeatsPart(): Part {
  const [shape] = shapes.filter(({ name }) => name.startsWith('6 labels'));
  if (!shape) throw new Error('there is no shape of 6 labels');
  const rows = [3, 5].flatMap((count) =>
    [0, 0.01, 0.02].flatMap((deviation) =>
      sizes.map((size) => {
        const name = `6 labels, ${count} seeds, ${deviation.toFixed(2)}`;
        return coverage(name, seeds(shape, 0.8, count, deviation), size, 0.8);
      }),
    ),
  );
  return {
    title: 'The same over several seeds, test documents per seed',
    header: [header],
    rows,
    usual: /^(?!.* 6000 )/,
    notes: ['The last number of the name: standard deviation of the true F1 from seed to seed.'],
  };
}
