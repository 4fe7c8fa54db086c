import { z } from 'zod';
import { keepNewest, MOST } from './bounded.ts';
import { checkOptions as checkOptionList } from './check-elements.ts';
import { checkCount, createChecker, messagesOf } from './checker.ts';
import { shownFile } from './files.ts';
import { ACK_ERRORS, dispatch, newResponseUrl, newTrigger, payloadBase } from './interactions.ts';
import { limits } from './limits.ts';
import { shownMessage } from './messages.ts';
import { PersonError, typeInto } from './person-input.ts';
import {
  type Block,
  type Element,
  type Message,
  type Option,
  optionGroupSchema,
  optionSchema,
  type StateValue,
  type Values,
} from './shapes.ts';
import type { Channel } from './state.ts';
import { findElement, valuesFor } from './values.ts';
import { homeView, sentValues, topView, viewOutput } from './views.ts';
import { findChannel, findFile, type OpenView, type World } from './world.ts';

/** Where an element stands: in a message (perhaps seen by one person only), in the top modal, or in the home tab. */
export type Place =
  | { kind: 'message'; channel: Channel; message: Message; ephemeral: boolean }
  | { kind: 'view'; view: OpenView }
  | { kind: 'home'; view: OpenView };

export interface Wanted {
  channel?: string | undefined;
  ts?: string | undefined;
  home?: boolean | undefined;
}

/** The surface that a person means: the message they name, their home tab, or else the modal on top. */
export function findPlace(world: World, user: string, { channel: id, ts, home }: Wanted): Place {
  if (id !== undefined && ts !== undefined) {
    const channel = findChannel(world, id);
    if (channel === undefined) throw new PersonError(`there is no channel ${id}`);
    const mine = world.ephemerals.find((one) => one.user === user && one.message.ts === ts);
    const message = mine?.message ?? channel.messages.find((one) => one.ts === ts);
    if (message === undefined) throw new PersonError(`there is no message ${ts} in ${channel.name}`);
    return { kind: 'message', channel, message, ephemeral: mine !== undefined };
  }
  const view = home === true ? homeView(world, user) : topView(world, user);
  if (view === undefined) throw new PersonError(home === true ? 'the home tab is empty' : 'no modal is open');
  return { kind: home === true ? 'home' : 'view', view };
}

function blocksOf(place: Place): Block[] {
  return place.kind === 'message' ? (place.message.blocks ?? []) : place.view.spec.blocks;
}

function surfaceKey(user: string, place: Place): string {
  return place.kind === 'message' ? `${user} ${place.channel.id} ${place.message.ts}` : `${user} home`;
}

export function valuesAt(world: World, user: string, place: Place): Values {
  if (place.kind === 'view') return place.view.values;
  return valuesFor(blocksOf(place), world.surfaceValues.get(surfaceKey(user, place)) ?? {});
}

function setValue(
  world: World,
  user: string,
  place: Place,
  ids: { block: string; action: string },
  value: StateValue,
): void {
  const before = valuesAt(world, user, place);
  const after = { ...before, [ids.block]: { ...before[ids.block], [ids.action]: value } };
  if (place.kind === 'view') place.view.values = after;
  else keepNewest(world.surfaceValues, surfaceKey(user, place), after, MOST.surfaceValues);
}

/** The parts of a payload that say where an interaction took place. */
function placePayload(world: World, user: string, place: Place): Record<string, unknown> {
  if (place.kind !== 'message') {
    return { container: { type: 'view', view_id: place.view.id }, view: viewOutput(world, place.view) };
  }
  const { channel, message } = place;
  return {
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: place.ephemeral,
      ...(message.thread_ts !== undefined && { thread_ts: message.thread_ts }),
    },
    channel: { id: channel.id, name: channel.kind === 'im' ? 'directmessage' : channel.name },
    message: shownMessage(world, channel, message),
    state: { values: sentValues(world, valuesAt(world, user, place)) },
  };
}

