/** The wizard as it happens. Each step is kept before the next is shown; a step's trouble is shown in its modal. */
import type { App, ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { accepts } from '../../flows/benchmark.ts';
import { planTrials } from '../../flows/plan.ts';
import { type Benchmark, draftSteps, getBenchmark, type Plan } from '../../flows/records.ts';
import {
  discardOtherDrafts,
  giveDataset,
  keepPlan,
  noteDraft,
  openDraft,
  planOf,
  submitPlan,
} from '../../flows/wizard.ts';
import { findDataset } from '../../storage/benchmark-queries.ts';
import type { BotContext } from '../context.ts';
import { actions, blocks, callbacks, commandName, valueAction } from '../ids.ts';
import { cut, escapeMrkdwn, name } from '../text.ts';
import { troubleText } from '../trouble.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { keptCategories, parseCategories, suggestCategoryOptions } from './categories-step.ts';
import { columnsTrouble, parseColumns } from './columns-step.ts';
import { changesData, parseData, suggestLabels } from './data-step.ts';
import type { ViewValues } from './frame.ts';
import { keptModels, parseModels, suggestModels } from './model-choice.ts';
import { isMember, readDataset } from './open.ts';
import { sendProblems } from './problems.ts';
import { parseSettings, settingsView } from './settings-view.ts';
import { keepStart, parseStart, readingView, sayingView } from './start-step.ts';
import { offerOf, type Step, stepAfter, updateView, viewOfStep } from './steps.ts';

const words = catalogue(
  () => ({
    gone: 'This draft is no longer there: it was started, or thrown away.',
    notMember: 'Podium is not in that channel. Type `/invite @Podium` there first.',
    read: (file: string) => `${file} has been read. Type ${commandName} and press “Go on with it”.`,
    unread: (file: string, why: string) => `${file} could not be read: ${why}`,
  }),
  () => ({
    gone: 'Ce brouillon n’existe plus : il a été lancé, ou abandonné.',
    notMember: 'Podium n’est pas dans ce canal. Tapez-y d’abord `/invite @Podium`.',
    read: (file: string) => `${file} a été lu. Tapez ${commandName} et appuyez sur « Continuer ».`,
    unread: (file: string, why: string) => `${file} n’a pas pu être lu : ${why}`,
  }),
);

/** What a step's submission leads to. */
type Answer = { errors: Record<string, string> } | { view: ModalView; afterwards?: () => Promise<void> } | 'close';

interface Submitted {
  benchmark: Benchmark;
  values: ViewValues;
  viewId: string;
  user: string;
  voice: Voice;
}

export function registerWizard(app: App, context: BotContext): void {
  onSubmit(app, context, callbacks.dataset, submitStart);
  onSubmit(app, context, callbacks.columns, submitColumns);
  onSubmit(app, context, callbacks.data, submitData);
  onSubmit(app, context, callbacks.models, submitModels);
  onSubmit(app, context, callbacks.categories, submitCategories);
  onSubmit(app, context, callbacks.review, submitReview);
  onSubmit(app, context, callbacks.settings, submitSettings);
  registerButtons(app, context);
  registerSearches(app, context);
}

function onSubmit(
  app: App,
  context: BotContext,
  callbackId: string,
  submit: (context: BotContext, submitted: Submitted) => Promise<Answer>,
): void {
  app.view(callbackId, async ({ ack, view, body }) => {
    const user = body.user.id;
    const { voice } = await context.readers.person(user);
    const id = view.private_metadata;
    const benchmark = openDraft(context.flow, id);
    // Slack delivers a submission again when its acknowledgement got lost: what runs already is closed quietly.
    if (!benchmark) {
      const known = getBenchmark(context.flow.database, id);
      if (known && known.submittedMs !== null) return ack();
      return ack({ response_action: 'update', view: sayingView(id, words(voice).gone, voice) });
    }
    try {
      const answer = await submit(context, { benchmark, values: view.state.values, viewId: view.id, user, voice });
      if (answer === 'close') return await ack();
      if ('errors' in answer) return await ack({ response_action: 'errors', errors: answer.errors });
      await ack({ response_action: 'update', view: answer.view });
      await answer.afterwards?.();
    } catch (error) {
      const text = troubleText(error, `${callbackId} of ${id} by ${user}`, voice, context.log);
      await ack({ response_action: 'update', view: sayingView(id, escapeMrkdwn(cut(text, 2500)), voice) });
    }
  });
  app.view({ callback_id: callbackId, type: 'view_closed' }, async ({ ack }) => ack());
}

async function submitStart(
  context: BotContext,
  { benchmark, values, viewId, user, voice }: Submitted,
): Promise<Answer> {
  const choice = parseStart(values, voice);
  if ('errors' in choice) return choice;
  const channel = choice.channel ?? benchmark.channel;
  if (choice.channel !== null && !(await isMember(context, choice.channel)))
    return { errors: { [blocks.channel]: words(voice).notMember } };
  noteDraft(context.flow, benchmark.id, { kind: choice.kind, channel, step: 'columns' });
  discardOtherDrafts(context.flow, benchmark.owner, benchmark.id);
  return {
    view: readingView(benchmark.id, { again: false, workers: 1 }, voice),
    afterwards: () => readDataset(context, benchmark.id, choice.dataset, user, viewId, voice),
  };
}

async function submitColumns(context: BotContext, submitted: Submitted): Promise<Answer> {
  const { benchmark, values, voice } = submitted;
  const { profile } = benchmark;
  if (!profile) return next(context, submitted, 'columns');
  const choice = parseColumns(values, profile, voice);
  if ('errors' in choice) return choice;
  if (JSON.stringify(choice.roles) !== JSON.stringify(profile.roles))
    return readAgain(context, submitted, choice.roles, 'columns');
  const errors = columnsTrouble(profile, voice);
  return errors ? { errors } : next(context, submitted, stepAfter('columns', profile));
}

async function submitData(context: BotContext, submitted: Submitted): Promise<Answer> {
  const { benchmark, values, voice } = submitted;
  const { profile } = benchmark;
  if (!profile) return next(context, submitted, 'data');
  const before = planOf(benchmark);
  const choice = parseData(values, profile, before, voice);
  if ('errors' in choice) return choice;
  noteDraft(context.flow, benchmark.id, { chosen: choice });
  if (changesData(before.preparation, choice.preparation))
    return readAgain(context, submitted, profile.roles, 'models');
  return next(context, submitted, 'models');
}

async function submitModels(context: BotContext, submitted: Submitted): Promise<Answer> {
  const { benchmark, values, voice } = submitted;
  const { profile, kind } = benchmark;
  if (!profile) return next(context, submitted, 'models');
  const choice = parseModels(values, kind, profile, planOf(benchmark), offerOf(context), voice);
  if ('errors' in choice) return choice;
  noteDraft(context.flow, benchmark.id, { chosen: choice });
  return next(context, submitted, 'categories');
}

async function submitCategories(context: BotContext, submitted: Submitted): Promise<Answer> {
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

async function submitReview(context: BotContext, { benchmark }: Submitted): Promise<Answer> {
  const { flow } = context;
  if (!accepts(benchmark.state, 'submitted')) return 'close';
  // Run again straight from another one's plan: nothing has been kept yet.
  if (!benchmark.plan || !benchmark.estimate)
    keepPlan(flow, benchmark.id, planOf(benchmark), await context.listWorkers());
  submitPlan(flow, benchmark.id);
  return 'close';
}

/** The settings lie over the review, which is brought up to date under them. */
async function submitSettings(context: BotContext, { benchmark, values, user, voice }: Submitted): Promise<Answer> {
  const choice = parseSettings(values, planOf(benchmark), voice);
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

async function next(context: BotContext, { benchmark, viewId, voice }: Submitted, step: Step): Promise<Answer> {
  const kept = noteDraft(context.flow, benchmark.id, { step, viewId });
  return { view: await viewOfStep(context, kept, step, voice) };
}

/** @param step where the person goes on when it has been read */
async function readAgain(
  context: BotContext,
  { benchmark, viewId, voice }: Submitted,
  roles: Benchmark['roles'],
  step: Step,
): Promise<Answer> {
  const dataset = benchmark.datasetHash === null ? null : findDataset(context.flow.database, benchmark.datasetHash);
  if (!dataset) throw new UserError('That file is no longer known. Upload it again.', { code: 'unknown_file' });
  noteDraft(context.flow, benchmark.id, { step, viewId });
  const workers = (await context.listWorkers()).length;
  return {
    view: readingView(benchmark.id, { again: true, workers }, voice),
    afterwards: async () => {
      giveDataset(context.flow, benchmark.id, dataset, roles, viewId);
    },
  };
}

const stepSchema = z.enum(draftSteps);

/** What stands in a step's fields, as far as it makes sense: Back loses nothing. */
function keptOf(
  context: BotContext,
  benchmark: Benchmark,
  { callback_id: step, state: { values } }: ViewOutput,
  voice: Voice,
): Partial<Plan> {
  const { profile } = benchmark;
  if (!profile) return {};
  if (step === callbacks.models) return { models: keptModels(values, offerOf(context)) };
  if (step === callbacks.categories) return { categories: keptCategories(values, profile) };
  if (step !== callbacks.data) return {};
  const { languages, mode } = { ...planOf(benchmark), ...parseData(values, profile, planOf(benchmark), voice) };
  return { languages, mode };
}

function registerButtons(app: App, context: BotContext): void {
  const { flow, client } = context;
  onModalButton(app, context, actions.wizardBack, async ({ benchmark, view, value, voice }) => {
    const step = stepSchema.parse(value);
    const chosen = keptOf(context, benchmark, view, voice);
    const start = view.callback_id === callbacks.dataset ? keepStart(view.state.values) : null;
    const kept = noteDraft(flow, benchmark.id, {
      step,
      chosen,
      viewId: view.id,
      ...(start ? { kind: start.kind } : {}),
    });
    const profile = kept.profile;
    await updateView(context, view.id, await viewOfStep(context, kept, profile ? step : 'start', voice), view.hash);
  });
  onModalButton(app, context, actions.wizardResume, async ({ view, value, user, voice }) => {
    const draft = openDraft(flow, value);
    if (!draft || draft.owner !== user) {
      await updateView(context, view.id, sayingView(view.private_metadata, words(voice).gone, voice));
      return;
    }
    const kept = noteDraft(flow, draft.id, { viewId: view.id });
    discardOtherDrafts(flow, draft.owner, draft.id);
    const { step } = kept.draft ?? { step: 'start' };
    await updateView(
      context,
      view.id,
      await viewOfStep(context, kept, step, voice, kept.state === 'draft' ? kept.error : null),
    );
  });
  onModalButton(app, context, actions.wizardSettings, async ({ benchmark, view, triggerId, voice }) => {
    const kept = noteDraft(flow, benchmark.id, { viewId: view.id });
    await client.views.push({ trigger_id: triggerId, view: settingsView(kept, planOf(kept), voice) });
  });
  onModalButton(app, context, actions.problemsFile, async ({ benchmark, user, voice }) => {
    await sendProblems(context, benchmark, user, voice);
  });
}

interface Pressed {
  benchmark: Benchmark;
  view: ViewOutput;
  value: string;
  user: string;
  triggerId: string;
  voice: Voice;
}

function onModalButton(
  app: App,
  context: BotContext,
  actionId: string,
  press: (pressed: Pressed) => Promise<void>,
): void {
  app.action({ type: 'block_actions', action_id: actionId }, async ({ ack, body, action }) => {
    await ack();
    const { view, user, trigger_id: triggerId } = body;
    if (!view) return;
    const { voice } = await context.readers.person(user.id);
    const id = view.private_metadata;
    try {
      const benchmark = openDraft(context.flow, id);
      const value = action.type === 'button' ? (action.value ?? '') : '';
      if (benchmark) await press({ benchmark, view, value, user: user.id, triggerId, voice });
      else await updateView(context, view.id, sayingView(id, words(voice).gone, voice));
    } catch (error) {
      const text = troubleText(error, `${actionId} of ${id} by ${user.id}`, voice, context.log);
      await updateView(context, view.id, sayingView(id, escapeMrkdwn(cut(text, 2500)), voice));
    }
  });
}

/** Fields that are searched as one types, and the models' facts, which follow the choice. */
function registerSearches(app: App, context: BotContext): void {
  const { flow } = context;
  const at = (blockId: string) => ({ block_id: blockId, action_id: valueAction });
  const searching = (blockId: string) => ({ type: 'block_suggestion' as const, ...at(blockId) });
  app.options<'block_suggestion'>(searching(blocks.models), async ({ ack, options }) => {
    const { benchmark, profile, voice } = await asking(context, options);
    if (!benchmark || !profile) return ack({ options: [] });
    await ack({ options: suggestModels(options.value, profile, planOf(benchmark), offerOf(context), voice) });
  });
  app.options<'block_suggestion'>(searching(blocks.categories), async ({ ack, options }) => {
    const { profile, voice } = await asking(context, options);
    await ack({ options: profile ? suggestCategoryOptions(options.value, profile, voice) : [] });
  });
  app.options<'block_suggestion'>(searching(blocks.excluded), async ({ ack, options }) => {
    const { benchmark, profile, voice } = await asking(context, options);
    if (!benchmark || !profile) return ack({ options: [] });
    await ack({ options: suggestLabels(options.value, profile, planOf(benchmark), voice) });
  });
  app.action({ type: 'block_actions', ...at(blocks.models) }, async ({ ack, body }) => {
    await ack();
    const { view, user } = body;
    const benchmark = view && openDraft(flow, view.private_metadata);
    if (!view || !benchmark?.profile) return;
    const { voice } = await context.readers.person(user.id);
    const models = keptModels(view.state.values, offerOf(context));
    const kept = noteDraft(flow, benchmark.id, { chosen: { models }, viewId: view.id });
    await updateView(context, view.id, await viewOfStep(context, kept, 'models', voice), view.hash);
  });
}

async function asking(
  context: BotContext,
  { view, user }: { view?: { private_metadata: string } | undefined; user: { id: string } },
) {
  const { voice } = await context.readers.person(user.id);
  const benchmark = view ? openDraft(context.flow, view.private_metadata) : null;
  return { benchmark, profile: benchmark?.profile ?? null, voice };
}

/** A profile has come back, good or bad: the open modal goes on with it; where it was closed, the person is told. */
export async function showProfiled(context: BotContext, benchmark: Benchmark): Promise<void> {
  const { viewId, profile, draft, id } = benchmark;
  const { voice } = await context.readers.person(benchmark.owner);
  const failed = benchmark.state === 'draft';
  const step = failed ? 'start' : (draft?.step ?? 'columns');
  const trouble = failed ? (benchmark.error ?? '') : null;
  if (
    viewId !== null &&
    (await updateView(context, viewId, await viewOfStep(context, benchmark, step, voice, trouble)))
  )
    return;
  if (benchmark.channel === '') return;
  const dataset = benchmark.datasetHash === null ? null : findDataset(context.flow.database, benchmark.datasetHash);
  const file = name(profile?.fileName ?? dataset?.fileName ?? id);
  const text = failed ? words(voice).unread(file, escapeMrkdwn(cut(trouble ?? '', 500))) : words(voice).read(file);
  await context.client.chat.postEphemeral({ channel: benchmark.channel, user: benchmark.owner, text });
}
