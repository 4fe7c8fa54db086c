/** Step 4: the models, found as one types, and what there is to know of those chosen. */
import type { KnownBlock, ModalView } from '@slack/types';
import { catalogueEntry, defaultModels, modelName } from '../../flows/catalogue.ts';
import type { Profile } from '../../flows/contracts.ts';
import { fewestDocumentsPerLanguage, ownModelLanguages } from '../../flows/plan.ts';
import type { Benchmark, Plan } from '../../flows/records.ts';
import { blocks, callbacks, valueAction } from '../ids.ts';
import { cut } from '../text.ts';
import { type Voice, catalogue as wordsIn } from '../words/voice.ts';
import { chosenIn, field, searched, stepView, type ViewValues } from './frame.ts';
import { sectionsOf } from './lines.ts';
import { isMadeFor, modelLine } from './model-facts.ts';
import { isOffered, modelOption, type Offer, optionId, optionValue, typedModel } from './model-search.ts';

const linesShown = 40;
const typedCharacters = 3000;
const errorCharacters = 500;

const words = wordsIn(
  ({ plural, list, count }) => ({
    title: 'Models',
    models: 'Models to compare (at least two)',
    perLanguage: 'Models to compare (at least two for each language)',
    model: 'Model',
    search: 'Type a name, a language, or owner/name',
    hint: 'Pretrained models often score higher; they are downloaded once, and take minutes to hours without a GPU.',
    others: 'Further ids from the model hub',
    othersHint: 'For ids that are too long for the field above; commas between them.',
    two: 'Choose at least two models: one alone ranks nothing.',
    one: 'Choose exactly one model to train.',
    twoFor: (languages: string[]) =>
      `Each language needs two models that are made for it. Too few for ${list(languages)}.`,
    noLanguage: (texts: number) =>
      `No language has the ${count(texts)} texts that a model of its own needs. Go back and choose one model for all languages.`,
    notAllowed: (model: string, globs: string) =>
      `${model} may not be loaded here. Whoever runs Podium allows: ${globs || 'none'}.`,
    noFolder: 'That folder is no longer offered.',
    cannot: (model: string, instead: string) => `${model} can't be trained here. Take ${instead} instead.`,
    noModel: (typed: string) => `“${typed}” is no model's id. Expected owner/name or owner/name@revision.`,
    more: (models: number) => plural(models, { one: '… and # more', other: '… and # more' }),
    times: (categories: number, machine: boolean) =>
      `Times are for ${plural(categories, { one: '# category', other: '# categories' })} ${machine ? 'on the workers that are there' : 'on a usual machine: no worker is running'}.`,
  }),
  ({ plural, list, count }) => ({
    title: 'Modèles',
    models: 'Modèles à comparer (au moins deux)',
    perLanguage: 'Modèles à comparer (au moins deux par langue)',
    model: 'Modèle',
    search: 'Tapez un nom, une langue ou propriétaire/nom',
    hint: 'Les modèles préentraînés font souvent mieux ; ils sont téléchargés une fois et demandent, sans GPU, des minutes ou des heures.',
    others: 'Autres identifiants du dépôt de modèles',
    othersHint: 'Pour les identifiants trop longs pour le champ ci-dessus ; séparez-les par des virgules.',
    two: 'Choisissez au moins deux modèles : un seul ne se classe pas.',
    one: 'Choisissez exactement un modèle à entraîner.',
    twoFor: (languages: string[]) =>
      `Il faut pour chaque langue deux modèles qui soient faits pour elle. Trop peu pour : ${list(languages)}.`,
    noLanguage: (texts: number) =>
      `Aucune langue n’a les ${count(texts)} textes qu’il faut pour un modèle à elle. Revenez en arrière et choisissez un modèle pour toutes les langues.`,
    notAllowed: (model: string, globs: string) =>
      `${model} ne peut pas être chargé ici. La personne qui gère Podium autorise : ${globs || 'aucun'}.`,
    noFolder: 'Ce dossier n’est plus proposé.',
    cannot: (model: string, instead: string) => `${model} ne peut pas être entraîné ici. Prenez plutôt ${instead}.`,
    noModel: (typed: string) =>
      `« ${typed} » n’est pas un identifiant de modèle. Attendu : propriétaire/nom ou propriétaire/nom@révision.`,
    more: (models: number) => plural(models, { one: '… et # de plus', other: '… et # de plus' }),
    times: (categories: number, machine: boolean) =>
      `Durées pour ${plural(categories, { one: '# catégorie', other: '# catégories' })} ${machine ? 'sur les machines présentes' : 'sur une machine ordinaire : aucune ne travaille en ce moment'}.`,
  }),
);

/** What the chosen models take. */
interface ModelTimes {
  /** by model; those that can't be told are missing */
  seconds: ReadonlyMap<string, number>;
  /** that they are told for */
  categories: number;
  /** that are there */
  workers: number;
}

/** Those chosen, or those that are chosen beforehand. */
export const modelsOf = ({ kind }: Pick<Benchmark, 'kind'>, { models }: Pick<Plan, 'models'>): readonly string[] =>
  models.length > 0 ? models : kind === 'train' ? defaultModels.slice(0, 1) : defaultModels;

