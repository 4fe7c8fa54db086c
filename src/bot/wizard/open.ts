/** Opening the wizard: a small modal at once, for a trigger lives three seconds; whatever has to be looked up comes after it. */
import { UserError } from '../../errors.ts';
import type { Benchmark } from '../../flows/records.ts';
import { beginDraft, giveDataset, noteDraft } from '../../flows/wizard.ts';
import { findDataset } from '../../storage/benchmark-queries.ts';
import type { BotContext } from '../context.ts';
import { troubleText } from '../trouble.ts';
import { takeUpload } from '../upload.ts';
import type { Voice } from '../words/voice.ts';
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

export async function openWizard(context: BotContext, order: WizardOrder): Promise<void> {
  const { flow, client, readers } = context;
  const { voice } = await readers.person(order.user);
  const draft = beginDraft(flow, {
    owner: order.user,
    channel: order.channel ?? '',
    ...(order.kind ? { kind: order.kind } : {}),
    ...(order.from ? { from: order.from } : {}),
  });
  const begins = order.file === undefined && order.datasetHash === undefined;
  const first = begins
    ? await viewOfStep(context, draft, order.from?.profile ? 'review' : 'start', voice)
    : readingView(draft.id, { again: false, workers: 1 }, voice);
  const [{ view }, canPost] = await Promise.all([
    client.views.open({ trigger_id: order.triggerId, view: first }),
    isMember(context, draft.channel),
  ]);
  if (!view?.id) return;
  if (!canPost) {
    await updateView(context, view.id, notMemberView(draft.id, voice));
    return;
  }
  if (!begins) await takeGiven(context, draft, view.id, order, voice);
}

/** A channel that isn't chosen yet is asked for in the modal, and looked at then. */
export async function isMember({ client }: BotContext, channelId: string): Promise<boolean> {
  if (channelId === '') return true;
  const { channel } = (await client.conversations.info({ channel: channelId }).catch(() => null)) ?? {};
  return channel !== undefined && Boolean(channel.is_member || channel.is_im || channel.is_mpim);
}

async function takeGiven(
  context: BotContext,
  draft: Benchmark,
  viewId: string,
  order: Pick<WizardOrder, 'file' | 'datasetHash' | 'user'>,
  voice: Voice,
): Promise<void> {
  const given = order.file ? { fileId: order.file.id } : { hash: order.datasetHash ?? '' };
  await readDataset(context, draft.id, given, order.user, viewId, voice);
}

/** Takes a file and has it profiled; its trouble is shown above the first step's fields, where another can be given. */
export async function readDataset(
  context: BotContext,
  benchmarkId: string,
  given: { fileId: string } | { hash: string },
  user: string,
  viewId: string,
  voice: Voice,
): Promise<void> {
  const { flow } = context;
  try {
    const dataset =
      'hash' in given ? findDataset(flow.database, given.hash) : await takeUpload(context, given.fileId, user);
    if (!dataset) throw new UserError('That file is no longer known. Upload it again.', { code: 'unknown_file' });
    noteDraft(flow, benchmarkId, { step: 'columns', viewId });
    giveDataset(flow, benchmarkId, dataset, null, viewId);
    const { listWorkers } = context;
    const workers = (await listWorkers()).length;
    if (workers === 0) await updateView(context, viewId, readingView(benchmarkId, { again: false, workers }, voice));
  } catch (error) {
    const trouble = troubleText(error, `the file of ${benchmarkId}`, voice, context.log);
    const benchmark = noteDraft(flow, benchmarkId, { step: 'start' });
    await updateView(context, viewId, await viewOfStep(context, benchmark, 'start', voice, trouble));
  }
}
