import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { StateValue } from '../shapes.ts';
import { useReading } from './context.ts';
import { momentOf, wallTime } from './dates.ts';
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

const shownOf = (value: StateValue | undefined): string =>
  value?.value ?? value?.selected_date ?? value?.selected_time ?? '';

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
  if (element.multiline === true) return html`<textarea rows="4" ...${common}></textarea>`;
  const step = element.type === 'number_input' ? { step: element.is_decimal_allowed === true ? 'any' : '1' } : {};
  return html`<input type=${INPUT_TYPES[element.type] ?? 'text'} ...${common} ...${step} />`;
}

/** A moment, by the clocks of the person who acts. */
export function DateTime(use: Use): ComponentChildren {
  const send = useSend(use);
  const seconds = use.value?.selected_date_time;
  const { tz } = useReading();
  const shown = seconds ? wallTime(tz, seconds * 1000) : '';
  const onChange = (event: FieldEvent) => {
    const { value } = event.currentTarget;
    void send(value === '' ? null : momentOf(value, tz) / 1000);
  };
  return html`<input type="datetime-local" ...${naming(use)} value=${shown} onChange=${onChange} />`;
}
