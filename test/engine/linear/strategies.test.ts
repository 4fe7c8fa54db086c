import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { balancedByLabel, fitSoftmax, type SoftmaxSolution } from '../../../src/engine/linear/softmax.ts';
import { loadTfidfLogreg, tfidfLogreg } from '../../../src/engine/models/tfidf-logreg.ts';
import { quickRecipe, resolvedStrategySchema } from '../../../src/flows/contracts.ts';
import { quietHooks } from '../../support/hooks.ts';
import { savedFiles } from '../../support/saved-files.ts';
import { sparse } from './support.ts';

const lists = z.array(z.array(z.number()));
const fixtureSchema = z.object({
  cases: z.array(
    z.object({
      strategy: resolvedStrategySchema,
      weighted: z.boolean(),
      texts: z.array(z.string()),
      targets: lists,
      testTexts: z.array(z.string()),
      predicted: lists,
    }),
  ),
  softmax: z.array(
    z.object({
      balanced: z.boolean(),
      matrix: lists,
      labels: z.array(z.number()),
      probabilities: lists,
      weights: lists,
    }),
  ),
});
/** What scikit-learn answers (fixtures/strategies.py). */
const oracle = fixtureSchema.parse(
  JSON.parse(readFileSync(new URL('./fixtures/strategies.json', import.meta.url), 'utf8')),
);

for (const { strategy, weighted, texts, targets, testTexts, predicted } of oracle.cases) {
  const weights = weighted ? ', classes weighted' : '';
  test(`${strategy}${weights}: the answers equal those of scikit-learn, and come back from the saved folder`, async () => {
    const task = {
      strategy,
      labels: ['road', 'water', 'noise', 'light'],
      train: { texts, targets },
      validation: { texts: [], targets: [] },
      recipe: { ...quickRecipe, classWeights: weighted ? ('on' as const) : ('off' as const) },
      classWeights: weighted,
      seed: 1,
    };
    const model = await tfidfLogreg.train(task, quietHooks());
    assert.deepEqual(await model.predict(testTexts), predicted);
    const opened = loadTfidfLogreg(await savedFiles(model));
    assert.equal(opened.strategy, strategy);
    assert.deepEqual(await opened.predict(testTexts), predicted);
  });
}

test('the strategies are told apart by this fixture', () => {
  const answers = (strategy: string) => oracle.cases.find((found) => found.strategy === strategy)?.predicted;
  assert.ok(answers('multi-label')?.some(({ length }) => length === 0));
  assert.ok(answers('multi-label')?.some(({ length }) => length > 1));
});

function solve(
  matrix: number[][],
  labels: number[],
  labelCount: number,
  { balanced = false, gradientTolerance = 1e-8, maxSweeps = 2000 } = {},
): SoftmaxSolution {
  const own = Int32Array.from(labels);
  const documentWeights = balanced ? balancedByLabel(own, labelCount) : new Float64Array(own.length).fill(1);
  const settings = { inverseRegularisation: 10, gradientTolerance, maxSweeps };
  const fit = fitSoftmax({ matrix: sparse(matrix), labels: own, labelCount, documentWeights, ...settings });
  let step = fit.next();
  while (!step.done) step = fit.next();
  return step.value;
}

function probabilities(row: number[], { weights, biases }: SoftmaxSolution): number[] {
  const powers = Array.from(biases, (bias, label) =>
    Math.exp(row.reduce((sum, value, feature) => sum + value * (weights[feature * biases.length + label] ?? 0), bias)),
  );
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

for (const { balanced, matrix, labels, weights, probabilities: expected } of oracle.softmax) {
  test(`multinomial regression equals scikit-learn's${balanced ? ', balanced' : ''}`, () => {
    const solution = solve(matrix, labels, 4, { balanced, gradientTolerance: 1e-6 });
    assert.ok(solution.converged);
    for (const [label, own] of weights.entries())
      for (const [feature, weight] of own.entries()) {
        const found = solution.weights[feature * 4 + label] ?? Number.NaN;
        assert.ok(Math.abs(found - weight) < 2e-3, `weight ${feature} of label ${label}: ${found}, not ${weight}`);
      }
    for (const [row, values] of matrix.entries())
      for (const [label, found] of probabilities(values, solution).entries())
        assert.ok(
          Math.abs(found - (expected[row]?.[label] ?? Number.NaN)) < 1e-3,
          `row ${row}, label ${label}: ${found}`,
        );
  });
}

test('a label that no document has is never the answer, and one label alone is always', () => {
  const matrix = [
    [1, 0],
    [0.9, 0.1],
    [0, 1],
    [0.2, 0.8],
    [0.5, 0.5],
  ];
  const solution = solve(matrix, [0, 0, 2, 2, 3], 5, { gradientTolerance: 1e-4 });
  for (const row of [...matrix, [0, 0], [-50, 3]]) {
    const [, first, , , last] = probabilities(row, solution);
    assert.ok(first !== undefined && last !== undefined && first < 1e-4 && last < 1e-4, `${row}: ${first}, ${last}`);
  }
  assert.deepEqual(solve(matrix, [1, 1, 1, 1, 1], 3).biases, Float32Array.of(-10, 0, -10));
});
