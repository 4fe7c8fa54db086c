/** `podium models`: the catalogue as a table. */
import { UserError } from '../errors.ts';
import { type CatalogueModel, catalogue } from '../flows/catalogue.ts';
import { tableAsText } from './terminal.ts';

const usualTokens = 512;

/** @throws UserError for a language that no model of its own is for */
export function printModels({ language, long }: { language?: string; long: boolean }): void {
  const codes = catalogue.flatMap(({ languages }) => (languages === 'many' ? [] : languages));
  if (language !== undefined && !codes.includes(language))
    throw new UserError(
      `--language: expected one of ${[...new Set(codes)].join(', ')}, got ${JSON.stringify(language)}. For others take a model for many languages.`,
    );
  const fits = ({ languages, maxTokens }: CatalogueModel): boolean =>
    (language === undefined || languages === 'many' || languages.includes(language)) &&
    (!long || maxTokens === null || maxTokens > usualTokens);
  const rows = catalogue
    .filter(fits)
    .map((model) => [
      model.id,
      model.languages === 'many' ? 'many' : model.languages.join(' '),
      model.parameters === null ? '–' : `${model.parameters} M`,
      model.maxTokens?.toLocaleString('en') ?? 'any',
      model.licence ?? '–',
      model.trains === true ? model.note : `not here: ${model.trains.why}; take ${model.trains.instead.join(' or ')}`,
    ]);
  console.log(tableAsText([['model', 'languages', 'parameters', 'tokens', 'licence', ''], ...rows]));
}
