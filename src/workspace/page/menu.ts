import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { stepTo } from './step.ts';

export interface MenuItem {
  value: string;
  label: string;
  description?: string | undefined;
}

/** A button with a menu: opened by click or arrow key, walked with the arrow keys, closed with Escape. */
export function Menu({
  label,
  action,
  items,
  onChoose,
}: {
  label: string;
  action?: string | undefined;
  items: MenuItem[];
  onChoose: (value: string) => void;
}): ComponentChildren {
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const id = useId();
  const entries = () => [...(list.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
  const onToggle = (event: ToggleEvent) => {
    setOpen(event.newState === 'open');
    const place = button.current?.getBoundingClientRect();
    if (event.newState !== 'open' || list.current === null || place === undefined) return;
    const { width, height } = list.current.getBoundingClientRect();
    const top = place.bottom + height < innerHeight ? place.bottom + 2 : Math.max(4, place.top - height - 2);
    const left = Math.max(4, Math.min(place.left, innerWidth - width - 8));
    list.current.style.inset = `${top}px auto auto ${left}px`;
    entries()[0]?.focus();
  };
  const close = () => {
    list.current?.hidePopover();
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const all = entries();
    const next = stepTo(
      event.key,
      all.findIndex((one) => one.matches(':focus')),
      all.length,
    );
    if (next !== undefined) all[next]?.focus();
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation(); // of a modal around the menu, which Escape would close as well
  };
  const onButtonKey = (event: KeyboardEvent) => {
    const shown = list.current?.matches(':popover-open') === true;
    if (event.key === 'Escape' && shown) close();
    else if (event.key === 'ArrowDown' && !shown) list.current?.showPopover();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const choose = (value: string) => {
    close();
    onChoose(value);
  };
  return html`<span class="menu">
    <button ref=${button} class="icon" type="button" data-action=${action} aria-label=${label} title=${label} aria-haspopup="menu" aria-expanded=${open} popovertarget=${id}
      onKeyDown=${onButtonKey}>⋯</button>
    <div ref=${list} id=${id} popover="auto" role="menu" aria-label=${label} class="popup" onKeyDown=${onKeyDown} onToggle=${onToggle}>
      ${items.map(
        (item) => html`<button role="menuitem" tabindex="-1" onClick=${() => choose(item.value)}>
          ${item.label}${item.description ? html`<small>${item.description}</small>` : null}
        </button>`,
      )}
    </div>
  </span>`;
}
