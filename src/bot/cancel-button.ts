/** Cancelling, wherever it is offered: it asks before it does. */
import type { Button } from '@slack/types';
import { button, plain } from './text.ts';
import { catalogue, type Voice } from './words/voice.ts';

const words = catalogue(
  () => ({
    cancel: 'Cancel',
    title: 'Cancel this?',
    text: 'What is running ends at once; nothing is ranked or trained any further.',
    confirm: 'Cancel it',
    keep: 'Keep running',
  }),
  () => ({
    cancel: 'Annuler',
    title: 'Annuler ?',
    text: "Ce qui est en cours s'arrête aussitôt ; plus rien n'est classé ni entraîné.",
    confirm: 'Tout annuler',
    keep: 'Continuer',
  }),
);

export function cancelButton(benchmarkId: string, actionId: string, voice: Voice): Button {
  const say = words(voice);
  return {
    ...button(actionId, benchmarkId, say.cancel),
    confirm: {
      title: plain(say.title),
      text: plain(say.text),
      confirm: plain(say.confirm),
      deny: plain(say.keep),
      style: 'danger',
    },
  };
}
