/** What `podium rank` is given: the files read, the categories and models checked, before anything is trained. */
import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileSource } from '../engine/data/byte-source.ts';
import { prepareTestDataset } from '../engine/data/prepare.ts';
import { createProblemFile } from '../engine/data/problem-file.ts';
import { prepareAndProfile } from '../engine/data/profile.ts';
import { type Dataset, type ReadOptions, readDataset } from '../engine/data/read-dataset.ts';
import type { TrialData } from '../engine/run-trial.ts';
import { resolveStrategy } from '../engine/strategy.ts';
import { errorText, UserError } from '../errors.ts';
import { defaultModels, resolveModel } from '../flows/catalogue.ts';
import type { ColumnRoles, Preparation, Profile, Warning } from '../flows/contracts.ts';
import { strategyOf } from '../flows/plan.ts';
import { suggestCategories } from '../flows/suggestion.ts';
import type { RankOptions } from './rank-options.ts';
import { namingOptions, preparationOf } from './rank-preparation.ts';
import { readSettings } from './settings.ts';

/** `row` counts in this file */
export interface FileWarning extends Warning {
  file: string;
}

export interface RankInput {
  data: TrialData;
  profile: Profile;
  preparation: Preparation;
  models: string[];
  categories: string[];
  /** of both files */
  warnings: FileWarning[];
}

/** @throws UserError for anything that can't be ranked, before a minute is spent on training */
export async function readInput(file: string, options: RankOptions): Promise<RankInput> {
  const inputs = [file, ...(options.test ? [options.test] : [])];
  if (options.json !== undefined) await checkOutput('--json', options.json, inputs);
  if (options.problems !== undefined) await checkOutput('--problems', options.problems, inputs);
  if (options.predictions !== undefined) await checkOutputFolder(options.predictions);
  const models = await chosenModels(options.models);
  const { engine } = readSettings(process.env);
  const dataset = await readTraining(file, options);
  const wanted = namesOf(options.categories, dataset);
  const preparation = await preparationOf(options, dataset, wanted ?? null);
  const { prepared, profile } = await prepareAndProfile(dataset, preparation, engine).catch((error: unknown) => {
    throw namingOptions(options, error);
  });
  const categories = chosenCategories(profile, wanted);
  const testFile = options.test === undefined ? null : await readTest(options.test, dataset, categories, options);
  const test = testFile && (await prepareTestDataset(testFile, preparation, prepared, engine));
  checkStrategies(preparation, categories, { dataset: prepared, test });
  const warnings = [...of(profile.fileName, profile.warnings), ...(test ? of(test.fileName, test.warnings) : [])];
  return { data: { dataset: prepared, test }, profile, preparation, models, categories, warnings };
}

const of = (file: string, warnings: Warning[]): FileWarning[] => warnings.map((warning) => ({ ...warning, file }));

/** A strategy that a category can't have is no reason to train the other categories first. */
function checkStrategies(preparation: Preparation, categories: string[], { dataset, test }: TrialData): void {
  const documents = [...dataset.documents, ...(test?.documents ?? [])];
  for (const { name, kind } of dataset.categories)
    if (categories.includes(name)) resolveStrategy(strategyOf({ preparation }, name), name, kind, documents);
}

/** Hours of training must not end at a folder that isn't there, nor its result replace the data. */
async function checkOutput(option: string, file: string, inputs: string[]): Promise<void> {
  const wrong = (what: string, cause?: unknown) => new UserError(`${option} ${file}: ${what}`, { cause });
  const existing = await stat(file).catch(() => null);
  if (existing?.isDirectory()) throw wrong('expected a file, got a folder.');
  for (const input of inputs) {
    const read = await stat(input).catch(() => null);
    if (existing && read && existing.dev === read.dev && existing.ino === read.ino)
      throw wrong('that is the file to read; the result would replace it.');
  }
  await access(existing ? file : path.dirname(path.resolve(file)), constants.W_OK).catch((cause: unknown) => {
    throw wrong(existing ? "it can't be written to." : "its folder doesn't exist or can't be written to.", cause);
  });
}

/** It is made when the first trial has ended; until then its parent has to be there. */
async function checkOutputFolder(folder: string): Promise<void> {
  const wrong = (what: string, cause?: unknown) => new UserError(`--predictions ${folder}: ${what}`, { cause });
  const existing = await stat(folder).catch(() => null);
  if (existing && !existing.isDirectory()) throw wrong('expected a folder, got a file.');
  await access(existing ? folder : path.dirname(path.resolve(folder)), constants.W_OK).catch((cause: unknown) => {
    throw wrong(
      existing ? "it can't be written to." : "the folder it is in doesn't exist or can't be written to.",
      cause,
    );
  });
}

/** An id, a folder written `folder:<path>`, or a path that is a folder. Ids win: `./name` means the folder in any case. */
async function chosenModels(typed: string[] | undefined): Promise<string[]> {
  const models = await Promise.all((typed ?? defaultModels).map(chosenModel));
  if (models.length === 0)
    throw new UserError(`--models: expected at least one, such as ${defaultModels[0]}, got none.`);
  return [...new Set(models)];
}

const folderPrefix = 'folder:';

