/** Buttons under the messages: cancel, vote, and the owner's three choices. */
import type { App, BlockButtonAction } from '@slack/bolt';
import { z } from 'zod';
import { UserError } from '../errors.ts';
import { castVote } from '../flows/ballot.ts';
import { accepts } from '../flows/benchmark.ts';
import { checkMayDecide, decide } from '../flows/decision.ts';
import { apply } from '../flows/flow.ts';
import { requireBenchmark } from '../flows/records.ts';
import type { BotContext } from './context.ts';
import { actions, blocks, callbacks } from './ids.ts';
import { manualChoiceView, parseManualChoice } from './manual-choice.ts';
import { escapeMrkdwn } from './text.ts';
import { troubleText } from './trouble.ts';

const voteSchema = z.object({ benchmark: z.string(), choice: z.string() });

export function registerThread(app: App, context: BotContext): void {
  const { flow } = context;
  onButton(app, context, actions.vote, (body, value) => {
    const vote = voteSchema.parse(JSON.parse(value));
    castVote(flow, vote.benchmark, body.user.id, vote.choice);
  });
  onButton(app, context, actions.useTop, (body, value) => {
    decide(flow, value, body.user.id, { kind: 'top', reason: null, training: null });
  });
  onButton(app, context, actions.stop, (body, value) => {
    decide(flow, value, body.user.id, { kind: 'stop', reason: null, training: null });
  });
  onButton(app, context, actions.cancel, (body, value) => {
    const benchmark = requireBenchmark(flow.database, value);
    if (body.user.id !== benchmark.owner)
      throw new UserError('Only the person who started this benchmark can cancel it.');
    if (!accepts(benchmark.state, 'cancelled')) throw new UserError('There is nothing left to cancel.');
    apply(flow, value, 'cancelled');
  });
  onButton(app, context, actions.chooseAnother, async (body, value) => {
    const benchmark = requireBenchmark(flow.database, value);
    checkMayDecide(benchmark, body.user.id);
    await context.client.views.open({ trigger_id: body.trigger_id, view: manualChoiceView(benchmark) });
  });
  app.view(callbacks.manualChoice, async ({ ack, view, body }) => {
    const benchmark = requireBenchmark(flow.database, view.private_metadata);
    const { choices, reason } = parseManualChoice(view, benchmark);
    try {
      decide(flow, benchmark.id, body.user.id, { kind: 'manual', choices, reason, training: null });
      await ack();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      await ack({ response_action: 'errors', errors: { [blocks.reason]: error.message } });
    }
  });
}

/** One button: acknowledged at once; what can't be done is told to the person alone, in the thread. */
function onButton(
  app: App,
  context: BotContext,
  actionId: string,
  press: (body: BlockButtonAction, value: string) => void | Promise<void>,
): void {
  app.action<BlockButtonAction>({ type: 'block_actions', action_id: actionId }, async ({ ack, body, action }) => {
    await ack();
    try {
      await press(body, action.value ?? '');
    } catch (error) {
      const { voice } = await context.readers.person(body.user.id);
      const text = troubleText(error, `${actionId} by ${body.user.id}`, voice, context.log);
      const channel = body.channel?.id;
      const thread = z.object({ thread_ts: z.string() }).safeParse(body.message).data?.thread_ts;
      if (!channel) return;
      await context.client.chat.postEphemeral({
        channel,
        user: body.user.id,
        text: escapeMrkdwn(text),
        ...(thread ? { thread_ts: thread } : {}),
      });
    }
  });
}
