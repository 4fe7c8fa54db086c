/**
 * builtin/transformer-mini: a two-layer encoder trained from scratch, with word pieces learnt from the training texts.
 */
import { UserError } from '../../errors.ts';
import type { ModelFamily, TrainTask } from '../classifier.ts';
import { specialTokens, trainVocabulary } from '../tokenizer/train-vocabulary.ts';
import { WordPieceTokenizer } from '../tokenizer/word-piece.ts';
import { buildInference } from '../training/inference-graph.ts';
import { trainNetwork } from '../training/loop.ts';
import { parameterCount } from '../training/network.ts';
import { tokenBatch } from '../training/token-batch.ts';
import { type EncoderSize, encoderNetwork } from './encoder.ts';
import { configFile, encodeJson, type ModelFiles, modelFileOf, onnxFile } from './model-folder.ts';
import { baseConfig, type NeuralModel, openNeuralModel, type TextInputs, trainedModel } from './neural-model.ts';

const tokenizerFile = 'tokenizer.json';
const maxVocabulary = 8192;
/** Positions that the model has; attention's cost grows with the square. */
const longestText = 256;
const architecture = {
  layers: 2,
  hidden: 128,
  heads: 4,
  feedForward: 256,
} as const;
const noise = {
  dropout: 0.1,
  unknownShare: 0.1,
  unknown: specialTokens.indexOf('[UNK]'),
  padding: specialTokens.indexOf('[PAD]'),
};
const defaultLearningRate = 1e-3;

/** The length that 99 of 100 texts don't exceed. */
function percentile99(lengths: readonly number[]): number {
  const sorted = [...lengths].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 1;
}

/** Learns the vocabulary, and cuts texts where the recipe says, else at their 99th percentile. */
function learnTokenizer(texts: readonly string[], maxTokens: number | null): WordPieceTokenizer {
  const pieces = trainVocabulary(texts, maxVocabulary);
  if (maxTokens !== null) return new WordPieceTokenizer(pieces, Math.min(maxTokens, longestText));
  const whole = new WordPieceTokenizer(pieces, longestText);
  return new WordPieceTokenizer(pieces, percentile99(texts.map((text) => whole.encode(text).length)));
}

function textInputs(tokenizer: WordPieceTokenizer): TextInputs<Uint32Array> {
  const inputs = { inferenceFeeds: tokenBatch, length: (document: Uint32Array) => document.length };
  return { encode: (text) => tokenizer.encode(text), inputs };
}

/** Opens a folder that `save` wrote. @throws UserError when a file is missing or broken */
export async function loadTransformer(files: ModelFiles): Promise<NeuralModel> {
  const json = new TextDecoder().decode(modelFileOf(files, tokenizerFile));
  return openNeuralModel(files, textInputs(WordPieceTokenizer.fromJson(json)));
}

function folder(
  task: TrainTask,
  size: EncoderSize,
  tokenizer: WordPieceTokenizer,
  onnx: Uint8Array,
): Map<string, Uint8Array> {
  const config = {
    ...baseConfig('bert', task.kind, task.labels),
    vocab_size: size.vocabulary,
    max_position_embeddings: size.maxTokens,
    num_hidden_layers: size.layers,
    hidden_size: size.hidden,
    num_attention_heads: size.heads,
    intermediate_size: size.feedForward,
    recipe: task.recipe,
    seed: task.seed,
  };
  return new Map([
    [configFile, encodeJson(config)],
    [tokenizerFile, new TextEncoder().encode(tokenizer.toJson())],
    [onnxFile, onnx],
  ]);
}

export const transformerMini: ModelFamily = {
  id: 'builtin/transformer-mini',
  async train(task, hooks) {
    if (task.train.texts.length === 0) throw new UserError('There are no texts to train on.');
    const tokenizer = learnTokenizer(task.train.texts, task.recipe.maxTokens);
    const encode = (text: string) => tokenizer.encode(text);
    const data = { train: task.train.texts.map(encode), validation: task.validation.texts.map(encode) };
    const size = {
      ...architecture,
      vocabulary: tokenizer.pieces.length,
      maxTokens: tokenizer.maxTokens,
      classes: task.labels.length,
    };
    const network = encoderNetwork(size, noise, task.seed);
    const rate = task.recipe.learningRate ?? defaultLearningRate;
    const { weights, ...outcome } = await trainNetwork(network, data, task, rate, hooks);
    const files = folder(task, size, tokenizer, buildInference(network, weights));
    const model = await openNeuralModel(files, textInputs(tokenizer));
    return trainedModel(model, files, { parameters: parameterCount(network.parameters), ...outcome });
  },
};
