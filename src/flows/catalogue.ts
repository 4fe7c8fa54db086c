/** The models that can be chosen, as data. The engine's registry holds the code behind each id. */
import { UserError } from '../errors.ts';
import type { ModelShape } from './cost-model.ts';
import { type HubModel, hubModels, type Untrainable } from './hub-models.ts';

export interface CatalogueModel {
  /** `builtin/name` or `hub:owner/name` */
  id: string;
  name: string;
  /** one line for a person who chooses */
  note: string;
  /** ISO 639-1 codes; `many`: whatever the texts are in */
  languages: 'many' | readonly string[];
  /** in millions; null: it depends on the data, or isn't known for sure */
  parameters: number | null;
  /** longest text that it reads whole; null: any */
  maxTokens: number | null;
  licence: string | null;
  /** `model_type` of a pretrained encoder; null: built in */
  family: string | null;
  trains: true | Untrainable;
  /** made for one kind of text */
  special: boolean;
  /** ids under which it was known before */
  formerly: readonly string[];
  /** what a trial's cost follows from */
  shape: ModelShape;
}

/** `model_type`s whose encoders Podium trains. */
export const supportedFamilies: readonly string[] = [
  'bert',
  'roberta',
  'xlm-roberta',
  'camembert',
  'distilbert',
  'electra',
  'albert',
  'mpnet',
  'deberta-v2',
  'modernbert',
];

const builtin = (name: string, its: Pick<CatalogueModel, 'name' | 'note' | 'maxTokens' | 'shape'>): CatalogueModel => ({
  id: `builtin/${name}`,
  languages: 'many',
  parameters: null,
  licence: null,
  family: null,
  trains: true,
  special: false,
  formerly: [],
  ...its,
});

export const builtinModels: readonly CatalogueModel[] = [
  builtin('tfidf-logreg', {
    name: 'TF-IDF + logistic regression',
    note: 'Linear, on words and characters. Fast, hard to beat on short texts.',
    maxTokens: null,
    shape: { kind: 'linear' },
  }),
  builtin('fasttext', {
    name: 'fastText-style embeddings',
    note: 'Learnt word and character embeddings, averaged. Likes many examples.',
    maxTokens: null,
    shape: { kind: 'fasttext' },
  }),
  builtin('transformer-mini', {
    name: 'Transformer, mini',
    note: 'Two attention layers, words and weights learnt from your data alone.',
    maxTokens: 256,
    shape: { kind: 'scratch', microsecondsPerToken: 24, maxTokens: 256 },
  }),
  builtin('transformer-small', {
    name: 'Transformer, small',
    note: 'Four wider attention layers, learnt from your data alone. Likes many examples; takes longest.',
    maxTokens: 512,
    shape: { kind: 'scratch', microsecondsPerToken: 78, maxTokens: 512 },
  }),
];

/** What is compared unless somebody chooses: quick on any machine, and nothing is downloaded. */
export const defaultModels: readonly string[] = [
  'builtin/tfidf-logreg',
  'builtin/fasttext',
  'builtin/transformer-mini',
];

const hubPrefix = 'hub:';

function fromHub({ repository, shape, ...model }: HubModel): CatalogueModel {
  const { parameters, maxTokens, languages } = model;
  return {
    ...model,
    id: `${hubPrefix}${repository}`,
    name: repository,
    shape: { kind: 'encoder', ...shape, parameters, maxTokens, languages },
  };
}

export const catalogue: readonly CatalogueModel[] = [...builtinModels, ...hubModels.map(fromHub)];

const byId = new Map(
  catalogue.flatMap((model) => {
    const bare = model.id.startsWith(hubPrefix) ? [model.id.slice(hubPrefix.length)] : [];
    const former = model.formerly.flatMap((id) => [id, `${hubPrefix}${id}`]);
    return [model.id, ...bare, ...former].map((id) => [id, model] as const);
  }),
);

/** The entry of an id, also of one with a revision or a former one. */
export function catalogueEntry(id: string): CatalogueModel | undefined {
  return byId.get(id) ?? byId.get(withoutRevision(id));
}

const withoutRevision = (id: string): string => id.split('@')[0] ?? id;

/** The name shown to people; an id that isn't in the catalogue is its own name, a folder without its path. */
export function modelName(id: string): string {
  const folder = /^folder:.*[\\/]([^\\/]+)[\\/]*$/.exec(id)?.[1];
  return byId.get(id)?.name ?? folder ?? id;
}

/** What a model outside the catalogue is taken for: an encoder of BERT base's size. */
const unknownShape: ModelShape = {
  kind: 'encoder',
  ...{ layers: 12, hidden: 768, weightsPerToken: 86, parameters: null, maxTokens: 512, languages: null },
};

export function shapeOfModel(id: string): ModelShape {
  return catalogueEntry(id)?.shape ?? unknownShape;
}

const namePart = '[A-Za-z0-9][A-Za-z0-9._-]*';
const hubIdPattern = new RegExp(`^(?!.*\\.\\.)hub:${namePart}/${namePart}(@[A-Za-z0-9][A-Za-z0-9._/-]*)?$`);

/**
 * The id that a person means: of the catalogue (also as the hub writes it, without `hub:`), or `hub:owner/name[@revision]`.
 * With a revision named, the catalogue doesn't object: another one may have what it misses.
 * @throws UserError for what is no id, and for a model that can't be trained here, naming what to take instead
 */
export function resolveModel(typed: string): string {
  const entry = byId.get(typed);
  if (entry?.trains === true) return entry.id;
  if (entry) throw new UserError(refusal(entry, entry.trains));
  const id = hubIdPattern.test(`${hubPrefix}${typed}`) && typed.includes('@') ? `${hubPrefix}${typed}` : typed;
  if (hubIdPattern.test(id)) return id;
  const known = builtinModels.map((model) => model.id).join(', ');
  throw new UserError(
    `There is no such model: expected one of ${known}, an id of the catalogue, or hub:owner/name[@revision], got ${JSON.stringify(typed)}.`,
  );
}

function refusal({ id, family }: CatalogueModel, { why, instead }: Untrainable): string {
  const take = `${id} can't be trained here: ${why}. Take ${instead.join(' or ')} instead`;
  if (family !== null && !supportedFamilies.includes(family)) return `${take}.`;
  return `${take}; or save it with Python's transformers (save_pretrained of model and tokenizer) and give that folder; or name a revision that has the files, such as ${id}@main.`;
}
