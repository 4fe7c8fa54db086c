/** The wizard's steps in their order, and how each looks for a benchmark as it stands. */
import type { ModalView } from '@slack/types';
import type { Profile, WorkerInfo } from '../../flows/contracts.ts';
import { estimateTrials } from '../../flows/estimate.ts';
import { knownOf } from '../../flows/past-runs.ts';
import { planTrials } from '../../flows/plan.ts';
import { type Benchmark, type Draft, draftSteps, type Plan } from '../../flows/records.ts';
import { planOf, unfinishedDraft } from '../../flows/wizard.ts';
import { recentDatasets } from '../../storage/benchmark-queries.ts';
import type { BotContext } from '../context.ts';
import { slackErrorCode } from '../slack-error.ts';
import type { Voice } from '../words/voice.ts';
import { categoriesView } from './categories-step.ts';
import { columnsView } from './columns-step.ts';
import { asksForData, dataView } from './data-step.ts';
import { modelsAtFirst, modelsView, type Offer } from './model-choice.ts';
import { reviewView } from './review-step.ts';
import { readingView, startView } from './start-step.ts';

export type Step = Draft['step'];

const knownDatasetsShown = 100;

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
  if (step === 'start') return startOf(context, benchmark, voice, trouble);
  const workers = await context.listWorkers();
  if (!profile) return readingView(id, { again: benchmark.roles !== null, workers: workers.length }, voice);
  const plan = planOf(benchmark);
  if (step === 'columns') return columnsView(id, profile, voice);
  if (step === 'data') return dataView(id, profile, plan, voice);
  if (step === 'models') {
    const chosen = { ...plan, models: [...modelsAtFirst(benchmark.kind, plan)] };
    const seconds = secondsOfModels(context, benchmark, profile, chosen, workers);
    return modelsView(benchmark, profile, chosen, offerOf(context), seconds, voice);
  }
  if (step === 'categories') return categoriesView(benchmark, profile, plan, voice);
  return reviewOf(context, benchmark, profile, plan, workers, voice);
}

function startOf({ flow }: BotContext, benchmark: Benchmark, voice: Voice, trouble: string | null): ModalView {
  const other = benchmark.datasetHash === null ? unfinishedDraft(flow, benchmark.owner) : null;
  const unfinished = other && other.id !== benchmark.id ? other : null;
  const known = recentDatasets(flow.database, knownDatasetsShown);
  return startView({ benchmark, known, unfinished, trouble }, voice);
}

/** What each chosen model takes by itself; empty where that can't be told yet. */
function secondsOfModels(
  { flow }: BotContext,
  { kind }: Benchmark,
  profile: Profile,
  plan: Plan,
  workers: readonly WorkerInfo[],
): Map<string, number> {
  const usable = profile.categories.flatMap(({ name, unusable }) => (unusable === null ? [name] : []));
  const categories = plan.categories.length > 0 ? plan.categories : usable.slice(0, 3);
  if (categories.length === 0) return new Map();
  const machines = workers.map(({ device, speed }) => ({ device, speed }));
  const known = knownOf(flow.database, plan, profile, machines.slice(0, 1));
  return new Map(
    plan.models.flatMap((model) => {
      try {
        const specs = planTrials({ ...plan, categories, models: [model] }, profile);
        const { seconds } = estimateTrials(specs, profile, { ...known, atMost: kind === 'compare' && known.atMost });
        return [[model, seconds] as const];
      } catch {
        // A plan that can't be run says so where it is submitted.
        return [];
      }
    }),
  );
}

async function reviewOf(
  context: BotContext,
  benchmark: Benchmark,
  profile: Profile,
  plan: Plan,
  workers: readonly WorkerInfo[],
  voice: Voice,
): Promise<ModalView> {
  const machines = workers.map(({ device, speed }) => ({ device, speed }));
  const specs = planTrials(plan, profile);
  const estimate =
    benchmark.estimate?.before ??
    estimateTrials(specs, profile, knownOf(context.flow.database, plan, profile, machines));
  const people = await Promise.all(plan.vote.deciders.slice(0, 10).map((user) => context.readers.person(user)));
  const deciders = people.map(({ name }) => name);
  return reviewView(
    { benchmark, profile, plan, trials: specs.length, estimate, workers: workers.length, deciders },
    voice,
  );
}

/** The step after this one; what asks for no decision is passed over. */
export function stepAfter(step: Step, profile: Profile): Step {
  const next = draftSteps[draftSteps.indexOf(step) + 1] ?? 'review';
  return next === 'data' && !asksForData(profile) ? 'models' : next;
}

/** @returns whether the modal is still open */
export async function updateView(
  { client }: BotContext,
  viewId: string,
  view: ModalView,
  hash?: string,
): Promise<boolean> {
  try {
    await client.views.update({ view_id: viewId, view, ...(hash === undefined ? {} : { hash }) });
    return true;
  } catch (error) {
    const code = slackErrorCode(error);
    if (code === 'not_found') return false;
    // Somebody's next key has changed it meanwhile: what that brings comes with its own update.
    if (code === 'hash_conflict') return true;
    throw error;
  }
}
