/** A small sample of what `npm run bench -- method` measures at length. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  drawAnswers,
  drawHardness,
  drawSets,
  drawTruth,
  processOf,
  questionsOf,
  singlePredictions,
  skewedShares,
  trueMacroF1,
} from '../../bench/method-models.ts';
import { bootstrapScores, holm } from '../../src/flows/bootstrap.ts';
import { seededChance } from '../../src/flows/multinomial.ts';
import { pairedPValues } from '../../src/flows/paired-test.ts';
import { fullScore } from '../../src/flows/test-sample.ts';

test('the made-up models are as good as they say', () => {
  const chance = seededChance(1);
  const documents = 100_000;
  for (const [shares, quality, tilt] of [
    [[0.9, 0.1], 0.8, 0],
    [skewedShares(6, 25), 0.5, 0.1],
    [skewedShares(20, 4), 0.95, 0.02],
  ] as const) {
    const process = processOf([...shares], quality, tilt);
    assert.ok(Math.abs(trueMacroF1(process) - quality) < 1e-9);
    const truth = drawTruth(process.shares, documents, chance);
    const answers = drawAnswers(process, truth, drawHardness(documents, chance), chance);
    const scored = fullScore(singlePredictions('one', shares.length, truth, answers), 'mean');
    assert.ok(Math.abs(scored - quality) < 0.012, `${shares.length} labels: ${scored}`);
  }
  const sets = fullScore(drawSets(questionsOf([0.4, 0.2, 0.05], 0.7), documents, chance), 'mean');
  assert.ok(Math.abs(sets - 0.7) < 0.01, `${sets}`);
});

// 300 test sets: the share of intervals that hold the truth has a standard error of 1.3 %.
for (const { labels, ratio, documents, quality } of [
  { labels: 2, ratio: 9, documents: 400, quality: 0.95 },
  { labels: 40, ratio: 1, documents: 300, quality: 0.8 },
]) {
  test(`95 % intervals hold the truth as often as they say: ${labels} labels, ${documents} documents`, () => {
    const chance = seededChance(documents);
    const process = processOf(skewedShares(labels, ratio), quality);
    let held = 0;
    for (let index = 0; index < 300; index++) {
      const truth = drawTruth(process.shares, documents, chance);
      const answers = drawAnswers(process, truth, drawHardness(documents, chance), chance);
      const models = [[[singlePredictions('one', labels, truth, answers)]]];
      const [model] = bootstrapScores(models, { resamples: 400, seed: index, score: 'mean' });
      if (model && model.low <= quality && quality <= model.high) held += 1 / 300;
    }
    assert.ok(held > 0.91 && held < 0.985, `${held}`);
  });
}

// Labels of 2 to 3 documents: the plain bootstrap test alone calls 9 % of them different.
for (const { name, shares, documents } of [
  { name: 'three labels', shares: [0.5, 0.3, 0.2], documents: 300 },
  { name: 'labels of a few documents', shares: skewedShares(6, 25), documents: 150 },
]) {
  test(`of five models of equal quality, two are rarely called different: ${name}`, () => {
    const chance = seededChance(2);
    const process = processOf(shares, 0.8);
    let told = 0;
    for (let index = 0; index < 200; index++) {
      const truth = drawTruth(shares, documents, chance);
      const hard = drawHardness(documents, chance);
      const models = Array.from({ length: 5 }, () => [
        [singlePredictions('one', shares.length, truth, drawAnswers(process, truth, hard, chance))],
      ]);
      const pValues = pairedPValues(models, { resamples: 500, seed: index, score: 'mean' });
      if (holm(pValues).some((pValue) => pValue < 0.05)) told += 1 / 200;
    }
    assert.ok(told < 0.08, `${told}`);
  });
}
