/** An encoder that begins with nothing learnt, as network. */
import type { Encoder, EncoderParameter } from '../architectures/architecture.ts';
import { specialIds } from '../tokenizer/learnt-tokenizer.ts';
import type { Network } from '../training/network.ts';
import { Random } from '../training/random.ts';
import { compactRows, tokenBatch } from '../training/token-batch.ts';
import { encoderNetwork } from './encoder-network.ts';

/** Embeddings see few of the steps that dense parameters see, each only those with its own token. */
const tableRateScale = 10;
const embeddingDeviation = 0.05;

/**
 * Values before the first step. Both products that write into the residual stream of a layer start at zero, and the
 * head's own layer at the identity: the network begins as a bag of embeddings, which learns from a few hundred texts, and
 * attention adds to it what it finds.
 */
function startValues({ name, shape, vocabulary }: EncoderParameter, random: Random): Float32Array {
  const [rows = 1, columns = 1] = shape;
  if (vocabulary) return random.normals(rows * columns, embeddingDeviation);
  if (shape.length === 1) return new Float32Array(rows).fill(name.endsWith('.bias') ? 0 : 1);
  if (/\.(attention|feed_forward)\.output\.weight$/.test(name)) return new Float32Array(rows * columns);
  if (name === 'head.dense.weight') return nearIdentity(rows, random);
  return random.normals(rows * columns, 1 / Math.sqrt(rows));
}

function nearIdentity(size: number, random: Random): Float32Array {
  const matrix = random.normals(size * size, 0.02);
  for (let index = 0; index < size; index++) matrix[index * (size + 1)]! += 1;
  return matrix;
}

/**
 * The encoder with parameters drawn from the seed. Documents are ids of a learnt tokenizer, [CLS] first.
 * @param unknownShare share of tokens that training reads as [UNK], so that no single word decides
 */
export function scratchNetwork(encoder: Encoder, seed: number, unknownShare: number): Network<Uint32Array> {
  const random = new Random(seed, 'initial');
  const values = new Map(encoder.parameters.map((parameter) => [parameter.name, startValues(parameter, random)]));
  const tables = encoder.parameters.filter(({ vocabulary }) => vocabulary).map(({ name }) => name);
  const network = encoderNetwork(encoder, values);
  return {
    ...network,
    parameters: network.parameters.map((parameter) =>
      tables.includes(parameter.name)
        ? { ...parameter, decay: false, table: true, learningRateScale: tableRateScale }
        : parameter,
    ),
    trainingBatch(documents, noise) {
      const noisy = documents.map((ids) =>
        ids.map((id, index) => (index > 0 && noise.uniform() < unknownShare ? specialIds.unknown : id)),
      );
      const { rows, local } = compactRows(noisy, [specialIds.padding]);
      return { feeds: tokenBatch(local), rows: new Map(tables.map((name) => [name, rows])) };
    },
  };
}
