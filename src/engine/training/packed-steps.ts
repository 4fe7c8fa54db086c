/**
 * The inputs of several steps as those of one run: of each input the tensors of all steps, flattened, one after the
 * other, with the place and the dimensions of each. Inside a Loop the body cuts its own step's tensors out again. So
 * batches of different sizes and lengths go through one Loop without padding, with exactly the numbers they have alone.
 */
import { FinalError } from '../../errors.ts';
import { type ElementType, Graph, outputOf, type TensorData, type Value } from '../onnx/graph.ts';
import { gather, slice, sliceAt } from '../onnx/layout.ts';
import { type Feeds, tensor } from '../onnx/session.ts';
import type { Shape } from '../onnx/shapes.ts';

/** int64 [steps, 2]: first number of each step's tensor among the packed ones, and the one after its last */
const boundsName = (name: string): string => `${name}/bounds`;
/** int64 [steps, rank] */
const dimensionsName = (name: string): string => `${name}/dimensions`;

/** The body of a Loop under construction. What a network declares as input is read from the graph around it. */
export class LoopBody extends Graph {
  /** inputs of one step, in the shapes of one step */
  readonly stepInputs: Value[] = [];
  readonly goingOn: Value;
  private readonly around: Graph;
  private readonly iteration: Value;

  constructor(around: Graph) {
    super(`${around.name}-body`, around.real, 'body/');
    this.around = around;
    // ONNX's order: number of the iteration, whether to go on, carried values
    this.iteration = super.input('iteration', 'int64', []);
    this.goingOn = super.input('going_on', 'bool', []);
  }

  /** A value that each iteration hands to the next. */
  carry(name: string, shape: Shape): Value {
    return super.input(`carried/${name}`, this.real, shape);
  }

  override input(name: string, type: ElementType, shape: Shape): Value {
    const value = this.own(name, type, shape);
    this.stepInputs.push({ ...value, name });
    return value;
  }

  private own(name: string, type: ElementType, shape: Shape): Value {
    const { around, iteration } = this;
    const packed = this.outer(around.input(name, type, [shape.length === 0 ? 'steps' : `all ${name}`]));
    if (shape.length === 0) return gather(packed, iteration);
    const bounds = gather(this.outer(around.input(boundsName(name), 'int64', ['steps', 2])), iteration);
    const numbers = sliceAt(packed, slice(bounds, 0, 0, 1), slice(bounds, 0, 1, 2), `one ${name}`);
    const dimensions = this.outer(around.input(dimensionsName(name), 'int64', ['steps', shape.length]));
    const inputs = [numbers, gather(dimensions, iteration)];
    return outputOf(this.node({ operator: 'Reshape', inputs, outputs: [{ type, shape }] }), 0);
  }
}

function joined(parts: readonly TensorData[], count: number): TensorData {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  let offset = 0;
  const place = (length: number): number => {
    offset += length;
    return offset - length;
  };
  if (first instanceof Float32Array) {
    const all = new Float32Array(count);
    for (const part of parts) if (part instanceof Float32Array) all.set(part, place(part.length));
    return all;
  }
  if (first instanceof BigInt64Array) {
    const all = new BigInt64Array(count);
    for (const part of parts) if (part instanceof BigInt64Array) all.set(part, place(part.length));
    return all;
  }
  throw new FinalError('Steps are packed of float and int64 tensors only.');
}

/**
 * The feeds of a Loop over these steps. Data that several steps share (a pool of dropout) is there once.
 * @param steps feeds of each step, with the same names
 */
export function packSteps(inputs: readonly Value[], steps: readonly Feeds[]): Feeds {
  const feeds: Feeds = {};
  for (const { name, shape } of inputs) {
    const places = new Map<TensorData, number>();
    const bounds: number[] = [];
    const dimensions: number[] = [];
    const parts: TensorData[] = [];
    let count = 0;
    for (const step of steps) {
      const { data, dims } = tensorOf(step, name);
      let start = shape.length === 0 ? undefined : places.get(data);
      if (start === undefined) {
        start = count;
        places.set(data, start);
        parts.push(data);
        count += data.length;
      }
      bounds.push(start, start + data.length);
      dimensions.push(...dims);
    }
    feeds[name] = tensor(joined(parts, count), [count]);
    if (shape.length === 0) continue;
    feeds[boundsName(name)] = tensor(BigInt64Array.from(bounds, BigInt), [steps.length, 2]);
    feeds[dimensionsName(name)] = tensor(BigInt64Array.from(dimensions, BigInt), [steps.length, shape.length]);
  }
  return feeds;
}

function tensorOf(feeds: Feeds, name: string): { data: TensorData; dims: readonly number[] } {
  const found = feeds[name];
  const data = found?.data;
  if (found && (data instanceof Float32Array || data instanceof BigInt64Array)) return { data, dims: found.dims };
  throw new FinalError(`A step has no float or int64 tensor ${name}.`);
}
