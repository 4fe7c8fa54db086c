/** The words that may follow the command, in English and French, whatever language a person reads. */
import { closestMatch } from 'leven';
import type { Language } from '../words/voice.ts';

export const subcommandNames = [
  'help',
  'list',
  'status',
  'cancel',
  'rerun',
  'datasets',
  'models',
  'workers',
  'train',
  'classify',
] as const;
export type Subcommand = (typeof subcommandNames)[number];

/** The first of each language is the one that help shows. */
export const subcommandWords: Record<Subcommand, Record<Language, readonly string[]>> = {
  help: { en: ['help', '?'], fr: ['aide'] },
  list: { en: ['list', 'ls'], fr: ['liste', 'lister'] },
  status: { en: ['status', 'show'], fr: ['statut', 'état'] },
  cancel: { en: ['cancel', 'stop'], fr: ['annuler', 'arrêter'] },
  rerun: { en: ['rerun', 'again'], fr: ['relancer', 'refaire'] },
  datasets: { en: ['datasets', 'dataset', 'data', 'files'], fr: ['données', 'fichiers'] },
  models: { en: ['models', 'model'], fr: ['modèles', 'modèle'] },
  workers: { en: ['workers', 'worker'], fr: ['machines', 'machine'] },
  train: { en: ['train'], fr: ['entraîner', 'entraînement'] },
  classify: { en: ['classify', 'label'], fr: ['classer', 'classifier'] },
};

export const wordOf = (name: Subcommand, language: Language): string => subcommandWords[name][language][0] ?? name;

export type Parsed =
  | { name: Subcommand | null; rest: string }
  /** a word that isn't one of ours, and the one that it may have been meant for */
  | { unknown: string; nearest: string | null };

/** Accents and case don't count. */
const bare = (word: string): string => word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

const byWord = new Map(
  subcommandNames.flatMap((name) =>
    Object.values(subcommandWords[name])
      .flat()
      .map((word) => [bare(word), { name, word }] as const),
  ),
);

/** Wrong letters at most, per letter typed; two of three letters would be another word. */
const slipsPerLetter = 1 / 3;
const guessed = [...byWord.keys()].filter((word) => word.length > 2);

/** What stands behind the command; `name` null: nothing, so the wizard is meant. A number alone asks for its status. */
export function parseSubcommand(text: string): Parsed {
  const [, first = '', rest = ''] = /^\s*(\S*)\s*([\s\S]*?)\s*$/.exec(text) ?? [];
  if (first === '') return { name: null, rest: '' };
  if (benchmarkNumber(first) !== null) return { name: 'status', rest: first };
  const known = byWord.get(bare(first));
  if (known) return { name: known.name, rest };
  const maxDistance = Math.max(1, Math.floor(first.length * slipsPerLetter));
  const nearest = closestMatch(bare(first), guessed, { maxDistance });
  return { unknown: first, nearest: byWord.get(nearest ?? '')?.word ?? null };
}

/** "#12", "12" or "n°12"; null: no number of a benchmark. */
export function benchmarkNumber(word: string): number | null {
  const digits = /^(?:#|n[°º])?(\d{1,9})$/i.exec(word)?.[1];
  return digits === undefined ? null : Number(digits);
}
