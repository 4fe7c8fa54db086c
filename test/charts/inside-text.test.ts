/** What is written inside a chart would be missing in silence if Chart.js took an axis' place otherwise. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { categoryHeatMapConfig } from '../../src/charts/category-heat-map.ts';
import type { SizedConfig } from '../../src/charts/look.ts';
import { renderChart } from '../../src/charts/render-chart.ts';
import { type Renderer, startRenderer } from '../../src/charts/renderer.ts';
import { scoreTimeConfig } from '../../src/charts/score-time.ts';
import { readPng, standingWords } from './support.ts';

let renderer: Renderer;
before(async () => {
  renderer = await startRenderer();
});
after(() => renderer.close());

const draw = async ({ config, width, height }: SizedConfig) =>
  readPng(await renderChart(config, { url: renderer.url, width, height }));

const dark: [number, number, number] = [0x1d, 0x1c, 0x1d];
const white: [number, number, number] = [255, 255, 255];

describe('text inside a chart', () => {
  const words = { title: 'x', subtitle: 'x', more: () => '', noScore: 'none' };
  const heat = (scores: (number | null)[]) =>
    categoryHeatMapConfig({ columns: scores.map(String), rows: [{ rank: 1, name: 'A', scores }] }, words, 'en');

  test('stands in each cell of a grid, in the middle, in its own ink', async () => {
    const sized = heat([0.1, 0.9]);
    const picture = await draw(sized);
    // Below the names of the columns, above the legend: the one row of cells, of which the last third is of the second.
    const row = { y: picture.height - 190, height: 120 };
    const lastCell = { ...row, x: Math.round(picture.width * 0.62), width: Math.round(picture.width * 0.36) };
    assert.ok(picture.inked(lastCell, [0x0c, 0x2c, 0x84]) > 10_000, 'the cell is filled');
    const centre = { ...row, x: Math.round(picture.width * 0.7), width: Math.round(picture.width * 0.15) };
    const edge = { ...row, x: Math.round(picture.width * 0.92), width: Math.round(picture.width * 0.04) };
    const written = picture.inked(centre, white) / centre.width;
    const empty = picture.inked(edge, white) / edge.width;
    assert.ok(written > empty + 1, `white in the middle ${written}, at the edge ${empty}`);
  });

  test('names the points, and gives them their numbers', async () => {
    const point = (name: string) =>
      scoreTimeConfig(
        [{ rank: 1, name, score: 0.5, trainSeconds: 60, tiedWithFirst: true, recommended: false, status: 'complete' }],
        {
          ...standingWords,
          title: 'x',
          subtitle: 'x',
          score: 'y',
          trainingTime: 'x',
          front: 'front',
          numbers: '',
          unplaced: String,
        },
        'en',
      );
    const [named, nameless] = [await draw(point('A model with a name')), await draw(point(' '))];
    const plot = { x: 140, y: 160, width: named.width - 160, height: 600 };
    assert.ok(named.inked(plot, dark) > nameless.inked(plot, dark) + 500, 'the name is written');
    assert.ok(nameless.inked(plot, [0x00, 0x72, 0xb2]) > 500, 'the point is there');
    assert.ok(nameless.inked(plot, [0x00, 0x9e, 0x73]) > 100, 'the front goes on to the edge');
  });
});
