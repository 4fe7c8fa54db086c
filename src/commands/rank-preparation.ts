/** The preparation that is meant by what was typed about languages and labels after `podium rank`. */
import { readFile } from 'node:fs/promises';
import { normaliseLabel } from '../engine/data/labels.ts';
import { languageCode } from '../engine/data/languages.ts';
import type { Dataset } from '../engine/data/read-dataset.ts';
import { errorText, UserError } from '../errors.ts';
import {
  noPreparation,
  type Preparation,
  preparationSchema,
  type Strategy,
  strategySchema,
} from '../flows/contracts.ts';
import type { PreparationOptions } from './rank-options.ts';

type Choices = Preparation['categories'][number];

/**
 * @param dataset as read: categories and labels are told apart by what is there, so they may hold `=` and `:`
 * @param categories those that were asked for; null: any may be ranked
 * @throws UserError that names the option
 */
export async function preparationOf(
  options: PreparationOptions,
  dataset: Dataset,
  categories: readonly string[] | null,
): Promise<Preparation> {
  if (options.preparation !== undefined) {
    const { detectLanguages, setLanguage, exclude, rename, minExamples, strategy } = options;
    if ([detectLanguages, setLanguage, exclude, rename, minExamples, strategy].some((typed) => typed !== undefined))
      throw new UserError('--preparation: expected it alone, got other options about languages or labels as well.');
    return readPreparation(options.preparation);
  }
  const chosen = new Map<string, Choices>();
  const choicesOf = (category: string): Choices => {
    const own = chosen.get(category) ?? { category, rename: [], exclude: [], minExamples: 1, strategy: 'auto' };
    chosen.set(category, own);
    return own;
  };
  const all = categories?.filter((name) => isCategory(name, dataset)) ?? dataset.categories.map(({ name }) => name);
  for (const typed of options.rename ?? []) {
    const { category, from, to } = renameOf(typed, dataset);
    choicesOf(category).rename.push({ from, to });
  }
  for (const typed of options.exclude ?? []) {
    const { category, label } = excludeOf(typed, dataset, chosen);
    choicesOf(category).exclude.push(label);
  }
  for (const typed of options.minExamples ?? []) {
    const { category, number } = minExamplesOf(typed, dataset);
    for (const name of category === null ? all : [category]) choicesOf(name).minExamples = number;
  }
  for (const typed of options.strategy ?? []) {
    const { category, strategy } = strategyOf(typed, dataset);
    for (const name of category === null ? all : [category]) choicesOf(name).strategy = strategy;
  }
  const { detect, ...languages } = noPreparation.languages;
  const changes = (options.setLanguage ?? []).map(languageChangeOf);
  return {
    languages: { ...languages, detect: options.detectLanguages ?? detect, changes },
    categories: [...chosen.values()],
  };
}

/** What only shows once the file is prepared, such as a language that no text is in: named by the options that were typed. */
export function namingOptions(options: PreparationOptions, error: unknown): unknown {
  const { preparation, setLanguage, rename, exclude, minExamples } = options;
  const typed = { '--preparation': preparation, '--set-language': setLanguage, '--rename': rename };
  const names = Object.entries({ ...typed, '--exclude': exclude, '--min-examples': minExamples });
  const named = names.flatMap(([name, value]) => (value === undefined ? [] : name)).join(', ');
  if (!(error instanceof UserError) || named === '') return error;
  return new UserError(`${named}: ${error.message}`, { cause: error });
}

async function readPreparation(file: string): Promise<Preparation> {
  const wrong = (what: string, cause?: unknown) => new UserError(`--preparation ${file}: ${what}`, { cause });
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw wrong(`it can't be read: ${errorText(cause)}`, cause);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw wrong(`expected JSON: ${errorText(cause)}`, cause);
  }
  const parsed = preparationSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw wrong(`${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'not as expected'}.`, parsed.error);
  }
  const unknown = keyNotIn(value, parsed.data);
  if (unknown !== null) throw wrong(`there is no field ${JSON.stringify(unknown)}.`);
  return parsed.data;
}

/** The path of a field that the schema doesn't know: a misspelt one must not be passed over in silence. */
function keyNotIn(value: unknown, known: unknown): string | null {
  if (typeof value !== 'object' || value === null || typeof known !== 'object' || known === null) return null;
  const fields = new Map<string, unknown>(Object.entries(known));
  for (const [key, inner] of Object.entries(value)) {
    if (!fields.has(key)) return key;
    const deeper = keyNotIn(inner, fields.get(key));
    if (deeper !== null) return `${key}.${deeper}`;
  }
  return null;
}

