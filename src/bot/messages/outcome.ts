/** The end of a benchmark, in the channel: the only message there besides the one that it began with. */
import { modelName } from '../../flows/catalogue.ts';
import type { Benchmark } from '../../flows/records.ts';
import { cut, escapeMrkdwn, name, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import type { Message } from './message.ts';

const words = catalogue(
  ({ list }) => ({
    done: (number: number, models: string[]) => `✅ Benchmark #${number}: ${list(models)} trained and ready.`,
    stopped: (number: number) => `🛑 Benchmark #${number} ended without a choice; its ranking stays in the thread.`,
    failed: (number: number, why: string) => `❌ Benchmark #${number} didn't work: ${why}`,
  }),
  ({ list }) => ({
    done: (number: number, models: string[]) => `✅ Comparaison n° ${number} : ${list(models)}, entraînement terminé.`,
    stopped: (number: number) => `🛑 Comparaison n° ${number} terminée sans choix ; le classement reste dans le fil.`,
    failed: (number: number, why: string) => `❌ Comparaison n° ${number} : échec. ${why}`,
  }),
);

/** @returns null while it goes on */
export function outcomeMessage({ state, number, decision, error }: Benchmark, voice: Voice): Message | null {
  const say = words(voice);
  const models = [...new Set((decision?.choices ?? []).map(({ model }) => `*${name(modelName(model))}*`))];
  const text =
    state === 'done'
      ? say.done(number, models)
      : state === 'stopped'
        ? say.stopped(number)
        : state === 'failed'
          ? say.failed(number, escapeMrkdwn(cut(error ?? '', 500)))
          : null;
  return text === null ? null : { text, blocks: [section(text)] };
}
