/** How much memory a training will take, told before it starts: from its own graph, not from a rule of thumb. */
import { UserError } from '../../errors.ts';
import type { ElementType, Graph, Value } from '../onnx/graph.ts';
import { buildGradientGraph, type Objective } from './gradient-graph.ts';
import { type Network, parameterCount } from './network.ts';

const elementBytes: Record<ElementType, number> = { float: 4, double: 8, int64: 8, bool: 1 };

/** Operators whose output is the memory of their input, seen in another shape. */
const views = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Identity']);

/**
 * Bytes of the intermediate results that are alive at once at most when the nodes run in their order, each freed after
 * its last use. Inputs, constants and outputs of the graph aren't counted: they have memory of their own. What ONNX
 * Runtime computes in place or in one operator instead of several isn't known here; what its arena wastes isn't either.
 * @param symbols what the dimensions `B` and `T` are; others follow from them
 */
export function peakActivationBytes(graph: Graph, symbols: ReadonlyMap<string, number>): number {
  const counts = elementCounts(graph, symbols);
  const owner = new Map<Value, Value>();
  const ownerOf = (value: Value): Value => owner.get(value) ?? value;
  const lastUse = new Map<Value, number>();
  for (const [index, { operator, inputs, outputs }] of graph.nodes.entries()) {
    const [first] = inputs;
    for (const output of outputs) {
      if (views.has(operator) && first) owner.set(output, ownerOf(first));
      lastUse.set(ownerOf(output), index);
    }
    for (const input of inputs) if (input) lastUse.set(ownerOf(input), index);
  }
  const elsewhere = new Set([...graph.inputs, ...graph.initializers.keys()]);
  const computed = [...lastUse.keys()].filter((value) => !elsewhere.has(value));
  const dying = Map.groupBy(computed, (value) => lastUse.get(value));
  const bytesOf = (value: Value): number => (counts.get(value) ?? 0) * elementBytes[value.type];
  let alive = 0;
  let peak = 0;
  for (const [index, { outputs }] of graph.nodes.entries()) {
    for (const output of outputs) if (ownerOf(output) === output) alive += bytesOf(output);
    peak = Math.max(peak, alive);
    for (const value of dying.get(index) ?? []) alive -= bytesOf(value);
  }
  return peak;
}

/** Elements of every value. Where only a run knows a dimension: as many as the node's largest input. */
function elementCounts(graph: Graph, symbols: ReadonlyMap<string, number>): Map<Value, number> {
  const counts = new Map<Value, number>();
  const known = ({ shape }: Value): number | undefined => {
    let count = 1;
    for (const dimension of shape) {
      const length = typeof dimension === 'number' ? dimension : symbols.get(dimension);
      if (length === undefined) return undefined;
      count *= length;
    }
    return count;
  };
  for (const value of [...graph.inputs, ...graph.initializers.keys()]) counts.set(value, known(value) ?? 0);
  for (const { inputs, outputs } of graph.nodes) {
    const largest = Math.max(0, ...inputs.map((input) => (input ? (counts.get(input) ?? 0) : 0)));
    for (const output of outputs) counts.set(output, known(output) ?? largest);
  }
  return counts;
}

/** ONNX Runtime's arena grows in steps of its own and keeps what it has: so much more than the intermediate results. */
const arenaShare = 1.6;
/** Node, ONNX Runtime and the texts themselves. */
const baseBytes = 300 * 2 ** 20;
/** parameter, two moments, gradient */
const numbersPerParameter = 4;

export interface BatchShape {
  /** documents */
  size: number;
  /** T of the longest */
  longest: number;
}

/**
 * Into how many parts a batch is cut so that a step fits into memory, beginning with `pieces`, and the bytes that a step
 * with so many parts takes.
 * @throws UserError when not even one document at a time fits
 */
export function piecesThatFit<D>(
  network: Network<D>,
  objective: Objective,
  batch: BatchShape,
  pieces: number,
  availableBytes: number,
): { pieces: number; neededBytes: number } {
  const stateBytes = parameterCount(network.parameters) * numbersPerParameter * elementBytes.float;
  const { graph } = buildGradientGraph(network, objective, { accumulate: true });
  const needed = (parts: number): number => {
    const documents = Math.ceil(batch.size / parts);
    const symbols = new Map([
      ['B', documents],
      ['T', batch.longest],
    ]);
    return baseBytes + stateBytes + arenaShare * peakActivationBytes(graph, symbols);
  };
  for (let parts = pieces; ; parts = Math.min(parts * 2, batch.size)) {
    const neededBytes = needed(parts);
    if (neededBytes <= availableBytes) return { pieces: parts, neededBytes };
    if (parts >= batch.size) {
      throw new UserError(
        `Training ${network.name} needs about ${gigabytes(neededBytes)} of memory for one text of ${batch.longest} tokens at a time; ` +
          `${gigabytes(availableBytes)} are free. Take a smaller model, or fewer tokens.`,
      );
    }
  }
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