function actionOf(world: World, { block, element }: Found, value: StateValue | undefined, option: Option | undefined) {
  const { options: _options, option_groups: _groups, action_id, type, ...rest } = element;
  const files = value?.files?.map(({ id }) => findFile(world, id)).filter((file) => file !== undefined);
  return {
    ...rest,
    ...value,
    ...(files !== undefined && { files: files.map((file) => shownFile(world, file)) }),
    ...(option !== undefined && { selected_option: option }),
    type,
    action_id,
    block_id: block.block_id,
    action_ts: `${(world.now() / 1000).toFixed(6)}`,
  };
}

export interface Found {
  block: Block;
  element: Element;
}

/** The element that a person means; without one, an error that names what there is. */
export function requireElement(
  place: Place,
  wanted: { block_id?: string | undefined; action_id: string; value?: unknown },
): Found {
  const found = findElement(blocksOf(place), wanted);
  if (found !== undefined) return found;
  const all = blocksOf(place).map((block) => block.block_id ?? block.type);
  throw new PersonError(
    `nothing to act on as ${wanted.block_id ?? '*'}/${wanted.action_id}; blocks here: ${all.join(', ')}`,
  );
}

/** Sends block_actions for one element and waits for the acknowledgement. Returns what the person sees going wrong. */
async function sendAction(
  world: World,
  user: string,
  place: Place,
  found: Found,
  value?: StateValue,
  option?: Option,
): Promise<string | undefined> {
  const inMessage = place.kind === 'message';
  const responseUrl = () =>
    inMessage ? newResponseUrl(world, { user, channel: place.channel.id, originalTs: place.message.ts }) : undefined;
  const ack = await dispatch(world, {
    type: 'interactive',
    acceptsResponse: false,
    payload: {
      type: 'block_actions',
      ...payloadBase(world, user),
      trigger_id: newTrigger(world, user, place.kind === 'view' ? place.view.id : undefined),
      ...placePayload(world, user, place),
      ...(inMessage && { response_url: responseUrl() }),
      actions: [actionOf(world, found, value, option)],
    },
  });
  if (ack.kind === 'ack') return undefined;
  if (place.kind === 'view') {
    place.view.trouble = 'We had some trouble connecting. Try again?';
    world.changed({ kind: 'view', user });
  }
  return ACK_ERRORS[ack.kind];
}

/** Whether using this element tells the app at once, rather than at submission. */
function dispatches({ block }: Found): boolean {
  return block.type !== 'input' || block.dispatch_action === true;
}

/** Types or chooses something in one element; the app hears of it where Slack would tell it. */
export async function change(
  world: World,
  user: string,
  place: Place,
  found: Found,
  wanted: unknown,
): Promise<string | undefined> {
  const { block, element } = found;
  if (block.block_id === undefined || element.action_id === undefined) throw new PersonError('an element without ids');
  const offered = element.type.endsWith('external_select') ? await offeredFor(world, user, place, found, wanted) : [];
  const value = await typeInto(world, user, found, wanted, offered);
  setValue(world, user, place, { block: block.block_id, action: element.action_id }, value);
  if (place.kind === 'view') delete place.view.errors[block.block_id];
  if (place.kind === 'view') world.changed({ kind: 'view', user });
  return dispatches(found) ? sendAction(world, user, place, found, value) : undefined;
}

// A person picks from the list that their last search showed; whoever names a choice without a search, searches for it.
async function offeredFor(world: World, user: string, place: Place, found: Found, wanted: unknown): Promise<Option[]> {
  const values = valuesAt(world, user, place)[found.block.block_id ?? '']?.[found.element.action_id ?? ''];
  const chosen = [...(values?.selected_options ?? []), ...(values?.selected_option ? [values.selected_option] : [])];
  const listed = [...(world.offered.get(offerKey(user, found)) ?? []), ...chosen];
  const asked = z.array(z.string()).parse(wanted === null ? [] : [wanted].flat());
  const known = (one: string) => listed.some((option) => option.value === one || option.text.text === one);
  for (const query of asked.filter((one) => !known(one))) {
    if (query.length >= minQueryLength(found.element))
      listed.push(...(await suggest(world, user, place, found, query)));
  }
  return listed;
}

