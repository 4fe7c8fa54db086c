/**
 * The end of a benchmark, in the channel: the only message there besides the one that it began with. Its owner is
 * mentioned where no ranking has done so; nobody else ever is.
 */
import type { Benchmark } from '../../flows/records.ts';
import { boldModel } from '../candidate-text.ts';
import { cut, escapeMrkdwn, limits, name, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import type { Message } from './message.ts';

const modelsNamed = 6;

const words = catalogue(
  ({ list, plural }) => ({
    compare: (number: number) => `Benchmark #${number}`,
    train: (number: number) => `Training #${number}`,
    done: (what: string, models: string[]) => `✅ ${what}: ${list(models)} trained and ready.`,
    byVote: 'Chosen by vote.',
    stopped: (what: string) => `🛑 ${what} ended without a choice; its ranking stays in the thread.`,
    failed: (what: string, why: string) => `❌ ${what} didn't work: ${why || 'no reason was given'}`,
    forLanguage: (model: string, language: string) => `${model} for ${language}`,
    more: (more: number) => plural(more, { one: '# more', other: '# more' }),
  }),
  ({ list, plural }) => ({
    compare: (number: number) => `Comparaison n° ${number}`,
    train: (number: number) => `Entraînement n° ${number}`,
    done: (what: string, models: string[]) => `✅ ${what} : ${list(models)}, entraînement terminé.`,
    byVote: 'Choix par vote.',
    stopped: (what: string) => `🛑 ${what} terminée sans choix ; le classement reste dans le fil.`,
    failed: (what: string, why: string) => `❌ ${what} : échec. ${why || "Aucune raison n'a été donnée."}`,
    forLanguage: (model: string, language: string) => `${model} pour ${language}`,
    more: (more: number) => plural(more, { one: '# autre', other: '# autres' }),
  }),
);

/** @returns null while it goes on */
export function outcomeMessage(benchmark: Benchmark, voice: Voice): Message | null {
  const ended = endText(benchmark, voice);
  if (ended === null) return null;
  const text = cut(benchmark.ranking ? ended : `<@${benchmark.owner}> ${ended}`, limits.sectionText);
  return { text, blocks: [section(text)] };
}

function endText({ state, number, kind, decision, error }: Benchmark, voice: Voice): string | null {
  const say = words(voice);
  const what = kind === 'train' ? say.train(number) : say.compare(number);
  if (state === 'done') {
    const byVote = decision?.kind === 'vote' ? ` ${say.byVote}` : '';
    return `${say.done(what, chosenModels(decision?.choices ?? [], voice))}${byVote}`;
  }
  if (state === 'stopped') return say.stopped(what);
  return state === 'failed' ? say.failed(what, escapeMrkdwn(cut(error ?? '', 500))) : null;
}

/** "*X* for French"; beyond a few the rest is counted. */
function chosenModels(choices: { language: string | null; model: string }[], voice: Voice): string[] {
  const say = words(voice);
  const shown = choices
    .slice(0, modelsNamed)
    .map(({ language, model }) =>
      language === null ? boldModel(model) : say.forLanguage(boldModel(model), name(voice.languageName(language))),
    );
  const more = choices.length - shown.length;
  return more > 0 ? [...shown, say.more(more)] : shown;
}
