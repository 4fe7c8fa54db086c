/**
 * A trained network as the rest of Podium sees it, just trained or opened from a delivered folder. Both are the same
 * thing: the trained model predicts with the very bytes that the folder gets.
 */
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import type { CategoryKind } from '../../flows/contracts.ts';
import type { TrainedModel } from '../classifier.ts';
import { engineThreads, openSession } from '../onnx/session.ts';
import { type InputMaker, predictDocuments } from '../training/prediction.ts';
import { configFile, type ModelFiles, modelFileOf, onnxFile, readJsonFile, writeFolder } from './model-folder.ts';

const problemTypes = { single: 'single_label_classification', multi: 'multi_label_classification' } as const;

/** What every neural model's config.json holds; names as in Hugging Face's. */
const baseConfigSchema = z.object({
  model_type: z.string(),
  problem_type: z.enum([problemTypes.single, problemTypes.multi]),
  id2label: z.record(z.string(), z.string()),
});
export type BaseConfig = z.infer<typeof baseConfigSchema>;

/** The common part of config.json. */
export function baseConfig(modelType: string, kind: CategoryKind, labels: readonly string[]): BaseConfig {
  const id2label = Object.fromEntries(labels.map((label, id) => [String(id), label]));
  return { model_type: modelType, problem_type: problemTypes[kind], id2label };
}

/** A model that predicts, with the labels it knows. */
export interface NeuralModel {
  labels: string[];
  kind: CategoryKind;
  predict: TrainedModel['predict'];
  dispose: TrainedModel['dispose'];
}

/** How a family turns texts into its network's inputs. */
export interface TextInputs<Document> {
  encode(text: string): Document;
  inputs: InputMaker<Document>;
}

/** Opens the model of a folder. Its session is native memory until `dispose`. */
export async function openNeuralModel<Document>(files: ModelFiles, texts: TextInputs<Document>): Promise<NeuralModel> {
  const config = readJsonFile(files, configFile, baseConfigSchema);
  const labels = Object.entries(config.id2label)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, label]) => label);
  const kind: CategoryKind = config.problem_type === problemTypes.single ? 'single' : 'multi';
  const session = await openSession(modelFileOf(files, onnxFile));
  let open = true;
  return {
    labels,
    kind,
    async predict(documents, signal) {
      if (!open) throw new UserError('The model was disposed of.');
      const encoded = documents.map((text) => texts.encode(text));
      return predictDocuments(texts.inputs, { session, weights: null, kind, classes: labels.length }, encoded, signal);
    },
    async dispose() {
      if (open) await session.release();
      open = false;
    },
  };
}

/** Joins an opened model with what training knows about it. */
export function trainedModel(
  model: NeuralModel,
  files: ModelFiles,
  training: Pick<TrainedModel, 'parameters' | 'chosenEpoch' | 'epochs' | 'warnings'>,
): TrainedModel {
  return {
    ...training,
    device: `cpu (onnxruntime, ${engineThreads} threads)`,
    predict: model.predict,
    texts: null,
    checkpoint: null,
    save: (folder) => writeFolder(folder, files),
    dispose: model.dispose,
  };
}
