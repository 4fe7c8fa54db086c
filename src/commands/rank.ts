/** `podium rank`: the same trials and ranking as in Slack, in this process, for scripts and for measuring. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { errorText, UserError } from '../errors.ts';
import { defaultModels } from '../flows/catalogue.ts';
import { quickRecipe, type Recipe, recipeSchema } from '../flows/contracts.ts';
import { printable, printableLine } from './terminal.ts';

export interface RankOptions {
  text?: string;
  language?: string;
  annotation?: string;
  /** as typed: one name each, or several joined by commas */
  categories?: string[];
  models?: string[];
  test?: string;
  perLanguage: boolean;
  epochs: number;
  learningRate?: number;
  batchSize: number;
  maxTokens?: number;
  longTexts: Recipe['longTexts'];
  seed: number;
  json?: string;
}

/** @param done gets the exit code: 0 ranked, 2 bad input, 1 our own failure, 130 interrupted */
export function rankCommand(done: (exitCode: number) => void): Command {
  return new Command('rank')
    .description('compare models on a labelled file, in this process')
    .argument('<file>', 'CSV, TSV, JSON or JSON lines')
    .option('--text <column>', 'column of the texts (guessed)')
    .option('--language <column>', 'column of the languages (guessed)')
    .option('--annotation <column>', 'column of JSON annotations (guessed)')
    .option('--categories <names>', 'label columns or keys of the annotation, by commas (the suggested ones)', repeated)
    .option(
      '--models <ids>',
      `by commas: ids of \`podium models\`, hub:owner/name[@revision], folders (${defaultModels.join(', ')})`,
      list,
    )
    .option('--test <file>', 'a test file of its own; nothing of it is trained or chosen on')
    .option('--per-language', 'a model for each language, ranked apart', false)
    .option('--epochs <number>', 'passes over the training documents', integer(1, 50), quickRecipe.epochs)
    .option('--learning-rate <number>', "highest of the training (each model's own)", positive)
    .option('--batch-size <number>', 'documents per step', integer(1, 512), quickRecipe.batchSize)
    .option('--max-tokens <number>', 'longest text that is read whole (that of 99 in 100 texts)', integer(8, 131_072))
    .addOption(
      new Option('--long-texts <way>', 'longer texts: their start, their start and end, or windows over them')
        .choices(recipeSchema.shape.longTexts.unwrap().options)
        .default(quickRecipe.longTexts),
    )
    .option('--seed <number>', 'of splits, models and intervals', integer(0, 2 ** 31 - 1), 7)
    .option('--json <file>', 'where to write the whole result (docs/rank-json.md)')
    .action(async (file: string, options: RankOptions) => done(await rank(file, options)));
}

function repeated(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

function list(value: string, before: string[] | undefined): string[] {
  const items = value.split(',').map((item) => item.trim());
  return [...(before ?? []), ...items.filter((item) => item !== '')];
}

function integer(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}

function positive(value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && number > 0 && number <= 1) return number;
  throw new InvalidArgumentError('Expected a number above 0, at most 1.');
}

async function rank(file: string, options: RankOptions): Promise<number> {
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Error('interrupted'));
  // Only the first Ctrl-C is asked politely: the next one finds Node's own handler.
  process.once('SIGINT', interrupt);
  try {
    // Reading and training are loaded only where something is ranked.
    const { rankFile } = await import('./rank-run.ts');
    await rankFile(file, options, interrupted.signal);
    return 0;
  } catch (error) {
    if (interrupted.signal.aborted) {
      console.error('Interrupted; nothing was ranked.');
      return 130;
    }
    if (error instanceof UserError) {
      console.error(printableLine(error.message));
      return 2;
    }
    console.error(printable(error instanceof Error ? (error.stack ?? error.message) : errorText(error)));
    return 1;
  } finally {
    process.off('SIGINT', interrupt);
  }
}
