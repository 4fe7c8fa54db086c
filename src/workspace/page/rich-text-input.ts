import { html } from 'htm/preact';
import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { naming, placeholderOf, type Use, useSend } from './element-use.ts';
import { NO_WIDTH, readRichText, writeRichText } from './rich-text-dom.ts';
import { stepTo } from './step.ts';

interface Tool {
  name: string;
  mark: string;
  /** With Ctrl or Cmd, as in Slack's own field. */
  code: string;
  shift: boolean;
  /** The browser's editing command; without: the page's own. */
  command?: string;
}

const TOOLS: Tool[] = [
  { name: 'Bold', mark: 'B', code: 'KeyB', shift: false, command: 'bold' },
  { name: 'Italic', mark: 'I', code: 'KeyI', shift: false, command: 'italic' },
  { name: 'Strikethrough', mark: 'S', code: 'KeyX', shift: true, command: 'strikeThrough' },
  { name: 'Code', mark: '<>', code: 'KeyC', shift: true },
  { name: 'Link', mark: '🔗', code: 'KeyU', shift: true },
  { name: 'Bulleted list', mark: '•', code: 'Digit8', shift: true, command: 'insertUnorderedList' },
  { name: 'Numbered list', mark: '1.', code: 'Digit7', shift: true, command: 'insertOrderedList' },
];

// The browser's own editing commands: deprecated, without a successor, and in every browser, with undo and redo.
const edit = (command: string, value?: string) => document.execCommand(command, false, value);

/** The element of this kind around the caret, inside the field. */
function around(field: HTMLElement | null, selector: string): HTMLElement | null {
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
function toggleCode(field: HTMLElement): void {
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
function useActive(field: RefObject<HTMLElement | null>): string[] {
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

function Toolbar({ active, onUse }: { active: string[]; onUse: (tool: Tool) => void }): ComponentChildren {
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

/** Asks for the address of a link; the field's selection is kept meanwhile. */
function LinkForm({ onDone }: { onDone: (url: string | undefined) => void }): ComponentChildren {
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => input.current?.focus(), []);
  const done = () => {
    const url = input.current?.value.trim() ?? '';
    if (url !== '') onDone(/^(https?|mailto):/i.test(url) ? url : `https://${url}`);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') done();
    else if (event.key === 'Escape') onDone(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<div class="link-form" onKeyDown=${onKeyDown}>
    <input type="url" ref=${input} aria-label="Address of the link" placeholder="https://" />
    <button type="button" onClick=${done}>Link</button>
  </div>`;
}

/** A field for formatted text: a person sees it as it will look, the app gets it as a `rich_text` block. */
export function RichTextInput(use: Use): ComponentChildren {
  const { element, value, names } = use;
  const send = useSend(use);
  const field = useRef<HTMLDivElement>(null);
  const active = useActive(field);
  const [linking, setLinking] = useState<Range | undefined>(undefined);
  const held = JSON.stringify(value?.rich_text_value ?? null);
  const written = useRef('');
  // What the workspace holds is written into the field when it changes, not when it is what the field said itself.
  useLayoutEffect(() => {
    if (field.current === null || held === written.current) return;
    written.current = held;
    writeRichText(field.current, JSON.parse(held));
  }, [held]);
  const commit = () => {
    if (field.current === null) return;
    const now = readRichText(field.current);
    if (JSON.stringify(now) === written.current) return;
    written.current = JSON.stringify(now);
    void send(now);
  };
  const apply = (tool: Tool) => {
    const selection = document.getSelection();
    field.current?.focus();
    if (tool.command !== undefined) edit(tool.command);
    else if (tool.name === 'Code' && field.current !== null) toggleCode(field.current);
    else if (around(field.current, 'a') !== null) edit('unlink');
    else if (selection !== null && selection.rangeCount > 0) setLinking(selection.getRangeAt(0).cloneRange());
  };
  const link = (url: string | undefined) => {
    const selection = document.getSelection();
    field.current?.focus();
    selection?.removeAllRanges();
    if (linking !== undefined) selection?.addRange(linking);
    setLinking(undefined);
    if (url === undefined) return;
    if (selection?.isCollapsed === true) edit('insertHTML', linkTo(url));
    else edit('createLink', url);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const tool = TOOLS.find(({ code, shift }) => code === event.code && shift === event.shiftKey);
    if (tool === undefined || !(event.ctrlKey || event.metaKey)) return;
    apply(tool);
    event.preventDefault();
  };
  const onPaste = (event: ClipboardEvent) => {
    event.preventDefault();
    edit('insertText', event.clipboardData?.getData('text/plain') ?? '');
  };
  // An emptied field keeps a line break of the browser's own, which would hide its placeholder.
  const onInput = () => {
    if (field.current?.textContent === '' && field.current.querySelector('li') === null)
      field.current.replaceChildren();
  };
  const onFocusOut = (event: FocusEvent & { currentTarget: HTMLElement }) => {
    if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget)) commit();
  };
  const height = { minHeight: `${(element.min_lines ?? 3) * 1.5}em`, maxHeight: `${(element.max_lines ?? 8) * 1.5}em` };
  return html`<div class="rich-input" onFocusOut=${onFocusOut}>
    <${Toolbar} active=${active} onUse=${apply} />
    ${linking === undefined ? null : html`<${LinkForm} onDone=${link} />`}
    <div ref=${field} class="rich-field" contenteditable="true" role="textbox" aria-multiline="true" ...${naming(use)} aria-labelledby=${names?.labelledBy}
      data-placeholder=${placeholderOf(element, '')} style=${height} onKeyDown=${onKeyDown} onPaste=${onPaste} onInput=${onInput}></div>
  </div>`;
}

function linkTo(url: string): string {
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.textContent = url;
  return anchor.outerHTML;
}
