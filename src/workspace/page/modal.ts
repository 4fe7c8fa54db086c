import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import type { SeenView } from '../driver.ts';
import { Blocks } from './blocks.ts';
import { TextOf } from './mrkdwn.ts';

/** The modal on top of a person's stack. */
export function Modal({
  view,
  depth,
  busy,
  onSubmit,
  onClose,
}: {
  view: SeenView;
  depth: number;
  busy: boolean;
  onSubmit: () => void;
  onClose: (all: boolean) => void;
}): ComponentChildren {
  const surface = { target: {}, values: view.state.values, errors: view.errors };
  return html`<div class="shade">
    <div class="modal" role="dialog" aria-modal="true" aria-label=${view.title.text}>
      <header>
        <h2><${TextOf} text=${view.title} /></h2>
        ${depth > 1 ? html`<button aria-label="Back" onClick=${() => onClose(false)}>‹</button>` : null}
        <button aria-label="Close" onClick=${() => onClose(true)}>✕</button>
      </header>
      ${view.trouble ? html`<div class="alert error" role="alert">${view.trouble}</div>` : null}
      <div class="modal-body"><${Blocks} key=${view.id} blocks=${view.blocks} surface=${surface} /></div>
      <footer>
        <button onClick=${() => onClose(false)}>${view.close?.text ?? 'Cancel'}</button>
        ${view.submit ? html`<button class="primary" disabled=${busy || view.submit_disabled === true} onClick=${onSubmit}>${busy ? '…' : view.submit.text}</button>` : null}
      </footer>
    </div>
  </div>`;
}
