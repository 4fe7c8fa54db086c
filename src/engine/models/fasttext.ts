/**
 * builtin/fasttext: the mean of the embeddings of a text's words, word pairs and character n-grams, and a linear layer.
 *
 * In training a batch touches a few thousand of up to 200,000 rows. Only those go through the step (parameter-state.ts),
 * so that AdamW's passes over the table cost nothing for the rest; and over so small a sub-table [U, H] the mean is a
 * matrix product with the batch's shares [B, U], whose gradient is one more product instead of a scatter.
 */
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import type { ModelFamily, TrainTask } from '../classifier.ts';
import { add, cast, divide, multiply } from '../onnx/elementwise.ts';
import type { Graph, Value } from '../onnx/graph.ts';
import { gather, unsqueeze } from '../onnx/layout.ts';
import { matMul, reduceSum } from '../onnx/linear.ts';
import { tensor } from '../onnx/session.ts';
import { buildInference } from '../training/inference-graph.ts';
import { trainNetwork } from '../training/loop.ts';
import { type Network, named, type Pass, parameterCount, type TrainingBatch } from '../training/network.ts';
import { Random } from '../training/random.ts';
import { compactRows, tokenBatch, tokenInputs } from '../training/token-batch.ts';
import { configFile, encodeJson, type ModelFiles, onnxFile, readJsonFile } from './model-folder.ts';
import { baseConfig, type OpenedModel, openNeuralModel, type TextInputs, trainedModel } from './neural-model.ts';
import { features } from './ngram-features.ts';

export const fasttextType = 'podium-fasttext';
const vocabularyFile = 'vocabulary.json';

/** H */
const hidden = 64;
const maxFeatures = 200_000;
/** words of a text that are read, unless the recipe says otherwise */
const maxWords = 512;
/**
 * Features of a text that are kept; a longer one has said what it is about, and a batch's shares [B, U] stay small.
 */
const maxFeaturesPerText = 4096;
/** Rarer features than this are noise; in a small set every repetition counts. */
const minTexts = 2;
const defaultLearningRate = 0.05;

const fasttextConfigSchema = z.object({ max_words: z.number().int().positive() });
const vocabularySchema = z.object({ features: z.array(z.number().int()) });

/** Hash -> row of the table. */
class FeatureVocabulary {
  readonly hashes: readonly number[];
  readonly maxWords: number;
  private readonly rows: Map<number, number>;

  constructor(hashes: readonly number[], words: number) {
    this.hashes = hashes;
    this.maxWords = words;
    this.rows = new Map(hashes.map((hash, row) => [hash, row]));
  }

  /** Rows of a text's known features, repeated as they occur; empty when none is known. */
  encode(text: string): Uint32Array {
    const rows: number[] = [];
    for (const hash of features(text, this.maxWords)) {
      const row = this.rows.get(hash);
      if (row !== undefined) rows.push(row);
      if (rows.length === maxFeaturesPerText) break;
    }
    return Uint32Array.from(rows);
  }

  /** The features that occur in at least `minTexts` texts, most frequent first. */
  static learn(texts: readonly string[], words: number): FeatureVocabulary {
    const counts = new Map<number, number>();
    for (const text of texts) {
      for (const hash of new Set(features(text, words))) counts.set(hash, (counts.get(hash) ?? 0) + 1);
    }
    const frequent = [...counts].filter(([, count]) => count >= minTexts);
    frequent.sort(([a, m], [b, n]) => n - m || a - b);
    return new FeatureVocabulary(
      frequent.slice(0, maxFeatures).map(([hash]) => hash),
      words,
    );
  }
}

/** Mean of the rows that the mask shows, [B, H]; zeros where it shows none. */
function meanOfRows(graph: Graph, table: Value): Value {
  const { ids, mask } = tokenInputs(graph);
  const shown = cast(mask, graph.real);
  const sum = reduceSum(multiply(gather(table, ids), unsqueeze(shown, [2])), [1]);
  // 1e-6: a text without known features has a sum of 0 to divide
  return divide(sum, add(reduceSum(shown, [1], true), 1e-6));
}

