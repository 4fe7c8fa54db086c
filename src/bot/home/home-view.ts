/** The home tab: what runs, what was run, files, trained models, workers and settings, one section at a time. */
import type { ActionsBlock, Button, HomeView, KnownBlock } from '@slack/types';
import type { Benchmark } from '../../flows/records.ts';
import { benchmarkButtons, type Doable } from '../commands/benchmark-buttons.ts';
import { benchmarkLine, type Listed, underWayStates } from '../commands/benchmark-line.ts';
import { datasetBlock, type ListedDataset } from '../commands/datasets.ts';
import { type Paged, pageButtons, rangeText } from '../commands/paging.ts';
import { trainedModelText } from '../commands/trained-models.ts';
import { type ListedWorker, workerLines } from '../commands/workers.ts';
import { actions, callbacks, commandName } from '../ids.ts';
import { limits, plain, section } from '../text.ts';
import { moment } from '../words/moment.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { type HomePlace, type HomeSection, homeSections, placeAsText } from './place.ts';
import { type ChannelLanguage, settingBlocks } from './settings.ts';

export type HomeContent =
  | { section: 'benchmarks'; paged: Paged<Listed & Doable> }
  | { section: 'datasets'; paged: Paged<ListedDataset> }
  | { section: 'models'; paged: Paged<{ benchmark: Benchmark; link: string | null }> }
  | { section: 'workers'; workers: readonly ListedWorker[] }
  | { section: 'settings'; paged: Paged<ChannelLanguage>; besides: readonly ChannelLanguage[] };

export interface HomeSight {
  place: HomePlace;
  /** where a trained model's files are, in words for people */
  location: (prefix: string) => string;
  nowMs: number;
}

const words = catalogue(
  () => ({
    title: 'Podium',
    what: 'Which model classifies your texts best? Podium compares models on your own labelled file, the team votes, and the winner is trained.',
    newcomer: [
      '*How it goes*',
      '1. Give a file of texts with their labels: CSV, Excel, JSON or Parquet. It stays on your own server.',
      '2. Choose models and categories, or take what is suggested. Podium says how long it will take.',
      '3. The ranking appears in a thread of your channel; everybody votes there.',
      '4. One button trains the winner, and its files are yours.',
      '',
      `In a channel, \`${commandName}\` does the same, and \`${commandName} help\` says what else there is.`,
    ].join('\n'),
    start: 'New benchmark…',
    sections: {
      benchmarks: 'Benchmarks',
      datasets: 'Files',
      models: 'Trained models',
      workers: 'Workers',
      settings: 'Settings',
    } satisfies Record<HomeSection, string>,
    underWay: 'Under way',
    past: 'Past',
    noDatasets: 'No file has been given yet.',
    noModels: 'No model has been trained yet. When a benchmark is decided, its winner is trained and stands here.',
    open: 'Open in channel',
    asOf: (when: string) => `Updated: ${when}`,
  }),
  () => ({
    title: 'Podium',
    what: "Quel modèle classe le mieux vos textes ? Podium compare des modèles sur votre propre fichier étiqueté, l'équipe vote, et le gagnant est entraîné.",
    newcomer: [
      '*Comment cela se passe*',
      '1. Donnez un fichier de textes avec leurs étiquettes : CSV, Excel, JSON ou Parquet. Il reste sur votre serveur.',
      '2. Choisissez modèles et catégories, ou prenez ce qui est proposé. Podium dit combien de temps cela prendra.',
      '3. Le classement paraît dans un fil de votre canal ; tout le monde y vote.',
      '4. Un bouton entraîne le gagnant, et ses fichiers sont à vous.',
      '',
      `Dans un canal, \`${commandName}\` fait la même chose, et \`${commandName} aide\` dit le reste.`,
    ].join('\n'),
    start: 'Nouvelle comparaison…',
    sections: {
      benchmarks: 'Comparaisons',
      datasets: 'Fichiers',
      models: 'Modèles entraînés',
      workers: 'Machines',
      settings: 'Réglages',
    } satisfies Record<HomeSection, string>,
    underWay: 'En cours',
    past: 'Passées',
    noDatasets: "Aucun fichier n'a encore été donné.",
    noModels:
      "Aucun modèle n'a encore été entraîné. Quand une comparaison est décidée, le gagnant est entraîné et paraît ici.",
    open: 'Ouvrir dans le canal',
    asOf: (when: string) => `Mis à jour : ${when}`,
  }),
);