async function chosenModel(typed: string): Promise<string> {
  const folder = typed.startsWith(folderPrefix) ? typed.slice(folderPrefix.length) : typed;
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder && (folder !== typed || path.isAbsolute(typed) || /^\.{1,2}(\/|$)/.test(typed)))
    return `${folderPrefix}${path.resolve(folder)}`;
  if (folder !== typed) throw new UserError(`--models: ${folder}: expected a folder.`);
  try {
    return resolveModel(typed);
  } catch (error) {
    throw error instanceof UserError
      ? new UserError(`--models: ${error.message} \`npm run podium -- models\` lists them.`, { cause: error })
      : error;
  }
}

const plainReasons: Record<string, string> = {
  ENOENT: 'there is no such file.',
  EISDIR: 'expected a file, got a folder.',
  EACCES: 'permission denied.',
};

/** @param problemsFile gets every problem of every row; `append` keeps those of the file read before */
async function readData(
  file: string,
  options: ReadOptions,
  problemsFile: string | undefined,
  { append = false } = {},
): Promise<Dataset> {
  const source = await fileSource(file).catch((cause: NodeJS.ErrnoException) => {
    throw new UserError(`${file} can't be read: ${plainReasons[cause.code ?? ''] ?? errorText(cause)}`, { cause });
  });
  const { limits } = readSettings(process.env).engine;
  const read = (onProblem?: ReadOptions['onProblem']) =>
    readDataset(source, path.basename(file), { limits, ...options, ...(onProblem && { onProblem }) });
  if (problemsFile === undefined) return read();
  const problems = createProblemFile(problemsFile, path.basename(file), { append });
  return read(problems.add).finally(problems.close);
}

async function readTraining(file: string, options: RankOptions): Promise<Dataset> {
  const { text, language, annotation } = options;
  const roles: Partial<ColumnRoles> = {
    ...(text !== undefined && { text }),
    ...(language !== undefined && { language }),
    ...(annotation !== undefined && { annotation }),
  };
  const dataset = await readData(file, { roles }, options.problems);
  // A column that was asked for as a category is one, even where it doesn't look like one.
  const asked = namesOf(options.categories, dataset)?.filter(
    (category) => dataset.columns.includes(category) && !dataset.categories.some((found) => found.name === category),
  );
  if (!asked?.length) return dataset;
  const labels = [...dataset.roles.labels, ...asked];
  return {
    ...(await readData(file, { roles: { ...dataset.roles, labels } }, options.problems)),
    reasons: dataset.reasons,
  };
}

/** The names that were typed. One that holds a comma is taken whole where the file has it. */
function namesOf(typed: string[] | undefined, { columns, categories }: Dataset): string[] | undefined {
  const known = new Set([...columns, ...categories.map(({ name }) => name)]);
  return typed?.flatMap((value) => {
    if (known.has(value)) return value;
    const names = value.split(',').map((name) => name.normalize('NFC').trim());
    return names.filter((name) => name !== '');
  });
}

function chosenCategories(profile: Profile, wanted: string[] | undefined): string[] {
  const { fileName, warnings } = profile;
  const found = profile.categories.map(({ name }) => name).join(', ') || 'none';
  const unknown = wanted?.find((category) => !profile.categories.some(({ name }) => name === category));
  if (unknown !== undefined) {
    // A key of the annotation whose values are no labels: the reader has said why.
    const why = warnings.find(({ code, column }) => code === 'category_not_labels' && column === unknown);
    const trouble = why?.message ?? `there is no column or annotation key ${JSON.stringify(unknown)} in ${fileName}.`;
    throw new UserError(`--categories: ${trouble} Found: ${found}.`);
  }
  if (wanted?.length === 0) throw new UserError(`--categories: expected at least one of ${found}, got none.`);
  const categories = wanted ?? suggestCategories(profile.categories).map(({ category }) => category);
  if (categories.length > 0) return [...new Set(categories)];
  const reasons = profile.categories.flatMap(({ name, unusable }) => (unusable === null ? [] : `${name}: ${unusable}`));
  const why = reasons.join('; ') || 'no label column and no annotation column was found';
  throw new UserError(`${fileName}: no category can be compared (${why}).`);
}

/** With the same columns as the training file, as far as the chosen categories need them. */
async function readTest(file: string, training: Dataset, categories: string[], options: RankOptions): Promise<Dataset> {
  const { text, language, annotation, labels } = training.roles;
  const languageMatters = options.language !== undefined || options.perLanguage;
  const wanted: Partial<ColumnRoles> = {
    text,
    annotation,
    // A key called like a label column is read as `annotation.key`, so that column has to be read here as well.
    labels: labels.filter((name) => categories.includes(name) || categories.includes(`${annotation}.${name}`)),
    ...((languageMatters || language === null) && { language }),
  };
  const test = await readData(file, { roles: wanted }, options.problems, { append: true });
  for (const category of categories) checkTestCategory(training, test, category);
  return test;
}

function checkTestCategory(training: Dataset, test: Dataset, category: string): void {
  const kindIn = ({ categories }: Dataset) => categories.find(({ name }) => name === category)?.kind;
  const named = JSON.stringify(category);
  const kind = kindIn(test);
  if (kind === undefined) {
    const found = test.categories.map(({ name }) => name).join(', ') || 'none';
    throw new UserError(`${test.fileName}: expected the category ${named} of ${training.fileName}, got ${found}.`);
  }
  if (kind === 'multi' && kindIn(training) === 'single')
    throw new UserError(
      `${test.fileName}: expected one label per text for ${named}, as in ${training.fileName}, got lists of labels.`,
    );
}
