/** The wizard as it happens. Each step is kept before the next is shown; a step's trouble is shown in its modal. */
import type { App, ViewOutput } from '@slack/bolt';
import { z } from 'zod';
import { errorText } from '../../errors.ts';
import { type Benchmark, draftSteps, getBenchmark } from '../../flows/records.ts';
import { type DraftNotes, discardOtherDrafts, noteDraft, openDraft, planOf } from '../../flows/wizard.ts';
import type { BotContext } from '../context.ts';
import { actions, callbacks, commandName } from '../ids.ts';
import { cut, escapeMrkdwn, name } from '../text.ts';
import { troubleText } from '../trouble.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { keptCategories } from './categories-step.ts';
import { columnsView, keepColumns } from './columns-step.ts';
import { keepData } from './data-step.ts';
import { submitColumns, submitData, submitStart } from './first-steps.ts';
import { fileNameOf } from './known-files.ts';
import { keptModels } from './models-step.ts';
import { submitCategories, submitModels, submitReview, submitSettings } from './plan-steps.ts';
import { sendProblems } from './problems.ts';
import { registerSearches } from './searches.ts';
import { settingsView } from './settings-view.ts';
import { keepStart, sayingView } from './start-step.ts';
import { offerOf, type Step, updateView, viewOfStep } from './steps.ts';
import type { Submit } from './submitted.ts';

const words = catalogue(
  () => ({
    gone: `This draft is no longer there: it was started, or thrown away. \`${commandName}\` begins a new one.`,
    read: (file: string) => `${file} has been read. Type \`${commandName}\` and press “Go on with it”.`,
    unread: (file: string, why: string) => `${file} could not be read: ${why}`,
  }),
  () => ({
    gone: `Ce brouillon n’existe plus : il a été lancé, ou abandonné. \`${commandName}\` en commence un nouveau.`,
    read: (file: string) => `${file} a été lu. Tapez \`${commandName}\` et appuyez sur « Continuer ».`,
    unread: (file: string, why: string) => `${file} n’a pas pu être lu : ${why}`,
  }),
);

export function registerWizard(app: App, context: BotContext): void {
  onSubmit(app, context, callbacks.dataset, submitStart);
  onSubmit(app, context, callbacks.columns, submitColumns);
  onSubmit(app, context, callbacks.data, submitData);
  onSubmit(app, context, callbacks.models, submitModels);
  onSubmit(app, context, callbacks.categories, submitCategories);
  onSubmit(app, context, callbacks.review, submitReview);
  onSubmit(app, context, callbacks.settings, submitSettings);
  for (const callbackId of [...Object.keys(stepByCallback), callbacks.reading, callbacks.settings])
    onClose(app, context, callbackId);
  registerButtons(app, context);
  registerSearches(app, context);
}

function onSubmit(app: App, context: BotContext, callbackId: string, submit: Submit): void {
  const { flow, readers, log } = context;
  app.view(callbackId, async ({ ack, view, body }) => {
    const user = body.user.id;
    const { voice } = await readers.person(user);
    const id = view.private_metadata;
    const benchmark = openDraft(flow, id);
    // Slack delivers a submission again when its acknowledgement got lost: what runs already is closed quietly.
    if (!benchmark) {
      const known = getBenchmark(flow.database, id);
      if (known && known.submittedMs !== null) return ack();
      return ack({ response_action: 'update', view: sayingView(id, words(voice).gone, voice) });
    }
    try {
      const answer = await submit(context, { benchmark, values: view.state.values, viewId: view.id, user, voice });
      if (answer === 'close') return await ack();
      if ('errors' in answer) return await ack({ response_action: 'errors', errors: answer.errors });
      await ack({ response_action: 'update', view: answer.view });
      answer.afterwards?.().catch((error: unknown) => log(`${callbackId} of ${id}: ${errorText(error)}`));
    } catch (error) {
      const text = troubleText(error, `${callbackId} of ${id} by ${user}`, voice, log);
      const back = stepOf(callbackId) ?? 'review';
      await ack({ response_action: 'update', view: sayingView(id, escapeMrkdwn(cut(text, 2500)), voice, back) });
    }
  });
}

/** Closing keeps the draft, and what stood in the fields. */
function onClose(app: App, context: BotContext, callbackId: string): void {
  app.view({ callback_id: callbackId, type: 'view_closed' }, async ({ ack, view }) => {
    await ack();
    const benchmark = openDraft(context.flow, view.private_metadata);
    // Slack doesn't promise to send what stood in the fields of a closed modal.
    if (!benchmark || Object.keys(view.state?.values ?? {}).length === 0) return;
    noteDraft(context.flow, benchmark.id, keptOf(context, benchmark, view));
  });
}

