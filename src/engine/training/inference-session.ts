/** A network opened for prediction with weights as they are. */
import type { ProviderName } from '../../flows/contracts.ts';
import { engineThreads, on, openSession } from '../onnx/session.ts';
import { buildInference } from './inference-graph.ts';
import { type Network, parameterCount, type Weights } from './network.ts';
import type { Inference } from './prediction.ts';

/** Protobuf ends at 2 GiB; larger models are fed their weights on a device too. */
const largestModelBytes = 1.8e9;

/**
 * On the CPU the weights are fed, from where they lie: no second copy. A device has its own memory: there they are
 * constants, so that they cross the bus once and not with each batch. The caller releases the session.
 */
export async function openInference<D>(
  network: Network<D>,
  weights: Weights,
  provider: ProviderName,
): Promise<Pick<Inference, 'session' | 'weights'>> {
  const fed = provider === 'cpu' || parameterCount(network.parameters) * 4 > largestModelBytes;
  const session = await openSession(buildInference(network, fed ? null : weights), engineThreads, on(provider));
  return { session, weights: fed ? weights : null };
}
