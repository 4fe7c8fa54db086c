/** Score against training time -> Chart.js configuration: what more time buys. */
import type { ChartConfiguration, ChartDataset } from 'chart.js';
import { gridColour, type Heading, heading, ink, legend, quiet, type SizedConfig, usualWidth } from './look.ts';
import { type Box, type PlacedPoint, pointLabels } from './point-labels.ts';
import { scoreAxis } from './score-axis.ts';
import { type Standing, type StandingWords, standingColours, standingNames, standingOf } from './standings.ts';
import { markedAxis, textSpot } from './text-axis.ts';
import { timeAxis } from './time-axis.ts';

export interface TimedModel extends Standing {
  /** as people know it */
  name: string;
  /** 0 to 1 */
  score: number | null;
  trainSeconds: number | null;
}

/** In the language of those who will see it. */
export interface ScoreTimeWords extends Heading, StandingWords {
  /** of the axes */
  score: string;
  trainingTime: string;
  /** of the line: no other model is as good in less time */
  front: string;
  /** what the numbers in the points are, for the subtitle; only said where a model isn't named */
  numbers: string;
  /** of models without a score or a time, for the subtitle */
  unplaced: (count: number) => string;
}

type Spot = { x: number; y: number };
type ScoreTimeConfig = ChartConfiguration<'scatter' | 'line', Spot[], string>;
type Dataset = ChartDataset<'scatter' | 'line', Spot[]>;
type Placed = TimedModel & { score: number; trainSeconds: number };

const plot = { width: 800, height: 380 };
const radiusPx = 10;
const ringPx = 14;
/** beside so few points, each finds room for its name; of more, those on the front and the recommended one are named */
const mostNames = 12;
const frontColour = '#009E73';
/** Chart.js has no logarithm of nothing */
const leastSeconds = 0.01;

/** @param locale how numbers and durations are written: a BCP 47 tag, such as `fr` */
export function scoreTimeConfig(
  models: readonly TimedModel[],
  words: ScoreTimeWords,
  locale: string,
): SizedConfig<ScoreTimeConfig> {
  const placed = models.flatMap(({ score, trainSeconds, ...rest }): Placed[] =>
    score === null || trainSeconds === null
      ? []
      : [{ ...rest, score, trainSeconds: Math.max(leastSeconds, trainSeconds) }],
  );
  const front = paretoFront(placed);
  const time = timeAxis(
    placed.map(({ trainSeconds }) => trainSeconds),
    locale,
  );
  const scores = scoreAxis(placed.map(({ score }) => score));
  const place = ({ trainSeconds, score }: Placed): { xPx: number; yPx: number } => ({
    xPx: time.share(trainSeconds) * plot.width,
    yPx: ((scores.max - score) / (scores.max - scores.min)) * plot.height,
  });
  const points = placed.map((model): PlacedPoint => {
    const important = front.includes(model) || model.recommended;
    return {
      ...place(model),
      number: String(model.rank),
      name: important || placed.length <= mostNames ? model.name : null,
      important,
      radiusPx: model.recommended ? ringPx : radiusPx,
      colour: standingColours[standingOf(model)].ink,
    };
  });
  const labels = pointLabels(points, stepBoxes(front.map(place)), plot);
  const spots = labels.map(({ point, ...label }, at) => {
    const y = scores.max - (point.yPx / plot.height) * (scores.max - scores.min);
    return [`label${at}`, textSpot({ ...label, halo: label.text !== point.number, x: point.xPx / plot.width, y })];
  });
  const numbered = points.some(
    (point) => !labels.some((label) => label.point === point && label.text !== point.number),
  );
  const shown = datasets(placed, front, time.max, words);
  const remarks = [
    words.subtitle,
    ...(numbered ? [words.numbers] : []),
    ...(placed.length < models.length ? [words.unplaced(models.length - placed.length)] : []),
  ];
  const head = heading({ title: words.title, subtitle: remarks.join(' · ') }, usualWidth);
  const foot = legend(
    shown.map(({ label }) => label ?? ''),
    usualWidth,
  );
  return {
    width: usualWidth,
    height: head.heightPx + plot.height + 60 + foot.heightPx,
    config: {
      type: 'scatter',
      data: { datasets: shown },
      options: {
        locale,
        layout: head.layout,
        plugins: { title: head.title, subtitle: head.subtitle, legend: foot.options },
        scales: {
          x: { type: time.type, display: false, min: time.min, max: time.max, bounds: 'data' },
          y: {
            type: 'linear',
            min: scores.min,
            max: scores.max,
            grid: { color: gridColour, drawTicks: false },
            border: { display: false },
            ticks: {
              ...scores.ticks,
              color: quiet,
              font: { size: 13 },
              padding: 6,
              format: { minimumFractionDigits: 2, maximumFractionDigits: 3 },
            },
            title: { display: true, text: words.score, color: quiet, font: { size: 13 } },
          },
          times: markedAxis(time.marks, words.trainingTime, { text: quiet, line: gridColour }),
          ...Object.fromEntries(spots),
        },
      },
    },
  };
}

