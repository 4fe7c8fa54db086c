/** `podium rank`: the same trials and ranking as in Slack, in this process, for scripts and for measuring. */
import { access, constants, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { profileDataset } from '../engine/data/profile.ts';
import { type Dataset, readDataset } from '../engine/data/read-dataset.ts';
import { runTrial, type TrialData } from '../engine/run-trial.ts';
import { errorText, UserError } from '../errors.ts';
import { catalogue, modelName } from '../flows/catalogue.ts';
import {
  type ColumnRoles,
  type Profile,
  quickRecipe,
  type Ranking,
  type TrialSpec,
  type Warning,
} from '../flows/contracts.ts';
import { planTrials, rankedLanguages } from '../flows/plan.ts';
import { rankModels, type TrialOutcome } from '../flows/ranking.ts';
import type { Plan } from '../flows/records.ts';
import { suggestCategories } from '../flows/suggestion.ts';
import { rankReport } from './rank-report.ts';
import { printable, tableAsText } from './terminal.ts';

interface RankOptions {
  text?: string;
  language?: string;
  annotation?: string;
  categories?: string[];
  models?: string[];
  test?: string;
  perLanguage: boolean;
  epochs: number;
  seed: number;
  json?: string;
}

const list = (value: string): string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** @param done gets the exit code: 0 ranked, 2 bad input, 1 our own failure, 130 interrupted */
export function rankCommand(done: (exitCode: number) => void): Command {
  return new Command('rank')
    .description('compare models on a labelled file, in this process')
    .argument('<file>', 'CSV, TSV, JSON or JSON lines')
    .option('--text <column>', 'column of the texts (guessed)')
    .option('--language <column>', 'column of the languages (guessed)')
    .option('--annotation <column>', 'column of JSON annotations (guessed)')
    .option('--categories <names>', 'label columns or keys of the annotation, by commas (the suggested ones)', list)
    .option('--models <ids>', `by commas (all: ${catalogue.map(({ id }) => id).join(', ')})`, list)
    .option('--test <file>', 'a test file of its own; nothing of it is trained or chosen on')
    .option('--per-language', 'a model for each language, ranked apart', false)
    .option('--epochs <number>', 'passes over the training documents', integer(1, 50), quickRecipe.epochs)
    .option('--seed <number>', 'of splits, models and intervals', integer(0, 2 ** 31 - 1), 7)
    .option('--json <file>', 'where to write the whole result (docs/rank-json.md)')
    .action(async (file: string, options: RankOptions) => done(await rank(file, options)));
}

function integer(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}

async function rank(file: string, options: RankOptions): Promise<number> {
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt);
  try {
    await rankFile(file, options, interrupted.signal);
    return 0;
  } catch (error) {
    if (interrupted.signal.aborted) return 130;
    console.error(
      printable(
        error instanceof UserError ? error.message : error instanceof Error ? (error.stack ?? '') : errorText(error),
      ),
    );
    return error instanceof UserError ? 2 : 1;
  } finally {
    process.off('SIGINT', interrupt);
  }
}

async function rankFile(file: string, options: RankOptions, signal: AbortSignal): Promise<void> {
  if (options.json !== undefined) await checkWritable(options.json);
  const models = options.models ?? catalogue.map(({ id }) => id);
  checkModels(models);
  const dataset = await readTraining(file, options);
  const profile = profileDataset(dataset);
  const categories = chosenCategories(profile, options.categories);
  const data: TrialData = {
    dataset,
    test: options.test === undefined ? null : await readTest(options.test, dataset, categories),
  };
  const plan: Plan = {
    models,
    categories,
    languages: null,
    mode: options.perLanguage ? 'per-language' : 'multilingual',
    recipe: { ...quickRecipe, epochs: options.epochs },
    seed: options.seed,
  };
  const specs = planTrials(plan, profile);
  const warnings = [...warningsOf(profile), ...(data.test ? warningsOf(profileDataset(data.test)) : [])];
  printWarnings(warnings);
  const outcomes = await runTrials(data, specs, signal);
  checkAnyDone(outcomes);
  const languages = rankedLanguages(
    plan,
    specs.map(({ language }) => language),
  );
  const ranking = rankModels({ categories, models, languages, trials: outcomes, seed: options.seed });
  console.log(printable(rankingTable(ranking)));
  if (options.json === undefined) return;
  const report = rankReport({ profile, specs, outcomes, ranking, warnings });
  await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
}

