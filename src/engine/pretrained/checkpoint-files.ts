/** Which files make a checkpoint, and what to say when some are missing. Weights are safetensors, never pickles. */
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { maxShards, shardIndexFile, shardName, weightsFile } from './safetensors.ts';

const required = ['config.json', 'tokenizer.json'];
const optional = ['tokenizer_config.json', 'special_tokens_map.json'];

const shardIndexSchema = z.object({ weight_map: z.record(z.string(), z.string().max(250).regex(shardName)) });

const shownNames = 12;

/** What to do about a checkpoint that can't be used. */
export interface Advice {
  /** names it in messages */
  what: string;
  /** a whole sentence */
  instead: string;
}

export function isWeights(name: string): boolean {
  return name.endsWith('.safetensors');
}

/**
 * The files to take, of those that are there; with `shardIndexFile` among them, its shards come on top (`shardsOf`).
 * @throws UserError saying what is missing, what is there and what to take instead
 */
export function checkpointFiles(there: ReadonlySet<string>, { what, instead }: Advice): string[] {
  const weights = [weightsFile, shardIndexFile].find((name) => there.has(name));
  const missing = [...(weights === undefined ? [weightsFile] : []), ...required.filter((name) => !there.has(name))];
  if (weights === undefined || missing.length > 0) {
    throw new UserError(`${what} has no ${missing.join(' and no ')}. It has ${list(there)}. ${instead}`);
  }
  return [...required, ...optional.filter((name) => there.has(name)), weights];
}

/**
 * The shards that an index names.
 * @param index the parsed file
 * @throws UserError for an index that isn't one, or when shards are missing
 */
export function shardsOf(index: unknown, there: ReadonlySet<string>, { what, instead }: Advice): string[] {
  const parsed = shardIndexSchema.safeParse(index);
  const shards = parsed.success ? [...new Set(Object.values(parsed.data.weight_map))] : [];
  if (shards.length === 0 || shards.length > maxShards) {
    throw new UserError(
      `${shardIndexFile} of ${what} is wrong: expected a weight_map of tensors to 1 to ${maxShards} .safetensors files beside it. ${instead}`,
    );
  }
  const missing = shards.filter((name) => !there.has(name));
  if (missing.length > 0) throw new UserError(`${what} lacks ${list(missing)}, which its index names. ${instead}`);
  return shards;
}

function list(names: Iterable<string>): string {
  const all = [...names].sort();
  if (all.length === 0) return 'no files';
  const some = all.slice(0, shownNames).map((name) => name.replace(/[^\w.@ -]/g, '?').slice(0, 80));
  return `${some.join(', ')}${all.length > shownNames ? ` and ${all.length - shownNames} more` : ''}`;
}
