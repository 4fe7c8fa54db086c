/**
 * Reverse-mode differentiation of an ONNX graph: the gradient is more ONNX graph, appended to the same one.
 * Method: Griewank and Walther, Evaluating Derivatives (2008), chapter 3; one table, one walk.
 */
import { FinalError } from '../../errors.ts';
import { add } from '../onnx/elementwise.ts';
import type { Node, Value } from '../onnx/graph.ts';
import { sameShape, shapeText } from '../onnx/shapes.ts';
import { elementwiseRules } from './elementwise-rules.ts';
import { layoutRules } from './layout-rules.ts';
import { linearRules } from './linear-rules.ts';
import type { Rule, RuleTable } from './rule.ts';

/** Every operator that can be differentiated. To add one: write its rule in the file it belongs to. */
export const gradientRules: RuleTable = { ...elementwiseRules, ...linearRules, ...layoutRules };

function ruleOf(node: Node): Rule {
  const rule = Object.hasOwn(gradientRules, node.operator) ? gradientRules[node.operator] : undefined;
  if (rule) return rule;
  const known = Object.keys(gradientRules).sort().join(', ');
  throw new FinalError(`There is no gradient rule for the operator ${node.operator}. Rules exist for: ${known}.`);
}

/** Shapes, sizes and comparisons are steps of what they depend on; nothing can be learnt through them. */
const isReal = ({ type }: Value): boolean => type === 'float' || type === 'double';

/** The values that depend on one of the targets without a stop in between. */
function dependents(nodes: readonly Node[], targets: readonly Value[]): Set<Value> {
  const found = new Set(targets);
  for (const node of nodes) {
    if (!node.inputs.some((input) => input && found.has(input))) continue;
    for (const output of node.outputs) {
      if (isReal(output) && !output.graph.stopped.has(output)) found.add(output);
    }
  }
  return found;
}

function checkGradient(node: Node, input: Value, dx: Value): void {
  if (sameShape(dx.shape, input.shape) && dx.type === input.type) return;
  throw new FinalError(
    `The gradient rule of ${node.operator} gave ${dx.type} ${shapeText(dx.shape)} for an input that is ` +
      `${input.type} ${shapeText(input.shape)}.`,
  );
}

/**
 * d loss / d target for each target, in their order. `loss` has no dimensions. Appends nodes to the graph.
 * Throws a FinalError for an operator without a rule on the way, and for a target that the loss doesn't depend on.
 */
export function gradients(loss: Value, targets: readonly Value[]): Value[] {
  const { graph } = loss;
  if (loss.shape.length !== 0)
    throw new FinalError(`The loss must be one number, its shape is ${shapeText(loss.shape)}.`);
  const forward = [...graph.nodes];
  const active = dependents(forward, targets);
  const gradientOf = new Map<Value, Value>([[loss, graph.scalar(1)]]);
  for (const node of forward.reverse()) {
    const dys = node.outputs.map((output) => (active.has(output) ? (gradientOf.get(output) ?? null) : null));
    if (dys.every((dy) => dy === null)) continue;
    const needs = node.inputs.map((input) => input !== null && active.has(input));
    const dxs = ruleOf(node)(node, dys, needs);
    for (const [index, input] of node.inputs.entries()) {
      const dx = dxs[index];
      if (!input || !dx || !needs[index]) continue;
      checkGradient(node, input, dx);
      const known = gradientOf.get(input);
      gradientOf.set(input, known ? add(known, dx) : dx);
    }
  }
  return targets.map((target) => {
    const gradient = gradientOf.get(target);
    if (!gradient) throw new FinalError(`The loss doesn't depend on ${target.name}.`);
    return gradient;
  });
}
