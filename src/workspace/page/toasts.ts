import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface Toast {
  id: number;
  text: string;
}

/** What Slack's error codes mean to whoever sees them. */
const MEANINGS: Record<string, string> = {
  operation_timeout: "Podium didn't answer in time (operation_timeout).",
  dispatch_failed: "Podium isn't connected, so nobody heard that (dispatch_failed).",
};

const SHOWN_MS = 12_000;
const MOST = 4;

/** Short notices of what went wrong; they go after a while, when dismissed, or when the person's next act goes well. */
export function useToasts(): { toasts: Toast[]; say: (error: string) => void; dismiss: (id: number) => void } {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const dismiss = (id: number) => setToasts((all) => all.filter((one) => one.id !== id));
  const say = (error: string) => {
    const toast = { id: performance.now(), text: MEANINGS[error] ?? error };
    setToasts((all) => [...all.filter((one) => one.text !== toast.text), toast].slice(-MOST));
    setTimeout(() => dismiss(toast.id), SHOWN_MS);
  };
  return { toasts, say, dismiss };
}

export function Toasts({ toasts, onDismiss }: { toasts: Toast[]; onDismiss: (id: number) => void }): ComponentChildren {
  return html`<div class="toasts">${toasts.map(
    (one) => html`<div class="toast" role="alert" key=${one.id}>
      <span>${one.text}</span><button class="icon" aria-label="Dismiss" onClick=${() => onDismiss(one.id)}>✕</button>
    </div>`,
  )}</div>`;
}
