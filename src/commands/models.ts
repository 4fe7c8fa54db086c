/** `podium models`: the catalogue as a table, or what of it suits a language, long texts or a file, best first. */
import path from 'node:path';
import { modelReason } from '../bot/model-reason.ts';
import { voiceOf } from '../bot/words/voice.ts';
import { UserError } from '../errors.ts';
import { type CatalogueModel, catalogue } from '../flows/catalogue.ts';
import { hasModelOfItsOwn, type Needs, needsOf, recommendModels, refusedModels } from '../flows/recommendation.ts';
import { readSettings } from './settings.ts';
import { printableLine, tableAsText } from './terminal.ts';

const usualTokens = 512;

export interface ModelsOptions {
  /** in any spelling */
  language?: string;
  long: boolean;
  /** whose texts' languages and lengths count */
  file?: string;
}

/** @throws UserError for what is no language, and for a file that can't be read */
export async function printModels(options: ModelsOptions): Promise<void> {
  if (options.file === undefined && options.language === undefined && !options.long) {
    console.log(tableAsText([[...columns, ''], ...catalogue.map((model) => [...facts(model), remark(model)])]));
    return;
  }
  const needs = options.file === undefined ? await needsTyped(options) : await needsOfFile(options.file, options);
  const fits = ({ maxTokens }: CatalogueModel): boolean =>
    !options.long || maxTokens === null || maxTokens > usualTokens;
  for (const line of remarksOn(needs, options.file)) console.log(printableLine(line));
  const recommended = recommendModels(needs).filter(({ model }) => fits(model));
  console.log(
    tableAsText([
      [...columns, 'points', 'why'],
      ...recommended.map(({ model, score, facts: why }) => [
        ...facts(model),
        String(Math.round(score)),
        modelReason(why, voiceOf('en')),
      ]),
    ]),
  );
  const refused = refusedModels(needs).filter(fits);
  if (refused.length > 0) console.log(`\nNot here:\n${tableAsText(refused.map((model) => [model.id, remark(model)]))}`);
}

const columns = ['model', 'languages', 'parameters', 'tokens', 'licence'];

function facts(model: CatalogueModel): string[] {
  return [
    model.id,
    languagesOf(model),
    model.parameters === null ? '–' : `${model.parameters} M`,
    model.maxTokens?.toLocaleString('en') ?? 'any',
    model.licence ?? '–',
  ];
}

const languagesShown = 3;

function languagesOf({ languages }: CatalogueModel): string {
  if (languages === 'many') return 'many';
  const shown = languages.slice(0, languagesShown).join(' ');
  return languages.length > languagesShown ? `${shown} +${languages.length - languagesShown}` : shown;
}

function remark({ note, trains }: CatalogueModel): string {
  return trains === true ? note : `not here: ${trains.why}; take ${trains.instead.join(' or ')}`;
}

async function needsTyped({ language, long }: ModelsOptions): Promise<Needs> {
  const languages = language === undefined ? [] : [{ code: await codeOf(language), share: 1 }];
  return { languages, tokens: long ? 2 * usualTokens : null, mode: 'multilingual' };
}

async function codeOf(language: string): Promise<string> {
  const { languageCode } = await import('../engine/data/languages.ts');
  const code = languageCode(language);
  if (code !== null) return code;
  throw new UserError(
    `--language: expected a language such as fr, French or français, got ${JSON.stringify(language)}.`,
  );
}

/** Languages and lengths as the file has them; what is typed besides counts more. */
async function needsOfFile(file: string, options: ModelsOptions): Promise<Needs> {
  const { dataFile } = await import('./data-file.ts');
  const { readDataset } = await import('../engine/data/read-dataset.ts');
  const { prepareAndProfile } = await import('../engine/data/profile.ts');
  const { noPreparation } = await import('../flows/contracts.ts');
  const source = await dataFile(file);
  const { engine } = readSettings(process.env);
  const dataset = await readDataset(source, path.basename(file), { limits: engine.limits });
  const { profile } = await prepareAndProfile(dataset, noPreparation, engine);
  const found = needsOf(profile, 'multilingual');
  const typed = await needsTyped(options);
  return {
    ...found,
    languages: typed.languages.length > 0 ? typed.languages : found.languages,
    tokens: options.long ? typed.tokens : found.tokens,
  };
}

function remarksOn({ languages, tokens }: Needs, file: string | undefined): string[] {
  const names = new Intl.DisplayNames('en', { type: 'language' });
  const told = languages.slice(0, 8).map(({ code, share }) => {
    const name = code === null ? 'unknown' : (names.of(code) ?? code);
    return share < 1 ? `${name} ${Math.round(100 * share)} %` : name;
  });
  const alone = languages.length === 1 ? (languages[0]?.code ?? null) : null;
  return [
    ...(told.length > 0 ? [`Languages: ${told.join(', ')}.`] : []),
    ...(tokens === null || file === undefined
      ? []
      : [`99 of 100 texts have at most about ${tokens.toLocaleString('en')} tokens.`]),
    ...(alone !== null && !hasModelOfItsOwn(alone) ? ['No model here is made for it alone; those for many are.'] : []),
  ];
}