export function homeView(content: HomeContent, sight: HomeSight, voice: Voice): HomeView {
  const say = words(voice);
  const start: Button = {
    type: 'button',
    action_id: actions.homeStart,
    style: 'primary',
    text: plain(say.start, limits.buttonText),
  };
  return {
    type: 'home',
    callback_id: callbacks.home,
    private_metadata: placeAsText(sight.place),
    blocks: [
      { type: 'header', text: plain(say.title, 150) },
      { ...section(say.what), accessory: start },
      tabs(content.section, voice),
      { type: 'divider' },
      ...contentBlocks(content, sight, voice),
      { type: 'context', elements: [{ type: 'mrkdwn', text: say.asOf(moment(sight.nowMs, voice)) }] },
    ],
  };
}

/** The action of the button that leads to a section. */
export const sectionAction = (name: HomeSection): string => `${actions.homeSection}_${name}`;

function tabs(shown: HomeSection, voice: Voice): ActionsBlock {
  const names = words(voice).sections;
  return {
    type: 'actions',
    elements: homeSections.map((name) => ({
      type: 'button',
      action_id: sectionAction(name),
      text: plain(name === shown ? `● ${names[name]}` : names[name], limits.buttonText),
    })),
  };
}

function contentBlocks(content: HomeContent, { location }: HomeSight, voice: Voice): KnownBlock[] {
  const say = words(voice);
  switch (content.section) {
    case 'benchmarks':
      return content.paged.rows.length === 0 ? [section(say.newcomer)] : benchmarkBlocks(content.paged, voice);
    case 'datasets':
      if (content.paged.rows.length === 0) return [section(say.noDatasets)];
      return [...content.paged.rows.map((row) => datasetBlock(row, voice)), ...pages(content.paged, voice)];
    case 'models': {
      if (content.paged.rows.length === 0) return [section(say.noModels)];
      const rows = content.paged.rows.map(({ benchmark, link }) => ({
        ...section(trainedModelText(benchmark, location, voice)),
        ...(link === null ? {} : { accessory: openButton(benchmark.id, link, voice) }),
      }));
      return [...rows, ...pages(content.paged, voice)];
    }
    case 'workers':
      return workerLines(content.workers, voice).map(section);
    case 'settings':
      return [...settingBlocks(content.paged.rows, content.besides, voice), ...pages(content.paged, voice)];
  }
}

/** Those under way stand first; a heading says where the past ones begin. */
function benchmarkBlocks(paged: Paged<Listed & Doable>, voice: Voice): KnownBlock[] {
  const say = words(voice);
  const ids = { open: actions.openLink, cancel: actions.homeCancel, rerun: actions.rerun };
  const isUnderWay = ({ benchmark }: Listed): boolean => underWayStates.some((state) => state === benchmark.state);
  const rows = paged.rows.flatMap((row, index): KnownBlock[] => {
    const before = paged.rows[index - 1];
    const begins = before === undefined || isUnderWay(before) !== isUnderWay(row);
    const heading = section(`*${isUnderWay(row) ? say.underWay : say.past}*`);
    return [
      ...(before === undefined ? [] : [{ type: 'divider' as const }]),
      ...(begins ? [heading] : []),
      section(benchmarkLine(row, voice)),
      benchmarkButtons(row, ids, voice),
    ];
  });
  return [...rows, ...pages(paged, voice)];
}

function pages(paged: Paged<unknown>, voice: Voice): KnownBlock[] {
  const range = rangeText(paged, voice);
  return [
    ...(range === null ? [] : [{ type: 'context' as const, elements: [{ type: 'mrkdwn' as const, text: range }] }]),
    ...pageButtons(paged, { newer: actions.homeNewer, older: actions.homeOlder }, voice),
  ];
}

function openButton(benchmarkId: string, url: string, voice: Voice): Button {
  const text = plain(words(voice).open, limits.buttonText);
  return { type: 'button', action_id: actions.openLink, value: benchmarkId, url, text };
}