const stepByCallback: Record<string, Step> = {
  [callbacks.dataset]: 'start',
  [callbacks.columns]: 'columns',
  [callbacks.data]: 'data',
  [callbacks.models]: 'models',
  [callbacks.categories]: 'categories',
  [callbacks.review]: 'review',
};
const stepOf = (callbackId: string): Step | null => stepByCallback[callbackId] ?? null;

/** What stands in a step's fields, whether or not it can be run: Back loses nothing. */
function keptOf(
  context: BotContext,
  benchmark: Benchmark,
  { callback_id: id, state: { values } }: ViewOutput,
): DraftNotes {
  const { profile } = benchmark;
  const step = stepOf(id);
  if (step === 'start') {
    const { kind, channel } = keepStart(values);
    return { kind, ...(channel === null ? {} : { channel }) };
  }
  if (!profile) return {};
  if (step === 'columns') {
    const roles = keepColumns(values, benchmark.roles, profile);
    return roles ? { roles } : {};
  }
  if (step === 'data') return { chosen: keepData(values, profile, planOf(benchmark)) };
  // A draft holds what was chosen, never that nothing is.
  const [models, categories] = [keptModels(values, offerOf(context)), keptCategories(values, profile)];
  if (step === 'models' && models.length > 0) return { chosen: { models } };
  if (step === 'categories' && categories.length > 0) return { chosen: { categories } };
  return {};
}

const stepSchema = z.enum(draftSteps);

function registerButtons(app: App, context: BotContext): void {
  const { flow, client } = context;
  const show = async (viewId: string, benchmark: Benchmark, step: Step, voice: Voice): Promise<void> => {
    const trouble = benchmark.state === 'draft' ? benchmark.error : null;
    await updateView(context, viewId, await viewOfStep(context, benchmark, step, voice, trouble));
  };
  onModalButton(app, context, actions.wizardBack, async ({ benchmark, view, value, voice }) => {
    const step = stepSchema.parse(value);
    const kept = noteDraft(flow, benchmark.id, { ...keptOf(context, benchmark, view), step, viewId: view.id });
    await show(view.id, kept, kept.profile ? step : 'start', voice);
  });
  onModalButton(app, context, actions.wizardResume, async ({ benchmark, view, value, user, voice }) => {
    const draft = openDraft(flow, value);
    if (!draft || draft.owner !== user) {
      await updateView(context, view.id, sayingView(view.private_metadata, words(voice).gone, voice));
      return;
    }
    const channel = draft.channel === '' ? benchmark.channel : draft.channel;
    const kept = noteDraft(flow, draft.id, { viewId: view.id, channel });
    discardOtherDrafts(flow, draft.owner, draft.id);
    const step = kept.channel === '' || kept.state === 'draft' ? 'start' : (kept.draft?.step ?? 'start');
    await show(view.id, kept, step, voice);
  });
  onModalButton(app, context, actions.wizardSettings, async ({ benchmark, view, triggerId, voice }) => {
    const kept = noteDraft(flow, benchmark.id, { viewId: view.id });
    if (!kept.profile) return;
    const settings = settingsView(kept, kept.profile, planOf(kept), voice);
    await client.views.push({ trigger_id: triggerId, view: settings });
  });
  onModalButton(app, context, actions.problemsFile, async ({ benchmark, view, user, voice }) => {
    await sendProblems(context, benchmark, user, voice);
    const kept = noteDraft(flow, benchmark.id, keptOf(context, benchmark, view));
    if (!kept.profile) return;
    await updateView(context, view.id, columnsView(kept, kept.profile, voice, { sent: true }), view.hash);
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
      await updateView(
        context,
        view.id,
        sayingView(id, escapeMrkdwn(cut(text, 2500)), voice, stepOf(view.callback_id)),
      );
    }
  });
}

/** A profile has come back, good or bad: the open modal goes on with it; where it was closed, the person is told. */
export async function showProfiled(context: BotContext, benchmark: Benchmark): Promise<void> {
  const { viewId, draft, profile } = benchmark;
  const { voice } = await context.readers.person(benchmark.owner);
  const failed = benchmark.state === 'draft';
  // What was found before is still there when only the decisions about the data can't be read.
  const step = failed ? (profile ? 'data' : 'start') : (draft?.step ?? 'columns');
  const trouble = failed ? (benchmark.error ?? '') : null;
  if (viewId !== null) {
    const view = await viewOfStep(context, benchmark, step, voice, trouble);
    if (await updateView(context, viewId, view)) return;
  }
  if (benchmark.channel === '') return;
  const file = name(fileNameOf(context.flow, benchmark));
  const text = failed ? words(voice).unread(file, escapeMrkdwn(cut(trouble ?? '', 500))) : words(voice).read(file);
  await context.client.chat.postEphemeral({ channel: benchmark.channel, user: benchmark.owner, text });
}