/** Models that no other one beats in one of score and time without being behind in the other; the quickest first. */
function paretoFront(models: readonly Placed[]): Placed[] {
  let best = Number.NEGATIVE_INFINITY;
  return models
    .filter(({ status }) => status === 'complete')
    .toSorted((a, b) => a.trainSeconds - b.trainSeconds || b.score - a.score)
    .filter(({ score }) => {
      const better = score > best;
      best = Math.max(best, score);
      return better;
    });
}

/** Where the front's line is: level from each model to the next one's time, then up to it. */
function stepBoxes(front: readonly { xPx: number; yPx: number }[]): Box[] {
  return front.flatMap(({ xPx, yPx }, at): Box[] => {
    const next = front[at + 1];
    const right = next?.xPx ?? plot.width;
    const level = { left: xPx, right, top: yPx - 2, bottom: yPx + 2 };
    return next === undefined ? [level] : [level, { left: right - 2, right: right + 2, top: next.yPx, bottom: yPx }];
  });
}

function datasets(placed: readonly Placed[], front: readonly Placed[], end: number, words: ScoreTimeWords): Dataset[] {
  const spot = ({ trainSeconds, score }: Placed): Spot => ({ x: trainSeconds, y: score });
  const points = standingNames.flatMap((standing): Dataset[] => {
    const own = placed.filter((model) => standingOf(model) === standing);
    if (own.length === 0) return [];
    const { fill, edge } = standingColours[standing];
    return [
      {
        type: 'scatter',
        label: words[standing],
        data: own.map(spot),
        pointRadius: radiusPx,
        pointBackgroundColor: fill,
        pointBorderColor: fill === edge ? '#FFFFFF' : edge,
        backgroundColor: fill,
        borderColor: fill === edge ? '#FFFFFF' : edge,
        pointBorderWidth: 1.5,
        clip: false,
        order: 2,
      },
    ];
  });
  const recommended = placed.filter((model) => model.recommended);
  const rings: Dataset[] = [
    {
      type: 'scatter',
      label: words.recommended,
      data: recommended.map(spot),
      pointRadius: ringPx,
      pointBackgroundColor: 'transparent',
      pointBorderColor: ink,
      pointBorderWidth: 2.5,
      clip: false,
      order: 1,
    },
  ];
  const best = front.at(-1);
  const line: Dataset[] = [
    {
      type: 'line',
      label: words.front,
      // What can be had within a time is the best until then: a step at each model, and level after the last.
      data: [...front.map(spot), ...(best === undefined ? [] : [{ x: end, y: best.score }])],
      stepped: 'before',
      borderColor: frontColour,
      backgroundColor: frontColour,
      borderWidth: 2.5,
      pointRadius: 0,
      pointStyle: 'line',
      clip: false,
      order: 3,
    },
  ];
  return [...points, ...(recommended.length > 0 ? rings : []), ...(best === undefined ? [] : line)];
}
