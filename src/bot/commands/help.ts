/** What can be typed after the command. */
import { commandName } from '../ids.ts';
import type { Message } from '../messages/message.ts';
import { name, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { type Subcommand, subcommandNames, wordOf } from './subcommands.ts';

type Lines = Record<Subcommand, { argument: string; does: string }>;

const words = catalogue(
  () => ({
    title: '*Podium finds the model that classifies your texts best: by a comparison, and by a vote.*',
    bare: 'starts a new benchmark',
    unknown: (typed: string) => `I don't know “${typed}”.`,
    meant: (word: string) => `Did you mean \`${word}\`?`,
    more: 'Also: *Benchmark this file* in the menu of a message with a file, and Podium’s *Home* tab.',
    lines: {
      help: { argument: '', does: 'this list' },
      list: { argument: '[page]', does: 'the benchmarks that you can see' },
      status: { argument: '[#12]', does: 'how one stands; without a number, the newest here' },
      cancel: { argument: '#12', does: 'ends one at once' },
      rerun: { argument: '#12', does: 'starts it anew, with the same choices to change' },
      datasets: { argument: '', does: 'the files that were given' },
      models: { argument: '[language]', does: 'which models there are, best first for a language' },
      workers: { argument: '', does: 'the machines that do the work' },
      train: { argument: '', does: 'trains one model, without a comparison' },
      classify: { argument: '[#12] text…', does: 'what the newest trained model of this channel makes of a text' },
    } satisfies Lines,
  }),
  () => ({
    title: '*Podium trouve le modèle qui classe le mieux vos textes : par une comparaison, et par un vote.*',
    bare: 'lance une nouvelle comparaison',
    unknown: (typed: string) => `Je ne connais pas « ${typed} ».`,
    meant: (word: string) => `Vouliez-vous dire \`${word}\` ?`,
    more: "Aussi : *Benchmark this file* dans le menu d'un message avec un fichier, et l'onglet *Accueil* de Podium.",
    lines: {
      help: { argument: '', does: 'cette liste' },
      list: { argument: '[page]', does: 'les comparaisons que vous pouvez voir' },
      status: { argument: '[#12]', does: "où en est l'une d'elles ; sans numéro, la plus récente ici" },
      cancel: { argument: '#12', does: 'y met fin aussitôt' },
      rerun: { argument: '#12', does: 'la relance, avec les mêmes choix, que vous pouvez changer' },
      datasets: { argument: '', does: 'les fichiers donnés' },
      models: { argument: '[langue]', does: "les modèles, les meilleurs d'abord pour une langue" },
      workers: { argument: '', does: 'les machines qui font le travail' },
      train: { argument: '', does: 'entraîne un seul modèle, sans comparaison' },
      classify: {
        argument: '[#12] texte…',
        does: "ce que le modèle entraîné le plus récent de ce canal dit d'un texte",
      },
    } satisfies Lines,
  }),
);

/** @param wrong the word that wasn't known, and the one that it may have been meant for */
export function helpMessage(wrong: { unknown: string; nearest: string | null } | null, voice: Voice): Message {
  const say = words(voice);
  const usages = subcommandNames.map((subcommand) => {
    const { argument, does } = say.lines[subcommand];
    return `• \`${[commandName, wordOf(subcommand, voice.language), argument].join(' ').trim()}\`  ${does}`;
  });
  const list = [say.title, `• \`${commandName}\`  ${say.bare}`, ...usages, say.more].join('\n');
  if (wrong === null) return { text: list, blocks: [section(list)] };
  const meant = wrong.nearest === null ? '' : ` ${say.meant(`${commandName} ${wrong.nearest}`)}`;
  const trouble = `${say.unknown(name(wrong.unknown))}${meant}`;
  return { text: `${trouble}\n${list}`, blocks: [section(trouble), section(list)] };
}
