import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Question } from './context.ts';
import { TextOf } from './mrkdwn.ts';

const FIELDS = '.modal-body :is(input, select, textarea)';

/**
 * The browser's own modal dialog: what lies behind can't be reached, Tab stays inside, and on closing the focus returns
 * to where it was. `id` changes when other content takes its place; the first field then gets the focus.
 */
export function Dialog({
  id,
  label,
  kind,
  onCancel,
  children,
}: {
  id: string;
  label: string;
  kind: string;
  onCancel: () => void;
  children?: ComponentChildren;
}): ComponentChildren {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  useLayoutEffect(() => dialog.current?.querySelector<HTMLElement>(FIELDS)?.focus(), [id]);
  const cancel = (event: Event) => {
    event.preventDefault();
    onCancel();
  };
  // Escape is taken as a key: the browser's own `cancel` can't be held off twice in a row.
  const onKeyDown = (event: KeyboardEvent) => event.key === 'Escape' && cancel(event);
  return html`<dialog ref=${dialog} class=${kind} aria-label=${label} onCancel=${cancel} onKeyDown=${onKeyDown}>${children}</dialog>`;
}

/** The confirmation that an element asks for before it acts. */
export function Confirmation({
  question,
  onAnswer,
}: {
  question: Question;
  onAnswer: (yes: boolean) => void;
}): ComponentChildren {
  const style = question.style === 'danger' ? 'primary danger' : 'primary';
  return html`<${Dialog} id="confirmation" label=${question.title.text} kind="modal small-modal" onCancel=${() => onAnswer(false)}>
    <header><h2><${TextOf} text=${question.title} /></h2></header>
    <div class="modal-body"><${TextOf} text=${question.text} /></div>
    <footer>
      <button onClick=${() => onAnswer(false)}><${TextOf} text=${question.deny} /></button>
      <button class=${style} onClick=${() => onAnswer(true)}><${TextOf} text=${question.confirm} /></button>
    </footer>
  <//>`;
}
