import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import type { SeenView } from '../driver.ts';
import { Blocks } from './blocks.ts';
import { Dialog } from './dialog.ts';
import { TextOf } from './mrkdwn.ts';

/** The modal on top of a person's stack. Escape closes it, as ✕ closes all of them. `children`: notices, above its buttons. */
export function Modal({
  view,
  depth,
  busy,
  onSubmit,
  onClose,
  children,
}: {
  view: SeenView;
  depth: number;
  busy: boolean;
  onSubmit: () => void;
  onClose: (all: boolean) => void;
  children?: ComponentChildren;
}): ComponentChildren {
  const surface = { target: {}, values: view.state.values, errors: view.errors };
  // A busy button stays focusable, so that whoever uses the keyboard isn't thrown out of the dialog.
  const submit = () => !busy && onSubmit();
  return html`<${Dialog} id=${view.id} label=${view.title.text} kind="modal" onCancel=${() => onClose(false)}>
    <header>
      ${depth > 1 ? html`<button class="icon" aria-label="Back" onClick=${() => onClose(false)}>‹</button>` : null}
      <h2><${TextOf} text=${view.title} /></h2>
      <button class="icon" aria-label="Close" onClick=${() => onClose(true)}>✕</button>
    </header>
    ${view.trouble ? html`<div class="block-alert error" role="alert">${view.trouble}</div>` : null}
    <div class="modal-body"><${Blocks} key=${view.id} blocks=${view.blocks} surface=${surface} /></div>
    ${children}
    <footer>
      <button onClick=${() => onClose(false)}>${view.close?.text ?? 'Cancel'}</button>
      ${
        view.submit
          ? html`<button class="primary" disabled=${view.submit_disabled === true} aria-disabled=${busy} onClick=${submit}>
              ${busy ? html`<span class="spinner" aria-label="Waiting for the app"></span>` : null}<${TextOf} text=${view.submit} />
            </button>`
          : null
      }
    </footer>
  <//>`;
}
