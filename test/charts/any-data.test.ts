/** What holds of every chart, whatever the data. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { categoryHeatMapConfig } from '../../src/charts/category-heat-map.ts';
import { confusionConfig } from '../../src/charts/confusion.ts';
import { learningCurvesConfig } from '../../src/charts/learning-curves.ts';
import type { SizedConfig } from '../../src/charts/look.ts';
import { rankedBarsConfig } from '../../src/charts/ranked-bars.ts';
import { renderChart } from '../../src/charts/render-chart.ts';
import { type Renderer, startRenderer } from '../../src/charts/renderer.ts';
import { limits, parseRequest } from '../../src/charts/request.ts';
import { scoreTimeConfig } from '../../src/charts/score-time.ts';
import { longName, rankedWords, readPng, standingWords } from './support.ts';

let renderer: Renderer;
before(async () => {
  renderer = await startRenderer();
});
after(() => renderer.close());

const heading = { title: longName, subtitle: longName.repeat(3) };
const name = fc.oneof(
  fc.constant(longName),
  fc.constant(''),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.stringMatching(/^[a-z]{1,12}\/[a-z-]{1,40}$/),
);
const share = fc.double({ min: 0, max: 1, noNaN: true });
const score = fc.option(share);
const locale = fc.constantFrom('en', 'fr');

const model = fc
  .record({
    rank: fc.integer({ min: 1, max: 60 }),
    name,
    language: fc.constantFrom(null, 'French', longName),
    score,
    tiedWithFirst: fc.boolean(),
    recommended: fc.boolean(),
    beatsFloor: fc.boolean(),
    status: fc.constantFrom('complete', 'incomplete', 'dropped'),
    trainSeconds: fc.option(fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constantFrom(0, 1e-9, 1e8))),
  })
  .map((row) => ({ ...row, low: row.score === null ? null : row.score * 0.9, high: row.score }));
const models = fc.array(model, { maxLength: 60 });

const ranked = fc
  .tuple(models, score, locale)
  .map(([rows, floor, speech]) =>
    rankedBarsConfig({ rows, floors: [{ language: null, score: floor }] }, { ...rankedWords, ...heading }, speech),
  );

const scoreTime = fc.tuple(models, locale).map(([rows, speech]) =>
  scoreTimeConfig(
    rows,
    {
      ...standingWords,
      ...heading,
      score: 'score',
      trainingTime: 'time',
      front: 'front',
      numbers: 'numbers',
      unplaced: String,
    },
    speech,
  ),
);

const heatMap = fc
  .record({
    columns: fc.array(name, { maxLength: 300 }),
    rows: fc.array(fc.record({ rank: fc.nat(99), name, scores: fc.array(score, { maxLength: 15 }) }), {
      maxLength: 60,
    }),
  })
  .map((chart) =>
    categoryHeatMapConfig(
      chart,
      { ...heading, more: ({ models: left, categories }) => `${left} ${categories}`, noScore: 'none' },
      'fr',
    ),
  );

const count = fc.oneof(fc.constant(0), fc.nat(20), fc.nat(10_000_000));
const confusion = fc
  .integer({ min: 0, max: 60 })
  .chain((size) => {
    const all = { minLength: size, maxLength: size };
    return fc.record({ labels: fc.array(name, all), counts: fc.array(fc.array(count, all), all) });
  })
  .map((chart) =>
    confusionConfig(
      chart,
      { ...heading, truth: 'truth', predicted: 'predicted', other: String, ofRow: 'of row' },
      'en',
    ),
  );

const curves = fc
  .array(
    fc.record({
      name,
      epochs: fc
        .array(
          fc.record({ validationMacroF1: score, trainLoss: fc.option(fc.double({ min: 0, max: 1e4, noNaN: true })) }),
          {
            maxLength: 50,
          },
        )
        .map((epochs) => epochs.map((each, at) => ({ ...each, epoch: at + 1 }))),
    }),
    { maxLength: 60 },
  )
  .map((data) =>
    learningCurvesConfig(
      data,
      { ...heading, epoch: 'epoch', validation: 'score', trainLoss: 'loss', others: (names) => names.join(', ') },
      'fr',
    ),
  );

const charts: Record<string, fc.Arbitrary<SizedConfig>> = {
  'ranked bars': ranked,
  'score against time': scoreTime,
  'the heat map': heatMap,
  'the confusion matrix': confusion,
  'learning curves': curves,
};

/** As renderChart sends it. */
const bodyOf = ({ config, width, height }: SizedConfig): string =>
  JSON.stringify({ chart: JSON.stringify(config), width, height, devicePixelRatio: 2, version: '4', format: 'png' });

for (const [title, chart] of Object.entries(charts)) {
  describe(title, () => {
    test('is JSON that loses nothing on the way, in a size that is served', () => {
      fc.assert(
        fc.property(chart, (sized) => {
          assert.deepEqual(JSON.parse(JSON.stringify(sized.config)), sized.config);
          const body = bodyOf(sized);
          assert.ok(Buffer.byteLength(body) < limits.bodyBytes, `${body.length} bytes`);
          parseRequest(body);
        }),
        { numRuns: 40 },
      );
    });

    test('is drawn in the size that was asked for', async () => {
      await fc.assert(
        fc.asyncProperty(chart, async (sized) => {
          const { config, width, height } = sized;
          const png = await readPng(await renderChart(config, { url: renderer.url, width, height }));
          assert.deepEqual([png.width, png.height], [2 * width, 2 * height]);
        }),
        { numRuns: 6 },
      );
    });

    test('keeps what it shows within its axes', () => {
      fc.assert(
        fc.property(chart, ({ config }) => {
          for (const { axis, value, min, max } of drawnValues(config)) {
            assert.ok(value >= min - 1e-9 && value <= max + 1e-9, `${axis}: ${value} is outside ${min}–${max}`);
          }
        }),
        { numRuns: 40 },
      );
    });
  });
}

const configSchema = z.object({
  data: z.object({
    datasets: z.array(z.object({ data: z.array(z.unknown()), yAxisID: z.string().default('y') })),
  }),
  options: z.object({
    scales: z.record(z.string(), z.object({ min: z.number().optional(), max: z.number().optional() })),
  }),
});

test('the values that are looked at are all that a chart holds', () => {
  const sized = learningCurvesConfig(
    [{ name: 'A', epochs: [1, 2].map((epoch) => ({ epoch, validationMacroF1: 0.5, trainLoss: 3 })) }],
    { ...heading, epoch: 'epoch', validation: 'score', trainLoss: 'loss', others: String },
    'en',
  );
  const seen = drawnValues(sized.config).map(({ axis, value }) => `${axis} ${value}`);
  assert.deepEqual(seen.toSorted(), ['loss 3', 'loss 3', 'x 1', 'x 1', 'x 2', 'x 2', 'y 0.5', 'y 0.5']);
});

interface DrawnValue {
  axis: string;
  value: number;
  min: number;
  max: number;
}

/** Every number of the data with the ends of the axis that it stands on, where that one names them. */
function drawnValues(config: object): DrawnValue[] {
  const { data, options } = configSchema.parse(config);
  return data.datasets.flatMap(({ data: values, yAxisID }) =>
    values.flatMap((value) => {
      const parts = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { x: value };
      return Object.entries(parts).flatMap(([direction, numbers]) => {
        const axis = direction === 'y' ? yAxisID : 'x';
        const scale = options.scales[axis];
        const { min, max } = scale ?? {};
        if (min === undefined || max === undefined) return [];
        return [numbers].flat().flatMap((each) => (typeof each === 'number' ? [{ axis, value: each, min, max }] : []));
      });
    }),
  );
}
