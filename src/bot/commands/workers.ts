/** The machines that do the work: what they are, how fast, and what they are at. */
import { modelName } from '../../flows/catalogue.ts';
import type { WorkerInfo } from '../../flows/contracts.ts';
import type { Message } from '../messages/message.ts';
import { cut, limits, name, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';

/** What a worker is at. */
export type Work =
  | { kind: 'trial'; number: number; model: string; category: string; language: string | null }
  /** timing a few steps, or the full training */
  | { kind: 'pilot' | 'train'; number: number }
  | { kind: 'profile' }
  /** a text that somebody waits for */
  | { kind: 'classify' }
  /** of a channel that the reader can't see */
  | { kind: 'hidden' };

export interface ListedWorker {
  worker: WorkerInfo;
  works: readonly Work[];
}

const workersShown = 20;
const worksShown = 4;

const words = catalogue(
  ({ plural, decimal, count }) => ({
    title: 'Workers',
    none: 'No worker is running: what is started waits until there is one. On a machine with Podium, `npm run worker` starts one.',
    cores: (cores: number) => plural(cores, { one: '# core', other: '# cores' }),
    memory: (size: string) => `${size} of memory`,
    speed: (gigaflops: number) => `${gigaflops < 10 ? decimal(gigaflops, 1) : count(gigaflops)} GFLOP/s measured`,
    unmeasured: 'speed not measured yet',
    idle: 'waits for work',
    trial: (number: number, model: string, where: string) => `at work on #${number}: *${model}* on ${where}`,
    inLanguage: (category: string, language: string) => `${category} in ${language}`,
    pilot: (number: number) => `times a few steps for #${number}`,
    train: (number: number) => `trains the chosen model of #${number}`,
    profile: 'reads a file',
    classify: 'classifies a text',
    hidden: 'at work for another channel',
    more: (more: number) => plural(more, { one: '… and # more', other: '… and # more' }),
  }),
  ({ plural, decimal, count }) => ({
    title: 'Machines',
    none: "Aucune machine n'est au travail : ce qui est lancé attend qu'il y en ait une. Là où Podium est installé, `npm run worker` en démarre une.",
    cores: (cores: number) => plural(cores, { one: '# cœur', other: '# cœurs' }),
    memory: (size: string) => `${size} de mémoire`,
    speed: (gigaflops: number) => `${gigaflops < 10 ? decimal(gigaflops, 1) : count(gigaflops)} GFLOP/s mesurés`,
    unmeasured: 'vitesse pas encore mesurée',
    idle: 'attend du travail',
    trial: (number: number, model: string, where: string) => `comparaison n° ${number} : *${model}* sur ${where}`,
    inLanguage: (category: string, language: string) => `${category} en ${language}`,
    pilot: (number: number) => `chronomètre quelques pas pour la comparaison n° ${number}`,
    train: (number: number) => `entraîne le modèle choisi de la comparaison n° ${number}`,
    profile: 'lit un fichier',
    classify: 'classe un texte',
    hidden: 'travaille pour un autre canal',
    more: (more: number) => plural(more, { one: '… et # autre', other: '… et # autres' }),
  }),
);

export function workersMessage(workers: readonly ListedWorker[], voice: Voice): Message {
  const lines = workerLines(workers, voice);
  const heading = `*${words(voice).title}*`;
  const shown = workers.length === 0 ? lines : [heading, ...lines];
  return { text: cut(shown.join('\n'), limits.updateText), blocks: shown.map(section) };
}

/** One for each, or that there is none; mrkdwn. */
export function workerLines(workers: readonly ListedWorker[], voice: Voice): string[] {
  const say = words(voice);
  if (workers.length === 0) return [say.none];
  const lines = workers.slice(0, workersShown).map((worker) => workerLine(worker, voice));
  return workers.length > workersShown ? [...lines, say.more(workers.length - workersShown)] : lines;
}

function workerLine({ worker, works }: ListedWorker, voice: Voice): string {
  const say = words(voice);
  const { host, device, cores, memoryBytes, speed } = worker;
  const facts = [
    name(device),
    say.cores(cores),
    say.memory(voice.bytes(memoryBytes)),
    speed === null ? say.unmeasured : say.speed(speed.gigaflops),
  ];
  const shown = works.slice(0, worksShown).map((work) => `🏃 ${workText(work, voice)}`);
  const more = works.length > worksShown ? [say.more(works.length - worksShown)] : [];
  const at = works.length === 0 ? [`💤 ${say.idle}`] : [...shown, ...more];
  return [`*${name(host)}*  ${facts.join('  ·  ')}`, ...at].join('\n');
}

function workText(work: Work, voice: Voice): string {
  const say = words(voice);
  switch (work.kind) {
    case 'trial': {
      const { number, model, category, language } = work;
      const where = language === null ? name(category) : say.inLanguage(name(category), voice.languageName(language));
      return say.trial(number, name(modelName(model)), where);
    }
    case 'pilot':
      return say.pilot(work.number);
    case 'train':
      return say.train(work.number);
    case 'profile':
      return say.profile;
    case 'classify':
      return say.classify;
    case 'hidden':
      return say.hidden;
  }
}
