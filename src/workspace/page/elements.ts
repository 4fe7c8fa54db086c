import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { DirectorySelect, MultiSelect, OptionTicks, StaticSelect } from './choices.ts';
import { groupNaming, optionsOf, type Use, useSend } from './element-use.ts';
import { withEmoji } from './emoji.ts';
import { ExternalSelect } from './external-select.ts';
import { FileInput } from './file-input.ts';
import { Menu } from './menu.ts';
import { TextOf } from './mrkdwn.ts';
import { RichTextInput } from './rich-text-input.ts';
import { DateTime, TextInput } from './text-fields.ts';

function Overflow(use: Use): ComponentChildren {
  const send = useSend(use);
  const options = optionsOf(use.element);
  const items = options.map((option) => ({
    value: option.value ?? '',
    label: withEmoji(option.text.text),
    description: option.description?.text,
  }));
  const choose = (value: string) => {
    const url = options.find((option) => option.value === value)?.url;
    if (url !== undefined && /^https?:/i.test(url)) open(url, '_blank', 'noreferrer');
    void send(value);
  };
  return html`<${Menu} label=${use.element.accessibility_label ?? 'More options'} action=${use.element.action_id} items=${items} onChoose=${choose} />`;
}

function Button(use: Use): ComponentChildren {
  const send = useSend(use);
  const { element } = use;
  const press = () => void send(element.value);
  const common = { 'data-action': element.action_id, 'aria-label': element.accessibility_label, onClick: press };
  const text = html`<${TextOf} text=${element.text} />`;
  if (element.url && /^https?:/i.test(element.url))
    return html`<a class=${`button ${element.style ?? ''}`} href=${element.url} target="_blank" rel="noreferrer" ...${common}>${text}</a>`;
  return html`<button type="button" class=${element.style ?? ''} ...${common}>${text}</button>`;
}

function IconButton(use: Use): ComponentChildren {
  const send = useSend(use);
  const { element } = use;
  const name = element.accessibility_label ?? (typeof element.text === 'object' ? element.text.text : element.text);
  return html`<button type="button" class="icon" data-action=${element.action_id} aria-label=${name} title=${name} onClick=${() => void send(element.value)}>${element.icon === 'trash' ? '✕' : '●'}</button>`;
}

function Feedback(use: Use): ComponentChildren {
  const send = useSend(use);
  const { positive_button, negative_button } = use.element;
  return html`<span class="feedback" role="group" ...${groupNaming(use)}>${[positive_button, negative_button].map(
    (one) =>
      one && html`<button type="button" onClick=${() => void send(one.value)}><${TextOf} text=${one.text} /></button>`,
  )}</span>`;
}

const KINDS: Record<string, (use: Use) => ComponentChildren> = {
  button: Button,
  icon_button: IconButton,
  workflow_button: Button,
  feedback_buttons: Feedback,
  overflow: Overflow,
  static_select: StaticSelect,
  multi_static_select: MultiSelect,
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
  rich_text_input: RichTextInput,
  number_input: TextInput,
  email_text_input: TextInput,
  url_text_input: TextInput,
  datepicker: TextInput,
  timepicker: TextInput,
  datetimepicker: DateTime,
  file_input: FileInput,
};

/** Elements that a label can't name by itself: several controls together, or none of the browser's own. */
export const GROUPS: readonly string[] = ['radio_buttons', 'checkboxes', 'rich_text_input'];

/** Any element that a person can use. */
export function ElementOf(use: Use): ComponentChildren {
  const kind = KINDS[use.element.type];
  if (kind === undefined) return html`<span class="unknown">[${use.element.type}]</span>`;
  return html`<${kind} ...${use} />`;
}
