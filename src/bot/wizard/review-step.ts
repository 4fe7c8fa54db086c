/** Step 6: everything at a glance, how long it will take, and Run. */
import type { ModalView } from '@slack/types';
import { modelName } from '../../flows/catalogue.ts';
import type { Profile } from '../../flows/contracts.ts';
import type { Estimate } from '../../flows/estimate.ts';
import type { Benchmark, Plan } from '../../flows/records.ts';
import { estimateText } from '../estimate-text.ts';
import { actions, callbacks } from '../ids.ts';
import { name, plain, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { dataText } from './data-step.ts';
import { stepView } from './frame.ts';
import { settingsText } from './settings-view.ts';

const namesShown = 20;
const longHours = 4;
const thinTexts = 10;

export interface Review {
  benchmark: Pick<Benchmark, 'id' | 'kind'>;
  profile: Profile;
  plan: Plan;
  trials: number;
  estimate: Estimate;
  /** workers that are there to do it */
  workers: number;
  /** names of those who may decide besides the owner */
  deciders: readonly string[];
}

const words = catalogue(
  ({ plural, count }) => ({
    title: 'Ready to run',
    run: 'Run',
    train: 'Train',
    file: 'File',
    texts: (texts: number) => plural(texts, { one: '# text', other: '# texts' }),
    models: 'Models',
    categories: 'Categories',
    languages: 'Languages',
    asTheyCome: 'as they come',
    each: ', one model for each',
    data: 'Data',
    training: 'Training',
    vote: 'Vote',
    trials: (trials: number) => plural(trials, { one: '# trial', other: '# trials' }),
    trainings: (trials: number) => plural(trials, { one: '# training', other: '# trainings' }),
    more: (more: number) => ` and ${count(more)} more`,
    noWorker: '⚠️ No worker is running: it all waits until one is started.',
    long: '⚠️ That is long. Fewer models or categories, or a machine with a GPU, make it shorter.',
    thin: (labels: number) =>
      `⚠️ ${plural(labels, { one: '# label has', other: '# labels have' })} under ${thinTexts} texts: their scores will be uncertain.`,
    settings: 'Settings…',
  }),
  ({ plural, count }) => ({
    title: 'Prêt à lancer',
    run: 'Lancer',
    train: 'Entraîner',
    file: 'Fichier',
    texts: (texts: number) => plural(texts, { one: '# texte', other: '# textes' }),
    models: 'Modèles',
    categories: 'Catégories',
    languages: 'Langues',
    asTheyCome: 'telles quelles',
    each: ', un modèle pour chacune',
    data: 'Données',
    training: 'Entraînement',
    vote: 'Vote',
    trials: (trials: number) => plural(trials, { one: '# essai', other: '# essais' }),
    trainings: (trials: number) => plural(trials, { one: '# entraînement', other: '# entraînements' }),
    more: (more: number) => ` et ${count(more)} de plus`,
    noWorker: '⚠️ Aucune machine ne travaille : tout attend qu’une soit démarrée.',
    long: '⚠️ C’est long. Moins de modèles ou de catégories, ou une machine avec GPU, et ce sera plus court.',
    thin: (labels: number) =>
      `⚠️ ${plural(labels, { one: '# étiquette a', other: '# étiquettes ont' })} moins de ${thinTexts} textes : leurs scores seront incertains.`,
    settings: 'Réglages…',
  }),
);

export function reviewView(
  { benchmark, profile, plan, trials, estimate, workers, deciders }: Review,
  voice: Voice,
): ModalView {
  const say = words(voice);
  const some = (names: readonly string[]): string => {
    const shown = names.slice(0, namesShown).map((own) => name(own, 50));
    return `${shown.join(', ')}${names.length > shown.length ? say.more(names.length - shown.length) : ''}`;
  };
  const kept = profile.languages.filter(({ code }) => plan.languages === null || plan.languages.includes(code));
  const languages = some(kept.map(({ code }) => voice.languageName(code))) || say.asTheyCome;
  const data = dataText(plan.preparation, voice);
  const { training, vote } = settingsText(benchmark, plan, deciders, voice);
  const lines = [
    `*${say.file}*: ${name(profile.fileName)}, ${say.texts(profile.documents)}`,
    `*${say.models}*: ${some(plan.models.map(modelName))}`,
    `*${say.categories}*: ${some(plan.categories)}`,
    `*${say.languages}*: ${languages}${plan.mode === 'per-language' ? say.each : ''}`,
    ...(data.length > 0
      ? [`*${say.data}*: ${data.slice(0, 5).join('; ')}${data.length > 5 ? say.more(data.length - 5) : ''}`]
      : []),
    `*${say.training}*: ${training}`,
    ...(vote === null ? [] : [`*${say.vote}*: ${vote}`]),
  ];
  const thin = thinLabels(profile, plan);
  const warnings = [
    ...(workers === 0 ? [say.noWorker] : []),
    ...(estimate.highSeconds > longHours * 3600 ? [say.long] : []),
    ...(thin > 0 ? [say.thin(thin)] : []),
  ];
  const count = benchmark.kind === 'train' ? say.trainings(trials) : say.trials(trials);
  return stepView(
    {
      callbackId: callbacks.review,
      benchmarkId: benchmark.id,
      title: say.title,
      submit: benchmark.kind === 'train' ? say.train : say.run,
      back: 'categories',
      blocks: [
        section(lines.join('\n')),
        section([`*${count}*, ${estimateText(estimate, voice)}.`, ...warnings].join('\n')),
        {
          type: 'actions',
          elements: [
            { type: 'button', action_id: actions.wizardSettings, value: benchmark.id, text: plain(say.settings) },
          ],
        },
      ],
    },
    voice,
  );
}

function thinLabels({ categories }: Profile, plan: Plan): number {
  const chosen = categories.filter(({ name: category }) => plan.categories.includes(category));
  return chosen.flatMap(({ labels }) => labels.filter(({ documents }) => documents < thinTexts)).length;
}
