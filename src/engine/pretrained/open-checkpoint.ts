/** A checkpoint on this machine, checked against its config.json before anything is computed. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import type { Encoder } from '../architectures/architecture.ts';
import { encoderFor } from '../architectures/registry.ts';
import { openSafetensors, shardIndexFile, type TensorSource, weightsFile } from './safetensors.ts';
import { readJsonFile } from './strict-json.ts';
import { locateParameters } from './weights.ts';

const configFile = 'config.json';
const configLimits = { maxBytes: 2 ** 20, maxDepth: 16 };
const configSchema = z.record(z.string(), z.unknown());

export interface OpenCheckpoint {
  /** text of config.json */
  config: string;
  /** with a head for so many classes as were asked for */
  encoder: Encoder;
  /** to be closed */
  source: TensorSource;
}

/** Every key under which an architecture names a share that it drops; each reads those that it knows. */
const dropoutKeys = [
  'attention_dropout',
  'attention_probs_dropout_prob',
  'classifier_dropout',
  'classifier_dropout_prob',
  'cls_dropout',
  'dropout',
  'embedding_dropout',
  'hidden_dropout_prob',
  'mlp_dropout',
  'pooler_dropout',
  'seq_classif_dropout',
] as const;

/**
 * Opens the checkpoint of a folder as an encoder with a head for so many classes.
 * @param dropout in place of every share that the config names; null: those of the config
 * @throws UserError for a config, an architecture or weights that can't be used, naming what is wrong
 */
export async function openCheckpoint(folder: string, classes: number, dropout: number | null): Promise<OpenCheckpoint> {
  const parsed = configSchema.safeParse(await readJsonFile(path.join(folder, configFile), configFile, configLimits));
  if (!parsed.success)
    throw new UserError(`${configFile} is missing or no JSON object; a Hugging Face checkpoint has it.`);
  const changed = dropout === null ? {} : Object.fromEntries(dropoutKeys.map((key) => [key, dropout]));
  const encoder = encoderFor({ ...parsed.data, ...changed }, classes);
  const [whole, index] = [weightsFile, shardIndexFile].map((name) => path.join(folder, name));
  const source = await openSafetensors(!existsSync(whole!) && existsSync(index!) ? index! : whole!);
  try {
    locateParameters(encoder, source.tensors);
    return { config: await readFile(path.join(folder, configFile), 'utf8'), encoder, source };
  } catch (error) {
    await source.close();
    throw error;
  }
}
