/**
 * Does the ranking keep its promises? On models of known quality: how often the 95 % interval holds the truth, how often
 * two models of equal quality are called different, and how often a difference that is there is found. It runs what the
 * ranking runs (src/flows/bootstrap.ts).
 *
 * The truth is the macro-F1 over all labels of the population. A test set that lacks a label says nothing about it; the
 * score is then the mean over fewer labels, and its interval is held against the mean over all all the same.
 */
import { bootstrapScores, holm, pairedPValue } from '../src/flows/bootstrap.ts';
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
  singlePredictions,
  skewedShares,
} from './method-models.ts';

const resamples = 2000;
const level = 0.05;
const percent = (share: number) => `${(100 * share).toFixed(1)} %`.padStart(8);

interface Shape {
  name: string;
  shares: number[];
}

const shapes: Shape[] = [
  { name: '2 labels, even', shares: [0.5, 0.5] },
  { name: '2 labels, 90/10', shares: [0.9, 0.1] },
  { name: '3 labels', shares: [0.5, 0.3, 0.2] },
  { name: '6 labels, skewed 25:1', shares: skewedShares(6, 25) },
  { name: '20 labels, skewed 4:1', shares: skewedShares(20, 4) },
  { name: '77 labels, even', shares: skewedShares(77, 1) },
];
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
function coverage(name: string, draw: DrawModel, documents: number, quality: number, draws: number): void {
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
  console.log(
    `${name.padEnd(26)} ${String(documents).padStart(6)} ${quality.toFixed(2)} ${percent(held)} ${percent(plain)}` +
      ` ${percent(above)} ${percent(below)}   ${width.toFixed(3)} ${percent(thin)}`,
  );
}

export async function benchCoverage(draws: number, only: RegExp): Promise<void> {
  console.log(`\n## Coverage of the 95 % interval: ${draws} test sets each, ${resamples} resamples`);
  console.log('model                       tests   F1   covers percentile    above    below   width  thin labels');
  const models: [string, (quality: number) => DrawModel][] = [
    ...shapes.map((shape): [string, (quality: number) => DrawModel] => [shape.name, (own) => single(shape, own)]),
    ['6 labels, sets', sets],
    ['3 categories averaged', several],
  ];
  for (const [name, model] of models) {
    for (const size of sizes.filter((own) => only.test(`${name} ${own}`))) {
      for (const quality of qualities) coverage(name, model(quality), size, quality, draws);
    }
  }
  console.log(
    'covers: by the ranking; percentile: by plain percentiles; above, below: where the interval lies that misses.',
  );
  console.log('thin labels: share of the test sets of which the ranking warns.');
}

export async function benchRepeats(draws: number, only: RegExp): Promise<void> {
  console.log(`\n## The same over several seeds: ${draws} benchmarks each, test documents per seed`);
  console.log('model                       tests   F1   covers percentile    above    below   width  thin labels');
  for (const count of [3, 5]) {
    for (const deviation of [0, 0.01, 0.02]) {
      const shape = shapes[3]!;
      const name = `6 labels, ${count} seeds, ${deviation.toFixed(2)}`;
      for (const size of sizes.filter((own) => only.test(`${name} ${own}`))) {
        coverage(name, seeds(shape, 0.8, count, deviation), size, 0.8, draws);
      }
    }
  }
  console.log('The last number of the name: standard deviation of the true F1 from seed to seed.');
}

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
    const models = bootstrapScores(draw(documents, chance), { resamples, seed: index, score: 'mean' });
    const pairs = models.flatMap((first, position) =>
      models.slice(position + 1).map((second) => pairedPValue(first, second)),
    );
    found += Number(holm(pairs).some((pValue) => pValue < level)) / draws;
  }
  return found;
}

export async function benchComparisons(draws: number, only: RegExp): Promise<void> {
  console.log(`\n## Told apart at the level of ${percent(level).trim()}: share of ${draws} test sets each`);
  console.log('                                    |         no difference: at most 5 %         |   a difference of');
  console.log('labels                   tests   F1 |     alike  9/10 same other errors  5 models |     0.03     0.05');
  for (const shape of shapes) {
    for (const size of sizes.slice(0, 3).filter((own) => only.test(`${shape.name} ${own}`))) {
      for (const quality of [0.8, 0.95]) {
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
        ].map((own) => percent(toldApart(own, size, draws)));
        console.log(
          `${shape.name.padEnd(24)} ${String(size).padStart(5)} ${quality.toFixed(2)} | ` +
            `${cells.slice(0, 4).join('   ')} | ${cells.slice(4).join(' ')}`,
        );
      }
    }
  }
}
