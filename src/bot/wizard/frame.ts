/** What all steps of the wizard look like: their frame, their Back, and small fields. */
import type {
  ActionsBlock,
  InputBlock,
  KnownBlock,
  ModalView,
  MultiExternalSelect,
  PlainTextOption,
} from '@slack/types';
import type { Draft } from '../../flows/records.ts';
import { actions, valueAction } from '../ids.ts';
import { limits, option, plain, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';

const titleCharacters = 24;

const words = catalogue(
  () => ({ close: 'Later', back: '← Back', next: 'Next', none: 'None', search: 'Type to search' }),
  () => ({ close: 'Plus tard', back: '← Retour', next: 'Suivant', none: 'Aucune', search: 'Tapez pour chercher' }),
);

export interface Frame {
  callbackId: string;
  benchmarkId: string;
  /** up to 24 characters */
  title: string;
  /** on the button that goes on; absent: Next; null: there is none */
  submit?: string | null;
  /** where Back leads; null: nowhere */
  back: Draft['step'] | null;
  blocks: KnownBlock[];
}

/** Closing keeps the draft: its button says Later. */
export function stepView({ callbackId, benchmarkId, title, submit, back, blocks }: Frame, voice: Voice): ModalView {
  const say = words(voice);
  return {
    type: 'modal',
    callback_id: callbackId,
    private_metadata: benchmarkId,
    title: plain(title, titleCharacters),
    ...(submit === null ? {} : { submit: plain(submit ?? say.next, titleCharacters) }),
    close: plain(say.close, titleCharacters),
    notify_on_close: true,
    blocks: [...blocks, ...(back === null ? [] : [backBlock(back, voice)])],
  };
}

function backBlock(step: Draft['step'], voice: Voice): ActionsBlock {
  return {
    type: 'actions',
    block_id: 'wizard_navigation',
    elements: [{ type: 'button', action_id: actions.wizardBack, value: step, text: plain(words(voice).back) }],
  };
}

type Element = InputBlock['element'];

export interface Field {
  blockId: string;
  label: string;
  hint?: string | undefined;
  /** absent: unless something stands in it already, which can't be taken away */
  optional?: boolean;
  /** tell the bot at once when it is changed */
  dispatch?: boolean;
  element: Element;
}

export function field({ blockId, label, hint, optional, dispatch = false, element }: Field): InputBlock {
  return {
    type: 'input',
    block_id: blockId,
    optional: optional ?? !('initial_option' in element),
    ...(dispatch ? { dispatch_action: true } : {}),
    label: plain(label, 2000),
    ...(hint ? { hint: plain(hint, 2000) } : {}),
    element,
  };
}

/** A choice of one; `initial` is an option's value. */
export function oneOf(options: PlainTextOption[], initial: string | null): Element {
  const shown = options.slice(0, limits.options);
  const chosen = shown.find(({ value }) => value === initial);
  return {
    type: 'static_select',
    action_id: valueAction,
    options: shown,
    ...(chosen ? { initial_option: chosen } : {}),
  };
}

export function radio(options: PlainTextOption[], initial: string): Element {
  const chosen = options.find(({ value }) => value === initial);
  return { type: 'radio_buttons', action_id: valueAction, options, ...(chosen ? { initial_option: chosen } : {}) };
}

function severalOf(options: PlainTextOption[], initial: readonly string[], placeholder?: string): Element {
  const shown = options.slice(0, limits.options);
  const chosen = shown.filter(({ value }) => initial.includes(value ?? ''));
  return {
    type: 'multi_static_select',
    action_id: valueAction,
    ...(placeholder === undefined ? {} : { placeholder: plain(placeholder, 150) }),
    options: shown,
    ...(chosen.length > 0 ? { initial_options: chosen } : {}),
  };
}

/** A choice of several among more than a list holds: found by typing. */
export function searched(chosen: PlainTextOption[], placeholder: string): MultiExternalSelect {
  return {
    type: 'multi_external_select',
    action_id: valueAction,
    placeholder: plain(placeholder, 150),
    min_query_length: 0,
    ...(chosen.length > 0 ? { initial_options: chosen.slice(0, limits.options) } : {}),
  };
}

/** A choice of one: from a list, or by typing where a list can't hold all. */
export function oneOfMany(options: PlainTextOption[], initial: string | null, voice: Voice): Element {
  if (options.length <= limits.options) return oneOf(options, initial);
  const chosen = options.find(({ value }) => value === initial);
  return {
    type: 'external_select',
    action_id: valueAction,
    placeholder: plain(words(voice).search, 150),
    min_query_length: 0,
    ...(chosen ? { initial_option: chosen } : {}),
  };
}

/** A choice of several: from a list, or by typing where a list can't hold all. At most 100 are shown as chosen. */
export function severalOfMany(
  options: PlainTextOption[],
  initial: readonly string[],
  placeholder: string | null,
  voice: Voice,
): Element {
  if (options.length <= limits.options) return severalOf(options, initial, placeholder ?? undefined);
  const chosen = options.filter(({ value }) => initial.includes(value ?? ''));
  return searched(chosen, placeholder ?? words(voice).search);
}

export const noneOption = (voice: Voice): PlainTextOption => option(words(voice).none, 'none');

interface StateValue {
  value?: string | null;
  selected_option?: { value: string } | null;
  selected_options?: { value: string }[] | null;
  selected_users?: string[] | null;
  selected_conversation?: string | null;
  files?: { id: string }[] | null;
}
export type ViewValues = Record<string, Record<string, StateValue>>;

/** What stands in a modal's fields. Fields that aren't there count as empty. */
export const chosenIn = (values: ViewValues) => ({
  one: (blockId: string): string | null => values[blockId]?.[valueAction]?.selected_option?.value ?? null,
  several: (blockId: string): string[] =>
    (values[blockId]?.[valueAction]?.selected_options ?? []).map(({ value }) => value),
  text: (blockId: string): string => values[blockId]?.[valueAction]?.value?.trim() ?? '',
  users: (blockId: string): string[] => values[blockId]?.[valueAction]?.selected_users ?? [],
  conversation: (blockId: string): string | null => values[blockId]?.[valueAction]?.selected_conversation ?? null,
  file: (blockId: string): string | null => values[blockId]?.[valueAction]?.files?.[0]?.id ?? null,
  has: (blockId: string): boolean => values[blockId] !== undefined,
});

/** A modal that only says something. `text` is mrkdwn. */
export function noteView(
  { callbackId, benchmarkId, title, back }: Pick<Frame, 'callbackId' | 'benchmarkId' | 'title' | 'back'>,
  text: string,
  voice: Voice,
): ModalView {
  return stepView({ callbackId, benchmarkId, title, submit: null, back, blocks: [section(text)] }, voice);
}
