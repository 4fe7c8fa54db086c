/** What a machine's owner sets for its learning; read from the environment by the commands, handed to every job. */
import { z } from 'zod';

export const providerNames = ['cpu', 'cuda', 'webgpu', 'coreml', 'dml'] as const;
export type ProviderName = (typeof providerNames)[number];

export const engineSettingsSchema = z.object({
  /** folder of downloaded models, tokenized datasets and checkpoints of running jobs; may be emptied while nothing runs */
  cacheFolder: z.string(),
  /** ONNX Runtime's execution provider; `auto`: the best that starts */
  provider: z.enum(['auto', ...providerNames]),
  /** globs of hub ids that may be loaded, such as `intfloat/*`; null: all */
  modelsAllowed: z.array(z.string()).nullable(),
  /** the model hub's address; null: Hugging Face's own */
  hubUrl: z.string().nullable(),
  hubToken: z.string().nullable(),
});
export type EngineSettings = z.infer<typeof engineSettingsSchema>;