async function checkWritable(file: string): Promise<void> {
  await access(path.dirname(path.resolve(file)), constants.W_OK).catch((cause: unknown) => {
    throw new UserError(`--json ${file}: its folder doesn't exist or can't be written to.`, { cause });
  });
}

function checkModels(models: string[]): void {
  const known = catalogue.map(({ id }) => id);
  const unknown = models.find((model) => !known.includes(model));
  if (models.length === 0) throw new UserError(`--models: expected at least one of ${known.join(', ')}, got none.`);
  if (unknown !== undefined)
    throw new UserError(`--models: expected one of ${known.join(', ')}, got ${JSON.stringify(unknown)}.`);
}

async function readBytes(file: string): Promise<Uint8Array> {
  return readFile(file).catch((cause: unknown) => {
    throw new UserError(`${file} can't be read: ${errorText(cause)}`, { cause });
  });
}

async function readTraining(
  file: string,
  { text, language, annotation, categories = [] }: RankOptions,
): Promise<Dataset> {
  const bytes = await readBytes(file);
  const name = path.basename(file);
  const roles: Partial<ColumnRoles> = {
    ...(text !== undefined && { text }),
    ...(language !== undefined && { language }),
    ...(annotation !== undefined && { annotation }),
  };
  const dataset = readDataset(bytes, name, { roles });
  // A column that was asked for as a category is one, even where it doesn't look like one.
  const asked = categories.filter(
    (category) => dataset.columns.includes(category) && !dataset.categories.some((found) => found.name === category),
  );
  if (asked.length === 0) return dataset;
  return readDataset(bytes, name, { roles: { ...roles, labels: [...dataset.roles.labels, ...asked] } });
}

/** With the same columns as the training file, as far as the chosen categories need them. */
async function readTest(file: string, { roles, fileName }: Dataset, categories: string[]): Promise<Dataset> {
  const labels = roles.labels.filter((column) => categories.includes(column));
  const wanted = {
    text: roles.text,
    annotation: roles.annotation,
    labels,
    ...(roles.language === null && { language: null }),
  };
  const test = readDataset(await readBytes(file), path.basename(file), { roles: wanted });
  const missing = categories.find((category) => !test.categories.some(({ name }) => name === category));
  if (missing === undefined) return test;
  const found = test.categories.map(({ name }) => name).join(', ') || 'none';
  throw new UserError(
    `${test.fileName}: expected the category ${JSON.stringify(missing)} of ${fileName}, got ${found}.`,
  );
}

function chosenCategories(profile: Profile, wanted: string[] | undefined): string[] {
  const found = profile.categories.map(({ name }) => name).join(', ') || 'none';
  const unknown = wanted?.find((category) => !profile.categories.some(({ name }) => name === category));
  if (unknown !== undefined)
    throw new UserError(
      `--categories: there is no column or annotation key ${JSON.stringify(unknown)} in ${profile.fileName}. Found: ${found}.`,
    );
  const categories = wanted ?? suggestCategories(profile.categories).map(({ category }) => category);
  if (categories.length > 0) return [...new Set(categories)];
  const reasons = profile.categories.map(({ name, unusable }) => `${name}: ${unusable}`).join('; ');
  throw new UserError(
    `${profile.fileName}: no category can be compared (${reasons || 'no label column and no annotation column was found'}).`,
  );
}

interface FileWarning extends Warning {
  file: string;
}

const warningsOf = ({ warnings, fileName }: Profile): FileWarning[] =>
  warnings.map((warning) => ({ ...warning, file: fileName }));

const warningsPrinted = 20;

/** Those about the whole file first: they say how much was concerned. */
function printWarnings(warnings: FileWarning[]): void {
  const sorted = warnings.toSorted((a, b) => (a.row ?? 0) - (b.row ?? 0));
  for (const { file, message } of sorted.slice(0, warningsPrinted)) console.error(printable(`${file}: ${message}`));
  if (sorted.length > warningsPrinted)
    console.error(`… and ${sorted.length - warningsPrinted} more; --json holds all of them`);
}

