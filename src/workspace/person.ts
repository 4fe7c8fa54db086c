import { z } from 'zod';
import { ApiError } from './api-error.ts';
import {
  ACK_ERRORS,
  dispatch,
  newResponseUrl,
  newTrigger,
  payloadBase,
  postAnswer,
  showEphemeral,
} from './interactions.ts';
import { directChannel, shownMessage, userMessage } from './messages.ts';
import { change, findPlace, requireElement } from './person-actions.ts';
import { fieldError, PersonError } from './person-input.ts';
import { messageSchema } from './shapes.ts';
import { APP, type Channel, TEAM } from './state.ts';
import { isEmpty } from './values.ts';
import { acceptView, homeView, replaceView, stackOf, stackView, viewOutput } from './views.ts';
import { findUser, newTs, type OpenView, type World } from './world.ts';

/** What goes wrong before a person's eyes; undefined: nothing. */
type Trouble = string | undefined;

const answerSchema = z.looseObject({
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).optional(),
});

/** Types a slash command. Slack shows an unanswered one as an error, to that person only. */
export async function slash(
  world: World,
  user: string,
  channel: Channel,
  command: string,
  text: string,
): Promise<Trouble> {
  if (command === '/invite') return invite(world, channel, text);
  const { commands } = world.settings;
  if (commands !== undefined && !commands.includes(command))
    throw new PersonError(`${command} is not a valid command.`);
  const ack = await dispatch(world, {
    type: 'slash_commands',
    acceptsResponse: true,
    payload: {
      token: 'verification-token-local',
      team_id: TEAM.id,
      team_domain: TEAM.domain,
      channel_id: channel.id,
      channel_name: channel.kind === 'im' ? 'directmessage' : channel.name,
      user_id: user,
      user_name: findUser(world, user)?.name ?? '',
      command,
      text,
      api_app_id: APP.id,
      is_enterprise_install: 'false',
      response_url: newResponseUrl(world, { user, channel: channel.id, originalTs: undefined }),
      trigger_id: newTrigger(world, user),
    },
  });
  const trouble = ack.kind === 'ack' ? answerInChannel(world, user, channel, ack.payload) : ACK_ERRORS[ack.kind];
  if (trouble !== undefined) slackbot(world, user, channel, `${command} failed with the error "${trouble}"`);
  return trouble;
}

/** Slack's own command, for the app only: everybody else is in every channel. */
function invite(world: World, channel: Channel, text: string): Trouble {
  if (text.trim().toLowerCase() !== `@${APP.name.toLowerCase()}`)
    throw new PersonError(`/invite: expected @${APP.name}, got ${text || 'nothing'}`);
  if (!channel.members.includes(APP.userId)) channel.members.push(APP.userId);
  world.changed({ kind: 'message', channel: channel.id });
  return undefined;
}

function answerInChannel(world: World, user: string, channel: Channel, payload: unknown): Trouble {
  const answer = answerSchema.safeParse(payload ?? {});
  if (!answer.success) return 'invalid_command_response';
  if (answer.data.text === undefined && answer.data.blocks === undefined) return undefined;
  try {
    postAnswer(world, { user, channel: channel.id }, answer.data);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    throw error;
  }
}

function slackbot(world: World, user: string, channel: Channel, text: string): void {
  const message = messageSchema.parse({
    type: 'message',
    ts: newTs(world),
    user: 'USLACKBOT',
    text,
    is_ephemeral: true,
  });
  showEphemeral(world, user, channel.id, message);
}

/** Writes a message, in a thread if named. */
export function write(world: World, user: string, channel: Channel, text: string, threadTs: string | undefined): void {
  if (!channel.members.includes(user)) throw new PersonError(`you are not in ${channel.name}`);
  if (text === '') throw new PersonError('there is nothing to send');
  if (threadTs !== undefined && !channel.messages.some((message) => message.ts === threadTs)) {
    throw new PersonError(`there is no thread ${threadTs} in ${channel.name}`);
  }
  userMessage(world, channel, user, text, threadTs);
}

/** Uses a message shortcut from a message's menu. */
export async function shortcut(
  world: World,
  user: string,
  channel: Channel,
  ts: string,
  callbackId: string,
): Promise<Trouble> {
  const message = channel.messages.find((one) => one.ts === ts);
  if (message === undefined) throw new PersonError(`there is no message ${ts} in ${channel.name}`);
  const ack = await dispatch(world, {
    type: 'interactive',
    acceptsResponse: false,
    payload: {
      type: 'message_action',
      ...payloadBase(world, user),
      callback_id: callbackId,
      trigger_id: newTrigger(world, user),
      response_url: newResponseUrl(world, { user, channel: channel.id, originalTs: ts }),
      message_ts: ts,
      action_ts: newTs(world),
      channel: { id: channel.id, name: channel.name },
      message: shownMessage(world, channel, message),
    },
  });
  if (ack.kind === 'ack') return undefined;
  slackbot(world, user, channel, `The shortcut failed with the error "${ACK_ERRORS[ack.kind]}"`);
  return ACK_ERRORS[ack.kind];
}

/** Opens the app's home tab. */
export function openHome(world: World, user: string): void {
  const home = homeView(world, user);
  const channel = directChannel(world, user).id;
  const view = home === undefined ? {} : { view: viewOutput(world, home) };
  world.events.emit({ type: 'app_home_opened', user, channel, tab: 'home', ...view });
}

/**
 * Starts the client anew: ephemeral messages "do not persist across reloads" (docs of chat.postEphemeral), and modals stand
 * in the client only; the app hears nothing of either.
 */