function offerKey(user: string, { block, element }: Found): string {
  return `${user} ${block.block_id} ${element.action_id}`;
}

function minQueryLength(element: Element): number {
  return element.min_query_length ?? limits.elements.external_select.min_query_length_default.value;
}

/** What the app offers: one list, or lists in groups; each with the place at which its problems are told. */
const suggestionSchema = z.union([
  z.looseObject({ options: z.array(optionSchema) }).transform(({ options }) => ({
    groups: 0,
    lists: [{ at: '/options', options }],
  })),
  z.looseObject({ option_groups: z.array(optionGroupSchema) }).transform(({ option_groups }) => ({
    groups: option_groups.length,
    lists: option_groups.map(({ options }, index) => ({ at: `/option_groups/${index}/options`, options })),
  })),
]);

/** Everything offered, in one list. The client shows "No results" where Slack refuses it; here the reason is told. */
function offeredBy({ groups, lists }: z.infer<typeof suggestionSchema>, type: string): Option[] {
  const { options_returned, groups_returned } = limits.elements.external_select;
  const checker = createChecker('modal', () => false, []);
  checkCount(checker, '/option_groups', groups, groups_returned);
  for (const { at, options } of lists) {
    checkCount(checker, at, options.length, options_returned);
    checkOptionList(checker, options, at, type);
  }
  if (checker.problems.length > 0) throw new PersonError(messagesOf(checker.problems).join('; '));
  return lists.flatMap(({ options }) => options);
}

/** Types into an external select and returns what the app offers. */
export async function suggest(
  world: World,
  user: string,
  place: Place,
  found: Found,
  query: string,
): Promise<Option[]> {
  const least = minQueryLength(found.element);
  if (!found.element.type.endsWith('external_select')) throw new PersonError(`${found.element.type} takes no search`);
  if (query.length < least) throw new PersonError(`type at least ${least} characters to search`);
  const ack = await dispatch(world, {
    type: 'interactive',
    acceptsResponse: true,
    payload: {
      type: 'block_suggestion',
      ...payloadBase(world, user),
      ...placePayload(world, user, place),
      block_id: found.block.block_id,
      action_id: found.element.action_id,
      value: query,
    },
  });
  if (ack.kind !== 'ack') throw new PersonError(ACK_ERRORS[ack.kind]);
  const answer = suggestionSchema.safeParse(ack.payload);
  if (!answer.success) throw new PersonError('the app answered without options');
  const options = offeredBy(answer.data, found.element.type);
  keepNewest(world.offered, offerKey(user, found), options, MOST.offered);
  return options;
}

/** Presses a button, or chooses in an element outside input blocks. Returns what the person sees going wrong. */
export async function click(
  world: World,
  user: string,
  place: Place,
  found: Found,
  value: unknown,
): Promise<string | undefined> {
  const { element } = found;
  switch (element.type) {
    case 'button':
    case 'icon_button':
    case 'workflow_button':
      return sendAction(world, user, place, found);
    case 'feedback_buttons': {
      const pressed = [element.positive_button, element.negative_button].find((one) => one?.value === value);
      if (pressed === undefined)
        throw new PersonError(`there is no feedback button with value ${JSON.stringify(value)}`);
      return sendAction(world, user, place, {
        ...found,
        element: { ...element, text: pressed.text, value: pressed.value },
      });
    }
    case 'overflow': {
      const option = element.options?.find((one) => one.value === value || one.text.text === value);
      if (option === undefined) throw new PersonError(`the menu has no entry ${JSON.stringify(value)}`);
      return sendAction(world, user, place, found, undefined, option);
    }
    default:
      return change(world, user, place, found, value ?? null);
  }
}