/** A failed trial leaves its model incomplete; the others go on. */
async function runTrials(data: TrialData, specs: TrialSpec[], signal: AbortSignal): Promise<TrialOutcome[]> {
  const show = progressOn(process.stderr, specs.length);
  const outcomes: TrialOutcome[] = [];
  try {
    for (const [position, spec] of specs.entries()) {
      const what = `${spec.model} on ${spec.category}${spec.language === null ? '' : ` in ${spec.language}`}`;
      const outcome = await runOne(data, spec, signal, (share) => show.at(position + share, what));
      outcomes.push(outcome);
      const { result, error } = outcome;
      show.ended(
        `${what}: ${result ? `macro-F1 ${result.metrics.macroF1.toFixed(3)}, trained in ${result.trainSeconds.toFixed(1)} s` : `failed: ${error}`}`,
      );
    }
  } finally {
    show.stop();
  }
  return outcomes;
}

async function runOne(
  data: TrialData,
  spec: TrialSpec,
  signal: AbortSignal,
  onShare: (share: number) => void,
): Promise<TrialOutcome> {
  const { model, category, language } = spec;
  const known = { model, category, language };
  try {
    const run = await runTrial(data, spec, { signal, onProgress: ({ share }) => onShare(share) });
    await run.model.dispose();
    return { ...known, status: 'done', error: null, result: run.result, predictions: run.predictions };
  } catch (error) {
    signal.throwIfAborted();
    return { ...known, status: 'failed', error: errorText(error), result: null, predictions: null };
  }
}

interface Progress {
  at: (trials: number, what: string) => void;
  ended: (line: string) => void;
  stop: () => void;
}

/** A bar on a terminal; elsewhere a line for each trial, which a log can hold. */
function progressOn(stream: NodeJS.WriteStream, total: number): Progress {
  if (!stream.isTTY) {
    let ended = 0;
    const line = (text: string): void => {
      ended += 1;
      stream.write(printable(`[${ended}/${total}] ${text}\n`));
    };
    return { at: () => undefined, ended: line, stop: () => undefined };
  }
  const bar = new SingleBar({ stream, format: '{bar} {percentage} % | {what}', clearOnComplete: true });
  bar.start(total, 0, { what: '' });
  return {
    at: (trials, what) => bar.update(trials, { what: printable(what) }),
    ended: () => undefined,
    stop: () => bar.stop(),
  };
}

function checkAnyDone(outcomes: TrialOutcome[]): void {
  if (outcomes.some(({ status }) => status === 'done')) return;
  throw new UserError(`No trial could be finished: ${[...new Set(outcomes.map(({ error }) => error))].join('; ')}`);
}

function rankingTable({ rows, floors }: Ranking): string {
  const perLanguage = rows.some(({ language }) => language !== null);
  const figure = (value: number | null): string => value?.toFixed(3) ?? '–';
  const header = [
    '#',
    'model',
    ...(perLanguage ? ['language'] : []),
    'macro-F1',
    '95 % interval',
    'chance of being best',
    'seconds',
    '',
  ];
  const body = rows.map((row) => [
    String(row.rank),
    modelName(row.model),
    ...(perLanguage ? [row.language ?? ''] : []),
    figure(row.score),
    row.low === null ? '–' : `${figure(row.low)} – ${figure(row.high)}`,
    row.probabilityBest === null ? '–' : `${Math.round(100 * row.probabilityBest)} %`,
    row.trainSeconds?.toFixed(1) ?? '–',
    remarks(row).join(', '),
  ]);
  const floor = floors
    .map(({ language, score }) => `${language === null ? '' : `${language} `}${figure(score)}`)
    .join(', ');
  return `${tableAsText([header, ...body])}\nAlways answering the most frequent label: ${floor}`;
}

function remarks(row: Ranking['rows'][number]): string[] {
  return [
    ...(row.status === 'incomplete' ? [`incomplete: ${row.reason}`] : []),
    ...(row.tiedWithFirst && row.rank > 1 ? ['tied with #1'] : []),
    ...(row.recommended ? ['recommended'] : []),
    ...(row.beatsFloor || row.status === 'incomplete' ? [] : ['does not beat the most frequent label']),
  ];
}
