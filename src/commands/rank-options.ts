/**
 * What can be typed after `podium rank`, in groups: each is one `RankOptions` interface and the function that adds its
 * options to the command. A new option goes into the group of what it is about.
 */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { defaultModels } from '../flows/catalogue.ts';
import {
  type Preparation,
  quickRecipe,
  type Recipe,
  recipeSchema,
  type SplitRatios,
  strategySchema,
} from '../flows/contracts.ts';
import type { Plan } from '../flows/records.ts';

export type RankOptions = DataOptions & PreparationOptions & TrainingOptions & MethodOptions & OutputOptions;

/** Adds every option. */
export function withRankOptions(command: Command): Command {
  return [withDataOptions, withPreparationOptions, withTrainingOptions, withMethodOptions, withOutputOptions].reduce(
    (grown, add) => add(grown),
    command,
  );
}

// --- what is read ---------------------------------------------------------------------------------------------------

interface DataOptions {
  text?: string;
  language?: string;
  annotation?: string;
  /** as typed: one name each, or several joined by commas */
  categories?: string[];
  test?: string;
}

function withDataOptions(command: Command): Command {
  return command
    .option('--text <column>', 'column of the texts (guessed)')
    .option('--language <column>', 'column of the languages (guessed)')
    .option('--annotation <column>', 'column of JSON annotations (guessed)')
    .option('--categories <names>', 'label columns or keys of the annotation, by commas (the suggested ones)', repeated)
    .option('--test <file>', 'a test file of its own; nothing of it is trained or chosen on');
}

// --- what is decided about languages and labels (rank-preparation.ts) -------------------------------------------------

type Detect = Preparation['languages']['detect'];

export interface PreparationOptions {
  detectLanguages?: Detect;
  /** `from=to` each */
  setLanguage?: string[];
  /** `category=label` each */
  exclude?: string[];
  /** `category:from=to` each */
  rename?: string[];
  /** `number` or `category=number` each */
  minExamples?: string[];
  /** a strategy or `category=strategy` each */
  strategy?: string[];
  /** a JSON file of all of it; never with the others */
  preparation?: string;
}

function withPreparationOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--detect-languages <when>',
        'from the texts: off, where the column names none, or all (missing)',
      ).choices(['off', 'missing', 'all'] satisfies Detect[]),
    )
    .option('--set-language <from=to>', 'a language or "unknown" = a language or "exclude"; repeatable', repeated)
    .option('--exclude <category=label>', 'a label that counts as no value; repeatable', repeated)
    .option('--rename <category:from=to>', 'a label that is read as another one; repeatable', repeated)
    .option('--min-examples <number>', 'drop labels of fewer texts; of one category: category=number', repeated)
    .option(
      '--strategy <name>',
      `${strategySchema.options.join(', ')}; of one category: category=name; repeatable`,
      repeated,
    )
    .option('--preparation <file>', 'all of this as JSON (docs/rank-json.md), in place of the options above');
}

// --- what is trained ------------------------------------------------------------------------------------------------

interface TrainingOptions {
  models?: string[];
  epochs: number;
  learningRate?: number;
  batchSize: number;
  maxTokens?: number;
  longTexts: Recipe['longTexts'];
}

function withTrainingOptions(command: Command): Command {
  return command
    .option(
      '--models <ids>',
      `by commas: ids of \`podium models\`, hub:owner/name[@revision], folders (${defaultModels.join(', ')})`,
      list,
    )
    .option('--epochs <number>', 'passes over the training documents', integer(1, 50), quickRecipe.epochs)
    .option('--learning-rate <number>', "highest of the training (each model's own)", positive)
    .option('--batch-size <number>', 'documents per step', integer(1, 512), quickRecipe.batchSize)
    .option('--max-tokens <number>', 'longest text that is read whole (that of 99 in 100 texts)', integer(8, 131_072))
    .addOption(
      new Option('--long-texts <way>', 'longer texts: their start, their start and end, or windows over them')
        .choices(recipeSchema.shape.longTexts.unwrap().options)
        .default(quickRecipe.longTexts),
    );
}

// --- how it is compared ---------------------------------------------------------------------------------------------

interface MethodOptions {
  perLanguage: boolean;
  seed: number;
  /** how many; never with `folds` */
  seeds?: number;
  folds?: number;
  /** shares of train, validation and test */
  split?: SplitRatios;
  score: Plan['score'];
  race: Plan['race'];
}

function withMethodOptions(command: Command): Command {
  return command
    .option('--per-language', 'a model for each language, ranked apart', false)
    .option('--seed <number>', 'of splits, models and intervals', integer(0, 2 ** 31 - 1), 7)
    .addOption(
      new Option('--seeds <number>', 'repeat every trial with so many seeds: other splits, other chance').argParser(
        integer(1, 20),
      ),
    )
    .addOption(
      new Option('--folds <number>', 'repeat every trial on so many folds, each of which is test once')
        .argParser(integer(2, 20))
        .conflicts(['seeds', 'test']),
    )
    .option(
      '--split <shares>',
      'of train, validation and test (70/15/15); with --test or --folds, how the first two share the rest',
      splitShares,
    )
    .addOption(
      new Option('--score <name>', 'what models are ranked by; rare: mostly by the rarer one of two labels')
        .choices(['mean', 'rare'] satisfies Plan['score'][])
        .default('mean' satisfies Plan['score']),
    )
    .addOption(
      new Option(
        '--race <when>',
        'drop models that have no chance left before they are trained to their end; auto: from four models',
      )
        .choices(['auto', 'on', 'off'] satisfies Plan['race'][])
        .default('auto' satisfies Plan['race']),
    );
}

// --- what is written ------------------------------------------------------------------------------------------------

interface OutputOptions {
  json?: string;
  problems?: string;
  estimate: boolean;
  pilot: 'off' | 'auto' | 'all';
  predictions?: string;
}

function withOutputOptions(command: Command): Command {
  return command
    .option('--estimate', 'say only how long it would take', false)
    .addOption(
      new Option('--pilot <when>', 'time a few steps first: of models that take more than a minute (auto), off, all')
        .choices(['off', 'auto', 'all'] satisfies OutputOptions['pilot'][])
        .default('auto'),
    )
    .option('--json <file>', 'where to write the whole result (docs/rank-json.md)')
    .option('--problems <file>', 'where to write every problem of every row that was read, as CSV')
    .option('--predictions <folder>', 'where to write what each model answered to each test document (Parquet)');
}

// --- parsers --------------------------------------------------------------------------------------------------------

function repeated(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

function list(value: string, before: string[] | undefined): string[] {
  const items = value.split(',').map((item) => item.trim());
  return [...(before ?? []), ...items.filter((item) => item !== '')];
}

/** `70/15/15`: any three numbers, of which the shares follow. */
function splitShares(value: string): SplitRatios {
  const [train = 0, validation = 0, test = 0, ...more] = value.split('/').map(Number);
  const total = train + validation + test;
  if (more.length === 0 && train > 0 && validation > 0 && test > 0 && Number.isFinite(total)) {
    return [train / total, validation / total, test / total];
  }
  throw new InvalidArgumentError('Expected three numbers above 0, such as 70/15/15.');
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
