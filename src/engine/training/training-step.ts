// LEAD, for whoever restructures this: session.run copies every output even when it is pre-allocated (80 MB: 80 ms).
// Use onnx/run-into.ts (markForRunInto, runInto) for gradients and state: no copies, in place is fine. Remove this note.
/** One training step as one ONNX graph: forward, loss, gradients, clipping, AdamW. State in, state out. */
import type { CategoryKind } from '../../flows/contracts.ts';
import { sigmoidCrossEntropy, softmaxCrossEntropy } from '../gradient/losses.ts';
import { gradients } from '../gradient/reverse.ts';
import { multiply } from '../onnx/elementwise.ts';
import { Graph, type RealType, type Value } from '../onnx/graph.ts';
import { clippingScale, globalNorm, type Moments, type StepScalars, update } from './adamw.ts';
import type { Network, Parameter } from './network.ts';

export interface Objective {
  kind: CategoryKind;
  classes: number;
  /** [K]: class weights (`single`) or weights of present labels (`multi`); null = all 1 */
  weights: readonly number[] | null;
  weightDecay: number;
  gradientClipNorm: number;
}

/** Names of a parameter's state among the step's inputs; outputs have `next/` in front. */
export const stateNames = (name: string) => ({ p: `p/${name}`, m: `m/${name}`, v: `v/${name}` });

function stateInputs(graph: Graph, { name, shape, table }: Parameter): Moments {
  const names = stateNames(name);
  const dimensions = table ? [`U_${name}`, ...shape.slice(1)] : shape;
  const input = (key: keyof Moments) => graph.input(names[key], graph.real, dimensions);
  return { p: input('p'), m: input('m'), v: input('v') };
}

function loss(graph: Graph, logits: Value, objective: Objective): Value {
  const target = graph.input('target', graph.real, ['B', objective.classes]);
  const weights = objective.weights
    ? graph.initializer('class_weights', [objective.classes], graph.reals(objective.weights))
    : null;
  return objective.kind === 'single'
    ? softmaxCrossEntropy(logits, target, weights)
    : sigmoidCrossEntropy(logits, target, weights);
}

/**
 * The bytes of the step's model. Inputs: the network's own, `target` [B, K], the scalars of AdamW and each
 * parameter's p, m, v. Outputs: `loss`, `gradient_norm` (before clipping) and each parameter's next p, m, v.
 */
export function buildTrainingStep<D>(network: Network<D>, objective: Objective, real: RealType = 'float'): Uint8Array {
  const graph = new Graph(`${network.name}-step`, real);
  const states = network.parameters.map((parameter) => stateInputs(graph, parameter));
  const values = new Map(network.parameters.map(({ name }, index) => [name, states[index]!.p]));
  const scalar = (name: keyof StepScalars) => graph.input(name, graph.real, []);
  const scalars: StepScalars = {
    learningRate: scalar('learningRate'),
    correction1: scalar('correction1'),
    rootCorrection2: scalar('rootCorrection2'),
  };
  const batchLoss = loss(graph, network.forward(graph, values, 'training'), objective);
  const gs = gradients(
    batchLoss,
    states.map(({ p }) => p),
  );
  const norm = globalNorm(gs);
  const scale = clippingScale(graph, norm, objective.gradientClipNorm);
  for (const [index, { name, decay, learningRateScale }] of network.parameters.entries()) {
    const learningRate = multiply(scalars.learningRate, learningRateScale);
    const weightDecay = decay ? objective.weightDecay : 0;
    const next = update(states[index]!, gs[index]!, scale, { ...scalars, learningRate }, weightDecay);
    const names = stateNames(name);
    for (const key of ['p', 'm', 'v'] as const) graph.output(`next/${names[key]}`, next[key]);
  }
  graph.output('loss', batchLoss);
  graph.output('gradient_norm', norm);
  return graph.encode();
}

/** Logits without dropout; the parameters are inputs (`weights` null) or stand in the model. */
export function buildInference<D>(network: Network<D>, weights: ReadonlyMap<string, Float32Array> | null): Uint8Array {
  const graph = new Graph(network.name);
  const values = new Map<string, Value>();
  for (const { name, shape } of network.parameters) {
    const data = weights?.get(name);
    values.set(name, data ? graph.initializer(name, shape, data) : graph.input(`p/${name}`, 'float', shape));
  }
  graph.output('logits', network.forward(graph, values, 'inference'));
  return graph.encode();
}