export function reload(world: World, user: string): void {
  world.ephemerals = world.ephemerals.filter((one) => one.user !== user);
  world.stacks.delete(user);
  world.changed({ kind: 'view', user });
}

/** Fills in fields of the top modal, one after the other. */
export async function fill(
  world: World,
  user: string,
  values: Record<string, Record<string, unknown>>,
): Promise<Trouble> {
  for (const [block_id, actions] of Object.entries(values)) {
    for (const [action_id, wanted] of Object.entries(actions)) {
      // Looked up afresh each time: the app may have changed the view after the field before.
      const place = findPlace(world, user, {});
      const trouble = await change(world, user, place, requireElement(place, { block_id, action_id }), wanted);
      if (trouble !== undefined) return trouble;
    }
  }
  return undefined;
}

/** The client's own checks of the inputs of a view, by block. */
function clientErrors(view: OpenView): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const block of view.spec.blocks) {
    if (block.type !== 'input' || block.element === undefined || block.block_id === undefined) continue;
    const value = view.values[block.block_id]?.[block.element.action_id ?? ''];
    const error = fieldError(block, block.element, value, value === undefined || isEmpty(value));
    if (error !== undefined) errors[block.block_id] = error;
  }
  return errors;
}

/** Presses the submit button of the top modal. */
export async function submit(world: World, user: string): Promise<Trouble> {
  const place = findPlace(world, user, {});
  if (place.kind !== 'view') throw new PersonError('no modal is open');
  const { view } = place;
  if (!view.spec.submit) throw new PersonError('this modal has no submit button');
  if (view.spec.submit_disabled === true) throw new PersonError('the submit button is disabled');
  view.errors = clientErrors(view);
  view.trouble = undefined;
  if (Object.keys(view.errors).length > 0) {
    world.changed({ kind: 'view', user });
    return 'invalid_input';
  }
  const ack = await dispatch(world, {
    type: 'interactive',
    acceptsResponse: true,
    payload: {
      type: 'view_submission',
      ...payloadBase(world, user),
      trigger_id: newTrigger(world, user, view.id),
      view: viewOutput(world, view),
      response_urls: [],
    },
  });
  const trouble = ack.kind === 'ack' ? afterSubmission(world, user, view, ack.payload) : ACK_ERRORS[ack.kind];
  if (trouble !== undefined && Object.keys(view.errors).length === 0) {
    view.trouble = 'We had some trouble connecting. Try again?';
  }
  world.changed({ kind: 'view', user });
  return trouble;
}

const submissionAnswer = z.discriminatedUnion('response_action', [
  z.looseObject({ response_action: z.literal('update'), view: z.unknown() }),
  z.looseObject({ response_action: z.literal('push'), view: z.unknown() }),
  z.looseObject({ response_action: z.literal('clear') }),
  z.looseObject({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string()) }),
]);

/** Does what the app answered to a submission; an answer that Slack can't use looks like trouble connecting. */
function afterSubmission(world: World, user: string, view: OpenView, payload: unknown): Trouble {
  const empty = payload === null || payload === undefined || Object.keys(z.looseObject({}).parse(payload)).length === 0;
  if (empty) {
    world.stacks.set(
      user,
      stackOf(world, user).filter((one) => one !== view),
    );
    return undefined;
  }
  const answer = submissionAnswer.safeParse(payload);
  if (!answer.success) return 'invalid_response_action';
  try {
    return applyAnswer(world, user, view, answer.data);
  } catch (error) {
    if (error instanceof ApiError) return [error.code, ...problemsIn(error)].join(' ');
    throw error;
  }
}

function problemsIn(error: ApiError): string[] {
  return z.object({ errors: z.array(z.string()) }).safeParse(error.extra).data?.errors ?? [];
}

function applyAnswer(world: World, user: string, view: OpenView, answer: z.infer<typeof submissionAnswer>): Trouble {
  switch (answer.response_action) {
    case 'update':
      replaceView(world, user, view, acceptView(world, answer.view, 'modal'));
      return undefined;
    case 'push':
      stackView(world, user, acceptView(world, answer.view, 'modal'));
      return undefined;
    case 'clear':
      world.stacks.delete(user);
      return undefined;
    case 'errors': {
      const inputs = view.spec.blocks.filter((block) => block.type === 'input').map((block) => block.block_id);
      // Keys of anything but input blocks can't be shown; Slack then shows its connection error.
      if (Object.keys(answer.errors).some((id) => !inputs.includes(id))) return 'invalid_error_block_id';
      view.errors = answer.errors;
      return 'view_errors';
    }
  }
}

/** Closes the top modal, or the whole stack; the app hears of those that asked to be told. */
export async function closeView(world: World, user: string, all: boolean): Promise<void> {
  const stack = stackOf(world, user);
  const top = stack.at(-1);
  if (top === undefined) throw new PersonError('no modal is open');
  const cleared = all || top.spec.clear_on_close === true;
  const closed = cleared ? [...stack].reverse() : [top];
  world.stacks.set(
    user,
    stack.filter((view) => !closed.includes(view)),
  );
  world.changed({ kind: 'view', user });
  for (const view of closed.filter((one) => one.spec.notify_on_close === true)) {
    await dispatch(world, {
      type: 'interactive',
      acceptsResponse: false,
      payload: { type: 'view_closed', ...payloadBase(world, user), view: viewOutput(world, view), is_cleared: cleared },
    });
  }
}
