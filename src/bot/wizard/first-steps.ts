/** What Next does in the first steps: the file, its columns, its languages and labels. */
import { UserError } from '../../errors.ts';
import type { ColumnRoles } from '../../flows/contracts.ts';
import { discardOtherDrafts, giveDataset, mustBeRead, noteDraft, planOf } from '../../flows/wizard.ts';
import { findDataset } from '../../storage/benchmark-queries.ts';
import type { BotContext } from '../context.ts';
import { blocks } from '../ids.ts';
import { catalogue } from '../words/voice.ts';
import { columnsTrouble, parseColumns, sameRoles } from './columns-step.ts';
import { type DataChoice, parseData } from './data-step.ts';
import { readDataset } from './open.ts';
import { parseStart, readingView } from './start-step.ts';
import { type Step, stepAfter } from './steps.ts';
import { type Answer, next, type Submitted } from './submitted.ts';

const words = catalogue(
  () => ({ notMember: 'Podium is not in that channel. Type “/invite @Podium” there first.' }),
  () => ({ notMember: 'Podium n’est pas dans ce canal. Tapez-y d’abord « /invite @Podium ».' }),
);

export async function submitStart(context: BotContext, submitted: Submitted): Promise<Answer> {
  const { benchmark, values, viewId, user, voice } = submitted;
  const { flow } = context;
  const choice = parseStart(values, benchmark.datasetHash, voice);
  if ('errors' in choice) return choice;
  if (choice.channel !== null && !(await context.channels.canPost(choice.channel)))
    return { errors: { [blocks.channel]: words(voice).notMember } };
  const channel = choice.channel ?? benchmark.channel;
  const noted = noteDraft(flow, benchmark.id, { kind: choice.kind, channel, viewId });
  discardOtherDrafts(flow, benchmark.owner, benchmark.id);
  const { dataset } = choice;
  const isSame = 'hash' in dataset && dataset.hash === noted.datasetHash;
  // Went back and on again, or delivered twice: it has been read, or is being read.
  if (isSame && noted.state === 'profiling') return next(context, submitted, noted.draft?.step ?? 'columns');
  if (isSame && noted.state === 'configuring') return next(context, submitted, 'columns');
  return {
    view: readingView(benchmark.id, { again: false, workers: 1 }, voice),
    afterwards: () => readDataset(context, benchmark.id, dataset, user, viewId, voice),
  };
}

export async function submitColumns(context: BotContext, submitted: Submitted): Promise<Answer> {
  const { benchmark, values, voice } = submitted;
  const { profile, state } = benchmark;
  if (!profile || state === 'profiling') return next(context, submitted, benchmark.draft?.step ?? 'columns');
  const choice = parseColumns(values, benchmark.roles, profile, voice);
  if ('errors' in choice) return choice;
  if (!sameRoles(choice.roles, profile.roles)) return readAgain(context, submitted, choice.roles, 'columns');
  const errors = columnsTrouble(profile, voice);
  if (errors) return { errors };
  noteDraft(context.flow, benchmark.id, { roles: profile.roles });
  const isRead = !mustBeRead(benchmark, planOf(benchmark).preparation);
  return next(context, submitted, isRead ? stepAfter('columns', profile) : 'data');
}

export async function submitData(context: BotContext, submitted: Submitted): Promise<Answer> {
  const { benchmark, values, voice } = submitted;
  const { profile, state } = benchmark;
  if (!profile || state === 'profiling') return next(context, submitted, benchmark.draft?.step ?? 'data');
  const isRead = ({ preparation }: DataChoice): boolean => !mustBeRead(benchmark, preparation);
  const choice = parseData(values, profile, planOf(benchmark), voice, isRead);
  if ('errors' in choice) return choice;
  noteDraft(context.flow, benchmark.id, { chosen: choice });
  return isRead(choice) ? next(context, submitted, 'models') : readAgain(context, submitted, profile.roles, 'models');
}

/** @param step where the person goes on when it has been read */
async function readAgain(
  context: BotContext,
  { benchmark, viewId, voice }: Submitted,
  roles: ColumnRoles,
  step: Step,
): Promise<Answer> {
  const { flow } = context;
  const dataset = benchmark.datasetHash === null ? null : findDataset(flow.database, benchmark.datasetHash);
  if (!dataset) throw new UserError('That file is no longer known. Upload it again.', { code: 'unknown_file' });
  noteDraft(flow, benchmark.id, { step });
  giveDataset(flow, benchmark.id, dataset, roles, viewId);
  const workers = (await context.listWorkers()).length;
  return { view: readingView(benchmark.id, { again: true, workers }, voice) };
}
