/** Buttons in a benchmark's thread: voting, and what its owner and those named beside them decide. */
import type { App, BlockButtonAction, ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { UserError } from '../errors.ts';
import { castVote, closeVoteEarly, setVotes, type VoteChange, voteRulesOf } from '../flows/ballot.ts';
import { cancelBenchmark } from '../flows/cancel.ts';
import { checkMayDecide, decide, retryTraining, type Wish } from '../flows/decision.ts';
import { type Benchmark, requireBenchmark } from '../flows/records.ts';
import { votesOf } from '../storage/message-queries.ts';
import { onButton, whisper } from './buttons.ts';
import type { BotContext } from './context.ts';
import { noticeView, parseModalMetadata, parseStop, parseTop, stopView, topView } from './decision-views.ts';
import { actions, blocks, callbacks } from './ids.ts';
import { manualChoiceView, parseManualChoice } from './manual-choice.ts';
import { otherVotesView, parseOtherVotes } from './other-votes.ts';
import { escapeMrkdwn } from './text.ts';
import { troubleText } from './trouble.ts';
import { catalogue, type Voice } from './words/voice.ts';

const words = catalogue(
  () => ({
    cast: '🗳️ Your vote is in. The same button takes it back, another one moves it.',
    moved: '🗳️ Your vote has been moved.',
    withdrawn: '🗳️ Your vote has been taken back.',
  }),
  () => ({
    cast: '🗳️ Votre vote est enregistré. Le même bouton le retire, un autre le déplace.',
    moved: '🗳️ Votre vote a été déplacé.',
    withdrawn: '🗳️ Votre vote a été retiré.',
  }),
);

/** What the thread needs of the bot. */
type ThreadContext = Pick<BotContext, 'flow' | 'client' | 'readers' | 'channels' | 'log'>;

const voteSchema = z.object({ benchmark: z.string(), choice: z.string() });
const othersSchema = z.object({ benchmark: z.string(), from: z.number().int() });

export function registerThread(app: App, context: ThreadContext): void {
  registerVotes(app, context);
  registerDecisions(app, context);
  const { flow } = context;
  onButton(app, context, actions.closeVote, (body, value) => {
    closeVoteEarly(flow, benchmarkHere(context, body, value).id, body.user.id);
  });
  onButton(app, context, actions.retryTraining, (body, value) => {
    retryTraining(flow, benchmarkHere(context, body, value).id, body.user.id);
  });
  onButton(app, context, actions.cancel, async (body, value) => {
    const { isAdmin } = await context.readers.person(body.user.id);
    cancelBenchmark(flow, benchmarkHere(context, body, value).id, { user: body.user.id, isAdmin });
  });
}

function registerVotes(app: App, context: ThreadContext): void {
  const { flow, client, readers, channels } = context;
  const checkSees = async ({ channel }: Benchmark, user: string): Promise<void> => {
    if ((await channels.seenBy(user, [channel])).length > 0) return;
    throw new UserError(
      "Only people who see this benchmark's channel can vote in it. If you have just joined it, try again in a minute.",
      { code: 'not_in_channel' },
    );
  };
  onButton(app, context, actions.vote, async (body, value) => {
    const { benchmark: id, choice } = voteSchema.parse(JSON.parse(value));
    const benchmark = benchmarkHere(context, body, id);
    await checkSees(benchmark, body.user.id);
    const change = castVote(flow, id, body.user.id, choice);
    // Where the ballot shows nobody's vote, its voter hears of it alone.
    if (change === 'kept' || !voteRulesOf(benchmark).blind) return;
    await whisper(context, body, changeText(change, (await readers.person(body.user.id)).voice));
  });
  onButton(app, context, actions.voteOthers, async (body, value) => {
    const { benchmark: id, from } = othersSchema.parse(JSON.parse(value));
    const benchmark = benchmarkHere(context, body, id);
    const { voice } = await readers.person(body.user.id);
    const view = otherVotesView(benchmark, votesOf(flow.database, id), body.user.id, from, voice);
    await client.views.open({ trigger_id: body.trigger_id, view });
  });
  onSubmit(app, context, callbacks.otherVotes, async (view, user) => {
    const { benchmark: id, openedMs } = parseModalMetadata(view);
    const benchmark = requireBenchmark(flow.database, id);
    await checkSees(benchmark, user);
    setVotes(flow, id, user, parseOtherVotes(view, benchmark), openedMs);
  });
}

const changeText = (change: Exclude<VoteChange, 'kept'>, voice: Voice): string => words(voice)[change];

function registerDecisions(app: App, context: ThreadContext): void {
  const { flow, client, readers } = context;
  const open = (actionId: string, viewOf: (benchmark: Benchmark, voice: Voice) => ModalView): void =>
    onButton(app, context, actionId, async (body, value) => {
      const benchmark = benchmarkHere(context, body, value);
      checkMayDecide(benchmark, body.user.id);
      const { voice } = await readers.person(body.user.id);
      await client.views.open({ trigger_id: body.trigger_id, view: viewOf(benchmark, voice) });
    });
  open(actions.useTop, topView);
  open(actions.stop, stopView);
  open(actions.chooseAnother, (benchmark, voice) =>
    manualChoiceView(benchmark, votesOf(flow.database, benchmark.id), voice),
  );
  const submit = (callbackId: string, parse: (view: ViewOutput, benchmark: Benchmark) => Wish): void =>
    onSubmit(app, context, callbackId, (view, user) => {
      const benchmark = requireBenchmark(flow.database, parseModalMetadata(view).benchmark);
      decide(flow, benchmark.id, user, parse(view, benchmark));
    });
  submit(callbacks.useTop, parseTop);
  submit(callbacks.stop, parseStop);
  submit(callbacks.manualChoice, parseManualChoice);
}

/** @throws UserError where the message isn't in the benchmark's channel: a copy of it may show an old ballot */
function benchmarkHere({ flow }: ThreadContext, body: BlockButtonAction, benchmarkId: string): Benchmark {
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  if (body.channel && body.channel.id !== benchmark.channel)
    throw new UserError("This message is a copy. Go to the benchmark's channel to vote or decide.", {
      code: 'elsewhere',
    });
  return benchmark;
}

/** A modal of the thread: closed once it is done; what can't be done is said in its place. */
function onSubmit(
  app: App,
  { readers, log }: ThreadContext,
  callbackId: string,
  submit: (view: ViewOutput, user: string) => void | Promise<void>,
): void {
  app.view(callbackId, async ({ ack, view, body }) => {
    try {
      await submit(view, body.user.id);
    } catch (error) {
      const { voice } = await readers.person(body.user.id);
      const text = troubleText(error, `${callbackId} by ${body.user.id}`, voice, log);
      const firstModel = `${blocks.model}_0`;
      const atField = error instanceof UserError && error.code === 'not_in_table' && firstModel in view.state.values;
      if (atField) await ack({ response_action: 'errors', errors: { [firstModel]: text } });
      else await ack({ response_action: 'update', view: noticeView(escapeMrkdwn(text), voice) });
      return;
    }
    await ack();
  });
}
