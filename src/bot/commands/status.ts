/** How one benchmark stands: what the channel's message says, in the reader's own language, and what they can do. */
import type { Benchmark, Trial } from '../../flows/records.ts';
import { actions } from '../ids.ts';
import type { Message } from '../messages/message.ts';
import { progressMessage } from '../messages/progress.ts';
import type { Voice } from '../words/voice.ts';
import { benchmarkButtons, type Doable } from './benchmark-buttons.ts';

export interface StatusSight extends Omit<Doable, 'benchmarkId'> {
  /** as others call the owner; plain text */
  ownerName: string;
  nowMs: number;
}

export function statusMessage(benchmark: Benchmark, trials: Trial[], sight: StatusSight, voice: Voice): Message {
  const { ownerName, nowMs } = sight;
  const { text, blocks } = progressMessage(benchmark, trials, { ownerName, form: 'lines', nowMs }, voice);
  const ids = { open: actions.openLink, cancel: actions.commandCancel, rerun: actions.rerun };
  return {
    text,
    // Its own button would answer in the thread; here the answer takes this message's place.
    blocks: [
      ...blocks.filter(({ type }) => type !== 'actions'),
      benchmarkButtons({ ...sight, benchmarkId: benchmark.id }, ids, voice),
    ],
  };
}
