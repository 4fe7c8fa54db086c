/** An architecture with values for its parameters, as the training loop sees it. Documents are token ids. */
import type { Encoder } from '../architectures/architecture.ts';
import type { Value } from '../onnx/graph.ts';
import type { Network, Parameter } from '../training/network.ts';
import { tokenBatch, tokenInputs } from '../training/token-batch.ts';

interface EncoderNetworkOptions {
  /** false only to show that it changes nothing */
  lastLayerOnFirstToken?: boolean;
}

/**
 * `values` are the parameters by name, in our layout; a vocabulary parameter may have fewer rows than the checkpoint
 * (vocabulary trimming), then documents hold positions among those rows.
 */
export function encoderNetwork(
  encoder: Encoder,
  values: ReadonlyMap<string, Float32Array>,
  { lastLayerOnFirstToken = true }: EncoderNetworkOptions = {},
): Network<Uint32Array> {
  return {
    name: encoder.modelType,
    parameters: encoder.parameters.map((parameter) => parameterOf(parameter, values)),
    forward: (graph, parameters: ReadonlyMap<string, Value>, { dropout }) =>
      encoder.forward(graph, parameters, tokenInputs(graph), { dropout, lastLayerOnFirstToken }),
    trainingBatch: (documents) => ({ feeds: tokenBatch(documents), rows: new Map() }),
    inferenceFeeds: tokenBatch,
    length: (document) => document.length,
  };
}

function parameterOf(parameter: Encoder['parameters'][number], values: ReadonlyMap<string, Float32Array>): Parameter {
  const { name, shape, decay, vocabulary } = parameter;
  const initial = values.get(name);
  if (!initial) throw new RangeError(`There are no values for the parameter ${name}.`);
  const width = shape[1] ?? 1;
  return {
    name,
    shape: vocabulary ? [initial.length / width, width] : shape,
    initial,
    decay,
    table: false,
    learningRateScale: 1,
  };
}
