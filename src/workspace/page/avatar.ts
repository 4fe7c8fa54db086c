import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';

const COLOURS = ['#7a4fb5', '#b5542f', '#2f7d8c', '#9c3d6b', '#4a6fa5', '#5d7a2f'];

// The same person has the same colour everywhere.
const colourOf = (id: string) =>
  COLOURS[[...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % COLOURS.length];

/** A person's initial, or the app's podium. */
export function Avatar({ id, name, small = false }: { id: string; name: string; small?: boolean }): ComponentChildren {
  const kind = small ? 'avatar tiny' : 'avatar';
  if (name === 'Podium')
    return html`<span class=${`${kind} app-icon`} aria-hidden="true"><svg viewBox="0 0 24 24"><path d="M9 6h6v14H9zM2 11h6v9H2zM16 14h6v6h-6z" /></svg></span>`;
  return html`<span class=${kind} aria-hidden="true" style=${{ background: colourOf(id) }}>${name[0]}</span>`;
}
