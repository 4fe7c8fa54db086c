/** The wizard's steps as they happen. Every acknowledgement comes first; a step's trouble is shown in its modal. */
import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { errorText, UserError } from '../errors.ts';
import { accepts } from '../flows/benchmark.ts';
import { apply } from '../flows/flow.ts';
import { planTrials } from '../flows/plan.ts';
import { type Benchmark, getBenchmark, requireBenchmark } from '../flows/records.ts';
import { beginDraft, giveDataset, keepPlan, submitPlan } from '../flows/wizard.ts';
import { findDataset, recentDatasets } from '../storage/benchmark-queries.ts';
import type { BotContext } from './context.ts';
import { actions, blocks, callbacks, commandName } from './ids.ts';
import { slackErrorCode } from './slack-error.ts';
import { escapeMrkdwn, name } from './text.ts';
import { takeUpload } from './upload.ts';
import { choicesView, parseChoicesStep } from './wizard/choices-step.ts';
import { columnsView, parseColumnsStep } from './wizard/columns-step.ts';
import { datasetView, notMemberView, parseDatasetStep, readingView } from './wizard/dataset-step.ts';
import { reviewView } from './wizard/review-step.ts';

const knownDatasetsShown = 50;

export function registerWizard(app: App, context: BotContext): void {
  registerStart(app, context);
  registerDatasetStep(app, context);
  registerColumnsStep(app, context);
  registerChoicesStep(app, context);
  registerReviewStep(app, context);
  for (const callbackId of Object.values(callbacks)) {
    app.view({ callback_id: callbackId, type: 'view_closed' }, async ({ ack, view }) => {
      await ack();
      const benchmark = getBenchmark(context.flow.database, view.private_metadata);
      // Closing the modal throws an unfinished draft away; what runs already isn't touched by it.
      const drafting = benchmark && ['draft', 'profiling', 'configuring'].includes(benchmark.state);
      if (drafting) apply(context.flow, benchmark.id, 'cancelled');
    });
  }
}

function registerStart(app: App, context: BotContext): void {
  app.command(commandName, async ({ ack, body }) => {
    await ack();
    const { flow, client } = context;
    const draft = beginDraft(flow, body.user_id, body.channel_id);
    const view = datasetView(draft.id, recentDatasets(flow.database, knownDatasetsShown), null);
    const [opened, membership] = await Promise.all([
      client.views.open({ trigger_id: body.trigger_id, view }),
      client.conversations.info({ channel: body.channel_id }).catch(() => null),
    ]);
    const { channel } = membership ?? {};
    if (opened.view?.id && channel !== undefined && (channel.is_member || channel.is_im || channel.is_mpim)) return;
    if (opened.view?.id) await client.views.update({ view_id: opened.view.id, view: notMemberView(draft.id) });
  });
}

function registerDatasetStep(app: App, context: BotContext): void {
  const { flow } = context;
  app.view(callbacks.dataset, async ({ ack, view, body }) => {
    const choice = parseDatasetStep(view);
    if ('errors' in choice) return ack({ response_action: 'errors', errors: choice.errors });
    const id = view.private_metadata;
    await ack({ response_action: 'update', view: readingView(id, 'Reading your file…') });
    await inView(context, view.id, id, async () => {
      const dataset =
        'hash' in choice
          ? findDataset(flow.database, choice.hash)
          : await takeUpload(context, choice.fileId, body.user.id);
      if (!dataset) throw new UserError('That file is no longer known. Upload it again.');
      giveDataset(flow, id, dataset, null, view.id);
    });
  });
}

/** Runs a step's slow part; its trouble is shown above the first step's fields, where another file can be given. */
async function inView(
  context: BotContext,
  viewId: string,
  benchmarkId: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UserError)) context.log(`wizard ${benchmarkId}: ${errorText(error)}`);
    await showDatasetStep(context, viewId, benchmarkId, errorText(error));
  }
}

async function showDatasetStep(
  context: BotContext,
  viewId: string,
  benchmarkId: string,
  trouble: string,
): Promise<void> {
  const known = recentDatasets(context.flow.database, knownDatasetsShown);
  await updateView(context, viewId, datasetView(benchmarkId, known, trouble));
}

/** @returns whether the modal is still open */
async function updateView({ client }: BotContext, viewId: string, view: ModalView): Promise<boolean> {
  try {
    await client.views.update({ view_id: viewId, view });
    return true;
  } catch (error) {
    if (slackErrorCode(error) === 'not_found') return false;
    throw error;
  }
}

