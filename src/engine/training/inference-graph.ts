import { Graph, type Value } from '../onnx/graph.ts';
import { noDropout } from './dropout.ts';
import type { Network, Weights } from './network.ts';

/** Logits without dropout; the parameters are inputs (`weights` null) or stand in the model. */
export function buildInference<D>(network: Network<D>, weights: Weights | null): Uint8Array {
  const graph = new Graph(network.name);
  const values = new Map<string, Value>();
  for (const { name, shape } of network.parameters) {
    const data = weights?.get(name);
    values.set(name, data ? graph.initializer(name, shape, data) : graph.input(`p/${name}`, 'float', shape));
  }
  graph.output('logits', network.forward(graph, values, { dropout: noDropout, training: false }));
  return graph.encode();
}
