/** Which models are offered while somebody types: those for these texts, the built-in ones, allowed folders, the catalogue, the hub. */
import path from 'node:path';
import type { PlainTextOption } from '@slack/types';
import { UserError } from '../../errors.ts';
import { builtinModels, catalogue, catalogueEntry, modelName, resolveModel } from '../../flows/catalogue.ts';
import type { Profile } from '../../flows/contracts.ts';
import { modelFacts as factsFor, needsOf, type Recommendation, recommendModels } from '../../flows/recommendation.ts';
import type { Plan } from '../../flows/records.ts';
import { modelReason } from '../model-reason.ts';
import { limits, option, plain } from '../text.ts';
import { type Voice, catalogue as wordsIn } from '../words/voice.ts';
import { languagesText, modelFacts } from './model-facts.ts';
import { foundBy } from './search.ts';

const recommendedShown = 10;
/** An option's value holds no more. */
const valueCharacters = 75;
const folderValue = 'folder#';

/** Which models may be taken besides the built-in ones. */
export interface Offer {
  /** globs of ids on the hub; null: all */
  allowed: readonly string[] | null;
  /** folders on the workers that whoever runs Podium allows */
  folders: readonly string[];
}

const words = wordsIn(
  () => ({
    recommended: 'Recommended for these texts',
    builtin: 'Built in',
    folders: 'Folders of your server',
    others: 'Other models',
    typed: 'From the model hub',
    cannot: (instead: string) => `Can't be trained here; take ${instead}`,
  }),
  () => ({
    recommended: 'Conseillés pour ces textes',
    builtin: 'Intégrés',
    folders: 'Dossiers de votre serveur',
    others: 'Autres modèles',
    typed: 'Du dépôt de modèles',
    cannot: (instead: string) => `Ne peut pas être entraîné ici ; prenez ${instead}`,
  }),
);

const isTrainable = (id: string): boolean => (catalogueEntry(id)?.trains ?? true) === true || id.includes('@');

export function isOffered(id: string, { allowed, folders }: Offer): boolean {
  if (id.startsWith('folder:')) return folders.includes(id.slice('folder:'.length));
  const repository = /^hub:([^@]+)/.exec(id)?.[1];
  return (
    repository === undefined || allowed === null || allowed.some((glob) => path.posix.matchesGlob(repository, glob))
  );
}

/** A model as an option's value; null for an id that is too long for one. */
export function optionValue(id: string, { folders }: Offer): string | null {
  const folder = folders.findIndex((own) => `folder:${own}` === id);
  if (folder >= 0) return `${folderValue}${folder}`;
  return id.length <= valueCharacters ? id : null;
}

/** The inverse of optionValue; null for a folder that is no longer offered. */
export function optionId(value: string, { folders }: Offer): string | null {
  if (!value.startsWith(folderValue)) return value;
  const folder = folders[Number(value.slice(folderValue.length))];
  return folder === undefined ? null : `folder:${folder}`;
}

/** The same wherever it is shown: Slack compares what is chosen with what is offered. */
export function modelOption(
  id: string,
  profile: Profile,
  plan: Pick<Plan, 'mode'>,
  offer: Offer,
  voice: Voice,
): PlainTextOption {
  return option(modelName(id), optionValue(id, offer) ?? id, descriptionOf(id, profile, plan, voice));
}

function descriptionOf(id: string, profile: Profile, { mode }: Pick<Plan, 'mode'>, voice: Voice): string {
  const entry = catalogueEntry(id);
  if (!entry || mode === 'per-language') return modelFacts(id, profile, voice).join(', ');
  if (entry.trains !== true && !id.includes('@'))
    return words(voice).cannot(entry.trains.instead.map(modelName).join(', '));
  return modelReason(factsFor(entry, needsOf(profile, mode)), voice);
}

