/** Step 6: everything at a glance, how long it will take, and Run. */
import type { KnownBlock, ModalView } from '@slack/types';
import { modelName } from '../../flows/catalogue.ts';
import type { Profile, TrialSpec } from '../../flows/contracts.ts';
import type { Estimate } from '../../flows/estimate.ts';
import type { Benchmark, Plan } from '../../flows/records.ts';
import { estimateText } from '../estimate-text.ts';
import { actions, callbacks } from '../ids.ts';
import { name, plain, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { dataText } from './data-step.ts';
import { stepView } from './frame.ts';
import { dotted, labelled, sectionsOf } from './lines.ts';
import { settingsText } from './settings-text.ts';

const namesShown = 8;
const dataShown = 5;
/** Beyond it people are warned. */
const longHours = 4;
/** Labels of fewer texts have hardly any among those that are tested. */
const thinTexts = 10;

export interface Review {
  benchmark: Pick<Benchmark, 'id' | 'kind'>;
  profile: Profile;
  plan: Plan;
  specs: readonly TrialSpec[];
  estimate: Estimate;
  /** workers that are there to do it */
  workers: number;
}

const words = catalogue(
  ({ plural, count }) => ({
    title: 'Ready to run',
    run: 'Run',
    train: 'Train',
    file: 'File',
    texts: (texts: number) => plural(texts, { one: '# text', other: '# texts' }),
    model: 'Model',
    models: 'Models',
    categories: 'Categories',
    languages: 'Languages',
    asTheyCome: 'as they come',
    each: ', a model for each',
    data: 'Data',
    training: 'Training',
    ranking: 'Ranking',
    vote: 'Vote',
    trials: (trials: number) => plural(trials, { one: '# trial', other: '# trials' }),
    trainings: (trials: number) => plural(trials, { one: '# training', other: '# trainings' }),
    factors: {
      models: (models: number) => plural(models, { one: '# model', other: '# models' }),
      categories: (categories: number) => plural(categories, { one: '# category', other: '# categories' }),
      languages: (languages: number) => plural(languages, { one: '# language', other: '# languages' }),
      repeats: (repeats: number) => plural(repeats, { one: '# repetition', other: '# repetitions' }),
    },
    more: (more: number) => ` and ${count(more)} more`,
    noWorker: '⚠️ No worker is running: everything waits until one is started.',
    long: '⚠️ That is long. Fewer models, categories or repetitions make it shorter, and so does a machine with a GPU.',
    thin: (labels: number) =>
      `⚠️ ${plural(labels, { one: '# label of these categories has', other: '# labels of these categories have' })} fewer than ${thinTexts} texts; their scores will be uncertain.`,
    settings: 'Settings…',
  }),
  ({ plural, count }) => ({
    title: 'Prêt à lancer',
    run: 'Lancer',
    train: 'Entraîner',
    file: 'Fichier',
    texts: (texts: number) => plural(texts, { one: '# texte', other: '# textes' }),
    model: 'Modèle',
    models: 'Modèles',
    categories: 'Catégories',
    languages: 'Langues',
    asTheyCome: 'telles quelles',
    each: ', un modèle pour chacune',
    data: 'Données',
    training: 'Entraînement',
    ranking: 'Classement',
    vote: 'Vote',
    trials: (trials: number) => plural(trials, { one: '# essai', other: '# essais' }),
    trainings: (trials: number) => plural(trials, { one: '# entraînement', other: '# entraînements' }),
    factors: {
      models: (models: number) => plural(models, { one: '# modèle', other: '# modèles' }),
      categories: (categories: number) => plural(categories, { one: '# catégorie', other: '# catégories' }),
      languages: (languages: number) => plural(languages, { one: '# langue', other: '# langues' }),
      repeats: (repeats: number) => plural(repeats, { one: '# répétition', other: '# répétitions' }),
    },
    more: (more: number) => ` et ${count(more)} de plus`,
    noWorker: '⚠️ Aucune machine ne travaille : tout attend qu’une soit démarrée.',
    long: '⚠️ C’est long. Avec moins de modèles, de catégories ou de répétitions, ou une machine avec GPU, ce sera plus court.',
    thin: (labels: number) =>
      `⚠️ ${plural(labels, { one: '# étiquette de ces catégories a', other: '# étiquettes de ces catégories ont' })} moins de ${thinTexts} textes ; leurs scores seront incertains.`,
    settings: 'Réglages…',
  }),
);

export function reviewView(review: Review, voice: Voice): ModalView {
  const say = words(voice);
  const { benchmark, plan, estimate } = review;
  const count = howMany(review, voice);
  return stepView(
    {
      callbackId: callbacks.review,
      benchmarkId: benchmark.id,
      title: say.title,
      submit: benchmark.kind === 'train' ? say.train : say.run,
      back: 'categories',
      blocks: [
        ...sectionsOf(choiceLines(review, voice)),
        settingsBlock(benchmark, plan, voice),
        section([`${count}, ${estimateText(estimate, voice)}.`, ...warnings(review, voice)].join('\n')),
      ],
    },
    voice,
  );
}

function choiceLines({ benchmark, profile, plan }: Review, voice: Voice): string[] {
  const say = words(voice);
  const some = (names: readonly string[]): string => {
    const shown = names.slice(0, namesShown).map((own) => name(own, 50));
    return dotted(shown) + (names.length > shown.length ? say.more(names.length - shown.length) : '');
  };
  const kept = profile.languages.filter(({ code }) => plan.languages === null || plan.languages.includes(code));
  const languages = some(kept.map(({ code }) => voice.languageName(code))) || say.asTheyCome;
  const data = dataText(plan.preparation, voice);
  const shownData =
    dotted(data.slice(0, dataShown)) + (data.length > dataShown ? say.more(data.length - dataShown) : '');
  return [
    labelled(say.file, `${name(profile.fileName)}, ${say.texts(profile.documents)}`, voice),
    labelled(benchmark.kind === 'train' ? say.model : say.models, some(plan.models.map(modelName)), voice),
    labelled(say.categories, some(plan.categories), voice),
    labelled(say.languages, plan.mode === 'per-language' ? `${languages}${say.each}` : languages, voice),
    ...(data.length > 0 ? [labelled(say.data, shownData, voice)] : []),
  ];
}

function settingsBlock(benchmark: Review['benchmark'], plan: Plan, voice: Voice): KnownBlock {
  const say = words(voice);
  const { training, ranking, vote } = settingsText(benchmark, plan, voice);
  const lines = [
    labelled(say.training, training, voice),
    ...(ranking === null ? [] : [labelled(say.ranking, ranking, voice)]),
    ...(vote === null ? [] : [labelled(say.vote, vote, voice)]),
  ];
  return {
    ...section(lines.join('\n')),
    accessory: { type: 'button', action_id: actions.wizardSettings, value: benchmark.id, text: plain(say.settings) },
  };
}

/** "*6 trials* (3 models x 2 categories)" */
function howMany({ benchmark, plan, specs }: Review, voice: Voice): string {
  const say = words(voice);
  const { models, categories, languages, repeats } = say.factors;
  const ownLanguages = new Set(specs.map(({ language }) => language)).size;
  const factors = [
    models(plan.models.length),
    categories(plan.categories.length),
    ...(plan.mode === 'per-language' ? [languages(ownLanguages)] : []),
    ...(benchmark.kind === 'compare' && plan.repeats.count > 1 ? [repeats(plan.repeats.count)] : []),
  ];
  const count = benchmark.kind === 'train' ? say.trainings(specs.length) : say.trials(specs.length);
  return `*${count}* (${factors.join(' × ')})`;
}

function warnings({ profile, plan, estimate, workers }: Review, voice: Voice): string[] {
  const say = words(voice);
  const chosen = profile.categories.filter(({ name: category }) => plan.categories.includes(category));
  const thin = chosen.flatMap(({ labels }) => labels.filter(({ documents }) => documents < thinTexts)).length;
  return [
    ...(workers === 0 ? [say.noWorker] : []),
    ...(estimate.highSeconds > longHours * 3600 ? [say.long] : []),
    ...(thin > 0 ? [say.thin(thin)] : []),
  ];
}
