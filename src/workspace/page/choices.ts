import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useContext, useId, useState } from 'preact/hooks';
import type { Option } from '../shapes.ts';
import { DeskContext, roomName } from './context.ts';
import { groupNaming, naming, optionsOf, placeholderOf, type Use, useSend } from './element-use.ts';
import { withEmoji } from './emoji.ts';
import { TextOf } from './mrkdwn.ts';

interface Item {
  value: string;
  label: string;
}

function Choice({
  use,
  items,
  groups,
  chosen,
  onChoose,
}: {
  use: Use;
  items: Item[];
  groups?: { label: string; items: Item[] }[] | undefined;
  chosen: string | null | undefined;
  onChoose: (value: string | null) => void;
}): ComponentChildren {
  const item = (one: Item) => html`<option value=${one.value}>${one.label}</option>`;
  const onChange = (event: { currentTarget: { value: string } }) => onChoose(event.currentTarget.value || null);
  return html`<select ...${naming(use)} value=${chosen ?? ''} onChange=${onChange}>
    <option value="">${placeholderOf(use.element)}</option>
    ${groups === undefined ? items.map(item) : groups.map((group) => html`<optgroup label=${group.label}>${group.items.map(item)}</optgroup>`)}
  </select>`;
}

const asItem = (option: Option): Item => ({ value: option.value ?? '', label: withEmoji(option.text.text) });

export function StaticSelect(use: Use): ComponentChildren {
  const send = useSend(use);
  const groups = use.element.option_groups?.map((group) => ({
    label: group.label.text,
    items: group.options.map(asItem),
  }));
  return html`<${Choice} use=${use} items=${optionsOf(use.element).map(asItem)} groups=${groups}
    chosen=${use.value?.selected_option?.value} onChoose=${send} />`;
}

/** People, channels and conversations: one of them, or several as ticks. */
export function DirectorySelect(use: Use): ComponentChildren {
  const { people, rooms } = useContext(DeskContext);
  const send = useSend(use);
  const { element, value } = use;
  const items = element.type.includes('users')
    ? people.map((person) => ({ value: person.id, label: person.real_name }))
    : rooms.map((room) => ({ value: room.id, label: roomName(room) }));
  if (element.type.startsWith('multi_')) {
    const many = value?.selected_users ?? value?.selected_channels ?? value?.selected_conversations ?? [];
    return html`<${Ticks} use=${use} items=${items} chosen=${many} onChoose=${send} />`;
  }
  const chosen = value?.selected_user ?? value?.selected_channel ?? value?.selected_conversation;
  return html`<${Choice} use=${use} items=${items} chosen=${chosen} onChoose=${send} />`;
}

interface Tick extends Item {
  shown?: ComponentChildren;
  description?: ComponentChildren;
}

const FILTER_FROM = 9;

/** Several choices as ticks, or one of them as radio buttons; a long list can be filtered. */
function Ticks({
  use,
  items,
  chosen,
  single = false,
  onChoose,
}: {
  use: Use;
  items: Tick[];
  chosen: string[];
  single?: boolean;
  onChoose: (values: string[]) => void;
}): ComponentChildren {
  const name = useId();
  const [filter, setFilter] = useState('');
  const toggle = (value: string) => {
    if (single) return onChoose([value]);
    onChoose(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  };
  const shown = items.filter((item) => item.label.toLowerCase().includes(filter.toLowerCase()));
  const long = items.length >= FILTER_FROM && !single;
  return html`<div class="ticks" role=${single ? 'radiogroup' : 'group'} ...${groupNaming(use)}>
    ${
      long
        ? html`<div class="tick-head"><input type="search" aria-label="Filter the options" placeholder="Filter…" value=${filter}
            onInput=${(event: { currentTarget: { value: string } }) => setFilter(event.currentTarget.value)} /><small>${chosen.length} of ${items.length} chosen</small></div>`
        : null
    }
    ${shown.map(
      (item) => html`<label key=${item.value}>
        <input type=${single ? 'radio' : 'checkbox'} name=${name} value=${item.value} checked=${chosen.includes(item.value)} onChange=${() => toggle(item.value)} />
        <span>${item.shown ?? item.label}${item.description ? html`<small>${item.description}</small>` : null}</span>
      </label>`,
    )}
    ${shown.length === 0 ? html`<small>Nothing matches.</small>` : null}
  </div>`;
}

export function OptionTicks(use: Use): ComponentChildren {
  const send = useSend(use);
  const single = use.element.type === 'radio_buttons';
  const items = optionsOf(use.element).map((option) => ({
    value: option.value ?? '',
    label: option.text.text,
    shown: html`<${TextOf} text=${option.text} />`,
    description: option.description ? html`<${TextOf} text=${option.description} />` : null,
  }));
  const options = single ? [use.value?.selected_option] : (use.value?.selected_options ?? []);
  const chosen = options.flatMap((option) => (option?.value === undefined ? [] : [option.value]));
  return html`<${Ticks} use=${use} items=${items} chosen=${chosen} single=${single} onChoose=${(values: string[]) => send(single ? (values[0] ?? null) : values)} />`;
}
