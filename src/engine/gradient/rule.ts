import type { Node, Value } from '../onnx/graph.ts';

/**
 * The gradients of a node's inputs from those of its outputs. `dys[i]` is null where nothing that counts depends on
 * output i; `needs[i]` says whether anybody asks for input i's gradient. Null for an input that has none (indices,
 * shapes) or isn't needed. Each gradient has exactly its input's shape and type.
 */
export type Rule = (node: Node, dys: readonly (Value | null)[], needs: readonly boolean[]) => readonly (Value | null)[];

/** ONNX operator -> rule */
export type RuleTable = Readonly<Record<string, Rule>>;
