/** Whether to cancel, and that it was done. */
import type { Benchmark } from '../../flows/records.ts';
import { cancelButton } from '../cancel-button.ts';
import { actions } from '../ids.ts';
import type { Message } from '../messages/message.ts';
import { section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { benchmarkTitle } from './benchmark-line.ts';

const words = catalogue(
  () => ({
    question: (number: number, title: string) => `Cancel *#${number}*, ${title}?`,
    done: (number: number) => `🛑 Benchmark #${number} is cancelled.`,
  }),
  () => ({
    question: (number: number, title: string) => `Annuler la comparaison *n° ${number}*, ${title} ?`,
    done: (number: number) => `🛑 La comparaison n° ${number} est annulée.`,
  }),
);

export function cancelQuestion(benchmark: Benchmark, voice: Voice): Message {
  const text = words(voice).question(benchmark.number, benchmarkTitle(benchmark, voice));
  const button = { ...cancelButton(benchmark.id, actions.commandCancel, voice), style: 'danger' as const };
  return { text, blocks: [section(text), { type: 'actions', elements: [button] }] };
}

export function cancelledMessage({ number }: Benchmark, voice: Voice): Message {
  const text = words(voice).done(number);
  return { text, blocks: [section(text)] };
}
