/** What can be done with one benchmark from a list: open its thread, cancel it, run it again. */
import type { ActionsBlock } from '@slack/types';
import { cancelButton } from '../cancel-button.ts';
import { button } from '../text.ts';
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
  }),
  () => ({
    open: 'Ouvrir dans le canal',
    rerun: 'Relancer…',
  }),
);

export function benchmarkButtons({ benchmarkId, link, mayCancel }: Doable, ids: DoIds, voice: Voice): ActionsBlock {
  const say = words(voice);
  return {
    type: 'actions',
    elements: [
      ...(link === null ? [] : [{ ...button(ids.open, benchmarkId, say.open), url: link }]),
      button(ids.rerun, benchmarkId, say.rerun),
      ...(mayCancel ? [{ ...cancelButton(benchmarkId, ids.cancel, voice), style: 'danger' as const }] : []),
    ],
  };
}