/** @param plan with the models that stand in the field */
export function modelsView(
  benchmark: Pick<Benchmark, 'id' | 'kind'>,
  profile: Profile,
  plan: Plan,
  offer: Offer,
  times: ModelTimes,
  voice: Voice,
): ModalView {
  const say = words(voice);
  const isOne = benchmark.kind === 'train';
  const chosen = isOne ? plan.models.slice(0, 1) : plan.models;
  const listed = chosen.filter((id) => optionValue(id, offer) !== null);
  const others = chosen.filter((id) => optionValue(id, offer) === null);
  const element = searched(
    listed.map((id) => modelOption(id, profile, plan, offer, voice)),
    say.search,
  );
  const several = plan.mode === 'per-language' ? say.perLanguage : say.models;
  return stepView(
    {
      callbackId: callbacks.models,
      benchmarkId: benchmark.id,
      title: say.title,
      back: 'data',
      blocks: [
        field({
          blockId: blocks.models,
          label: isOne ? say.model : several,
          hint: say.hint,
          optional: false,
          dispatch: true,
          element: isOne ? { ...element, max_selected_items: 1 } : element,
        }),
        ...lineBlocks(chosen, profile, times, voice),
        field({
          blockId: blocks.otherModels,
          label: say.others,
          hint: say.othersHint,
          element: {
            type: 'plain_text_input',
            action_id: valueAction,
            max_length: typedCharacters,
            ...(others.length > 0 ? { initial_value: cut(others.join(', '), typedCharacters) } : {}),
          },
        }),
      ],
    },
    voice,
  );
}

/** One calm line for each model. */
function lineBlocks(chosen: readonly string[], profile: Profile, times: ModelTimes, voice: Voice): KnownBlock[] {
  const say = words(voice);
  const lines = chosen.slice(0, linesShown).map((id) => modelLine(id, profile, times.seconds.get(id), voice));
  const more = chosen.length - lines.length;
  const sections = sectionsOf(more > 0 ? [...lines, say.more(more)] : lines);
  if (times.seconds.size === 0) return sections;
  const note = say.times(times.categories, times.workers > 0);
  return [...sections, { type: 'context', elements: [{ type: 'mrkdwn', text: note }] }];
}

/** The ids that stand in the fields, whether or not they can be run. */
export function keptModels(values: ViewValues, offer: Offer): string[] {
  const picked = chosenIn(values)
    .several(blocks.models)
    .flatMap((value) => optionId(value, offer) ?? []);
  return [...new Set([...picked, ...typedIn(values).map((typed) => typedModel(typed) ?? typed)])];
}

const typedIn = (values: ViewValues): string[] =>
  chosenIn(values)
    .text(blocks.otherModels)
    .split(/[\s,]+/)
    .filter((typed) => typed !== '');

type ModelsChoice = { models: string[] } | { errors: Record<string, string> };

/** The inverse of modelsView: enough models that can be run here, or what is wrong where. */
export function parseModels(
  values: ViewValues,
  kind: Benchmark['kind'],
  profile: Profile,
  plan: Plan,
  offer: Offer,
  voice: Voice,
): ModelsChoice {
  const say = words(voice);
  const wrongAt = (blockId: string, text: string): ModelsChoice => ({
    errors: { [blockId]: cut(text, errorCharacters) },
  });
  const typed = typedIn(values);
  const noModel = typed.find((own) => typedModel(own) === null);
  if (noModel !== undefined) return wrongAt(blocks.otherModels, say.noModel(cut(noModel, 80)));
  const picked = chosenIn(values)
    .several(blocks.models)
    .map((value) => optionId(value, offer));
  if (picked.includes(null)) return wrongAt(blocks.models, say.noFolder);
  const models = keptModels(values, offer);
  for (const id of models) {
    const refusal = refusalOf(id, offer, voice);
    if (refusal !== null) return wrongAt(picked.includes(id) ? blocks.models : blocks.otherModels, refusal);
  }
  if (plan.mode === 'per-language' && ownModelLanguages(plan, profile).length === 0)
    return wrongAt(blocks.models, say.noLanguage(fewestDocumentsPerLanguage));
  if (kind === 'train') return models.length === 1 ? { models } : wrongAt(blocks.models, say.one);
  if (models.length < 2) return wrongAt(blocks.models, say.two);
  const few = languagesWithFewModels(models, profile, plan);
  return few.length === 0 ? { models } : wrongAt(blocks.models, say.twoFor(few.map(voice.languageName)));
}

/** Why a model can't be taken here; null: it can. */
function refusalOf(id: string, offer: Offer, voice: Voice): string | null {
  const say = words(voice);
  if (!isOffered(id, offer))
    return id.startsWith('folder:') ? say.noFolder : say.notAllowed(modelName(id), (offer.allowed ?? []).join(', '));
  const trains = id.includes('@') ? true : (catalogueEntry(id)?.trains ?? true);
  return trains === true ? null : say.cannot(modelName(id), trains.instead.map(modelName).join(', '));
}

/** Of those that get a model of their own: which fewer than two of these are made for. */
function languagesWithFewModels(models: readonly string[], profile: Profile, plan: Plan): string[] {
  if (plan.mode !== 'per-language') return [];
  return ownModelLanguages(plan, profile).filter((code) => models.filter((id) => isMadeFor(id, code)).length < 2);
}
