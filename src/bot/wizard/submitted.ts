/** A step's submission, and what it leads to. */
import type { ModalView } from '@slack/types';
import type { Benchmark } from '../../flows/records.ts';
import { noteDraft } from '../../flows/wizard.ts';
import type { BotContext } from '../context.ts';
import type { Voice } from '../words/voice.ts';
import type { ViewValues } from './frame.ts';
import { type Step, viewOfStep } from './steps.ts';

export interface Submitted {
  /** a draft, as it was before */
  benchmark: Benchmark;
  values: ViewValues;
  viewId: string;
  user: string;
  voice: Voice;
}

/** `errors` by block. `afterwards`: what takes longer than Slack waits; it says itself what went wrong. */
export type Answer =
  | { errors: Record<string, string> }
  | { view: ModalView; afterwards?: () => Promise<void> }
  | 'close';

/** Delivered twice, a submission does the same again. */
export type Submit = (context: BotContext, submitted: Submitted) => Promise<Answer>;

/** The next step is shown, and noted as the one to come back to. */
export async function next(context: BotContext, { benchmark, viewId, voice }: Submitted, step: Step): Promise<Answer> {
  const kept = noteDraft(context.flow, benchmark.id, { step, viewId });
  return { view: await viewOfStep(context, kept, step, voice) };
}
