/**
 * What every model of the engine is, whatever stands behind it: linear, bag of embeddings or transformer.
 */
import type {
  CheckpointOrigin,
  EngineSettings,
  Progress,
  Recipe,
  ResolvedStrategy,
  TextLimit,
  Warning,
} from '../flows/contracts.ts';

/** Texts with their labels. `targets[i]` are the label indices of text i, ascending; exactly one but in multi-label. */
export interface LabelledTexts {
  texts: string[];
  targets: number[][];
}

export interface TrainTask {
  /** decides loss and answer */
  strategy: ResolvedStrategy;
  /** label names; indices in `targets` point here */
  labels: string[];
  train: LabelledTexts;
  /** the epoch (or the model's one free choice) is chosen on these; may be empty, then the last epoch is kept */
  validation: LabelledTexts;
  recipe: Recipe;
  /** resolved from the recipe and the category's imbalance */
  classWeights: boolean;
  /** the same seed gives the same numbers */
  seed: number;
}

export interface TrainHooks {
  /** aborting ends training within one step with the signal's reason */
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
  /** a folder of this job alone: training leaves a checkpoint there after each epoch and goes on from one it finds; null: none */
  checkpoints: string | null;
  /** training pauses after this epoch, with its checkpoint kept, and goes on from there another time; absent or null: to the end */
  untilEpoch?: number | null;
  /** what an epoch's weights answer to the validation texts, as soon as they have been asked; not for epochs of an earlier run */
  onValidated?: (epoch: number, predicted: readonly (readonly number[])[]) => void;
  settings: EngineSettings;
  /** training only times a few steps and ends with a PilotEnd (training/pilot-steps.ts); models without steps train as usual */
  pilot?: true;
  /**
   * Every text of the dataset, those to be predicted later included: what is read in tokens, is read once for all trials
   * on it. Absent: the task's own texts.
   */
  corpus?: () => readonly string[];
}

/** One trained model, in memory, ready to predict and to be saved. */
export interface TrainedModel {
  parameters: number;
  device: string;
  /** 1-based; null for a model without epochs */
  chosenEpoch: number | null;
  epochs: { epoch: number; trainLoss: number; validationMacroF1: number }[];
  /** training stopped at the hooks' `untilEpoch` and isn't over: this is the best epoch so far */
  paused: boolean;
  /** that earlier runs of this training took, from whose checkpoint it went on */
  secondsBefore: number;
  /** label indices per text, ascending; exactly one, or (multi-label) every label with probability >= 0.5 */
  predict(texts: string[], signal?: AbortSignal): Promise<number[][]>;
  texts: TextLimit | null;
  checkpoint: CheckpointOrigin | null;
  /** what training had to change or found worth telling (a halved batch, a provider that didn't start) */
  warnings: Warning[];
  /** Writes this model as a folder (made if missing; README.md is the caller's); gives the names of its files inside it. */
  save(folder: string): Promise<string[]>;
  /** gives native memory back */
  dispose(): Promise<void>;
}

/** A way to learn, named by its id in the catalogue. */
export interface ModelFamily {
  id: string;
  train(task: TrainTask, hooks: TrainHooks): Promise<TrainedModel>;
}
