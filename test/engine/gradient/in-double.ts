/**
 * Lets a graph run in double on ONNX Runtime's CPU provider, which lacks Erf, Gelu and Softplus in that type: these
 * nodes are replaced by what defines them, written in operators that it has.
 */
import { add, divide, exp, log, multiply } from '../../../src/engine/onnx/elementwise.ts';
import { type Graph, inputOf, type Node, type Value } from '../../../src/engine/onnx/graph.ts';

/** Abramowitz and Stegun 7.1.5; 40 terms leave less than 1e-16 for |x| < 2.5. */
function erfSeries(x: Value): Value {
  const square = multiply(x, x);
  let sum = multiply(square, 0);
  let factorial = 1;
  const coefficients = Array.from({ length: 40 }, (_, n) => {
    factorial *= n === 0 ? 1 : n;
    return (n % 2 === 0 ? 1 : -1) / (factorial * (2 * n + 1));
  });
  for (const coefficient of coefficients.toReversed()) sum = add(multiply(sum, square), coefficient);
  return multiply(multiply(x, sum), 2 / Math.sqrt(Math.PI));
}

const definitions: Record<string, (x: Value) => Value> = {
  Erf: erfSeries,
  Gelu: (x) => multiply(multiply(x, 0.5), add(erfSeries(divide(x, Math.SQRT2)), 1)),
  Softplus: (x) => log(add(exp(x), 1)),
};

export function inDouble(graph: Graph): void {
  const before = graph.nodes.splice(0);
  for (const node of before) {
    const definition = definitions[node.operator];
    if (!definition) {
      graph.nodes.push(node);
      continue;
    }
    const value = definition(inputOf(node, 0));
    const same: Node = { operator: 'Identity', domain: '', inputs: [value], outputs: node.outputs, attributes: {} };
    graph.nodes.push(same);
  }
}
