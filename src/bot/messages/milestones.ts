/** In the thread: what happened on the way that people should know of. One message, which grows by a line at a time. */
import { modelName } from '../../flows/catalogue.ts';
import type { Benchmark, Trial } from '../../flows/records.ts';
import { estimateText } from '../estimate-text.ts';
import { cut, escapeMrkdwn, limits, name, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import type { Message } from './message.ts';

const linesShown = 20;

const words = catalogue(
  ({ plural, chance: chanceText }) => ({
    title: 'On the way',
    timed: (estimate: string) => `⏱️ A few steps were timed: ${estimate}`,
    dropped: (model: string, where: string, epoch: number, epochs: number, chance: number | null) =>
      `🏁 *${model}*${where} was dropped after epoch ${epoch} of ${epochs}${chance === null ? '' : `: its chance of being best was ${chanceText(chance)}`}`,
    failed: (model: string, where: string, why: string) => `⚠️ *${model}* on ${where} failed: ${why}`,
    in: (language: string) => ` in ${language}`,
    unknown: 'no reason was given',
    more: (count: number) => plural(count, { one: '… and # more', other: '… and # more' }),
  }),
  ({ plural, chance: chanceText }) => ({
    title: 'En chemin',
    timed: (estimate: string) => `⏱️ Quelques pas ont été chronométrés : ${estimate}`,
    dropped: (model: string, where: string, epoch: number, epochs: number, chance: number | null) =>
      `🏁 *${model}*${where} a été écarté après l'époque ${epoch} sur ${epochs}${chance === null ? '' : ` : sa chance d'être le meilleur était de ${chanceText(chance)}`}`,
    failed: (model: string, where: string, why: string) => `⚠️ *${model}* sur ${where} a échoué : ${why}`,
    in: (language: string) => ` en ${language}`,
    unknown: "aucune raison n'a été donnée",
    more: (count: number) => plural(count, { one: '… et # de plus', other: '… et # de plus' }),
  }),
);

/** @returns null while there is nothing to tell */
export function milestonesMessage({ estimate }: Benchmark, trials: readonly Trial[], voice: Voice): Message | null {
  const say = words(voice);
  const lines = [
    ...(estimate?.afterPilot ? [say.timed(estimateText(estimate.afterPilot, voice))] : []),
    ...droppedLines(trials, voice),
    ...trials.flatMap((trial) => (trial.status === 'failed' ? [failedLine(trial, voice)] : [])),
  ];
  if (lines.length === 0) return null;
  const more = lines.length - linesShown;
  const shown = [`*${say.title}*`, ...lines.slice(0, linesShown), ...(more > 0 ? [say.more(more)] : [])];
  const blocks = shown.length > 1 ? [section(shown.join('\n'))] : [];
  return { text: cut(shown.join('\n'), limits.updateText - 100), blocks };
}

/** A model is dropped in all of a table's trials at once: it is told once. */
function droppedLines(trials: readonly Trial[], voice: Voice): string[] {
  const say = words(voice);
  const told = new Map<string, string>();
  for (const { status, race, spec } of trials) {
    if (status !== 'dropped' || !race) continue;
    const where = spec.language === null ? '' : say.in(name(voice.languageName(spec.language)));
    const line = say.dropped(name(modelName(spec.model)), where, race.epoch, race.epochs, race.chance);
    told.set(JSON.stringify([spec.model, spec.language]), line);
  }
  return [...told.values()];
}

function failedLine({ spec, error }: Trial, voice: Voice): string {
  const say = words(voice);
  const language = spec.language === null ? '' : say.in(name(voice.languageName(spec.language)));
  const why = escapeMrkdwn(cut(error ?? say.unknown, 120));
  return say.failed(name(modelName(spec.model), 40), `${name(spec.category, 40)}${language}`, why);
}
