import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { LogEntry as Entry } from '../traffic-log.ts';
import { follow } from './changes.ts';
import { get } from './client.ts';

const MOST = 200;

const asJson = (value: unknown) => JSON.stringify(value, null, 2);
const timeOf = (ms: number) => new Date(ms).toISOString().slice(11, 23);

// A call has failed whose answer says so, a delivery that wasn't acknowledged.
function failed({ kind, status, answer }: Entry): boolean {
  if (kind === 'delivery') return status !== 'ack';
  return typeof answer === 'object' && answer !== null && 'ok' in answer && answer.ok === false;
}

function Line({ entry }: { entry: Entry }): ComponentChildren {
  const [open, setOpen] = useState(false);
  const call = entry.kind === 'call';
  return html`<details class=${failed(entry) ? 'entry failed' : 'entry'} onToggle=${(event: { currentTarget: HTMLDetailsElement }) => setOpen(event.currentTarget.open)}>
    <summary><time>${timeOf(entry.atMs)}</time> <span title=${call ? 'from the app' : 'to the app'}>${call ? '←' : '→'}</span> <b>${entry.method}</b> <small>${entry.status}${call && failed(entry) ? ` ${errorOf(entry.answer)}` : ''}</small></summary>
    ${open ? html`<div class="bodies"><div><small>${call ? 'Request' : 'Payload'}</small><pre>${asJson(entry.args)}</pre></div><div><small>Answer</small><pre>${asJson(entry.answer)}</pre></div></div>` : null}
  </details>`;
}

const errorOf = (answer: unknown): string =>
  typeof answer === 'object' && answer !== null && 'error' in answer ? String(answer.error) : '';

/** The newest lines of the log, as long as the drawer is open. */
function useLog(): Entry[] {
  const [log, setLog] = useState<Entry[]>([]);
  useEffect(() => {
    const look = async () => setLog((await get<{ log: Entry[] }>('log', { last: String(MOST) })).log);
    return follow((kind) => kind === 'call' || kind === 'reset' || kind === 'open', look);
  }, []);
  return log;
}

/** The raw traffic between the workspace and the app: calls with their answers, deliveries with their payloads. */
export function Traffic({ onClose }: { onClose: () => void }): ComponentChildren {
  const log = useLog();
  const [filter, setFilter] = useState('');
  const [kind, setKind] = useState('');
  const wanted = filter.toLowerCase();
  const shown = log
    .map((entry) => ({ entry, key: `${entry.atMs} ${entry.method} ${JSON.stringify(entry.args).length}` }))
    .filter(({ entry }) => kind === '' || entry.kind === kind)
    .filter(({ entry }) => wanted === '' || JSON.stringify(entry).toLowerCase().includes(wanted))
    .reverse();
  return html`<section class="traffic" aria-label="Raw traffic">
    <header>
      <h2>Raw traffic</h2>
      <input type="search" aria-label="Filter the traffic" placeholder="Filter: a method, an id, an error…" value=${filter}
        onInput=${(event: { currentTarget: { value: string } }) => setFilter(event.currentTarget.value)} />
      <select aria-label="Direction" value=${kind} onChange=${(event: { currentTarget: { value: string } }) => setKind(event.currentTarget.value)}>
        <option value="">both ways</option><option value="call">← calls of the app</option><option value="delivery">→ deliveries to the app</option>
      </select>
      <button class="icon" aria-label="Close the traffic" onClick=${onClose}>✕</button>
    </header>
    <div class="entries" tabindex="0" role="region" aria-label="Entries">${shown.length === 0 ? html`<p class="empty">Nothing to show.</p>` : shown.map(({ entry, key }) => html`<${Line} key=${key} entry=${entry} />`)}</div>
  </section>`;
}
