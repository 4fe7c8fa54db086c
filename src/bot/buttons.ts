/** Buttons under messages and in the home tab: acknowledged at once; what can't be done is told to the person alone. */
import type { App, BlockButtonAction, RespondFn } from '@slack/bolt';
import { z } from 'zod';
import type { BotContext } from './context.ts';
import { noticeView } from './decision-views.ts';
import { escapeMrkdwn } from './text.ts';
import { troubleText } from './trouble.ts';

/** What it takes to answer a button. */
export type ButtonContext = Pick<BotContext, 'client' | 'readers' | 'log'>;

const inThreadSchema = z.object({ thread_ts: z.string() });
const ephemeralSchema = z.object({ is_ephemeral: z.literal(true) });

/** @param press what the button does; `value` is the button's own, `respond` answers in place of an ephemeral message */
export function onButton(
  app: App,
  context: ButtonContext,
  actionId: string,
  press: (body: BlockButtonAction, value: string, respond: RespondFn) => void | Promise<void>,
): void {
  app.action<BlockButtonAction>(
    { type: 'block_actions', action_id: actionId },
    async ({ ack, body, action, respond }) => {
      await ack();
      try {
        await press(body, action.value ?? '', respond);
      } catch (error) {
        const { voice } = await context.readers.person(body.user.id);
        const text = escapeMrkdwn(troubleText(error, `${actionId} by ${body.user.id}`, voice, context.log));
        // An ephemeral answer may stand where the app isn't a member: only its own address reaches the person there.
        if (ephemeralSchema.safeParse(body.container).success)
          await respond({ text, response_type: 'ephemeral', replace_original: false });
        else await whisper(context, body, text);
      }
    },
  );
}

/** Says something to the person who pressed, where they pressed, seen by nobody else. @param text mrkdwn */
export async function whisper(
  { client, readers }: ButtonContext,
  body: BlockButtonAction,
  text: string,
): Promise<void> {
  const channel = body.channel?.id;
  const thread = inThreadSchema.safeParse(body.message).data?.thread_ts;
  if (!channel) {
    // the home tab: there is no message to answer under
    const { voice } = await readers.person(body.user.id);
    await client.views.open({ trigger_id: body.trigger_id, view: noticeView(text, voice) });
    return;
  }
  await client.chat.postEphemeral({ channel, user: body.user.id, text, ...(thread ? { thread_ts: thread } : {}) });
}
