import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useContext, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type Completion, completionsFor } from './completion.ts';
import { DeskContext } from './context.ts';
import { stepTo } from './step.ts';

/** The list above the composer; the marked entry is the one that Enter and Tab take. */
function Completions({
  id,
  found,
  marked,
  onChoose,
}: {
  id: string;
  found: Completion[];
  marked: number;
  onChoose: (one: Completion) => void;
}): ComponentChildren {
  const down = (event: Event) => event.preventDefault(); // the text keeps the focus
  return html`<div class="completions" id=${id} role="listbox" aria-label="Completions" onMouseDown=${down}>${found.map(
    (
      one,
      index,
    ) => html`<div role="option" id=${`${id}-${index}`} aria-selected=${index === marked} onClick=${() => onChoose(one)}>
      <b>${one.label}</b> <small>${one.hint}</small>
    </div>`,
  )}</div>`;
}

/** Where a person writes; in a channel, a text that begins with a slash is a command (Slack knows none in threads). */
export function Composer({
  label,
  commands,
  focused = false,
  onSend,
}: {
  label: string;
  commands: string[];
  /** Whether whoever opened it wants to write at once. */
  focused?: boolean;
  onSend: (text: string) => void;
}): ComponentChildren {
  const { people } = useContext(DeskContext);
  const list = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState('');
  const [caret, setCaret] = useState(0);
  const [marked, setMarked] = useState(0);
  const [closed, setClosed] = useState(false);
  const { start, found } = completionsFor(text.slice(0, caret), { commands, people });
  const complete = found.some((one) => one.insert.trim() === text.slice(start).trim());
  const offered = closed || complete ? [] : found;
  useLayoutEffect(() => {
    if (focused) field.current?.focus();
  }, []);
  // As high as what is written, up to the limit of the style sheet.
  useLayoutEffect(() => {
    if (field.current === null) return;
    field.current.style.height = 'auto';
    field.current.style.height = `${field.current.scrollHeight + 2}px`;
  }, [text]);
  const change = (value: string, at: number) => {
    setText(value);
    setCaret(at);
    setMarked(0);
    setClosed(false);
  };
  const choose = ({ insert }: Completion) =>
    change(text.slice(0, start) + insert + text.slice(caret), start + insert.length);
  const send = () => {
    if (text.trim() !== '') onSend(text.trim());
    change('', 0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepTo(event.key, marked, offered.length);
    const chosen = offered[marked];
    if (next !== undefined) setMarked(next);
    else if (event.key === 'Escape' && offered.length > 0) setClosed(true);
    else if (event.key === 'Tab' && chosen !== undefined) choose(chosen);
    else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing)
      chosen === undefined ? send() : choose(chosen);
    else return;
    event.preventDefault();
  };
  return html`<div class="composer">
    ${offered.length > 0 ? html`<${Completions} id=${list} found=${offered} marked=${marked} onChoose=${choose} />` : null}
    <textarea ref=${field} rows="1" role="combobox" aria-autocomplete="list" aria-expanded=${offered.length > 0} aria-controls=${list}
      aria-activedescendant=${offered.length > 0 ? `${list}-${marked}` : undefined} aria-label=${label} placeholder=${label} value=${text} onKeyDown=${onKeyDown}
      onInput=${(event: { currentTarget: HTMLTextAreaElement }) => change(event.currentTarget.value, event.currentTarget.selectionStart)}></textarea>
    <button class="primary" disabled=${text.trim() === ''} onClick=${send}>Send</button>
  </div>`;
}
