import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type CategoryHeatMap, categoryHeatMapConfig, type HeatMapWords } from '../../src/charts/category-heat-map.ts';
import { type cellGridConfig, inkOn, sequentialColours } from '../../src/charts/cell-grid.ts';
import { type ConfusionChart, type ConfusionWords, confusionConfig } from '../../src/charts/confusion.ts';
import { longName } from './support.ts';

type Grid = ReturnType<typeof cellGridConfig>;

const heatWords: HeatMapWords = {
  title: 'Scores by category',
  subtitle: 'macro-F1',
  more: ({ models, categories }) => `${models} models and ${categories} categories more`,
  noScore: 'no score',
};
const confusionWords: ConfusionWords = {
  title: 'What is mistaken for what',
  subtitle: 'test documents',
  truth: 'truth',
  predicted: 'predicted',
  other: (labels) => `${labels} other labels`,
  ofRow: 'of the row',
};

/** The texts that are written into the cells, row by row. */
const cellTexts = ({ config }: Grid): string[][] =>
  config.data.labels?.map((row) => {
    const scale = config.options?.scales?.[`row${row}`];
    return scale && 'labels' in scale ? (scale.labels ?? []).map(String) : [];
  }) ?? [];

const axisTexts = ({ config }: Grid, id: string): string[] => {
  const scale = config.options?.scales?.[id];
  return scale && 'labels' in scale ? (scale.labels ?? []).map((label) => [label].flat().join(' ')) : [];
};

/** What the legend says of the cell's colour. */
const levelOf = ({ config }: Grid, row: number, column: number): string | undefined =>
  config.data.datasets.find(({ data }) => data.some(({ x, y }) => y === String(row) && x[0] === column))?.label;

const subtitleOf = ({ config }: Grid): string => [config.options?.plugins?.subtitle?.text].flat().join(' ');

const heat = (chart: CategoryHeatMap, locale = 'en') => categoryHeatMapConfig(chart, heatWords, locale);
const confusion = (chart: ConfusionChart, locale = 'en') => confusionConfig(chart, confusionWords, locale);

describe('cells', () => {
  test('are written in ink of a contrast of 4.5 to every colour of the scale', () => {
    const channel = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    const luminance = (hex: string) => {
      const [red, green, blue] = [1, 3, 5].map((at) => channel(Number.parseInt(hex.slice(at, at + 2), 16) / 255));
      return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
    };
    for (const fill of [...sequentialColours(7), '#FFFFFF']) {
      const [dark, light] = [luminance(fill), luminance(inkOn(fill))].toSorted((a, b) => a - b);
      assert.ok(((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05) >= 4.5, fill);
    }
  });

  test('grow darker, evenly, without a colour twice', () => {
    for (const count of [1, 2, 3, 4, 5, 6, 7]) assert.equal(new Set(sequentialColours(count)).size, count);
  });
});

describe('the heat map', () => {
  const chart: CategoryHeatMap = {
    columns: ['theme', 'tone'],
    rows: [
      { rank: 1, name: 'A', scores: [0.812, 0.7] },
      { rank: 2, name: 'B', scores: [0.75, null] },
    ],
  };

  test('has each score in its cell, in the reader’s numbers, and its class by colour', () => {
    assert.deepEqual(cellTexts(heat(chart)), [
      ['0.812', '0.700'],
      ['0.750', '–'],
    ]);
    assert.deepEqual(cellTexts(heat(chart, 'fr'))[0], ['0,812', '0,700']);
    assert.equal(levelOf(heat(chart), 0, 0), '0.80–0.82');
    assert.equal(levelOf(heat(chart), 0, 1), '0.70–0.72');
    assert.equal(levelOf(heat(chart), 1, 1), 'no score');
    assert.deepEqual(axisTexts(heat(chart), 'names'), ['1. A', '2. B']);
    assert.deepEqual(axisTexts(heat(chart), 'columns'), ['theme', 'tone']);
  });

  test('shows twenty models and twelve categories and says how many it leaves out', () => {
    const large = heat({
      columns: Array.from({ length: 300 }, (_, at) => (at === 1 ? longName : `category ${at}`)),
      rows: Array.from({ length: 60 }, (_, at) => ({ rank: at + 1, name: longName, scores: Array(300).fill(0.5) })),
    });
    assert.equal(cellTexts(large).length, 20);
    assert.equal(cellTexts(large)[0]?.length, 12);
    assert.match(subtitleOf(large), /40 models and 288 categories more/);
    assert.doesNotMatch(subtitleOf(heat(chart)), /more/);
  });

  test('puts every score into the class that holds it', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 }), (scores) => {
        const drawn = heat({ columns: scores.map(String), rows: [{ rank: 1, name: 'A', scores }] });
        assert.ok(drawn.config.data.datasets.length <= 7);
        scores.forEach((score, at) => {
          const [from, to] = (levelOf(drawn, 0, at) ?? '').split('–').map(Number);
          assert.ok(from !== undefined && to !== undefined && score >= from - 1e-6 && score <= to + 1e-6, `${score}`);
        });
      }),
    );
  });
});

describe('the confusion matrix', () => {
  test('writes the counts and colours their share of the truth', () => {
    const drawn = confusion({
      labels: ['a', 'b'],
      counts: [
        [900, 100],
        [0, 12_345],
      ],
    });
    assert.deepEqual(cellTexts(drawn), [
      ['900', '100'],
      ['·', '12.3K'],
    ]);
    assert.equal(levelOf(drawn, 0, 0), '80–100\u00a0%');
    assert.equal(levelOf(drawn, 0, 1), '0–20\u00a0% of the row');
    assert.equal(levelOf(drawn, 1, 0), '0');
  });

  test('keeps the labels that are most mistaken, in their order, and loses no document', () => {
    const count = 60;
    const counts = Array.from({ length: count }, (_, truth) =>
      Array.from({ length: count }, (_, predicted) =>
        truth === predicted ? 50 : truth === 40 && predicted === 7 ? 9 : 0,
      ),
    );
    const drawn = confusion({ labels: Array.from({ length: count }, (_, at) => `label ${at}`), counts });
    const names = axisTexts(drawn, 'names');
    assert.equal(names.length, 26);
    assert.equal(names.at(-1), '35 other labels');
    assert.ok(names.indexOf('label 7') >= 0 && names.indexOf('label 7') < names.indexOf('label 40'));
    const sum = cellTexts(drawn)
      .flat()
      .reduce((all, text) => all + (text === '·' ? 0 : Number(text.replace(',', ''))), 0);
    assert.equal(sum, 50 * count + 9);
    assert.equal(cellTexts(drawn)[names.indexOf('label 40')]?.[names.indexOf('label 7')], '9');
  });

  test('a label that no document has makes no share of nothing', () => {
    const drawn = confusion({
      labels: ['a', 'b'],
      counts: [
        [3, 0],
        [0, 0],
      ],
    });
    assert.deepEqual(cellTexts(drawn)[1], ['·', '·']);
    assert.equal(levelOf(drawn, 1, 1), '0');
  });

  test('shortens long labels in the middle', () => {
    const drawn = confusion({
      labels: [longName, 'b'],
      counts: [
        [1, 2],
        [3, 4],
      ],
    });
    for (const axis of ['names', 'columns']) {
      const text = axisTexts(drawn, axis)[0] ?? '';
      assert.match(text, /….+/);
      assert.ok(text.isWellFormed() && text.length < 120);
      assert.doesNotMatch(text, /\u202e/);
    }
  });
});
