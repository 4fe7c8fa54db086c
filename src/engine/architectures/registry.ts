/** Architectures by the `model_type` of a checkpoint's config.json. */
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { albertEncoder } from './albert.ts';
import type { Encoder, EncoderBuilder } from './architecture.ts';
import { bertEncoder, camembertEncoder, electraEncoder, robertaEncoder, xlmRobertaEncoder } from './bert.ts';
import { readConfig, unsupportedSchema } from './config.ts';
import { debertaEncoder } from './deberta.ts';
import { distilbertEncoder } from './distilbert.ts';
import { modernBertEncoder } from './modernbert.ts';
import { mpnetEncoder } from './mpnet.ts';

const builders: Readonly<Record<string, EncoderBuilder>> = {
  albert: albertEncoder,
  bert: bertEncoder,
  camembert: camembertEncoder,
  'deberta-v2': debertaEncoder,
  distilbert: distilbertEncoder,
  electra: electraEncoder,
  modernbert: modernBertEncoder,
  mpnet: mpnetEncoder,
  roberta: robertaEncoder,
  'xlm-roberta': xlmRobertaEncoder,
};

export const supportedModelTypes: readonly string[] = Object.keys(builders);

/** What to take instead of well-known architectures that aren't written here. */
const longTexts = 'for long texts take a ModernBERT (8,192 tokens)';
const advice: Readonly<Record<string, string>> = {
  deberta: 'take a DeBERTa v3 (its model_type is deberta-v2)',
  longformer: longTexts,
  big_bird: longTexts,
  led: longTexts,
  longt5: longTexts,
  flaubert: 'for French take a CamemBERT',
  mbart: 'for French take a CamemBERT',
  xlm: 'take an XLM-RoBERTa',
};

const typeSchema = z.object({ model_type: z.string().max(100) });

/**
 * The encoder that a parsed config.json describes, with a head for so many classes.
 * @throws UserError for a `model_type` that isn't supported, listing those that are, and for a config that isn't as expected
 */
export function encoderFor(config: unknown, classes: number): Encoder {
  const parsed = typeSchema.safeParse(config);
  if (!parsed.success) throw new UserError('config.json: model_type is missing; a Hugging Face checkpoint names it.');
  const type = parsed.data.model_type;
  const build = Object.hasOwn(builders, type) ? builders[type] : undefined;
  if (build) {
    readConfig(config, unsupportedSchema);
    return build(config, classes);
  }
  const instead = Object.hasOwn(advice, type) ? `; ${advice[type]}` : '';
  throw new UserError(
    `config.json: model_type ${JSON.stringify(type)} is not supported${instead}. Supported: ${supportedModelTypes.join(', ')}.`,
  );
}