/** Those that suit the texts, best first; with a model per language, the best of each language in turn. */
function recommendedModels(profile: Profile, plan: Pick<Plan, 'mode' | 'languages'>): string[] {
  const needs = needsOf(profile, plan.mode);
  const idsOf = (all: Recommendation[]): string[] => all.map(({ model }) => model.id);
  if (plan.mode !== 'per-language') return idsOf(recommendModels(needs));
  const own = needs.languages.filter(({ code }) => plan.languages === null || plan.languages.includes(code));
  const each = own.map((language) => idsOf(recommendModels({ ...needs, languages: [language] })));
  const most = Math.max(0, ...each.map((ids) => ids.length));
  return [...new Set(Array.from({ length: most }, (_, rank) => each.flatMap((ids) => ids[rank] ?? [])).flat())];
}

interface Group {
  label: string;
  ids: string[];
}

/** What is offered for what was typed, at most 100 in all, each once. */
export function suggestModels(
  typed: string,
  profile: Profile,
  plan: Pick<Plan, 'mode' | 'languages'>,
  offer: Offer,
  voice: Voice,
): { option_groups: { label: ReturnType<typeof plain>; options: PlainTextOption[] }[] } {
  const say = words(voice);
  const builtin = builtinModels.map(({ id }) => id);
  const fitting = recommendedModels(profile, plan).filter((id) => !builtin.includes(id) && isOffered(id, offer));
  const all = catalogue.map(({ id }) => id).filter((id) => isTrainable(id) && isOffered(id, offer));
  const folders = offer.folders.map((folder) => `folder:${folder}`);
  const recommended = found(typed, fitting, voice).slice(0, recommendedShown);
  const groups: Group[] = [
    { label: say.recommended, ids: recommended },
    { label: say.builtin, ids: found(typed, builtin, voice) },
    { label: say.folders, ids: found(typed, folders, voice) },
    { label: say.others, ids: found(typed, [...new Set([...fitting, ...all])], voice) },
  ];
  const asTyped = typedModel(typed);
  const exact = asTyped === null || !isOffered(asTyped, offer) ? [] : [asTyped];
  return {
    option_groups: filled([{ label: say.typed, ids: exact }, ...groups], offer, (id) =>
      modelOption(id, profile, plan, offer, voice),
    ),
  };
}

/** Found by name, id, family, and the languages' names. */
function found(typed: string, ids: readonly string[], voice: Voice): string[] {
  return foundBy(typed, ids, (id) => {
    const entry = catalogueEntry(id);
    const languages = entry && entry.languages !== 'many' ? entry.languages.map(voice.languageName) : [];
    return [modelName(id), id, entry?.family ?? '', entry ? languagesText(entry, voice) : '', ...languages].join(' ');
  });
}

/** Each option in the first group that has it; empty groups are left out. */
function filled(groups: readonly Group[], offer: Offer, optionOf: (id: string) => PlainTextOption) {
  const taken = new Set<string>();
  const shown = groups.map(({ label, ids }) => {
    const own = ids
      .filter((id) => optionValue(id, offer) !== null && !taken.has(id))
      .slice(0, limits.options - taken.size);
    for (const id of own) taken.add(id);
    return { label: plain(label, limits.optionText), options: own.map(optionOf) };
  });
  return shown.filter(({ options }) => options.length > 0);
}

/** `owner/name`, `hub:owner/name@revision`, or the address of a model's page, as an id; null: it is none. */
export function typedModel(typed: string): string | null {
  const text = typed.trim();
  const [, page, revision] = /^https?:\/\/[^/\s]+\/([^/\s?#]+\/[^/\s?#]+)(?:\/tree\/([^\s?#]+))?/.exec(text) ?? [];
  const meant =
    page === undefined ? text : `${page}${revision === undefined || revision === 'main' ? '' : `@${revision}`}`;
  if (page === undefined && /^https?:/.test(text)) return null;
  const known = catalogueEntry(meant);
  if (known && !meant.includes('@')) return known.id;
  try {
    return resolveModel(meant.includes('/') && !/^(hub|builtin|folder)[:/]/.test(meant) ? `hub:${meant}` : meant);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
