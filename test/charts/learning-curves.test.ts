import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type LearningCurve, type LearningWords, learningCurvesConfig } from '../../src/charts/learning-curves.ts';

const words: LearningWords = {
  title: 'Learning curves',
  subtitle: 'after each epoch',
  epoch: 'epoch',
  validation: 'validation macro-F1',
  trainLoss: 'training loss',
  others: (names) => `not drawn: ${names.join(', ')}`,
};

const curve = (name: string, scores: (number | null)[], trainLoss: number | null = 1): LearningCurve => ({
  name,
  epochs: scores.map((validationMacroF1, at) => ({ epoch: at + 1, validationMacroF1, trainLoss })),
});

const draw = (curves: LearningCurve[]) => learningCurvesConfig(curves, words, 'en').config;
const scoreLines = (curves: LearningCurve[]) => draw(curves).data.datasets.filter(({ yAxisID }) => yAxisID === 'y');

describe('learning curves', () => {
  test('show each model’s score and loss by epoch, in panels of their own', () => {
    const { datasets } = draw([curve('A', [0.5, 0.7])]).data;
    assert.deepEqual(datasets[0]?.data, [
      { x: 1, y: 0.5 },
      { x: 2, y: 0.7 },
    ]);
    assert.equal(datasets[1]?.yAxisID, 'loss');
    assert.equal(datasets[1]?.label, '', 'the legend names a model once');
  });

  test('without a loss, or with one epoch, there is no panel for it', () => {
    for (const curves of [[curve('A', [0.5, 0.7], null)], [curve('A', [0.5])]]) {
      assert.equal(draw(curves).options?.scales?.['loss'], undefined);
      assert.equal(draw(curves).data.datasets.length, 1);
    }
  });

  test('ten are drawn, no two alike, and the others are named', () => {
    const curves = Array.from({ length: 13 }, (_, at) => curve(`model ${at}`, [0.1, at / 13]));
    const lines = scoreLines(curves);
    assert.equal(lines.length, 10);
    assert.equal(new Set(lines.map(({ borderColor, pointStyle }) => `${borderColor} ${pointStyle}`)).size, 10);
    assert.equal(new Set(lines.map(({ borderColor, borderDash }) => `${borderColor} ${borderDash}`)).size, 10);
    const subtitle = [draw(curves).options?.plugins?.subtitle?.text].flat().join(' ');
    assert.match(subtitle, /not drawn: model 10, model 11, model 12/);
  });

  test('a model without epochs has no curve, and isn’t named as left out', () => {
    const curves = [curve('A', [0.5, 0.6]), curve('TF-IDF', [])];
    assert.deepEqual(
      scoreLines(curves).map(({ label }) => label),
      ['A'],
    );
    assert.doesNotMatch(String(draw(curves).options?.plugins?.subtitle?.text), /TF-IDF/);
  });
});