function languageChangeOf(typed: string): Preparation['languages']['changes'][number] {
  const at = typed.indexOf('=');
  const [from, to] = [typed.slice(0, at).trim(), typed.slice(at + 1).trim()];
  if (at < 0) throw new UserError(`--set-language ${typed}: expected from=to, such as unknown=fr or es=exclude.`);
  const codeOf = (written: string): string => {
    const code = languageCode(written);
    if (code !== null) return code;
    throw new UserError(`--set-language ${typed}: ${JSON.stringify(written)} is no language that is known.`);
  };
  return { from: from === 'unknown' ? null : codeOf(from), to: to === 'exclude' ? null : codeOf(to) };
}

interface Split {
  before: string;
  after: string;
}

/** Every way to cut a text in two at a sign. */
function cuts(text: string, sign: string): Split[] {
  return [...text.matchAll(new RegExp(sign, 'g'))].map(({ index }) => ({
    before: normaliseLabel(text.slice(0, index)),
    after: normaliseLabel(text.slice(index + 1)),
  }));
}

function excludeOf(typed: string, dataset: Dataset, chosen: ReadonlyMap<string, Choices>) {
  const option = `--exclude ${typed}`;
  const ways = cuts(typed, '=').filter(({ before }) => isCategory(before, dataset));
  const known = ways.filter(({ before, after }) => {
    const targets = chosen.get(before)?.rename.map(({ to }) => to) ?? [];
    return labelsIn(dataset, before).has(after) || targets.includes(after);
  });
  const { before: category, after: label } = onlyOne(known, ways, option, 'category=label', dataset);
  return { category, label };
}

function renameOf(typed: string, dataset: Dataset) {
  const option = `--rename ${typed}`;
  const ways = cuts(typed, ':').filter(({ before }) => isCategory(before, dataset));
  const known = ways.flatMap(({ before, after }) =>
    cuts(after, '=')
      .filter((rename) => labelsIn(dataset, before).has(rename.before))
      .map((rename) => ({ before, rename })),
  );
  const { before: category, rename } = onlyOne(known, ways, option, 'category:from=to', dataset);
  return { category, from: rename.before, to: rename.after };
}

function minExamplesOf(typed: string, dataset: Dataset): { category: string | null; number: number } {
  const option = `--min-examples ${typed}`;
  const at = typed.lastIndexOf('=');
  const [category, number] = [at < 0 ? null : normaliseLabel(typed.slice(0, at)), typed.slice(at + 1).trim()];
  if (!/^[1-9]\d{0,8}$/.test(number))
    throw new UserError(`${option}: expected a whole number from 1 on, got "${number}".`);
  if (category !== null && !isCategory(category, dataset)) throw noCategory(option, dataset);
  return { category, number: Number(number) };
}

function strategyOf(typed: string, dataset: Dataset): { category: string | null; strategy: Strategy } {
  const option = `--strategy ${typed}`;
  const at = typed.lastIndexOf('=');
  const [category, name] = [at < 0 ? null : normaliseLabel(typed.slice(0, at)), typed.slice(at + 1).trim()];
  const { data: strategy } = strategySchema.safeParse(name);
  if (strategy === undefined)
    throw new UserError(`${option}: expected ${strategySchema.options.join(', ')}, got "${name}".`);
  if (category !== null && !isCategory(category, dataset)) throw noCategory(option, dataset);
  return { category, strategy };
}

/** @param ways cuts after a known category; `known` are those of them that end in a known label */
function onlyOne<T>(known: T[], ways: Split[], option: string, shape: string, dataset: Dataset): T {
  const [first, second] = known;
  if (first !== undefined && second === undefined) return first;
  if (second !== undefined) throw new UserError(`${option}: it can be read in two ways; use --preparation instead.`);
  const category = ways[0]?.before;
  if (category === undefined) throw noCategory(`${option}: expected ${shape}`, dataset);
  const labels = [...labelsIn(dataset, category)];
  const more = labels.length > 30 ? ` and ${labels.length - 30} more` : '';
  throw new UserError(
    `${option}: expected ${shape}. The labels of ${JSON.stringify(category)} are: ${labels.slice(0, 30).join(', ')}${more}.`,
  );
}

function noCategory(what: string, { fileName, categories }: Dataset): UserError {
  const found = categories.map(({ name }) => name).join(', ') || 'none';
  return new UserError(`${what}: there is no such category in ${fileName}. Found: ${found}.`);
}

function isCategory(name: string, { categories }: Dataset): boolean {
  return categories.some((category) => category.name === name);
}

function labelsIn({ documents }: Dataset, category: string): Set<string> {
  const labels = new Set<string>();
  for (const document of documents) for (const label of document.labels.get(category) ?? []) labels.add(label);
  return labels;
}
