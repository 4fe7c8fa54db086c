/**
 * AdamW (Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019) in the form that PyTorch computes:
 *   m' = b1 m + (1 - b1) g        v' = b2 v + (1 - b2) g^2
 *   p' = p - lr decay p - lr (m' / (1 - b1^t)) / (sqrt(v' / (1 - b2^t)) + epsilon)
 * Moments are 0 before the first step. Here is one step as graph, for devices that keep the state; on the CPU
 * optimizer-kernel.ts computes the same.
 */
import { add, divide, minimum, multiply, negate, sqrt, subtract } from '../onnx/elementwise.ts';
import type { Graph, Value } from '../onnx/graph.ts';
import { reduceSum, sumAll } from '../onnx/linear.ts';
import type { UpdateFactors } from './optimizer-kernel.ts';

const adamw = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/** The numbers that change from step to step, as inputs of the graph without dimensions. */
export interface StepScalars {
  learningRate: Value;
  /** 1 - b1^t, t = 1 at the first step */
  correction1: Value;
  /** sqrt(1 - b2^t) */
  rootCorrection2: Value;
}

/** Names and values of a step's scalars, computed in double: 1 - b2^t in float would lose three digits at t = 1. */
export function stepScalars(step: number, learningRate: number): Record<keyof StepScalars, number> {
  return {
    learningRate,
    correction1: 1 - adamw.beta1 ** step,
    rootCorrection2: Math.sqrt(1 - adamw.beta2 ** step),
  };
}

/** The same step's numbers for the kernel. `gradientScale` multiplies the gradient (clipping). */
export function updateFactors(step: number, learningRate: number, decay: number, gradientScale: number): UpdateFactors {
  const { correction1, rootCorrection2 } = stepScalars(step, learningRate);
  return {
    gradientScale,
    beta1: adamw.beta1,
    oneMinusBeta1: 1 - adamw.beta1,
    beta2: adamw.beta2,
    oneMinusBeta2: 1 - adamw.beta2,
    inverseRootCorrection2: 1 / rootCorrection2,
    epsilon: adamw.epsilon,
    keep: 1 - learningRate * decay,
    stepSize: learningRate / correction1,
  };
}

export interface Moments {
  p: Value;
  m: Value;
  v: Value;
}

/**
 * One step for one parameter. `gradientScale` (one number: the clipping) is multiplied into the factors of g, which
 * saves a pass over g.
 */
export function update(state: Moments, g: Value, gradientScale: Value, scalars: StepScalars, decay: number): Moments {
  const { p, m, v } = state;
  const g1 = multiply(g, multiply(gradientScale, 1 - adamw.beta1));
  const m1 = add(multiply(m, adamw.beta1), g1);
  const g2 = multiply(multiply(g, g), multiply(multiply(gradientScale, gradientScale), 1 - adamw.beta2));
  const v1 = add(multiply(v, adamw.beta2), g2);
  const deviation = add(divide(sqrt(v1), scalars.rootCorrection2), adamw.epsilon);
  const step = multiply(divide(m1, deviation), divide(scalars.learningRate, scalars.correction1));
  const decayed = decay > 0 ? multiply(p, add(negate(multiply(scalars.learningRate, decay)), 1)) : p;
  return { p: subtract(decayed, step), m: m1, v: v1 };
}

/**
 * sqrt of the sum of all squares of all gradients. Each is summed over its last axis first: many sums side by side, where
 * one sum over all numbers would keep a GPU waiting for a single group of threads.
 */
export function globalNorm(gradients: readonly Value[]): Value {
  const [first, ...others] = gradients.map((g) => sumAll(reduceSum(multiply(g, g), [-1])));
  if (!first) throw new RangeError('globalNorm needs a gradient.');
  return sqrt(others.reduce((sum, square) => add(sum, square), first));
}

/** PyTorch's clip_grad_norm_ divides by so much more than the norm. */
const normMargin = 1e-6;

/** The same as `clippingScale`, as number. */
export function clippingFactor(norm: number, limit: number): number {
  return Math.min(1, limit / (norm + normMargin));
}

/** min(1, limit / norm): what gradients are multiplied by so that their global norm is at most `limit`. */
export function clippingScale(graph: Graph, norm: Value, limit: number): Value {
  return minimum(divide(graph.scalar(limit), add(norm, normMargin)), 1);
}

/** Linear rise over the first `warmupShare` of the steps, then linear fall to 0. `step` counts from 1. */
export function scheduledLearningRate(step: number, steps: number, warmupShare: number, peak: number): number {
  const warmup = Math.round(steps * warmupShare);
  if (step <= warmup) return (peak * step) / warmup;
  return (peak * (steps - step + 1)) / (steps - warmup + 1);
}
