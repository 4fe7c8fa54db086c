/**
 * A trained network as the rest of Podium sees it, just trained or opened from a delivered folder.
 */
import type { InferenceSession } from 'onnxruntime-node';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { type ResolvedStrategy, resolvedStrategySchema } from '../../flows/contracts.ts';
import type { TrainedModel } from '../classifier.ts';
import { problemTypeOf, problemTypeSchema, strategyOf } from '../export/exported-config.ts';
import { openSession } from '../onnx/session.ts';
import { type InputMaker, predictDocuments, scoreDocuments } from '../training/prediction.ts';
import { configFile, type ModelFiles, modelFileOf, onnxFile, readJsonFile, writeFolder } from './model-folder.ts';

/** What every neural model's config.json holds; names as in Hugging Face's. */
export const baseConfigSchema = z.object({
  model_type: z.string(),
  problem_type: problemTypeSchema,
  id2label: z.record(z.string(), z.string()),
  podium: z.object({ strategy: resolvedStrategySchema.optional() }).optional(),
});
export type BaseConfig = z.infer<typeof baseConfigSchema>;

/** The common part of config.json. */
export function baseConfig(modelType: string, strategy: ResolvedStrategy, labels: readonly string[]): BaseConfig {
  const id2label = Object.fromEntries(labels.map((label, id) => [String(id), label]));
  return { model_type: modelType, problem_type: problemTypeOf(strategy), id2label, podium: { strategy } };
}

/** What a model answers. */
export interface Answers {
  labels: string[];
  strategy: ResolvedStrategy;
}

export function answersOf(config: BaseConfig): Answers {
  const labels = Object.entries(config.id2label)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, label]) => label);
  return { labels, strategy: strategyOf(config) };
}

/** A delivered model of any kind, ready to label texts. */
export interface OpenedModel extends Answers {
  predict: TrainedModel['predict'];
  /** every label's probability, per text: they add up to 1 in multi-class, and stand each for itself elsewhere */
  score(texts: string[], signal?: AbortSignal): Promise<number[][]>;
  dispose: TrainedModel['dispose'];
}

/** How texts become a network's inputs. */
export interface TextInputs<Document> {
  encode(texts: readonly string[], signal?: AbortSignal): readonly Document[] | Promise<readonly Document[]>;
  inputs: InputMaker<Document>;
  dispose?(): Promise<void>;
}

/** The model over an inference session, which is native memory until `dispose`. */
export function neuralModel<Document>(
  { labels, strategy }: Answers,
  session: InferenceSession,
  texts: TextInputs<Document>,
): OpenedModel {
  let open = true;
  const inference = { session, weights: null, strategy, classes: labels.length };
  const read = async (written: string[], signal?: AbortSignal): Promise<readonly Document[]> => {
    if (!open) throw new UserError('The model was disposed of.');
    return texts.encode(written, signal);
  };
  return {
    labels,
    strategy,
    predict: async (written, signal) => predictDocuments(texts.inputs, inference, await read(written, signal), signal),
    score: async (written, signal) => scoreDocuments(texts.inputs, inference, await read(written, signal), signal),
    async dispose() {
      if (!open) return;
      open = false;
      await session.release();
      await texts.dispose?.();
    },
  };
}

/** Opens the model whose folder has these files. */
export async function openNeuralModel<Document>(files: ModelFiles, texts: TextInputs<Document>): Promise<OpenedModel> {
  const answers = answersOf(readJsonFile(files, configFile, baseConfigSchema));
  return neuralModel(answers, await openSession(modelFileOf(files, onnxFile)), texts);
}

/** Joins an opened model with what training knows about it. */
export function trainedModel(
  model: OpenedModel,
  files: ModelFiles,
  training: Pick<
    TrainedModel,
    'parameters' | 'chosenEpoch' | 'epochs' | 'paused' | 'secondsBefore' | 'warnings' | 'device'
  >,
): TrainedModel {
  return {
    ...training,
    predict: model.predict,
    texts: null,
    checkpoint: null,
    save: (folder) => writeFolder(folder, files),
    dispose: model.dispose,
  };
}
