/** The wizard's steps in their order, and how each looks for a benchmark as it stands. */
import type { ModalView } from '@slack/types';
import { UserError } from '../../errors.ts';
import type { Profile, WorkerInfo } from '../../flows/contracts.ts';
import { estimateTrials, type Machine, secondsPerModel } from '../../flows/estimate.ts';
import { knownOf } from '../../flows/past-runs.ts';
import { planTrials } from '../../flows/plan.ts';
import { type Benchmark, type Draft, draftSteps, type Plan } from '../../flows/records.ts';
import { planOf } from '../../flows/wizard.ts';
import type { BotContext } from '../context.ts';
import { slackErrorCode } from '../slack-error.ts';
import type { Voice } from '../words/voice.ts';
import { categoriesOf, categoriesView } from './categories-step.ts';
import { columnsView } from './columns-step.ts';
import { asksForData, dataView } from './data-step.ts';
import { startOf } from './known-files.ts';
import type { Offer } from './model-search.ts';
import { modelsOf, modelsView } from './models-step.ts';
import { reviewView } from './review-step.ts';
import { readingView } from './start-step.ts';

export type Step = Draft['step'];

export const offerOf = ({ modelsAllowed, modelFolders }: BotContext): Offer => ({
  allowed: modelsAllowed,
  folders: modelFolders,
});

/** @param trouble what is wrong with the file, above the first step's fields */
export async function viewOfStep(
  context: BotContext,
  benchmark: Benchmark,
  step: Step,
  voice: Voice,
  trouble: string | null = null,
): Promise<ModalView> {
  const { profile, id } = benchmark;
  if (step === 'start') return startOf(context, benchmark, voice, { trouble });
  if (!profile || benchmark.state === 'profiling') {
    const { length: workers } = await context.listWorkers();
    return readingView(id, { again: benchmark.roles !== null, workers }, voice);
  }
  const plan = planOf(benchmark);
  if (step === 'columns') return columnsView(benchmark, profile, voice);
  if (step === 'data') return dataView(id, profile, plan, voice, trouble);
  if (step === 'models')
    return modelsStep(context, benchmark, profile, { ...plan, models: [...modelsOf(benchmark, plan)] }, voice);
  if (step === 'categories')
    return categoriesView(benchmark, profile, { ...plan, categories: categoriesOf(profile, plan) }, voice);
  return reviewOf(context, benchmark, profile, plan, await context.listWorkers(), voice);
}

/** The models of the plan, with what each takes by itself on the categories chosen or suggested. */
export async function modelsStep(
  context: BotContext,
  benchmark: Benchmark,
  profile: Profile,
  plan: Plan,
  voice: Voice,
): Promise<ModalView> {
  const workers = await context.listWorkers();
  const categories = categoriesOf(profile, plan);
  const own = { ...plan, categories };
  const told = { categories: categories.length, workers: workers.length };
  const seconds = secondsOf(context, profile, own, workers);
  return modelsView(benchmark, profile, own, offerOf(context), { ...told, seconds }, voice);
}

/** By model; none where the plan can't be run, which is said where it is submitted. */
function secondsOf(
  { flow }: BotContext,
  profile: Profile,
  plan: Plan,
  workers: readonly WorkerInfo[],
): Map<string, number> {
  try {
    const known = knownOf(flow.database, plan, profile, machinesOf(workers));
    return secondsPerModel(planTrials(plan, profile), profile, known);
  } catch (error) {
    if (error instanceof UserError) return new Map();
    throw error;
  }
}

const machinesOf = (workers: readonly WorkerInfo[]): Machine[] =>
  workers.map(({ device, speed }) => ({ device, speed }));

/** With what is known now: workers come and go. */
function reviewOf(
  { flow }: BotContext,
  benchmark: Benchmark,
  profile: Profile,
  plan: Plan,
  workers: readonly WorkerInfo[],
  voice: Voice,
): ModalView {
  const specs = planTrials(plan, profile);
  const known = knownOf(flow.database, plan, profile, machinesOf(workers));
  const estimate = estimateTrials(specs, profile, known);
  return reviewView({ benchmark, profile, plan, specs, estimate, workers: workers.length }, voice);
}

/** The step after this one; what asks for no decision is passed over. */
export function stepAfter(step: Step, profile: Profile): Step {
  const next = draftSteps[draftSteps.indexOf(step) + 1] ?? 'review';
  return next === 'data' && !asksForData(profile) ? 'models' : next;
}

/** @returns whether the modal is still open */
export async function updateView(
  context: BotContext,
  viewId: string,
  view: ModalView,
  hash?: string,
): Promise<boolean> {
  return (await putView(context, viewId, view, hash)) !== 'closed';
}

/**
 * @param hash of the view that it is put in place of; absent: whatever stands there
 * @returns its own hash, or why it isn't shown: the modal is closed, or shows something else by now
 */
export async function putView(
  { client }: BotContext,
  viewId: string,
  view: ModalView,
  hash?: string,
): Promise<{ hash: string } | 'closed' | 'changed'> {
  try {
    const put = await client.views.update({ view_id: viewId, view, ...(hash === undefined ? {} : { hash }) });
    return { hash: put.view?.hash ?? '' };
  } catch (error) {
    const code = slackErrorCode(error);
    if (code === 'not_found') return 'closed';
    if (code === 'hash_conflict') return 'changed';
    throw error;
  }
}
