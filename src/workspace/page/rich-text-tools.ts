import { html } from 'htm/preact';
import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { NO_WIDTH } from './rich-text-dom.ts';
import { stepTo } from './step.ts';

export interface Tool {
  name: string;
  mark: string;
  /** With Ctrl or Cmd, as in Slack's own field. */
  code: string;
  shift: boolean;
  /** The browser's editing command; without: the page's own. */
  command?: string;
}

export const TOOLS: Tool[] = [
  { name: 'Bold', mark: 'B', code: 'KeyB', shift: false, command: 'bold' },
  { name: 'Italic', mark: 'I', code: 'KeyI', shift: false, command: 'italic' },
  { name: 'Strikethrough', mark: 'S', code: 'KeyX', shift: true, command: 'strikeThrough' },
  { name: 'Code', mark: '<>', code: 'KeyC', shift: true },
  { name: 'Link', mark: 'link', code: 'KeyU', shift: true },
  { name: 'Bulleted list', mark: '•', code: 'Digit8', shift: true, command: 'insertUnorderedList' },
  { name: 'Numbered list', mark: '1.', code: 'Digit7', shift: true, command: 'insertOrderedList' },
];

// The browser's own editing commands: deprecated, without a successor, and in every browser, with undo and redo.
export const edit = (command: string, value?: string) => document.execCommand(command, false, value);

/** The element of this kind around the caret, inside the field. */
export function around(field: HTMLElement | null, selector: string): HTMLElement | null {
  const node = document.getSelection()?.anchorNode;
  const element = node instanceof HTMLElement ? node : node?.parentElement;
  const found = element?.closest<HTMLElement>(selector) ?? null;
  return found !== null && field?.contains(found) === true ? found : null;
}

function caretAfter(node: Node): void {
  const text = document.createTextNode(NO_WIDTH);
  node.parentNode?.insertBefore(text, node.nextSibling);
  document.getSelection()?.collapse(text, 1);
}

/** Makes what is selected code, or code the text again; without a selection, what is typed next. */
export function toggleCode(field: HTMLElement): void {
  const selection = document.getSelection();
  const code = around(field, 'code');
  if (selection === null || selection.rangeCount === 0) return;
  if (code !== null) {
    if (selection.isCollapsed) caretAfter(code);
    else code.replaceWith(...code.childNodes);
    return;
  }
  const range = selection.getRangeAt(0);
  const fresh = document.createElement('code');
  const text = range.toString();
  fresh.textContent = text === '' ? NO_WIDTH : text;
  range.deleteContents();
  range.insertNode(fresh);
  selection.selectAllChildren(fresh);
  if (text === '') selection.collapseToEnd();
}

/** The names of the tools that are on where the caret stands. */
export function useActive(field: RefObject<HTMLElement | null>): string[] {
  const [active, setActive] = useState<string[]>([]);
  useEffect(() => {
    const onMove = () => {
      if (field.current === null || !field.current.contains(document.getSelection()?.anchorNode ?? null)) return;
      const isOn = ({ name, command }: Tool) =>
        command === undefined
          ? around(field.current, name === 'Code' ? 'code' : 'a') !== null
          : document.queryCommandState(command);
      setActive(TOOLS.filter(isOn).map(({ name }) => name));
    };
    document.addEventListener('selectionchange', onMove);
    return () => document.removeEventListener('selectionchange', onMove);
  }, []);
  return active;
}

export function Toolbar({ active, onUse }: { active: string[]; onUse: (tool: Tool) => void }): ComponentChildren {
  const bar = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const buttons = [...(bar.current?.querySelectorAll('button') ?? [])];
    const key = { ArrowRight: 'ArrowDown', ArrowLeft: 'ArrowUp' }[event.key] ?? event.key;
    const next = stepTo(
      key,
      buttons.findIndex((one) => one.matches(':focus')),
      buttons.length,
    );
    if (next === undefined) return;
    buttons[next]?.focus();
    event.preventDefault();
  };
  const down = (event: Event) => event.preventDefault(); // the selection stays in the field
  const titleOf = ({ name, code, shift }: Tool) => `${name} (Ctrl+${shift ? 'Shift+' : ''}${code.slice(-1)})`;
  return html`<div class="tools" ref=${bar} role="toolbar" aria-label="Formatting" onKeyDown=${onKeyDown} onMouseDown=${down}>${TOOLS.map(
    (
      tool,
      index,
    ) => html`<button type="button" class="icon" tabindex=${index === 0 ? 0 : -1} aria-label=${tool.name} title=${titleOf(tool)}
      aria-pressed=${active.includes(tool.name)} onClick=${() => onUse(tool)}><span aria-hidden="true">${tool.mark}</span></button>`,
  )}</div>`;
}
