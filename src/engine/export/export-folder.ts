/**
 * A trained encoder as a Hugging Face folder: what transformers.js, Python's transformers and Podium itself open. Tables
 * of a large vocabulary pass through in pieces; memory holds one tensor besides the weights.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { FinalError } from '../../errors.ts';
import type { ResolvedStrategy } from '../../flows/contracts.ts';
import type { Encoder, EncoderParameter } from '../architectures/architecture.ts';
import { configFile, encodeJson, onnxFile } from '../models/model-folder.ts';
import { Graph, type Value } from '../onnx/graph.ts';
import { type Pieces, type StreamedConstant, writeModelFile } from '../onnx/model-file.ts';
import { type TensorEntry, writeSafetensors } from '../pretrained/safetensors.ts';
import { checkpointTensors, type TrimmedVocabulary } from '../pretrained/weights.ts';
import { noDropout } from '../training/dropout.ts';
import type { Weights } from '../training/network.ts';
import { tokenInputs } from '../training/token-batch.ts';
import { exportedConfig } from './exported-config.ts';
import { parseFaithfully } from './faithful-json.ts';
import { exportedTokenizer } from './tokenizer-files.ts';

const weightsFile = 'model.safetensors';

export interface TrainedEncoder {
  /** with a head for `labels`, and the checkpoint's whole vocabulary */
  encoder: Encoder;
  /** text of the checkpoint's config.json */
  config: string;
  /** by name, in our layout; of a trimmed vocabulary only its rows */
  weights: Weights;
  /** null: the vocabulary was trained whole */
  trimmed: TrimmedVocabulary | null;
  /** folder of the checkpoint's tokenizer.json, or the texts of its files by name */
  tokenizerFiles: string | ReadonlyMap<string, string>;
  labels: readonly string[];
  strategy: ResolvedStrategy;
  /** longest document it was trained with, special tokens included */
  maxTokens: number;
  /** what Podium wants to find again; goes under `podium` into config.json */
  facts: Readonly<Record<string, unknown>>;
}

const configSchema = z.looseObject({ pad_token_id: z.unknown() });

/**
 * Writes the folder, which is made if missing; gives the names of its files (README.md is the caller's).
 * @param largestModelBytes from here on the weights lie beside onnx/model.onnx
 * @throws UserError when the tokenizer can't be read; FinalError when it can't be written
 */
export async function exportFolder(
  folder: string,
  model: TrainedEncoder,
  largestModelBytes?: number,
): Promise<string[]> {
  const { config, encoder, labels, strategy, facts, maxTokens } = model;
  await mkdir(path.join(folder, path.dirname(onnxFile)), { recursive: true });
  const checkpoint = configSchema.parse(parseFaithfully(config));
  const padding = checkpoint.pad_token_id;
  const tokenizer = await exportedTokenizer({
    files: model.tokenizerFiles,
    padTokenId: typeof padding === 'number' ? padding : null,
    maxTokens,
  });
  await writeSafetensors(path.join(folder, weightsFile), tensorsOf(model));
  const onnx = await writeOnnx(path.join(folder, onnxFile), model, largestModelBytes);
  const exported = exportedConfig(checkpoint, encoder, { labels, strategy }, { ...facts, maxTokens });
  const beside = { 'transformers.js_config': { use_external_data_format: true } };
  const jsonFiles = new Map([[configFile, onnx.length > 1 ? { ...exported, ...beside } : exported], ...tokenizer]);
  for (const [name, json] of jsonFiles) await writeFile(path.join(folder, name), encodeJson(json));
  return [
    ...jsonFiles.keys(),
    weightsFile,
    ...onnx.map((file) => path.posix.join(path.dirname(onnxFile), path.basename(file))),
  ];
}

/** Anew for each file: a table's pieces can be read once. */
function tensorsOf({ encoder, weights, trimmed }: TrainedEncoder): TensorEntry[] {
  return checkpointTensors(encoder, weights, trimmed);
}

/** The forward pass for inference: `input_ids` and `attention_mask` [B, T] -> `logits` [B, K], both symbols free. */
async function writeOnnx(file: string, model: TrainedEncoder, largestBytes: number | undefined): Promise<string[]> {
  const { encoder } = model;
  const graph = new Graph(encoder.modelType);
  const values = new Map<string, Value>();
  const constants: StreamedConstant[] = [];
  const inputs = tokenInputs(graph);
  for (const parameter of encoder.parameters) {
    const value = graph.input(parameter.name, 'float', parameter.shape);
    values.set(parameter.name, value);
    constants.push({ value, pieces: () => piecesOf(parameter, model) });
  }
  const options = { dropout: noDropout, lastLayerOnFirstToken: true };
  graph.output('logits', encoder.forward(graph, values, inputs, options));
  return writeModelFile(file, graph, constants, largestBytes);
}

function piecesOf(parameter: EncoderParameter, model: TrainedEncoder): Pieces {
  const { name, vocabulary, parts } = parameter;
  const weights = model.weights.get(name);
  if (!weights) throw new FinalError(`There are no weights for ${name}.`);
  if (!vocabulary || model.trimmed === null) return [asBytes(weights)];
  // A vocabulary has the same layout here and there: what goes into the one file goes into the other.
  const entry = tensorsOf(model).find((tensor) => tensor.name === parts[0]?.tensor);
  if (!entry) throw new FinalError(`There is no tensor for ${name}.`);
  return bytesOfChunks(entry.chunks);
}

async function* bytesOfChunks(chunks: TensorEntry['chunks']): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks instanceof Float32Array ? [chunks] : chunks) yield asBytes(chunk);
}

const asBytes = (numbers: Float32Array): Uint8Array =>
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
