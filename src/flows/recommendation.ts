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
  /** one sentence for a person */
  reason: string;
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
    .map((model) => ({ model, score: scoreOf(model, needs), reason: reasonOf(model, needs) }))
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

const languageNames = new Intl.DisplayNames('en', { type: 'language' });
const nameOf = (code: string): string => languageNames.of(code) ?? code;

/** Short: a modal shows about 75 characters of it. */
function reasonOf(model: CatalogueModel, needs: Needs): string {
  const parts = [languagePart(model, needs), lengthPart(model, needs), sizePart(model)];
  return `${parts.filter((part) => part !== null).join('; ')}.`;
}

function languagePart(model: CatalogueModel, needs: Needs): string {
  const { languages, family } = model;
  if (family === null) return 'Learns from your texts alone';
  if (languages === 'many') return 'For many languages';
  const texts = wanted(needs);
  const share = readShare(model, texts);
  const own = languages.length === 1 ? `Made for ${nameOf(languages[0] ?? '')}` : `For ${languages.length} languages`;
  return texts.length > 0 && share < 0.995 ? `${own}, ${Math.round(100 * share)} % of your texts` : own;
}

function lengthPart({ maxTokens }: CatalogueModel, { tokens }: Needs): string | null {
  if (maxTokens === null) return 'reads texts whole';
  const limit = maxTokens.toLocaleString('en');
  if (tokens === null) return `reads ${limit} tokens`;
  return tokens <= maxTokens ? `reads yours whole (${limit} tokens)` : `cuts texts at ${limit} tokens`;
}

function sizePart(model: CatalogueModel): string | null {
  if (model.special) return 'for one kind of text only';
  const weights = weightsOf(model);
  if (weights > largeFrom) return 'large, wants a GPU';
  return model.family !== null && weights <= smallTo ? 'small' : null;
}
