import { isDeepStrictEqual } from 'node:util';
import {
  type Block,
  type Element,
  elementSchema,
  elementsOf,
  type StateValue,
  type Values,
  withNested,
} from './shapes.ts';
import { randomId } from './state.ts';

/** What an element of a stateful type holds before anybody touched it; undefined for types without state. */
function initialValue(element: Element): StateValue | undefined {
  const { type } = element;
  switch (type) {
    case 'plain_text_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'number_input':
      return { type, value: typeof element.initial_value === 'string' ? element.initial_value : null };
    case 'rich_text_input':
      return typeof element.initial_value === 'object' ? { type, rich_text_value: element.initial_value } : { type };
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
      return { type, selected_option: element.initial_option ?? null };
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes':
      return { type, selected_options: element.initial_options ?? [] };
    case 'datepicker':
      return { type, selected_date: element.initial_date ?? null };
    case 'timepicker':
      return { type, selected_time: element.initial_time ?? null };
    case 'datetimepicker':
      return { type, selected_date_time: element.initial_date_time ?? null };
    case 'users_select':
      return { type, selected_user: element.initial_user ?? null };
    case 'multi_users_select':
      return { type, selected_users: element.initial_users ?? [] };
    case 'channels_select':
      return { type, selected_channel: element.initial_channel ?? null };
    case 'multi_channels_select':
      return { type, selected_channels: element.initial_channels ?? [] };
    case 'conversations_select':
      return { type, selected_conversation: element.initial_conversation ?? null };
    case 'multi_conversations_select':
      return { type, selected_conversations: element.initial_conversations ?? [] };
    case 'file_input':
      return { type, files: [] };
    default:
      return undefined;
  }
}

/** Whether nothing was typed or chosen. */
export function isEmpty(value: StateValue): boolean {
  const { type: _type, ...rest } = value;
  return Object.values(rest).every(
    (part) => part === null || part === '' || (Array.isArray(part) && part.length === 0),
  );
}

/**
 * The state of a surface after its blocks changed: what was typed stays where block_id and action_id stay, everything
 * else starts from its initial value (bolt-js#290). Elements outside input blocks have state as well.
 */
export function valuesFor(blocks: Block[], before: Values): Values {
  const values: Values = {};
  for (const block of blocks.flatMap(withNested)) {
    for (const element of elementsOf(block)) {
      const initial = initialValue(element);
      if (initial === undefined || block.block_id === undefined || element.action_id === undefined) continue;
      const kept = before[block.block_id]?.[element.action_id];
      const value = kept?.type === element.type && stillOffered(element, kept) ? kept : initial;
      values[block.block_id] = { ...values[block.block_id], [element.action_id]: value };
    }
  }
  return values;
}

// A choice that is no longer among the options can't be shown, so it can't be submitted either.
function stillOffered(element: Element, value: StateValue): boolean {
  const options = element.options ?? element.option_groups?.flatMap((group) => group.options);
  if (options === undefined) return true;
  const chosen = value.selected_option ? [value.selected_option] : (value.selected_options ?? []);
  return chosen.every((one) => options.some((option) => isDeepStrictEqual(option.value, one.value)));
}

/** Blocks as Slack keeps them: with generated ids where the app gave none. */
export function withIds(blocks: Block[]): Block[] {
  return blocks.map((block) => {
    const copy: Block = { ...block, block_id: block.block_id || randomId() };
    if (copy.accessory !== undefined) copy.accessory = withActionId(copy.accessory);
    if (copy.element !== undefined) copy.element = withActionId(copy.element);
    if (copy.actions !== undefined) copy.actions = copy.actions.map(withActionId);
    if (copy.type === 'actions' || copy.type === 'context_actions') {
      copy.elements = copy.elements?.map((element) => withActionId(elementSchema.parse(element)));
    }
    if (copy.type === 'carousel') copy.elements = withIds(withNested(copy).slice(1));
    if (copy.type === 'container') copy.child_blocks = withIds(withNested(copy).slice(1));
    return copy;
  });
}

function withActionId(element: Element): Element {
  if (element.type === 'image' || element.action_id) return element;
  return { ...element, action_id: randomId() };
}

/** One element of a surface by its ids; without block_id the first with that action_id (and value, if given). */
export function findElement(
  blocks: Block[],
  wanted: { block_id?: string | undefined; action_id: string; value?: unknown },
): { block: Block; element: Element } | undefined {
  const all = blocks
    .flatMap(withNested)
    .filter((block) => wanted.block_id === undefined || block.block_id === wanted.block_id)
    .flatMap((block) => elementsOf(block).map((element) => ({ block, element })))
    .filter(({ element }) => element.action_id === wanted.action_id);
  // action_id is unique only inside a block: a row of vote buttons may differ in value alone.
  return all.find(({ element }) => element.type === 'button' && element.value === wanted.value) ?? all[0];
}
