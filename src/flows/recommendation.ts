/**
 * Which models of the catalogue suit some texts, and why. Pure. The score begins as LLM_Tool's (ORIGINAL.md): made for the
 * language 120, for many languages 60, fits the texts' length 30, for long texts 80 and -30, base 10, small 5. Beyond it:
 * what a model can't read counts by its share of the texts, large models and those for one kind of text count less, and a
 * model that can't be trained isn't recommended.
 */
import type { CatalogueModel } from './catalogue.ts';
import { catalogue } from './catalogue.ts';
import type { Profile } from './contracts.ts';
import type { Plan } from './records.ts';

/** What is known of the texts. */
export interface Needs {
  /** ISO 639 codes (null: unknown) with their shares of the texts, largest first; empty: nothing is known */
  languages: { code: string | null; share: number }[];
  /** length that 99 of 100 texts don't exceed, in tokens; null: not known */
  tokens: number | null;
  /** whether each language gets a model of its own */
  mode: Plan['mode'];
}

export interface Recommendation {
  model: CatalogueModel;
  score: number;
  facts: ModelFacts;
}

/** What speaks for a model and against it, with some texts in mind. */
export interface ModelFacts {
  /** what it is made for: nothing yet, it learns from these texts alone */
  madeFor: 'nothing' | 'many' | readonly string[];
  /** of the texts, in languages that it is made for; null: it is for any, or no language is known */
  share: number | null;
  /** longest text that it reads whole, in tokens; null: any */
  maxTokens: number | null;
  /** whether it reads these whole; null: their length isn't known */
  readsWhole: boolean | null;
  size: 'usual' | 'small' | 'large';
  /** made for one kind of text */
  special: boolean;
}

const points = {
  made: 120,
  many: 60,
  /** times the share of the texts that are in other languages */
  outside: -300,
  /** made for some languages, where nobody knows those of the texts */
  unknown: 30,
  fits: 30,
  long: 80,
  short: -30,
  base: 10,
  small: 5,
  large: -10,
  special: -60,
};
/** Beyond what most encoders read, texts are long. */
const usualTokens = 512;
/** A model that reads less of the texts than this isn't for them. */
const fewestShare = 0.5;
/** weights per token in millions */
const largeFrom = 200;
const smallTo = 50;

/** Those that can be trained, best first; of equal ones the smaller. With a model per language: for its largest language. */
export function recommendModels(needs: Needs): Recommendation[] {
  return catalogue
    .filter((model) => model.trains === true && readShare(model, wanted(needs)) >= fewestShare)
    .map((model) => ({ model, score: scoreOf(model, needs), facts: modelFacts(model, needs) }))
    .sort((a, b) => b.score - a.score || weightsOf(a.model) - weightsOf(b.model));
}

/** Those for these texts that can't be trained here; each says what to take instead. */
export function refusedModels(needs: Needs): CatalogueModel[] {
  return catalogue.filter((model) => model.trains !== true && readShare(model, wanted(needs)) >= fewestShare);
}

/** Whether some model is made for these languages alone, or they are left to those for many. */
export function hasModelOfItsOwn(code: string): boolean {
  return catalogue.some(({ languages }) => languages !== 'many' && languages.length === 1 && languages[0] === code);
}

export function needsOf({ languages, documents, textCharacters }: Profile, mode: Plan['mode']): Needs {
  return {
    languages: languages.map(({ code, documents: own }) => ({ code, share: own / Math.max(1, documents) })),
    tokens: Math.round(textCharacters.p99 * textCharacters.tokensPerCharacter) + 2,
    mode,
  };
}

/** The languages that one model has to read. */
function wanted({ languages, mode }: Needs): Needs['languages'] {
  const known = languages.filter(({ code }) => code !== null);
  const own = mode === 'per-language' ? known.slice(0, 1) : known;
  const all = own.reduce((sum, { share }) => sum + share, 0);
  return own.map(({ code, share }) => ({ code, share: share / Math.max(1e-9, all) }));
}

/** Share of the texts in languages that it is made for; all where no language is known. */
function readShare({ languages }: CatalogueModel, texts: Needs['languages']): number {
  if (languages === 'many' || texts.length === 0) return 1;
  return texts.reduce((sum, { code, share }) => sum + (code !== null && languages.includes(code) ? share : 0), 0);
}

/** For one language, or so few that it is no compromise. */
const isForOne = ({ languages }: CatalogueModel): boolean => languages !== 'many' && languages.length === 1;

const weightsOf = ({ shape }: CatalogueModel): number => (shape.kind === 'encoder' ? shape.weightsPerToken : 0);

function scoreOf(model: CatalogueModel, needs: Needs): number {
  const texts = wanted(needs);
  const share = readShare(model, texts);
  const language = (isForOne(model) ? points.made : points.many) * share + points.outside * (1 - share);
  const known = texts.length > 0 || model.languages === 'many';
  return (
    (known ? language : points.unknown) +
    lengthPoints(model, needs) +
    sizePoints(model) +
    (model.special ? points.special : 0)
  );
}

function lengthPoints({ maxTokens }: CatalogueModel, { tokens }: Needs): number {
  if (tokens === null || maxTokens === null) return points.fits;
  if (tokens > usualTokens) return maxTokens > usualTokens ? points.long : points.short;
  return tokens <= maxTokens ? points.fits : 0;
}

function sizePoints(model: CatalogueModel): number {
  if (model.family === null) return 0;
  const weights = weightsOf(model);
  if (weights > largeFrom) return points.large;
  return weights > smallTo ? points.base : points.small;
}

export function modelFacts(model: CatalogueModel, needs: Needs): ModelFacts {
  const { languages, family, maxTokens, special } = model;
  const texts = wanted(needs);
  const weights = weightsOf(model);
  return {
    madeFor: family === null ? 'nothing' : languages,
    share: family === null || languages === 'many' || texts.length === 0 ? null : readShare(model, texts),
    maxTokens,
    readsWhole: maxTokens === null ? true : needs.tokens === null ? null : needs.tokens <= maxTokens,
    size: weights > largeFrom ? 'large' : family !== null && weights <= smallTo ? 'small' : 'usual',
    special,
  };
}
