/** A model opened in ONNX Runtime, with the settings that all of Podium's sessions share. */
import { availableParallelism } from 'node:os';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { FinalError } from '../../errors.ts';
import type { ProviderName } from '../../flows/contracts.ts';
import type { TensorData } from './graph.ts';

export type Feeds = Record<string, Tensor>;

/**
 * All cores up to this many; beyond, a step of these sizes gains little. How a reduction is cut among threads changes the
 * order of its additions, so the same seed gives the same numbers on machines with as many cores only.
 */
const mostThreads = 16;
export const engineThreads = Math.min(mostThreads, availableParallelism());

/**
 * Options for this provider; operators that it lacks are computed on the CPU. WebGPU's shaders check their indices
 * (`enableRobustness`): without, one of ONNX Runtime 1.30 reads past the end of a buffer of a few megabytes, which a
 * driver may answer by ending the process (SwiftShader does, at the second or third training step).
 */
export function on(provider: ProviderName): InferenceSession.SessionOptions {
  return { executionProviders: [provider === 'webgpu' ? { name: provider, enableRobustness: true } : provider] };
}

/**
 * Opens a model, from its bytes or from its file (then weights in a file beside it are found). The thread that calls
 * `run` is blocked until the step is done (onnxruntime-node computes inside its promise), so a session belongs in a
 * process without other duties.
 */
export async function openSession(
  model: Uint8Array | string,
  threads = engineThreads,
  extra: InferenceSession.SessionOptions = {},
): Promise<InferenceSession> {
  const options: InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // a plan of memory per combination of shapes is of no use where nearly every batch has another, and took 200 MB more
    enableMemPattern: false,
    logSeverityLevel: 3,
    ...extra,
  };
  return typeof model === 'string' ? InferenceSession.create(model, options) : InferenceSession.create(model, options);
}

/** A tensor over these numbers; they aren't copied, so what is written into `data` later is what the next run sees. */
export function tensor(data: TensorData, shape: readonly number[]): Tensor {
  if (data instanceof Float32Array) return new Tensor('float32', data, shape);
  if (data instanceof Float64Array) return new Tensor('float64', data, shape);
  if (data instanceof BigInt64Array) return new Tensor('int64', data, shape);
  return new Tensor('bool', data, shape);
}

/** The real numbers of one result. */
export function realData(results: Readonly<Record<string, unknown>>, name: string): Float32Array | Float64Array {
  const result = results[name];
  const data = result instanceof Tensor ? result.data : undefined;
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  throw new FinalError(`ONNX Runtime gave no real numbers for ${name}.`);
}
