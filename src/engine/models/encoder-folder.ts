/** A delivered encoder of any architecture, opened from its Hugging Face folder. */
import path from 'node:path';
import { z } from 'zod';
import { errorText, UserError } from '../../errors.ts';
import { resolvedStrategySchema, type TextLimit, textLimitSchema } from '../../flows/contracts.ts';
import { openSession } from '../onnx/session.ts';
import { readJsonFile } from '../pretrained/strict-json.ts';
import { openPretrainedTokenizer, type PretrainedTokenizer } from '../tokenizer/pretrained-tokenizer.ts';
import { tokenBatch } from '../training/token-batch.ts';
import { framedTexts } from './encoder-texts.ts';
import { configFile, onnxFile } from './model-folder.ts';
import { answersOf, baseConfigSchema, neuralModel, type OpenedModel, type TextInputs } from './neural-model.ts';
import { windowedInputs } from './windowed.ts';

/** config.json as the export writes it; `podium` is ours, everything else Hugging Face's. */
const folderConfigSchema = baseConfigSchema.extend({
  vocab_size: z.int().positive(),
  podium: z.object({
    maxTokens: textLimitSchema.shape.maxTokens.min(1),
    longTexts: textLimitSchema.shape.policy,
    strategy: resolvedStrategySchema.optional(),
  }),
});

const configLimits = { maxBytes: 16 * 1024 * 1024, maxDepth: 32 };

/** Texts as an encoder reads them: one window of tokens or, where the policy is so, several. */
export function encoderInputs(
  tokenizer: PretrainedTokenizer,
  { maxTokens, policy }: Pick<TextLimit, 'maxTokens' | 'policy'>,
): TextInputs<readonly Uint32Array[]> {
  return {
    async encode(texts, signal) {
      const ids = await tokenizer.encode(texts, { maxTokens, policy, ...(signal && { signal }) });
      return framedTexts(ids, tokenizer, { maxTokens, policy });
    },
    inputs: windowedInputs({ inferenceFeeds: tokenBatch, length: (ids: Uint32Array) => ids.length }),
  };
}

/**
 * Opens what `exportFolder` wrote: its graph computes, whatever the architecture, and its tokenizer.json reads.
 * @throws UserError when a file is missing or isn't what the export writes, naming it
 */
export async function loadEncoderFolder(folder: string): Promise<OpenedModel> {
  const config = await readJsonFile(path.join(folder, configFile), configFile, configLimits);
  if (config === undefined) throw new UserError(`The model folder lacks ${configFile}.`);
  const parsed = folderConfigSchema.safeParse(config);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const fault = `${issue?.path.join('.')}: ${issue?.message}`;
    throw new UserError(`${configFile} isn't that of a model that Podium trained: ${fault}.`, { cause: parsed.error });
  }
  const { podium, vocab_size } = parsed.data;
  const tokenizer = await openPretrainedTokenizer(folder, vocab_size);
  const session = await openSession(path.join(folder, onnxFile)).catch((cause: unknown) => {
    throw new UserError(`${onnxFile} can't be opened: ${errorText(cause)}`, { cause });
  });
  const limit = { maxTokens: podium.maxTokens, policy: podium.longTexts };
  return neuralModel(answersOf(parsed.data), session, encoderInputs(tokenizer, limit));
}
