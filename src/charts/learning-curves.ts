/** What models learnt from epoch to epoch -> Chart.js configuration. */
import type { ChartConfiguration, ChartDataset } from 'chart.js';
import { shortenMiddle } from './labels.ts';
import { gridColour, type Heading, heading, legend, quiet, type SizedConfig, usualWidth } from './look.ts';
import { scoreAxis } from './score-axis.ts';

export interface LearningCurve {
  /** as people know the model */
  name: string;
  /** 1-based; of one category, or means over several */
  epochs: readonly { epoch: number; validationMacroF1: number | null; trainLoss: number | null }[];
}

/** In the language of those who will see it. */
export interface LearningWords extends Heading {
  /** of the axes */
  epoch: string;
  validation: string;
  trainLoss: string;
  /** which models aren't drawn, for the subtitle */
  others: (names: string[]) => string;
}

type Spot = { x: number; y: number | null };
type LearningConfig = ChartConfiguration<'line', Spot[], string>;

const mostCurves = 10;

/** Okabe and Ito's colours save yellow, which is too light for a line; then the first ones again, dashed otherwise. */
const colours = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#1D1C1D', '#E69F00', '#56B4E9'];
const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3]];
const shapes = ['circle', 'rect', 'triangle', 'rectRot', 'star', 'crossRot', 'rectRounded', 'cross'] as const;

/**
 * The validation score above, the training loss in a smaller panel below it, where one is known.
 * @param curves in the order to be shown; the first ten that have an epoch are drawn, the others named
 * @param locale how numbers are written: a BCP 47 tag, such as `fr`
 */
export function learningCurvesConfig(
  curves: readonly LearningCurve[],
  words: LearningWords,
  locale: string,
): SizedConfig<LearningConfig> {
  const learnt = curves.filter(({ epochs }) => epochs.length > 0);
  const shown = learnt.slice(0, mostCurves);
  const others = learnt.slice(mostCurves).map(({ name }) => shortenMiddle(name, 24));
  const last = Math.max(1, ...shown.flatMap(({ epochs }) => epochs.map(({ epoch }) => epoch)));
  // One epoch is no line.
  const losses = last > 1 && shown.some(({ epochs }) => epochs.some(({ trainLoss }) => trainLoss !== null));
  const subtitle = `${words.subtitle}${others.length > 0 ? ` · ${words.others(others)}` : ''}`;
  const head = heading({ title: words.title, subtitle }, usualWidth);
  const names = shown.map(({ name }) => shortenMiddle(name, 30));
  const foot = legend([...names, ...(losses ? names.map(() => '') : [])], usualWidth);
  return {
    width: usualWidth,
    height: head.heightPx + (losses ? 520 : 380) + 50 + foot.heightPx,
    config: {
      type: 'line',
      data: {
        datasets: [
          ...shown.map((curve, at) => scoreLine(curve, at, names[at] ?? '')),
          ...(losses ? shown.map((curve, at) => lossLine(curve, at)) : []),
        ],
      },
      options: {
        locale,
        layout: head.layout,
        plugins: { title: head.title, subtitle: head.subtitle, legend: foot.options },
        scales: scales(shown, last, losses, words),
      },
    },
  };
}

type Scales = NonNullable<NonNullable<LearningConfig['options']>['scales']>;

function scales(shown: readonly LearningCurve[], last: number, losses: boolean, words: LearningWords): Scales {
  const title = (text: string) => ({ display: true, text, color: quiet, font: { size: 13 } });
  const score = scoreAxis(
    shown.flatMap(({ epochs }) => epochs.flatMap(({ validationMacroF1 }) => validationMacroF1 ?? [])),
  );
  const look = { grid: { color: gridColour, drawTicks: false }, border: { display: false } };
  const ticks = { color: quiet, font: { size: 13 }, padding: 6 };
  const loss: Scales[string] = {
    type: 'linear',
    axis: 'y',
    position: 'left',
    stack: 'panels',
    stackWeight: 1,
    // Room between the panels.
    offset: true,
    min: 0,
    max: roundUp(Math.max(0, ...shown.flatMap(({ epochs }) => epochs.map(({ trainLoss }) => trainLoss ?? 0)))),
    ...look,
    ticks: { ...ticks, maxTicksLimit: 4 },
    title: title(words.trainLoss),
  };
  return {
    x: {
      type: 'linear',
      min: last === 1 ? 0 : 1,
      max: last === 1 ? 2 : last,
      ...look,
      ticks: { ...ticks, stepSize: Math.ceil(last / 20), precision: 0 },
      title: title(words.epoch),
    },
    ...(losses ? { loss } : {}),
    y: {
      type: 'linear',
      position: 'left',
      ...(losses ? { stack: 'panels', stackWeight: 2.4, offset: true } : {}),
      min: score.min,
      max: score.max,
      ...look,
      ticks: { ...ticks, ...score.ticks, format: { minimumFractionDigits: 2, maximumFractionDigits: 3 } },
      title: title(words.validation),
    },
  };
}

/** The next of 1, 2, 5 times a power of ten. */
function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((digit) => digit * power >= value) ?? 10) * power;
}

function style(at: number): Partial<ChartDataset<'line', Spot[]>> {
  const colour = colours[at % colours.length] ?? '#1D1C1D';
  const dash = dashes[at % dashes.length] ?? [];
  return {
    borderColor: colour,
    backgroundColor: colour,
    borderDash: dash,
    pointStyle: shapes[at % shapes.length] ?? 'circle',
    borderWidth: 2,
    // A gap is an epoch that nobody measured.
    spanGaps: true,
  };
}

function scoreLine({ epochs }: LearningCurve, at: number, label: string): ChartDataset<'line', Spot[]> {
  const data = epochs.map(({ epoch, validationMacroF1 }) => ({ x: epoch, y: validationMacroF1 }));
  return { ...style(at), label, data, yAxisID: 'y', pointRadius: 5, pointBorderWidth: 2, clip: false };
}

/** The legend takes an entry's look from the first point: this one is invisible, so each model stands there once. */
function lossLine({ epochs }: LearningCurve, at: number): ChartDataset<'line', Spot[]> {
  const data = epochs.map(({ epoch, trainLoss }) => ({ x: epoch, y: trainLoss }));
  return { ...style(at), label: '', data, yAxisID: 'loss', pointStyle: false, clip: false };
}
