/**
 * L-BFGS: minimises a smooth function from its values and gradients.
 * Direction: the two-loop recursion from H0 = gamma D, gamma = s'y / y'Dy (Nocedal & Wright, Numerical
 * Optimization, 2nd ed., algorithms 7.4 and 7.5, eq. 7.20 where D = I). Step: bisection to the weak Wolfe conditions (Lewis & Overton 2013,
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
  /** D > 0, a guess at the inverse Hessian's diagonal up to a factor; null = all ones */
  diagonal: Float64Array | null;
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
  /** s'y / y'Dy, the length of D along this step */
  scale: number;
}

/** Sufficient decrease and curvature: the constants usual for quasi-Newton steps (Nocedal & Wright, section 3.1). */
const decrease = 1e-4;
const curvature = 0.9;
const maxTrials = 40;

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

/** direction = -H gradient, H the inverse Hessian that the remembered steps and the diagonal imply. */
function descend(
  gradient: Float64Array,
  memory: Remembered[],
  diagonal: Float64Array | null,
  direction: Float64Array,
): void {
  for (let index = 0; index < gradient.length; index++) direction[index] = -gradient[index]!;
  const alphas = new Float64Array(memory.length);
  for (let index = memory.length - 1; index >= 0; index--) {
    const { step, change, rho } = memory[index]!;
    alphas[index] = rho * dot(step, direction);
    add(direction, -alphas[index]!, change);
  }
  if (diagonal) for (let index = 0; index < direction.length; index++) direction[index]! *= diagonal[index]!;
  // Before anything is known of the function's curvature: no component moves by more than 1.
  const scale = memory.at(-1)?.scale ?? 1 / Math.max(1, largest(direction));
  for (let index = 0; index < direction.length; index++) direction[index]! *= scale;
  for (let index = 0; index < memory.length; index++) {
    const { step, change, rho } = memory[index]!;
    add(direction, alphas[index]! - rho * dot(change, direction), step);
  }
}

/** A point, the value and the gradient there. */
interface Place {
  point: Float64Array;
  value: number;
  gradient: Float64Array;
}

/**
 * Moves `next` along `direction` from `from` to where both Wolfe conditions hold: doubles or bisects.
 * @returns false when no step makes the value smaller
 */
function search(objective: Objective, from: Place, direction: Float64Array, next: Place): boolean {
  const slope = dot(from.gradient, direction);
  let length = 1;
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  for (let trial = 0; trial < maxTrials; trial++) {
    next.point.set(from.point);
    add(next.point, length, direction);
    next.value = objective(next.point, next.gradient);
    // written so that a NaN counts as too far
    if (!(next.value <= from.value + decrease * length * slope)) high = length;
    else if (dot(next.gradient, direction) < curvature * slope) low = length;
    else return true;
    length = high === Number.POSITIVE_INFINITY ? 2 * low : (low + high) / 2;
  }
  return next.value < from.value;
}

/**
 * Minimises `objective`, moving `point` in place. One yield per iteration (and one before the first), so that the caller
 * decides what happens between them: report, let the event loop run, or stop.
 * Ends when the gradient is small enough, after `maxIterations`, or when no step makes progress any more (then the point
 * is a minimum as far as doubles can tell).
 */
export function* lbfgs(objective: Objective, point: Float64Array, options: LbfgsOptions): Generator<LbfgsStep, void> {
  const { diagonal, history, gradientTolerance, maxIterations } = options;
  const now: Place = { point, value: 0, gradient: new Float64Array(point.length) };
  const next: Place = { point: new Float64Array(point.length), value: 0, gradient: new Float64Array(point.length) };
  const direction = new Float64Array(point.length);
  const memory: Remembered[] = [];
  now.value = objective(now.point, now.gradient);
  for (let iteration = 0; ; iteration++) {
    const gradientSize = largest(now.gradient);
    yield { iteration, value: now.value, gradientSize };
    if (gradientSize <= gradientTolerance || iteration >= maxIterations) return;
    descend(now.gradient, memory, diagonal, direction);
    if (!search(objective, now, direction, next)) return;
    remember(memory, history, diagonal, now, next);
    now.point.set(next.point);
    now.value = next.value;
    [now.gradient, next.gradient] = [next.gradient, now.gradient];
  }
}

/** Keeps (s, y) of the step just taken; the oldest one's arrays are used again. */
function remember(memory: Remembered[], history: number, diagonal: Float64Array | null, now: Place, next: Place): void {
  const size = now.point.length;
  const oldest = memory.length >= history ? memory.shift() : undefined;
  const step = oldest?.step ?? new Float64Array(size);
  const change = oldest?.change ?? new Float64Array(size);
  let product = 0;
  let squares = 0;
  for (let index = 0; index < size; index++) {
    const moved = next.point[index]! - now.point[index]!;
    const turned = next.gradient[index]! - now.gradient[index]!;
    step[index] = moved;
    change[index] = turned;
    product += moved * turned;
    squares += turned * turned * (diagonal ? diagonal[index]! : 1);
  }
  // Without positive curvature (only rounding does that after a Wolfe step) the pair would spoil the next directions.
  if (product > 1e-300) memory.push({ step, change, rho: 1 / product, scale: product / squares });
}
