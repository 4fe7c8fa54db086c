import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { Element, Option, StateValue } from '../shapes.ts';
import { fileInput, type Target } from './client.ts';
import { DeskContext } from './context.ts';
import { TextOf } from './mrkdwn.ts';

export interface Use {
  element: Element;
  block: string;
  value: StateValue | undefined;
  target: Target;
}

const placeholderOf = (element: Element, otherwise = 'Choose…') => element.placeholder?.text ?? otherwise;
const optionsOf = (element: Element) =>
  element.options ?? element.option_groups?.flatMap((group) => group.options) ?? [];

/** Hands a value on to the workspace. */
function useSend({ element, block, target }: Use): (value: unknown) => void {
  const desk = useContext(DeskContext);
  return (value) => {
    const { confirm: ask } = element;
    if (ask !== undefined && !window.confirm(`${ask.title.text}\n\n${ask.text.text}`)) return;
    desk.use(target, block, element.action_id ?? '', element.type, value);
  };
}

const INPUT_TYPES: Record<string, string> = {
  plain_text_input: 'text',
  number_input: 'number',
  email_text_input: 'email',
  url_text_input: 'url',
  datepicker: 'date',
  timepicker: 'time',
};
const TYPING_PAUSE_MS = 300;

function TextInput(use: Use): ComponentChildren {
  const { element, value } = use;
  const send = useSend(use);
  const shown = value?.value ?? value?.selected_date ?? value?.selected_time ?? '';
  const [text, setText] = useState(shown);
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  // What the workspace holds wins when it changes, e.g. after the app reset the field.
  useEffect(() => setText(shown), [shown]);
  const eager = element.dispatch_action_config?.trigger_actions_on?.includes('on_character_entered') === true;
  const onInput = (event: { currentTarget: { value: string } }) => {
    const typed = event.currentTarget.value;
    setText(typed);
    clearTimeout(pause.current);
    if (eager) pause.current = setTimeout(() => send(typed), TYPING_PAUSE_MS);
  };
  const onChange = (event: { currentTarget: { value: string } }) => {
    clearTimeout(pause.current);
    if (event.currentTarget.value !== shown) send(event.currentTarget.value || null);
  };
  const common = {
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

function Choice({
  options,
  groups,
  chosen,
  placeholder,
  onChoose,
}: {
  options: { value: string; label: string }[];
  groups?: { label: string; options: { value: string; label: string }[] }[] | undefined;
  chosen: string | null | undefined;
  placeholder: string;
  onChoose: (value: string | null) => void;
}): ComponentChildren {
  const item = (one: { value: string; label: string }) => html`<option value=${one.value}>${one.label}</option>`;
  const onChange = (event: { currentTarget: { value: string } }) => onChoose(event.currentTarget.value || null);
  return html`<select value=${chosen ?? ''} onChange=${onChange}>
    <option value="">${placeholder}</option>
    ${groups === undefined ? options.map(item) : groups.map((group) => html`<optgroup label=${group.label}>${group.options.map(item)}</optgroup>`)}
  </select>`;
}

const asItem = (option: Option) => ({ value: option.value ?? '', label: option.text.text });

function StaticSelect(use: Use): ComponentChildren {
  const send = useSend(use);
  const groups = use.element.option_groups?.map((group) => ({
    label: group.label.text,
    options: group.options.map(asItem),
  }));
  return html`<${Choice} options=${optionsOf(use.element).map(asItem)} groups=${groups}
    chosen=${use.value?.selected_option?.value} placeholder=${placeholderOf(use.element)} onChoose=${send} />`;
}

/** People, channels and conversations: one of them, or several as ticks. */
function DirectorySelect(use: Use): ComponentChildren {
  const { people, rooms } = useContext(DeskContext);
  const send = useSend(use);
  const { element, value } = use;
  const users = element.type.includes('users');
  const items = users
    ? people.map((person) => ({ value: person.id, label: person.real_name }))
    : rooms.map((room) => ({ value: room.id, label: `#${room.name}` }));
  const many = value?.selected_users ?? value?.selected_channels ?? value?.selected_conversations;
  if (many !== undefined) return html`<${Ticks} items=${items} chosen=${many} onChoose=${send} />`;
  const chosen = value?.selected_user ?? value?.selected_channel ?? value?.selected_conversation;
  return html`<${Choice} options=${items} chosen=${chosen} placeholder=${placeholderOf(element)} onChoose=${send} />`;
}

interface Tick {
  value: string;
  label: ComponentChildren;
  description?: ComponentChildren;
}

function Ticks({
  items,
  chosen,
  single = false,
  onChoose,
}: {
  items: Tick[];
  chosen: string[];
  single?: boolean;
  onChoose: (values: string[]) => void;
}): ComponentChildren {
  const toggle = (value: string) => {
    if (single) return onChoose([value]);
    onChoose(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  };
  return html`<div class="ticks">${items.map(
    (item) => html`<label key=${item.value}>
      <input type=${single ? 'radio' : 'checkbox'} value=${item.value} checked=${chosen.includes(item.value)} onChange=${() => toggle(item.value)} />
      <span>${item.label}${item.description ? html`<small>${item.description}</small>` : null}</span>
    </label>`,
  )}</div>`;
}

function OptionTicks(use: Use): ComponentChildren {
  const send = useSend(use);
  const single = use.element.type === 'radio_buttons';
  const items = optionsOf(use.element).map((option) => ({
    value: option.value ?? '',
    label: html`<${TextOf} text=${option.text} />`,
    description: option.description ? html`<${TextOf} text=${option.description} />` : null,
  }));
  const options = single ? [use.value?.selected_option] : (use.value?.selected_options ?? []);
  const chosen = options.flatMap((option) => (option?.value === undefined ? [] : [option.value]));
  return html`<${Ticks} items=${items} chosen=${chosen} single=${single} onChoose=${(values: string[]) => send(single ? (values[0] ?? null) : values)} />`;
}

/** Search as you type; what was found is offered below, what was chosen stands above. */
function ExternalSelect(use: Use): ComponentChildren {
  const { element, block, target, value } = use;
  const desk = useContext(DeskContext);
  const send = useSend(use);
  const [found, setFound] = useState<Option[]>([]);
  const [query, setQuery] = useState('');
  const many = element.type.startsWith('multi_');
  const chosen = many ? (value?.selected_options ?? []) : value?.selected_option ? [value.selected_option] : [];
  const values = chosen.map((option) => option.value ?? '');
  const search = (typed: string) => {
    setQuery(typed);
    void desk.suggest(target, block, element.action_id ?? '', typed).then(setFound);
  };
  const choose = (option: Option) => {
    send(many ? [...values, option.value] : option.value);
    setFound([]);
    setQuery('');
  };
  const drop = (option: Option) => send(many ? values.filter((one) => one !== option.value) : null);
  return html`<div class="external">
    ${chosen.map((option) => html`<button class="chip" onClick=${() => drop(option)}>${option.text.text} ✕</button>`)}
    <input type="search" value=${query} placeholder=${placeholderOf(element, 'Search…')}
      onFocus=${() => element.min_query_length === 0 && search('')}
      onInput=${(event: { currentTarget: { value: string } }) => search(event.currentTarget.value)} />
    <div class="found">${found
      .filter((option) => !values.includes(option.value ?? ''))
      .map((option) => html`<button onClick=${() => choose(option)}><${TextOf} text=${option.text} /></button>`)}</div>
  </div>`;
}

function FileInput(use: Use): ComponentChildren {
  const send = useSend(use);
  const { element, value } = use;
  const onChange = async (event: { currentTarget: HTMLInputElement }) => {
    send(await Promise.all([...(event.currentTarget.files ?? [])].map(fileInput)));
  };
  return html`<div>
    <input type="file" multiple=${element.max_files !== 1} accept=${element.filetypes?.map((one) => `.${one}`).join(',')} onChange=${onChange} />
    <ul class="files">${value?.files?.map((file) => html`<li>📎 ${String(file.name)}</li>`)}</ul>
  </div>`;
}

function Overflow(use: Use): ComponentChildren {
  const send = useSend(use);
  return html`<${Choice} options=${optionsOf(use.element).map(asItem)} chosen="" placeholder="⋯" onChoose=${(value: string | null) => value && send(value)} />`;
}

function Button(use: Use): ComponentChildren {
  const send = useSend(use);
  const { element } = use;
  if (element.url)
    return html`<a class="button" href=${element.url} target="_blank" rel="noreferrer" onClick=${() => send(element.value)}><${TextOf} text=${element.text} /></a>`;
  return html`<button class=${element.style ?? ''} data-action=${element.action_id} onClick=${() => send(element.value)}><${TextOf} text=${element.text} /></button>`;
}

function Feedback(use: Use): ComponentChildren {
  const send = useSend(use);
  const { positive_button, negative_button } = use.element;
  return [positive_button, negative_button].map(
    (one) => one && html`<button onClick=${() => send(one.value)}>${one.text.text}</button>`,
  );
}

function DateTime(use: Use): ComponentChildren {
  const send = useSend(use);
  const seconds = use.value?.selected_date_time;
  const shown = seconds ? new Date(seconds * 1000).toISOString().slice(0, 16) : '';
  const onChange = (event: { currentTarget: { value: string } }) =>
    send(Date.parse(`${event.currentTarget.value}Z`) / 1000);
  return html`<input type="datetime-local" value=${shown} onChange=${onChange} />`;
}

const KINDS: Record<string, (use: Use) => ComponentChildren> = {
  button: Button,
  icon_button: Button,
  workflow_button: Button,
  feedback_buttons: Feedback,
  overflow: Overflow,
  static_select: StaticSelect,
  multi_static_select: OptionTicks,
  checkboxes: OptionTicks,
  radio_buttons: OptionTicks,
  external_select: ExternalSelect,
  multi_external_select: ExternalSelect,
  users_select: DirectorySelect,
  multi_users_select: DirectorySelect,
  channels_select: DirectorySelect,
  multi_channels_select: DirectorySelect,
  conversations_select: DirectorySelect,
  multi_conversations_select: DirectorySelect,
  plain_text_input: TextInput,
  rich_text_input: TextInput,
  number_input: TextInput,
  email_text_input: TextInput,
  url_text_input: TextInput,
  datepicker: TextInput,
  timepicker: TextInput,
  datetimepicker: DateTime,
  file_input: FileInput,
};

/** Any element that a person can use. */
export function ElementOf(use: Use): ComponentChildren {
  const kind = KINDS[use.element.type];
  if (kind === undefined) return html`<span class="unknown">[${use.element.type}]</span>`;
  return html`<${kind} ...${use} />`;
}
