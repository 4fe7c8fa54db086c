/** A network and documents small enough for hundreds of steps a second. */
import { encoderNetwork } from '../../../src/engine/models/encoder.ts';
import type { Network } from '../../../src/engine/training/network.ts';
import { Random } from '../../../src/engine/training/random.ts';
import type { Batch } from '../../../src/engine/training/stepper.ts';

const vocabulary = 50;
export const classes = 3;

export function tinyNetwork(dropout = 0, seed = 1): Network<Uint32Array> {
  const size = { vocabulary, maxTokens: 16, layers: 1, hidden: 16, heads: 2, feedForward: 20, classes };
  return encoderNetwork(size, { dropout, unknownShare: 0, unknown: 1, padding: 0 }, seed);
}

/** Documents of 2 to 12 tokens with one label each, or none to two. */
export function tinyBatch(count: number, kind: 'single' | 'multi', seed: number): Batch<Uint32Array> {
  const random = new Random(seed, 'documents');
  const documents = Array.from({ length: count }, () =>
    Uint32Array.from({ length: 2 + random.below(11) }, () => 2 + random.below(vocabulary - 2)),
  );
  const targets = documents.map((_, index) => {
    const label = index % classes;
    return kind === 'single' ? [label] : [label, (label + 1) % classes].slice(index % 3).sort((a, b) => a - b);
  });
  return { documents, targets };
}