/** A profile has come back, good or bad: the open modal goes on with it. */
export async function showProfiled(context: BotContext, benchmark: Benchmark): Promise<void> {
  const { viewId, profile, id } = benchmark;
  if (viewId === null) return;
  if (benchmark.state === 'draft')
    return showDatasetStep(context, viewId, id, benchmark.error ?? 'The file could not be read.');
  if (!profile || (await updateView(context, viewId, columnsView(id, profile)))) return;
  await context.client.chat.postEphemeral({
    channel: benchmark.channel,
    user: benchmark.owner,
    text: `${name(profile.fileName)} has been read. The window was closed: type ${commandName} and choose it from the files from before.`,
  });
}

function registerColumnsStep(app: App, context: BotContext): void {
  const { flow } = context;
  app.view(callbacks.columns, async ({ ack, view }) => {
    const id = view.private_metadata;
    const { profile, datasetHash, plan } = requireBenchmark(flow.database, id);
    const dataset = datasetHash === null ? null : findDataset(flow.database, datasetHash);
    if (!profile || !dataset) return ack({ response_action: 'update', view: readingView(id, 'Reading your file…') });
    const choice = parseColumnsStep(view, profile);
    if ('errors' in choice) return ack({ response_action: 'errors', errors: choice.errors });
    if (JSON.stringify(choice.roles) !== JSON.stringify(profile.roles)) {
      await ack({ response_action: 'update', view: readingView(id, 'Reading it again with these columns…') });
      return inView(context, view.id, id, async () => {
        giveDataset(flow, id, dataset, choice.roles, view.id);
      });
    }
    if (profile.categories.every((category) => category.unusable !== null)) {
      const reasons = profile.categories.map((category) => `${category.name}: ${category.unusable}`);
      const message =
        reasons.length === 0
          ? 'These columns hold no category. Choose at least one label column, or an annotation column.'
          : `No category here can be compared. ${reasons.slice(0, 3).join('; ')}`;
      return ack({ response_action: 'errors', errors: { [blocks.labelColumns]: message.slice(0, 500) } });
    }
    await ack({ response_action: 'update', view: choicesView(id, profile, plan) });
  });
}

function registerChoicesStep(app: App, context: BotContext): void {
  const { flow } = context;
  app.view(callbacks.choices, async ({ ack, view }) => {
    const id = view.private_metadata;
    const { profile } = requireBenchmark(flow.database, id);
    if (!profile) return ack({ response_action: 'update', view: readingView(id, 'Reading your file…') });
    const choice = parseChoicesStep(view, profile);
    if ('errors' in choice) return ack({ response_action: 'errors', errors: choice.errors });
    const workers = await context.listWorkers();
    try {
      keepPlan(flow, id, choice.plan, workers);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return ack({ response_action: 'errors', errors: { [blocks.categories]: error.message } });
    }
    await ack({ response_action: 'update', view: reviewOf(context, id, workers.length) });
  });
}

function reviewOf(context: BotContext, benchmarkId: string, workers: number): ModalView {
  const { profile, plan, estimate } = requireBenchmark(context.flow.database, benchmarkId);
  if (!profile || !plan || !estimate) throw new UserError('Nothing has been chosen yet.');
  const specs = planTrials(plan, profile);
  return reviewView({ benchmarkId, profile, plan, specs, estimate: estimate.before, workers });
}

function registerReviewStep(app: App, context: BotContext): void {
  const { flow } = context;
  app.action({ type: 'block_actions', action_id: actions.wizardBack }, async ({ ack, body }) => {
    await ack();
    const { view } = body;
    const benchmark = view && getBenchmark(flow.database, view.private_metadata);
    if (!view || !benchmark?.profile) return;
    await updateView(context, view.id, choicesView(benchmark.id, benchmark.profile, benchmark.plan));
  });
  app.view(callbacks.review, async ({ ack, view }) => {
    const id = view.private_metadata;
    // Slack delivers a submission again when its acknowledgement got lost.
    if (!accepts(requireBenchmark(flow.database, id).state, 'submitted')) return ack();
    try {
      submitPlan(flow, id);
      await ack();
    } catch (error) {
      await ack({
        response_action: 'update',
        view: readingView(id, `It could not be started: ${escapeMrkdwn(errorText(error))}`),
      });
    }
  });
}
