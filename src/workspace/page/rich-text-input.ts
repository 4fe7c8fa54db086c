import { html } from 'htm/preact';
import type { ComponentChildren, RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { naming, placeholderOf, type Use, useSend } from './element-use.ts';
import { readRichText, writeRichText } from './rich-text-dom.ts';
import { around, edit, TOOLS, type Tool, Toolbar, toggleCode, useActive } from './rich-text-tools.ts';

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

/** Keeps the field and what the workspace holds alike; returns what sends a person's changes there. */
function useContent(use: Use, field: RefObject<HTMLElement | null>): () => void {
  const send = useSend(use);
  const held = JSON.stringify(use.value?.rich_text_value ?? null);
  const written = useRef('');
  // What the workspace holds is written into the field when it changes, not when it is what the field said itself.
  useLayoutEffect(() => {
    if (field.current === null || held === written.current) return;
    written.current = held;
    writeRichText(field.current, JSON.parse(held));
  }, [held]);
  return () => {
    if (field.current === null) return;
    const now = readRichText(field.current);
    if (JSON.stringify(now) === written.current) return;
    written.current = JSON.stringify(now);
    // What was refused, or thought better of, is sent again with the next change.
    void send(now).then((seen) => {
      if (seen?.ok !== true) written.current = held;
    });
  };
}

/** A field for formatted text: a person sees it as it will look, the app gets it as a `rich_text` block. */
export function RichTextInput(use: Use): ComponentChildren {
  const { element, names } = use;
  const field = useRef<HTMLDivElement>(null);
  const commit = useContent(use, field);
  const active = useActive(field);
  const [linking, setLinking] = useState<Range | undefined>(undefined);
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
