/** The selects of the settings section: which channel, and its language. */
import type { App, BlockConversationsSelectAction, BlockStaticSelectAction } from '@slack/bolt';
import { UserError } from '../../errors.ts';
import { workspaceScope } from '../../storage/setting-queries.ts';
import type { BotContext } from '../context.ts';
import { noticeView } from '../decision-views.ts';
import { actions } from '../ids.ts';
import { escapeMrkdwn } from '../text.ts';
import { troubleText } from '../trouble.ts';
import { languages } from '../words/voice.ts';
import { firstPlace, type HomePlace, placeOf } from './place.ts';
import { scopeOfBlock } from './settings.ts';

type GoTo = (user: string, place: HomePlace) => Promise<void>;

export function registerSettings(app: App, context: BotContext, goTo: GoTo): void {
  app.action<BlockConversationsSelectAction>(
    { type: 'block_actions', action_id: actions.homeChannel },
    async ({ ack, body, action }) => {
      await ack();
      await orSay(context, body, actions.homeChannel, async () => {
        const channel = action.selected_conversation;
        await checkMaySet(context, body.user.id, channel);
        await goTo(body.user.id, { ...firstPlace, section: 'settings', channel });
      });
    },
  );
  app.action<BlockStaticSelectAction>(
    { type: 'block_actions', action_id: actions.homeLanguage },
    async ({ ack, body, action }) => {
      await ack();
      await orSay(context, body, actions.homeLanguage, async () => {
        const scope = scopeOfBlock(action.block_id);
        const language = languages.find((one) => one === action.selected_option.value);
        if (scope === null || language === undefined) return;
        await checkMaySet(context, body.user.id, scope);
        context.readers.setChannel(scope, language);
        await goTo(body.user.id, placeOf(body.view?.private_metadata));
      });
    },
  );
}

/** @throws UserError for somebody who can't see the channel, or who is no admin where all channels are meant */
async function checkMaySet({ channels, readers }: BotContext, user: string, scope: string): Promise<void> {
  const may =
    scope === workspaceScope ? (await readers.person(user)).isAdmin : (await channels.seenBy(user, [scope])).length > 0;
  if (!may)
    throw new UserError('Podium does not know this channel. Type /invite @Podium in it first.', {
      code: 'unknown_channel',
    });
}

/** Runs what a select asks for; trouble is told in a modal: there is no message to answer under. */
async function orSay(
  { readers, client, log }: BotContext,
  { user, trigger_id }: { user: { id: string }; trigger_id: string },
  doing: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { voice } = await readers.person(user.id);
    const text = escapeMrkdwn(troubleText(error, `${doing} by ${user.id}`, voice, log));
    await client.views.open({ trigger_id, view: noticeView(text, voice) });
  }
}
