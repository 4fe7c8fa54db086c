/** Opening the wizard: a small modal at once, for a trigger lives three seconds; whatever has to be looked up comes after it. */
import type { ModalView } from '@slack/types';
import { UserError } from '../../errors.ts';
import type { Benchmark } from '../../flows/records.ts';
import { beginDraft, giveDataset, keepDataset, noteDraft, openDraft } from '../../flows/wizard.ts';
import { findDataset } from '../../storage/benchmark-queries.ts';
import type { BotContext } from '../context.ts';
import { troubleText } from '../trouble.ts';
import { takeUpload } from '../upload.ts';
import type { Voice } from '../words/voice.ts';
import { startOf } from './known-files.ts';
import { notMemberView, readingView } from './start-step.ts';
import { updateView, viewOfStep } from './steps.ts';

export interface WizardOrder {
  triggerId: string;
  user: string;
  /** where the results shall stand; null: it is asked for */
  channel: string | null;
  kind?: Benchmark['kind'];
  /** a Slack file to begin with */
  file?: { id: string };
  /** a dataset that Podium has */
  datasetHash?: string;
  /** another benchmark, to be run again: opened at its review */
  from?: Benchmark;
}

/** @throws UserError when a benchmark can't be run again as it was */
export async function openWizard(context: BotContext, order: WizardOrder): Promise<void> {
  const { flow, client, readers } = context;
  const { user, channel, kind, from } = order;
  const { voice } = await readers.person(user);
  const draft = beginDraft(flow, { owner: user, channel: channel ?? '', ...(kind && { kind }), ...(from && { from }) });
  const given = order.file ? { fileId: order.file.id } : order.datasetHash ? { hash: order.datasetHash } : null;
  const [{ view }, canPost] = await Promise.all([
    client.views.open({ trigger_id: order.triggerId, view: await firstView(context, draft, given, voice) }),
    draft.channel === '' || context.channels.canPost(draft.channel),
  ]);
  if (!view?.id) return;
  noteDraft(flow, draft.id, { viewId: view.id });
  if (!canPost) await updateView(context, view.id, notMemberView(draft.id, voice));
  else if (given) await readDataset(context, draft.id, given, user, view.id, voice);
  // Whoever is quicker than this has gone on already: then the hash is another one.
  else if (!from?.profile) await updateView(context, view.id, await startOf(context, draft, voice), view.hash);
}

/** What can be shown without asking anybody. */
async function firstView(context: BotContext, draft: Benchmark, given: Given | null, voice: Voice): Promise<ModalView> {
  if (given) return readingView(draft.id, { again: false, workers: 1 }, voice);
  return draft.profile ? viewOfStep(context, draft, 'review', voice) : startOf(context, draft, voice, { quick: true });
}

type Given = { fileId: string } | { hash: string };

/** Takes a file and has it profiled; its trouble is shown above the first step's fields, where another can be given. */
export async function readDataset(
  context: BotContext,
  benchmarkId: string,
  given: Given,
  user: string,
  viewId: string,
  voice: Voice,
): Promise<void> {
  const { flow } = context;
  const show = async (benchmark: Benchmark, trouble: string | null): Promise<void> => {
    const step = benchmark.draft?.step ?? 'start';
    await updateView(context, viewId, await viewOfStep(context, benchmark, step, voice, trouble));
  };
  try {
    const dataset =
      'hash' in given ? findDataset(flow.database, given.hash) : await takeUpload(context, given.fileId, user);
    if (!dataset) throw new UserError('That file is no longer known. Upload it again.', { code: 'unknown_file' });
    const before = openDraft(flow, benchmarkId);
    if (!before) return;
    const isThere = before.datasetHash === dataset.hash;
    // Submitted twice, or the same file again: it is being read, or has been.
    if (isThere && before.state === 'profiling') return;
    if (isThere && before.state === 'configuring')
      return await show(noteDraft(flow, benchmarkId, { step: 'columns' }), null);
    if (before.channel === '') return await show(keepDataset(flow, benchmarkId, dataset), null);
    noteDraft(flow, benchmarkId, { step: 'columns' });
    giveDataset(flow, benchmarkId, dataset, null, viewId);
    const workers = (await context.listWorkers()).length;
    if (workers === 0) await updateView(context, viewId, readingView(benchmarkId, { again: false, workers }, voice));
  } catch (error) {
    const trouble = troubleText(error, `the file of ${benchmarkId}`, voice, context.log);
    await show(noteDraft(flow, benchmarkId, { step: 'start' }), trouble);
  }
}
