/**
 * A whole training step as graph: forward, loss, backward, clipping, AdamW. For devices of their own memory, where
 * parameters and moments must not cross the bus at each step. Two forms with the same body:
 * - one step per run, for a provider whose results can stay on the device until the next run (WebGPU);
 * - an ONNX `Loop` over several steps, for one that can only keep them within a run (CUDA). Its carried values are the
 *   state; each step's own inputs lie packed one after the other, so that every batch keeps its own shape.
 */
import { FinalError } from '../../errors.ts';
import { gradients } from '../gradient/reverse.ts';
import { multiply } from '../onnx/elementwise.ts';
import { Graph, outputOf, type Value } from '../onnx/graph.ts';
import { markForRunInto } from '../onnx/run-into.ts';
import type { Shape } from '../onnx/shapes.ts';
import { clippingScale, globalNorm, type StepScalars, update } from './adamw.ts';
import { type DropoutSite, PooledDropout } from './dropout-pool.ts';
import { lossOf, type Objective } from './gradient-graph.ts';
import type { Network } from './network.ts';
import { LoopBody } from './packed-steps.ts';

export interface StepOptions {
  weightDecay: number;
  gradientClipNorm: number;
}

export interface StepGraph {
  graph: Graph;
  /** what one step is fed besides the state, in the shapes of one step */
  inputs: readonly Value[];
  sites: readonly DropoutSite[];
}

/** Names of a parameter's three tensors as inputs; as outputs they have `next/` in front. */
const stateNames = ['p', 'm', 'v'] as const;
export const nextName = (name: string): string => `next/${name}`;
/** Inputs of each step, without dimensions: names of StepScalars. */
const scalarNames = ['learningRate', 'correction1', 'rootCorrection2'] as const;

interface Body {
  /** input -> its next value, in the order of parameters, p, m, v of each */
  state: { name: string; shape: Shape; next: Value }[];
  loss: Value;
  norm: Value;
  sites: readonly DropoutSite[];
}

/** Appends the step. `carry` makes the input for one tensor of the state. */
function appendStep<D>(
  graph: Graph,
  network: Network<D>,
  objective: Objective,
  { weightDecay, gradientClipNorm }: StepOptions,
  carry: (name: string, shape: Shape) => Value,
): Body {
  const { parameters } = network;
  if (parameters.some(({ table }) => table)) {
    throw new FinalError(`${network.name}: tables go through a step by rows, which only the CPU's optimizer does.`);
  }
  const moments = parameters.map(({ name, shape }) => {
    const [p, m, v] = stateNames.map((kind) => carry(`${kind}/${name}`, shape));
    return { p: p!, m: m!, v: v! };
  });
  const dropout = new PooledDropout(graph);
  const values = new Map(parameters.map(({ name }, index) => [name, moments[index]!.p]));
  const loss = lossOf(graph, network.forward(graph, values, { dropout, training: true }), objective);
  const found = gradients(
    loss,
    moments.map(({ p }) => p),
  );
  const [learningRate, correction1, rootCorrection2] = scalarNames.map((name) => graph.input(name, graph.real, []));
  const scalars: StepScalars = {
    learningRate: learningRate!,
    correction1: correction1!,
    rootCorrection2: rootCorrection2!,
  };
  const norm = globalNorm(found);
  const scale = clippingScale(graph, norm, gradientClipNorm);
  const state = parameters.flatMap(({ name, shape, decay, learningRateScale }, index) => {
    const own = { ...scalars, learningRate: multiply(scalars.learningRate, learningRateScale) };
    const next = update(moments[index]!, found[index]!, scale, own, decay ? weightDecay : 0);
    return stateNames.map((kind) => ({ name: `${kind}/${name}`, shape, next: next[kind] }));
  });
  return { state, loss, norm, sites: dropout.sites };
}

/** Inputs: the state, then `inputs` of one step. Outputs: the state's next values, `loss` and `norm`. */
export function buildStepGraph<D>(network: Network<D>, objective: Objective, options: StepOptions): StepGraph {
  const graph = new Graph(`${network.name}-step`);
  const state: Value[] = [];
  const body = appendStep(graph, network, objective, options, (name, shape) => {
    const value = graph.input(name, graph.real, shape);
    state.push(value);
    return value;
  });
  for (const { name, next } of body.state) graph.output(nextName(name), next);
  graph.output('loss', body.loss);
  graph.output('norm', body.norm);
  return { graph, inputs: graph.inputs.filter((input) => !state.includes(input)), sites: body.sites };
}

/**
 * Inputs: the state, `steps` (how many), and what packSteps makes of each step's `inputs`. Outputs, after the mark of
 * run-into.ts: the state after the last step, `loss` and `norm` [steps].
 */
export function buildLoopGraph<D>(network: Network<D>, objective: Objective, options: StepOptions): StepGraph {
  const graph = new Graph(`${network.name}-loop`);
  markForRunInto(graph);
  const inner = new LoopBody(graph);
  const state: Value[] = [];
  const body = appendStep(inner, network, objective, options, (name, shape) => {
    state.push(graph.input(name, graph.real, shape));
    return inner.carry(name, shape);
  });
  inner.output('go_on', inner.goingOn);
  for (const { name, next } of body.state) inner.output(`carried/${nextName(name)}`, next);
  inner.output('step_loss', body.loss);
  inner.output('step_norm', body.norm);
  const perStep = { type: graph.real, shape: ['steps'] };
  const loop = graph.node({
    operator: 'Loop',
    // no condition: as many steps as there are
    inputs: [graph.input('steps', 'int64', []), null, ...state],
    outputs: [...state.map(({ type, shape }) => ({ type, shape })), perStep, perStep],
    attributes: { body: { kind: 'graph', value: inner } },
  });
  for (const [index, { name }] of state.entries()) graph.output(nextName(name), outputOf(loop, index));
  graph.output('loss', outputOf(loop, state.length));
  graph.output('norm', outputOf(loop, state.length + 1));
  return { graph, inputs: inner.stepInputs, sites: body.sites };
}
