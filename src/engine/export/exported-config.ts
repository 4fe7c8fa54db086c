/** config.json of a delivered model: the checkpoint's own, for its new head, in Hugging Face's words. */
import { z } from 'zod';
import type { ResolvedStrategy } from '../../flows/contracts.ts';
import type { Encoder } from '../architectures/architecture.ts';

type Json = Readonly<Record<string, unknown>>;

/** Names by which Hugging Face chooses between softmax and sigmoid. */
export const problemTypeSchema = z.enum(['single_label_classification', 'multi_label_classification']);

/**
 * Its pipelines give the first label by default: with sigmoids that of the surest yes, which is one-vs-rest's answer.
 */
export function problemTypeOf(strategy: ResolvedStrategy): z.infer<typeof problemTypeSchema> {
  return strategy === 'multi-class' ? 'single_label_classification' : 'multi_label_classification';
}

/** Folders from before there was a choice don't name their strategy; those had softmax for one label, sigmoids for sets. */
export function strategyOf({
  problem_type,
  podium,
}: {
  problem_type: z.infer<typeof problemTypeSchema>;
  podium?: { strategy?: ResolvedStrategy | undefined } | undefined;
}): ResolvedStrategy {
  return podium?.strategy ?? (problem_type === 'single_label_classification' ? 'multi-class' : 'multi-label');
}

/** Of the checkpoint and not of this model: places of its maker's disk, code that would be run, its old head's labels. */
const dropped = new Set(['_name_or_path', 'auto_map', 'torch_dtype', 'dtype', 'num_labels', 'task_specific_params']);

/** @param facts ours, under one key of their own; `config` is the checkpoint's, parsed */
export function exportedConfig(
  config: Json,
  { modelType, className }: Pick<Encoder, 'modelType' | 'className'>,
  { labels, strategy }: { labels: readonly string[]; strategy: ResolvedStrategy },
  facts: Json,
): Json {
  const kept = Object.entries(config).filter(([key]) => !dropped.has(key));
  return {
    ...Object.fromEntries(kept),
    architectures: [className],
    model_type: modelType,
    // Without it a checkpoint that was published in half precision would be read back in half precision.
    dtype: 'float32',
    problem_type: problemTypeOf(strategy),
    id2label: Object.fromEntries(labels.map((label, index) => [String(index), label])),
    label2id: Object.fromEntries(labels.map((label, index) => [label, index])),
    podium: { ...facts, strategy },
  };
}
