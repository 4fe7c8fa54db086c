/**
 * The graph of a step's gradients: forward, loss, backward. Parameters are inputs; the loss and the gradient of each
 * parameter are outputs, written into buffers that are there already (run-into.ts). The optimizer follows outside.
 */
import type { ResolvedStrategy } from '../../flows/contracts.ts';
import { sigmoidCrossEntropy, softmaxCrossEntropy } from '../gradient/losses.ts';
import { gradients } from '../gradient/reverse.ts';
import { add } from '../onnx/elementwise.ts';
import { Graph, type RealType, type Value } from '../onnx/graph.ts';
import { markForRunInto } from '../onnx/run-into.ts';
import { type DropoutSite, PooledDropout } from './dropout-pool.ts';
import type { Network, Parameter } from './network.ts';

/** What is learnt. */
export interface Objective {
  strategy: ResolvedStrategy;
  classes: number;
  /** [K]: class weights (multi-class) or weights of present labels (yes/no questions); null = all 1 */
  weights: readonly number[] | null;
}

export interface GradientGraph {
  graph: Graph;
  /** where the network drops numbers; each needs a window of its pool at each step */
  sites: readonly DropoutSite[];
}

export interface GradientOptions {
  real?: RealType;
  /** each dense gradient is added to what its buffer holds (input `sum/<name>`, to be fed the output's own buffer) */
  accumulate?: boolean;
}

/** The shape in which a parameter takes part in a step: of a table only the rows that the batch touches. */
function stepShape({ name, shape, table }: Parameter): readonly (number | string)[] {
  return table ? [`U_${name}`, ...shape.slice(1)] : shape;
}

/** Inputs `target` [B, K] and `normaliser`, which the sum over the batch is divided by; gives the loss. */
export function lossOf(graph: Graph, logits: Value, { strategy, classes, weights }: Objective): Value {
  const target = graph.input('target', graph.real, ['B', classes]);
  const normaliser = graph.input('normaliser', graph.real, []);
  const perClass = weights ? graph.initializer('class_weights', [classes], graph.reals(weights)) : null;
  const loss = strategy === 'multi-class' ? softmaxCrossEntropy : sigmoidCrossEntropy;
  return loss(logits, target, perClass, normaliser);
}

/** What a batch's loss is divided by: the sum of its documents' weights (multi-class), or documents times questions. */
export function normaliserOf(
  { strategy, classes, weights }: Objective,
  targets: readonly (readonly number[])[],
): number {
  if (strategy !== 'multi-class') return targets.length * classes;
  return targets.flat().reduce((sum, label) => sum + (weights?.[label] ?? 1), 0);
}

/**
 * Inputs: the network's own, `target`, `normaliser`, `p/<name>` of each parameter, the windows of dropout. Outputs:
 * `loss` and `g/<name>`, after the mark of run-into.ts.
 */
export function buildGradientGraph<D>(
  network: Network<D>,
  objective: Objective,
  { real = 'float', accumulate = false }: GradientOptions = {},
): GradientGraph {
  const graph = new Graph(`${network.name}-gradients`, real);
  markForRunInto(graph);
  const { parameters } = network;
  const targets = parameters.map((parameter) => graph.input(`p/${parameter.name}`, real, stepShape(parameter)));
  const values = new Map(parameters.map(({ name }, index) => [name, targets[index]!]));
  const dropout = new PooledDropout(graph);
  const loss = lossOf(graph, network.forward(graph, values, { dropout, training: true }), objective);
  const found = gradients(loss, targets);
  for (const [index, parameter] of parameters.entries()) {
    const { name, table } = parameter;
    const gradient = found[index]!;
    const known = accumulate && !table ? graph.input(`sum/${name}`, real, stepShape(parameter)) : null;
    graph.output(`g/${name}`, known ? add(gradient, known) : gradient);
  }
  graph.output('loss', loss);
  return { graph, sites: dropout.sites };
}
