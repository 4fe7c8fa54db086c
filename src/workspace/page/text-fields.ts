import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { StateValue } from '../shapes.ts';
import { naming, placeholderOf, type Use, useSend } from './element-use.ts';

type FieldEvent = { currentTarget: { value: string } };

const INPUT_TYPES: Record<string, string> = {
  plain_text_input: 'text',
  number_input: 'number',
  email_text_input: 'email',
  url_text_input: 'url',
  datepicker: 'date',
  timepicker: 'time',
};
const TYPING_PAUSE_MS = 300;

// The text inside a rich_text value, its sections joined.
function richText(part: unknown): string {
  if (typeof part !== 'object' || part === null) return '';
  if ('text' in part && typeof part.text === 'string') return part.text;
  return 'elements' in part && Array.isArray(part.elements) ? part.elements.map(richText).join('') : '';
}

const shownOf = (value: StateValue | undefined): string =>
  value?.value ?? value?.selected_date ?? value?.selected_time ?? richText(value?.rich_text_value);

/** Every field that holds a text. */
export function TextInput(use: Use): ComponentChildren {
  const { element } = use;
  const send = useSend(use);
  const shown = shownOf(use.value);
  const [text, setText] = useState(shown);
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  const typed = useRef<string>(undefined);
  // What the workspace holds wins when it changes, e.g. after the app reset the field; but an answer to an earlier
  // keystroke doesn't take away what was typed since.
  useEffect(() => {
    if (typed.current !== undefined && typed.current !== shown) return;
    typed.current = undefined;
    setText(shown);
  }, [shown]);
  const eager = element.dispatch_action_config?.trigger_actions_on?.includes('on_character_entered') === true;
  const type = (value: string) => {
    typed.current = value;
    setText(value);
    clearTimeout(pause.current);
  };
  const onInput = (event: FieldEvent) => {
    const { value } = event.currentTarget;
    type(value);
    if (eager) pause.current = setTimeout(() => void send(value), TYPING_PAUSE_MS);
  };
  const onChange = (event: FieldEvent) => {
    const { value } = event.currentTarget;
    type(value);
    if (value !== shown) void send(value || null);
    else typed.current = undefined;
  };
  const common = {
    ...naming(use),
    value: text,
    onInput,
    onChange,
    placeholder: placeholderOf(element, ''),
    maxLength: element.max_length,
  };
  if (element.multiline === true || element.type === 'rich_text_input')
    return html`<textarea rows="4" ...${common}></textarea>`;
  const step = element.type === 'number_input' ? { step: element.is_decimal_allowed === true ? 'any' : '1' } : {};
  return html`<input type=${INPUT_TYPES[element.type] ?? 'text'} ...${common} ...${step} />`;
}

/** A moment, in the workspace's time zone: UTC for everybody. */
export function DateTime(use: Use): ComponentChildren {
  const send = useSend(use);
  const seconds = use.value?.selected_date_time;
  const shown = seconds ? new Date(seconds * 1000).toISOString().slice(0, 16) : '';
  const onChange = (event: FieldEvent) => {
    const { value } = event.currentTarget;
    void send(value === '' ? null : Date.parse(`${value}Z`) / 1000);
  };
  return html`<input type="datetime-local" ...${naming(use)} value=${shown} onChange=${onChange} />`;
}
