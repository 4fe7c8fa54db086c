import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LbfgsOptions, lbfgs, type Objective } from '../../../src/engine/linear/lbfgs.ts';
import { type BinarySolution, balancedWeights, fitBinary } from '../../../src/engine/linear/logistic.ts';
import { oracle, sparse } from './support.ts';

const options: LbfgsOptions = { gradientTolerance: 1e-10, maxIterations: 500, history: 10, diagonal: null };

/** Sum over pairs of 100 (y - x^2)^2 + (1 - x)^2; minimum 0 at all ones. */
const rosenbrock: Objective = (point, gradient) => {
  let value = 0;
  for (let at = 0; at < point.length; at += 2) {
    const x = point[at] ?? 0;
    const y = point[at + 1] ?? 0;
    value += 100 * (y - x * x) ** 2 + (1 - x) ** 2;
    gradient[at] = -400 * x * (y - x * x) - 2 * (1 - x);
    gradient[at + 1] = 200 * (y - x * x);
  }
  return value;
};

for (const [name, diagonal] of [
  ['', null],
  [', with a diagonal', Float64Array.of(1, 0.5, 2, 1, 0.1, 3)],
] as const) {
  test(`L-BFGS minimises Rosenbrock's function${name}`, () => {
    const point = Float64Array.of(-1.2, 1, 3, -2, 0, 0);
    const steps = [...lbfgs(rosenbrock, point, { ...options, diagonal })];
    for (const value of point) assert.ok(Math.abs(value - 1) < 1e-8, `${point}`);
    assert.ok(steps.length < 120, `${steps.length} iterations`);
    for (const [index, step] of steps.entries()) {
      assert.ok(index === 0 || step.value <= (steps[index - 1]?.value ?? 0), 'the value never rises');
    }
  });
}

test('L-BFGS stops at the iteration limit, at a minimum at once, and where no step helps', () => {
  const start = Float64Array.of(-1.2, 1);
  assert.equal([...lbfgs(rosenbrock, start, { ...options, maxIterations: 3 })].length, 4);
  assert.equal([...lbfgs(rosenbrock, Float64Array.of(1, 1), options)].length, 1);
  // a gradient that points the wrong way
  const wrong: Objective = (point, gradient) => {
    gradient[0] = -2 * (point[0] ?? 0);
    return (point[0] ?? 0) ** 2;
  };
  assert.ok([...lbfgs(wrong, Float64Array.of(1), options)].length < 5);
});

function solve(matrix: number[][], positive: number[], balanced: boolean): BinarySolution {
  const holds = Uint8Array.from(positive);
  const fit = fitBinary({
    matrix: sparse(matrix),
    positive: holds,
    documentWeights: balanced ? balancedWeights(holds) : new Float64Array(holds.length).fill(1),
    inverseRegularisation: 10,
    gradientTolerance: 1e-8,
    maxIterations: 1000,
  });
  let step = fit.next();
  while (!step.done) step = fit.next();
  return step.value;
}

for (const { balanced, matrix, positive, weights, bias, probabilities } of oracle.problems) {
  test(`logistic regression equals scikit-learn's${balanced ? ', balanced' : ''}`, () => {
    const solution = solve(matrix, positive, balanced);
    assert.ok(solution.converged);
    assert.ok(Math.abs(solution.bias - bias) < 1e-3, `bias ${solution.bias}, not ${bias}`);
    for (const [index, weight] of weights.entries()) {
      const own = solution.weights[index] ?? Number.NaN;
      assert.ok(Math.abs(own - weight) < 1e-3, `weight ${index}: ${own}, not ${weight}`);
    }
    for (const [row, probability] of probabilities.entries()) {
      const margin = (matrix[row] ?? []).reduce(
        (sum, value, index) => sum + value * (solution.weights[index] ?? 0),
        solution.bias,
      );
      assert.ok(Math.abs(1 / (1 + Math.exp(-margin)) - probability) < 1e-3, `probability of row ${row}`);
    }
  });
}

test('a label that all documents have, or none, gets a finite answer', () => {
  for (const value of [0, 1]) {
    const { weights, bias } = solve([[1], [0.5]], [value, value], true);
    assert.equal(weights[0], 0);
    assert.equal(Math.sign(bias), value === 1 ? 1 : -1);
    assert.ok(Number.isFinite(bias));
  }
});

test('features that no document has change nothing', () => {
  const empty = 0;
  const { weights } = solve(
    [
      [1, empty],
      [empty, empty],
      [1, empty],
    ],
    [1, 0, 1],
    false,
  );
  assert.equal(weights[1], 0);
});
