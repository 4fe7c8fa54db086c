/** What can be done with one benchmark from a list: open its thread, cancel it, run it again. */
import type { ActionsBlock, Button } from '@slack/types';
import { limits, plain } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';

export interface Doable {
  benchmarkId: string;
  /** of its message in the channel; null: it isn't known */
  link: string | null;
  mayCancel: boolean;
}

export interface DoIds {
  open: string;
  cancel: string;
  rerun: string;
}

const words = catalogue(
  () => ({
    open: 'Open in channel',
    rerun: 'Run again…',
    cancel: 'Cancel',
    cancelTitle: 'Cancel this?',
    cancelText: 'What is running ends at once; nothing is ranked or trained any further.',
    cancelIt: 'Cancel it',
    keep: 'Keep running',
  }),
  () => ({
    open: 'Ouvrir dans le canal',
    rerun: 'Relancer…',
    cancel: 'Annuler',
    cancelTitle: 'Annuler ?',
    cancelText: "Ce qui est en cours s'arrête aussitôt ; plus rien n'est classé ni entraîné.",
    cancelIt: 'Tout annuler',
    keep: 'Continuer',
  }),
);

export function benchmarkButtons({ benchmarkId, link, mayCancel }: Doable, ids: DoIds, voice: Voice): ActionsBlock {
  const say = words(voice);
  const button = (action_id: string, text: string): Button => ({
    type: 'button',
    action_id,
    value: benchmarkId,
    text: plain(text, limits.buttonText),
  });
  return {
    type: 'actions',
    elements: [
      ...(link === null ? [] : [{ ...button(ids.open, say.open), url: link }]),
      button(ids.rerun, say.rerun),
      ...(mayCancel ? [cancelButton(benchmarkId, ids.cancel, voice)] : []),
    ],
  };
}

/** Asks before it does. */
export function cancelButton(benchmarkId: string, actionId: string, voice: Voice): Button {
  const say = words(voice);
  return {
    type: 'button',
    action_id: actionId,
    value: benchmarkId,
    style: 'danger',
    text: plain(say.cancel, limits.buttonText),
    confirm: {
      title: plain(say.cancelTitle),
      text: plain(say.cancelText),
      confirm: plain(say.cancelIt),
      deny: plain(say.keep),
      style: 'danger',
    },
  };
}
