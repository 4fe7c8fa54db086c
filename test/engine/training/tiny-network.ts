/** A network and documents small enough for hundreds of steps a second. */
import { encoderFor } from '../../../src/engine/architectures/registry.ts';
import { scratchNetwork } from '../../../src/engine/models/scratch-network.ts';
import type { Network } from '../../../src/engine/training/network.ts';
import { Random } from '../../../src/engine/training/random.ts';
import type { Batch } from '../../../src/engine/training/stepper.ts';
import type { ResolvedStrategy } from '../../../src/flows/contracts.ts';

const vocabulary = 50;
export const classes = 3;

export function tinyNetwork(dropout = 0, seed = 1): Network<Uint32Array> {
  const config = {
    model_type: 'modernbert',
    vocab_size: vocabulary,
    hidden_size: 16,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    intermediate_size: 20,
    max_position_embeddings: 16,
    classifier_pooling: 'mean',
    embedding_dropout: dropout,
    classifier_dropout: dropout,
  };
  return scratchNetwork(encoderFor(config, classes), seed, 0);
}

/** Documents of 2 to 12 tokens with one label each, or none to two. */
export function tinyBatch(count: number, strategy: ResolvedStrategy, seed: number): Batch<Uint32Array> {
  const random = new Random(seed, 'documents');
  const documents = Array.from({ length: count }, () =>
    Uint32Array.from({ length: 2 + random.below(11) }, () => 2 + random.below(vocabulary - 2)),
  );
  const targets = documents.map((_, index) => {
    const label = index % classes;
    return strategy !== 'multi-label' ? [label] : [label, (label + 1) % classes].slice(index % 3).sort((a, b) => a - b);
  });
  return { documents, targets };
}