export function fasttextNetwork(rows: number, classes: number, seed: number): Network<Uint32Array> {
  const random = new Random(seed, 'initial');
  const table = { name: 'embedding', shape: [Math.max(1, rows), hidden], decay: false, table: true };
  const weight = { name: 'classifier.weight', shape: [hidden, classes], decay: true, table: false };
  const bias = { name: 'classifier.bias', shape: [classes], decay: false, table: false };
  return {
    name: 'fasttext',
    parameters: [
      { ...table, initial: random.normals(Math.max(1, rows) * hidden, 1 / hidden), learningRateScale: 1 },
      { ...weight, initial: random.normals(hidden * classes, 1 / Math.sqrt(hidden)), learningRateScale: 1 },
      { ...bias, initial: new Float32Array(classes), learningRateScale: 1 },
    ],
    forward(graph: Graph, parameters: ReadonlyMap<string, Value>, { training }: Pass): Value {
      const embedding = named(parameters, 'embedding');
      const mean = training
        ? matMul(graph.input('shares', graph.real, ['B', 'U_embedding']), embedding)
        : meanOfRows(graph, embedding);
      return add(matMul(mean, named(parameters, 'classifier.weight')), named(parameters, 'classifier.bias'));
    },
    trainingBatch: sharesBatch,
    inferenceFeeds: (documents) => tokenBatch(documents),
    length: (document) => document.length,
  };
}

/** Each document's share of each touched row: times it occurs / features of the document. */
function sharesBatch(documents: readonly Uint32Array[]): TrainingBatch {
  // one row at least, so that a batch of texts without known features has a sub-table
  const { rows, local } = compactRows(documents, [0]);
  const shares = new Float32Array(documents.length * rows.length);
  for (const [index, document] of local.entries()) {
    const start = index * rows.length;
    for (const row of document) shares[start + row]! += 1 / document.length;
  }
  return { feeds: { shares: tensor(shares, [documents.length, rows.length]) }, rows: new Map([['embedding', rows]]) };
}

function textInputs(vocabulary: FeatureVocabulary): TextInputs<Uint32Array> {
  const inputs = { inferenceFeeds: tokenBatch, length: (document: Uint32Array) => document.length };
  return { encode: (texts) => texts.map((text) => vocabulary.encode(text)), inputs };
}

/** Opens a folder that `save` wrote. @throws UserError when a file is missing or broken */
export async function loadFasttext(files: ModelFiles): Promise<OpenedModel> {
  const { max_words } = readJsonFile(files, configFile, fasttextConfigSchema);
  const vocabulary = readJsonFile(files, vocabularyFile, vocabularySchema);
  return openNeuralModel(files, textInputs(new FeatureVocabulary(vocabulary.features, max_words)));
}

function folder(task: TrainTask, vocabulary: FeatureVocabulary, onnx: Uint8Array): Map<string, Uint8Array> {
  const config = {
    ...baseConfig(fasttextType, task.strategy, task.labels),
    hidden_size: hidden,
    vocab_size: vocabulary.hashes.length,
    max_words: vocabulary.maxWords,
    recipe: task.recipe,
    seed: task.seed,
  };
  const hashing = 'position = id; FNV-1a 32 over UTF-16 units of words, word pairs, character 3- to 5-grams';
  return new Map([
    [configFile, encodeJson(config)],
    [vocabularyFile, new TextEncoder().encode(JSON.stringify({ hashing, features: vocabulary.hashes }))],
    [onnxFile, onnx],
  ]);
}

export const fasttext: ModelFamily = {
  id: 'builtin/fasttext',
  async train(task, hooks) {
    if (task.train.texts.length === 0) throw new UserError('There are no texts to train on.');
    const vocabulary = FeatureVocabulary.learn(task.train.texts, task.recipe.maxTokens ?? maxWords);
    const encode = (text: string) => vocabulary.encode(text);
    const data = { train: task.train.texts.map(encode), validation: task.validation.texts.map(encode) };
    const network = fasttextNetwork(vocabulary.hashes.length, task.labels.length, task.seed);
    const rate = task.recipe.learningRate ?? defaultLearningRate;
    const { weights, ...outcome } = await trainNetwork(network, data, task, rate, hooks);
    const files = folder(task, vocabulary, buildInference(network, weights));
    const model = await openNeuralModel(files, textInputs(vocabulary));
    return trainedModel(model, files, { parameters: parameterCount(network.parameters), ...outcome });
  },
};
