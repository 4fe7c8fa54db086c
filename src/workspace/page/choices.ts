import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useContext, useId, useState } from 'preact/hooks';
import { DeskContext, roomName } from './context.ts';
import { groupNaming, naming, optionsOf, placeholderOf, type Use, useSend } from './element-use.ts';
import { TextOf } from './mrkdwn.ts';
import { type Item, itemOf, type Offer, Picker } from './picker.ts';

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

export function StaticSelect(use: Use): ComponentChildren {
  const send = useSend(use);
  const groups = use.element.option_groups?.map((group) => ({
    label: group.label.text,
    items: group.options.map((option) => itemOf(option)),
  }));
  return html`<${Choice} use=${use} items=${optionsOf(use.element).map((option) => itemOf(option))} groups=${groups}
    chosen=${use.value?.selected_option?.value} onChoose=${send} />`;
}

// A browser is slow to draw thousands of options, and nobody reads them: whoever types sees fewer.
const MOST_SHOWN = 200;

/** Those of all that a person may still take, by what they typed; every word of it stands in the option. */
function offerOf(all: Item[], chosen: string[], query: string, most: number | undefined): Offer {
  if (most !== undefined && chosen.length >= most)
    return { items: [], note: `No more than ${most} can be chosen: take one back first` };
  const words = query.toLowerCase().split(/\s+/);
  const textOf = (item: Item) => `${item.label} ${item.description ?? ''} ${item.group ?? ''}`.toLowerCase();
  const found = all.filter(
    (item) => !chosen.includes(item.value) && words.every((word) => textOf(item).includes(word)),
  );
  const items = found.slice(0, MOST_SHOWN);
  if (items.length < found.length) return { items, note: `${MOST_SHOWN} of ${found.length} shown: type to see fewer` };
  return { items, note: items.length > 0 ? `${chosen.length} of ${all.length} chosen` : 'No results' };
}

/** Several of a list that is known beforehand, found by typing. */
function Several({ use, items, values }: { use: Use; items: Item[]; values: string[] }): ComponentChildren {
  const send = useSend(use);
  const [query, setQuery] = useState<string | undefined>(undefined);
  const known = (value: string) => items.find((item) => item.value === value) ?? { value, label: value };
  const offer = query === undefined ? undefined : offerOf(items, values, query, use.element.max_selected_items);
  return html`<${Picker} use=${use} chosen=${values.map(known)} offer=${offer} onSearch=${setQuery}
    onChoose=${({ value }: Item) => void send([...values, value])}
    onDrop=${({ value }: Item) => void send(values.filter((one) => one !== value))} />`;
}

export function MultiSelect(use: Use): ComponentChildren {
  const { options = [], option_groups: groups } = use.element;
  const items = groups?.flatMap(({ label, options: inside }) => inside.map((option) => itemOf(option, label.text)));
  const values = (use.value?.selected_options ?? []).map((option) => option.value ?? '');
  return html`<${Several} use=${use} items=${items ?? options.map((option) => itemOf(option))} values=${values} />`;
}

/** People, channels and conversations: one of them, or several. */
export function DirectorySelect(use: Use): ComponentChildren {
  const { people, rooms } = useContext(DeskContext);
  const send = useSend(use);
  const { element, value } = use;
  const items = element.type.includes('users')
    ? people.map((person) => ({ value: person.id, label: person.real_name }))
    : rooms.map((room) => ({ value: room.id, label: roomName(room) }));
  if (element.type.startsWith('multi_')) {
    const many = value?.selected_users ?? value?.selected_channels ?? value?.selected_conversations ?? [];
    return html`<${Several} use=${use} items=${items} values=${many} />`;
  }
  const chosen = value?.selected_user ?? value?.selected_channel ?? value?.selected_conversation;
  return html`<${Choice} use=${use} items=${items} chosen=${chosen} onChoose=${send} />`;
}

/** Checkboxes, or radio buttons: all options at once before the person's eyes. */
export function OptionTicks(use: Use): ComponentChildren {
  const send = useSend(use);
  const name = useId();
  const single = use.element.type === 'radio_buttons';
  const options = single ? [use.value?.selected_option] : (use.value?.selected_options ?? []);
  const chosen = options.flatMap((option) => (option?.value === undefined ? [] : [option.value]));
  const toggle = (value: string) => {
    if (single) return send(value);
    return send(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  };
  return html`<div class="ticks" role=${single ? 'radiogroup' : 'group'} ...${groupNaming(use)}>${optionsOf(
    use.element,
  ).map(
    ({ value = '', text, description }) => html`<label key=${value}>
      <input type=${single ? 'radio' : 'checkbox'} name=${name} value=${value} checked=${chosen.includes(value)} onChange=${() => void toggle(value)} />
      <span><${TextOf} text=${text} />${description ? html`<small><${TextOf} text=${description} /></small>` : null}</span>
    </label>`,
  )}</div>`;
}
