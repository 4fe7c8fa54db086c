/** Dropout as a network asks for it while its graph is built. In a graph for inference it does nothing. */
import type { Value } from '../onnx/graph.ts';

export interface Dropout {
  /** x with a share `rate` of its numbers set to 0 and the others divided by 1 - rate; another draw at each call */
  apply(x: Value, rate: number): Value;
}

/** Leaves everything as it is: inference, and training without dropout. */
export const noDropout: Dropout = { apply: (x) => x };
