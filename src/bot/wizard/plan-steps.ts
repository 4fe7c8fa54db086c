/** What Next does in the later steps: models, categories, review, and the settings over it. */
import { UserError } from '../../errors.ts';
import { accepts } from '../../flows/benchmark.ts';
import { planTrials } from '../../flows/plan.ts';
import { keepPlan, noteDraft, planOf, submitPlan } from '../../flows/wizard.ts';
import type { BotContext } from '../context.ts';
import { blocks } from '../ids.ts';
import { cut } from '../text.ts';
import { troubleText } from '../trouble.ts';
import { parseCategories } from './categories-step.ts';
import { parseModels } from './models-step.ts';
import { parseSettings } from './settings-view.ts';
import { offerOf, updateView, viewOfStep } from './steps.ts';
import { type Answer, next, type Submitted } from './submitted.ts';

export async function submitModels(context: BotContext, submitted: Submitted): Promise<Answer> {
  const { benchmark, values, voice } = submitted;
  const { profile, kind } = benchmark;
  if (!profile) return next(context, submitted, 'models');
  const choice = parseModels(values, kind, profile, planOf(benchmark), offerOf(context), voice);
  if ('errors' in choice) return choice;
  noteDraft(context.flow, benchmark.id, { chosen: choice });
  return next(context, submitted, 'categories');
}

export async function submitCategories(context: BotContext, submitted: Submitted): Promise<Answer> {
  const { benchmark, values, voice } = submitted;
  const { profile } = benchmark;
  if (!profile) return next(context, submitted, 'categories');
  const choice = parseCategories(values, profile, voice);
  if ('errors' in choice) return choice;
  const plan = { ...planOf(benchmark), ...choice };
  try {
    planTrials(plan, profile);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { errors: { [blocks.categories]: cut(troubleText(error, '', voice, context.log), 500) } };
  }
  noteDraft(context.flow, benchmark.id, { chosen: choice });
  keepPlan(context.flow, benchmark.id, plan, await context.listWorkers());
  return next(context, submitted, 'review');
}

export async function submitReview(context: BotContext, { benchmark }: Submitted): Promise<Answer> {
  const { flow } = context;
  if (!accepts(benchmark.state, 'submitted')) return 'close';
  keepPlan(flow, benchmark.id, planOf(benchmark), await context.listWorkers());
  submitPlan(flow, benchmark.id);
  return 'close';
}

/** The settings lie over the review, which is brought up to date under them. */
export async function submitSettings(
  context: BotContext,
  { benchmark, values, user, voice }: Submitted,
): Promise<Answer> {
  const { profile } = benchmark;
  if (!profile) return 'close';
  const choice = parseSettings(values, profile, planOf(benchmark), voice);
  if ('errors' in choice) return choice;
  const { flow } = context;
  noteDraft(flow, benchmark.id, { chosen: choice });
  const kept = keepPlan(flow, benchmark.id, { ...planOf(benchmark), ...choice }, await context.listWorkers());
  const { viewId } = kept;
  if (viewId !== null) {
    viewOfStep(context, kept, 'review', voice)
      .then((view) => updateView(context, viewId, view))
      .catch((error: unknown) => troubleText(error, `the review of ${benchmark.id} for ${user}`, voice, context.log));
  }
  return 'close';
}
