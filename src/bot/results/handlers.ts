/** Buttons under the ranking: a model's mistakes, the files, and trying failed trials again. */
import { createHash } from 'node:crypto';
import type { App, BlockButtonAction } from '@slack/bolt';
import { UserError } from '../../errors.ts';
import { mayDecide } from '../../flows/decision.ts';
import { predictionsCsv } from '../../flows/predictions-csv.ts';
import { type Benchmark, getTrials, requireBenchmark } from '../../flows/records.ts';
import { retryFailedTrials } from '../../flows/retry.ts';
import { findMessage } from '../../storage/message-queries.ts';
import { onButton, whisper } from '../buttons.ts';
import type { BotContext } from '../context.ts';
import { uploadOnce } from '../delivery.ts';
import { actions, callbacks } from '../ids.ts';
import { escapeMrkdwn } from '../text.ts';
import { troubleText } from '../trouble.ts';
import { catalogue } from '../words/voice.ts';
import { confusedTrials, confusionChoiceView, parseConfusionChoice } from './confusion-choice.ts';
import { confusionPicture } from './pictures.ts';
import { resultsCsv } from './results-file.ts';

const words = catalogue(
  () => ({
    results: 'Results',
    predictions: 'Predictions on the test texts',
    thereAlready: (link: string) =>
      `The file stands in this thread already${link === '' ? '' : `: <${link}|open it>`}.`,
  }),
  () => ({
    results: 'Résultats',
    predictions: 'Prédictions sur les textes de test',
    thereAlready: (link: string) => `Le fichier est déjà dans ce fil${link === '' ? '' : ` : <${link}|l’ouvrir>`}.`,
  }),
);

export function registerResults(app: App, context: BotContext): void {
  const { flow } = context;
  onButton(app, context, actions.retryTrials, async (body, value) => {
    const benchmark = requireBenchmark(flow.database, value);
    const { isAdmin } = await context.readers.person(body.user.id);
    if (!isAdmin && !mayDecide(benchmark, body.user.id))
      throw new UserError('Only the person who started this benchmark, or whom they named, can try again.', {
        code: 'not_retrier',
      });
    retryFailedTrials(flow, value);
  });
  onButton(app, context, actions.resultsFile, async (body, value) => {
    const benchmark = requireBenchmark(flow.database, value);
    const { ranking } = benchmark;
    if (!ranking) throw new UserError('There are no results yet.', { code: 'no_results' });
    await shareFile(context, body, benchmark, 'results', JSON.stringify(ranking), async () =>
      Buffer.from(resultsCsv(ranking)),
    );
  });
  onButton(app, context, actions.predictionsFile, async (body, value) => {
    const benchmark = requireBenchmark(flow.database, value);
    const trials = getTrials(flow.database, value);
    const about = trials.map(({ predictionsKey, attempt }) => `${predictionsKey} ${attempt}`).join();
    await shareFile(context, body, benchmark, 'predictions', about, () =>
      predictionsCsv(trials, (key) => context.artifacts.get(key)),
    );
  });
  onButton(app, context, actions.confusion, async (body, value) => {
    const benchmark = requireBenchmark(flow.database, value);
    const { voice } = await context.readers.person(body.user.id);
    const view = confusionChoiceView(benchmark, getTrials(flow.database, value), voice);
    await context.client.views.open({ trigger_id: body.trigger_id, view });
  });
  app.view(callbacks.confusion, async ({ ack, view, body }) => {
    await ack();
    await showConfusion(context, view.private_metadata, parseConfusionChoice(view), body.user.id);
  });
}

/** Puts a file into the thread, once for each content; who asks for it later is told that it stands there. */
async function shareFile(
  context: BotContext,
  body: BlockButtonAction,
  benchmark: Benchmark,
  kind: 'results' | 'predictions',
  about: string,
  make: () => Promise<Uint8Array>,
): Promise<void> {
  const { flow, client, readers } = context;
  const role = `${kind}_${createHash('sha256').update(about).digest('hex').slice(0, 12)}`;
  const known = findMessage(flow.database, benchmark.id, role)?.fileId ?? null;
  if (known !== null) {
    const { file } = await client.files.info({ file: known });
    const { voice } = await readers.person(body.user.id);
    await whisper(context, body, words(voice).thereAlready(file?.permalink ?? ''));
    return;
  }
  const title = words(readers.channel(benchmark.channel))[kind];
  const fileName = `benchmark-${benchmark.number}-${kind}.csv`;
  const thread = findMessage(flow.database, benchmark.id, 'progress')?.ts ?? null;
  await uploadOnce({ flow, client }, benchmark, role, async () => ({ bytes: await make(), fileName, title }), thread);
}

async function showConfusion(
  context: BotContext,
  benchmarkId: string,
  trialId: string | null,
  user: string,
): Promise<void> {
  const { flow, client, readers } = context;
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  const { voice } = await readers.person(user);
  const thread = findMessage(flow.database, benchmarkId, 'progress')?.ts;
  const at = { channel: benchmark.channel, user, ...(thread ? { thread_ts: thread } : {}) };
  try {
    const trial = confusedTrials(benchmark, getTrials(flow.database, benchmarkId)).find(({ id }) => id === trialId);
    const picture = trial && confusionPicture(trial, voice);
    if (!trial || !picture) throw new UserError('That trial has no result any more.', { code: 'no_results' });
    const role = `confusion_${trial.id}_${trial.attempt}_${voice.language}`;
    const fileId = await uploadOnce({ flow, client }, benchmark, role, async () => ({
      bytes: await context.charts.draw(picture.sized),
      fileName: 'confusion.png',
      title: picture.title,
      altText: picture.altText,
    }));
    await client.chat.postEphemeral({
      ...at,
      text: escapeMrkdwn(picture.altText),
      blocks: [{ type: 'image', slack_file: { id: fileId }, alt_text: picture.altText }],
    });
  } catch (error) {
    const text = troubleText(error, `confusion matrix of ${benchmarkId} for ${user}`, voice, context.log);
    await client.chat.postEphemeral({ ...at, text: escapeMrkdwn(text) });
  }
}
