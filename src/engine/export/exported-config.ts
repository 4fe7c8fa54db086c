/** config.json of a delivered model: the checkpoint's own, for its new head, in Hugging Face's words. */
import type { CategoryKind } from '../../flows/contracts.ts';
import type { Encoder } from '../architectures/architecture.ts';

type Json = Readonly<Record<string, unknown>>;

/** Names by which Hugging Face chooses between softmax and sigmoid. */
export const problemTypes = { single: 'single_label_classification', multi: 'multi_label_classification' } as const;

/** Of the checkpoint and not of this model: places of its maker's disk, code that would be run, its old head's labels. */
const dropped = new Set(['_name_or_path', 'auto_map', 'torch_dtype', 'dtype', 'num_labels', 'task_specific_params']);

/** @param facts ours, under one key of their own; `config` is the checkpoint's, parsed */
export function exportedConfig(
  config: Json,
  { modelType, className }: Pick<Encoder, 'modelType' | 'className'>,
  { labels, kind }: { labels: readonly string[]; kind: CategoryKind },
  facts: Json,
): Json {
  const kept = Object.entries(config).filter(([key]) => !dropped.has(key));
  return {
    ...Object.fromEntries(kept),
    architectures: [className],
    model_type: modelType,
    // Without it a checkpoint that was published in half precision would be read back in half precision.
    dtype: 'float32',
    problem_type: problemTypes[kind],
    id2label: Object.fromEntries(labels.map((label, index) => [String(index), label])),
    label2id: Object.fromEntries(labels.map((label, index) => [label, index])),
    podium: facts,
  };
}
