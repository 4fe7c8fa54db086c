/**
 * L-BFGS: minimises a smooth function from its values and gradients.
 * Direction: the two-loop recursion with the scaling gamma = s'y / y'y (Nocedal & Wright, Numerical Optimization, 2nd ed.,
 * algorithms 7.4 and 7.5, eq. 7.20). Step: bisection to the weak Wolfe conditions (Lewis & Overton 2013,
 * doi:10.1007/s10107-012-0514-2, algorithm 2.6), which keeps s'y > 0 whatever the function's shape.
 */

/** @returns the value at `point`, and writes the gradient there into `gradient` (same length) */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

export interface LbfgsOptions {
  /** stop when no component of the gradient is larger */
  gradientTolerance: number;
  maxIterations: number;
  /** remembered steps; memory is 2 x history vectors */
  history: number;
}

export interface LbfgsStep {
  iteration: number;
  value: number;
  /** largest component of the gradient, in absolute value */
  gradientSize: number;
}

interface Remembered {
  step: Float64Array;
  change: Float64Array;
  /** 1 / s'y */
  rho: number;
}

/** Sufficient decrease and curvature: the constants usual for quasi-Newton steps (Nocedal & Wright, section 3.1). */
const decrease = 1e-4;
const curvature = 0.9;
const maxHalvings = 40;

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let index = 0; index < a.length; index++) total += a[index]! * b[index]!;
  return total;
}

/** target += factor * source */
function add(target: Float64Array, factor: number, source: Float64Array): void {
  for (let index = 0; index < target.length; index++) target[index]! += factor * source[index]!;
}

function largest(values: Float64Array): number {
  let size = 0;
  for (let index = 0; index < values.length; index++) size = Math.max(size, Math.abs(values[index]!));
  return size;
}

/** direction = -H gradient, H the inverse Hessian that the remembered steps imply. */
function descend(gradient: Float64Array, memory: Remembered[], direction: Float64Array): void {
  for (let index = 0; index < gradient.length; index++) direction[index] = -gradient[index]!;
  const alphas = new Float64Array(memory.length);
  for (let index = memory.length - 1; index >= 0; index--) {
    const { step, change, rho } = memory[index]!;
    alphas[index] = rho * dot(step, direction);
    add(direction, -alphas[index]!, change);
  }
  const newest = memory.at(-1);
  const scale = newest ? 1 / (newest.rho * dot(newest.change, newest.change)) : 1 / Math.max(1, largest(gradient));
  for (let index = 0; index < direction.length; index++) direction[index]! *= scale;
  for (let index = 0; index < memory.length; index++) {
    const { step, change, rho } = memory[index]!;
    add(direction, alphas[index]! - rho * dot(change, direction), step);
  }
}

/**
 * Minimises `objective`, moving `point` in place. One yield per iteration (and one before the first), so that the caller
 * decides what happens between them: report, let the event loop run, or stop.
 * Ends when the gradient is small enough, after `maxIterations`, or when no step makes progress any more (then the point
 * is a minimum as far as doubles can tell).
 */
export function* lbfgs(objective: Objective, point: Float64Array, options: LbfgsOptions): Generator<LbfgsStep, void> {
  const size = point.length;
  let gradient = new Float64Array(size);
  let nextGradient = new Float64Array(size);
  const nextPoint = new Float64Array(size);
  const direction = new Float64Array(size);
  const memory: Remembered[] = [];
  let value = objective(point, gradient);
  for (let iteration = 0; ; iteration++) {
    const gradientSize = largest(gradient);
    yield { iteration, value, gradientSize };
    if (gradientSize <= options.gradientTolerance || iteration >= options.maxIterations) return;
    descend(gradient, memory, direction);
    let length = 1;
    let low = 0;
    let high = Number.POSITIVE_INFINITY;
    let nextValue = value;
    const slope = dot(gradient, direction);
    let halvings = 0;
    for (; halvings < maxHalvings; halvings++) {
      nextPoint.set(point);
      add(nextPoint, length, direction);
      nextValue = objective(nextPoint, nextGradient);
      // written so that a NaN counts as too far
      if (!(nextValue <= value + decrease * length * slope)) high = length;
      else if (dot(nextGradient, direction) < curvature * slope) low = length;
      else break;
      length = high === Number.POSITIVE_INFINITY ? 2 * low : (low + high) / 2;
    }
    if (halvings === maxHalvings && !(nextValue < value)) return;
    remember(memory, options.history, point, nextPoint, gradient, nextGradient);
    point.set(nextPoint);
    value = nextValue;
    [gradient, nextGradient] = [nextGradient, gradient];
  }
}

/** Keeps (s, y) of the step just taken; the oldest one's arrays are used again. */
function remember(
  memory: Remembered[],
  history: number,
  point: Float64Array,
  nextPoint: Float64Array,
  gradient: Float64Array,
  nextGradient: Float64Array,
): void {
  const oldest = memory.length >= history ? memory.shift() : undefined;
  const step = oldest?.step ?? new Float64Array(point.length);
  const change = oldest?.change ?? new Float64Array(point.length);
  for (let index = 0; index < point.length; index++) {
    step[index] = nextPoint[index]! - point[index]!;
    change[index] = nextGradient[index]! - gradient[index]!;
  }
  const product = dot(step, change);
  // Without positive curvature (only rounding does that after a Wolfe step) the pair would spoil the next directions.
  if (product > 1e-300) memory.push({ step, change, rho: 1 / product });
}
