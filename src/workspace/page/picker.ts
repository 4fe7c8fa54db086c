import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Option } from '../shapes.ts';
import { naming, placeholderOf, type Use } from './element-use.ts';
import { withEmoji } from './emoji.ts';
import { stepTo } from './step.ts';

export interface Item {
  value: string;
  label: string;
  description?: string | undefined;
  /** The heading under which it stands in the list. */
  group?: string | undefined;
}

export const itemOf = (option: Option, group?: string): Item => ({
  value: option.value ?? '',
  label: withEmoji(option.text.text),
  description: option.description && withEmoji(option.description.text),
  group,
});

/** What the open list holds. `note`: said above it, e.g. what is still needed or that nothing was found. */
export interface Offer {
  items: Item[];
  note: string;
}

interface Props {
  use: Use;
  chosen: Item[];
  /** Undefined: the list is closed. */
  offer: Offer | undefined;
  /** What was typed; undefined: the person is done. */
  onSearch: (query: string | undefined) => void;
  onChoose: (item: Item) => void;
  onDrop: (item: Item) => void;
}

function Chips({ chosen, onDrop }: { chosen: Item[]; onDrop: (item: Item) => void }): ComponentChildren {
  if (chosen.length === 0) return null;
  return html`<ul class="chips" aria-label="Chosen">${chosen.map(
    (item) => html`<li key=${item.value}>
      <button type="button" class="chip" aria-label=${`Remove ${item.label}`} onClick=${() => onDrop(item)}>${item.label} <span aria-hidden="true">✕</span></button>
    </li>`,
  )}</ul>`;
}

interface ListProps {
  id: string;
  items: Item[];
  marked: number;
  onChoose: (item: Item) => void;
}

/** The options under the field; the marked one is the one that Enter takes. */
function List({ id, items, marked, onChoose }: ListProps): ComponentChildren {
  const list = useRef<HTMLDivElement>(null);
  // Near the end of a modal the list would open out of sight.
  useEffect(() => {
    if (items.length > 0) list.current?.scrollIntoView({ block: 'nearest' });
  }, [items.length]);
  useEffect(() => list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' }), [marked]);
  const heading = (index: number) => {
    const { group } = items[index] ?? {};
    return group === undefined || group === items[index - 1]?.group
      ? null
      : html`<small class="heading">${group}</small>`;
  };
  const down = (event: Event) => event.preventDefault(); // the field keeps the focus
  return html`<div class="found" ref=${list} id=${id} role="listbox" aria-label="Found" onMouseDown=${down}>${items.map(
    (item, index) => [
      heading(index),
      html`<div role="option" key=${item.value} id=${`${id}-${index}`} aria-selected=${index === marked} onClick=${() => onChoose(item)}>
        ${item.label}${item.description ? html`<small>${item.description}</small>` : null}
      </div>`,
    ],
  )}</div>`;
}

/**
 * A field in which one types to find options: what was chosen stands before it as chips, each of which takes itself back.
 * Arrow keys walk the list, Enter takes, Escape closes it, Backspace in the empty field takes back the last chip.
 */
export function Picker({ use, chosen, offer, onSearch, onChoose, onDrop }: Props): ComponentChildren {
  const list = useId();
  const field = useRef<HTMLInputElement>(null);
  const [query, setQuery] = useState('');
  const [marked, setMarked] = useState(-1);
  const items = offer?.items ?? [];
  const type = (typed: string | undefined) => {
    setQuery(typed ?? '');
    setMarked(-1);
    onSearch(typed);
  };
  const choose = (item: Item) => {
    type(use.element.type.startsWith('multi_') ? '' : undefined);
    onChoose(item);
  };
  const drop = (item: Item) => {
    onDrop(item);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepTo(event.key, marked, items.length);
    const [item, last] = [items[marked], chosen.at(-1)];
    if (next !== undefined) setMarked(next);
    else if (event.key === 'ArrowDown' && offer === undefined) type(query);
    else if (event.key === 'Enter' && item !== undefined) choose(item);
    else if (event.key === 'Escape' && offer !== undefined) type(undefined);
    else if (event.key === 'Backspace' && query === '' && last !== undefined) drop(last);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onFocusOut = (event: FocusEvent & { currentTarget: HTMLElement }) => {
    if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget)) type(undefined);
  };
  return html`<div class="picker" onFocusOut=${onFocusOut}>
    <${Chips} chosen=${chosen} onDrop=${drop} />
    <div class="picker-field">
      <input ref=${field} type="search" ...${naming(use)} role="combobox" aria-autocomplete="list" autocomplete="off" aria-expanded=${items.length > 0} aria-controls=${list}
        aria-activedescendant=${marked < 0 ? undefined : `${list}-${marked}`} value=${query} placeholder=${placeholderOf(use.element, 'Search…')}
        onClick=${() => type(query)} onKeyDown=${onKeyDown}
        onInput=${(event: { currentTarget: { value: string } }) => type(event.currentTarget.value)} />
      <div class="below">
        <small role="status">${offer?.note ?? ''}</small>
        <${List} id=${list} items=${items} marked=${marked} onChoose=${choose} />
      </div>
    </div>
  </div>`;
}
