import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { Avatar } from './avatar.ts';
import type { Room } from './client.ts';
import { addressOf, type Place } from './place.ts';
import type { Sight } from './sight.ts';
import type { Theme } from './theme.ts';

interface Props {
  sight: Sight;
  place: Place;
  here: string | undefined;
  unread: Set<string>;
  theme: Theme;
  onGo: (change: Partial<Place>) => void;
  onHome: () => void;
  onTheme: (theme: Theme) => void;
  onTraffic: () => void;
  traffic: boolean;
}

// More are chosen above: a workspace may have hundreds of people.
const MOST_TABS = 5;

type Chosen = { currentTarget: { value: string } };

/** Who acts here, and everybody else one click away in a tab of their own. */
function ActingAs({ sight, place, onGo }: Props): ComponentChildren {
  const people = sight.people.filter((one) => !one.is_bot);
  const me = people.find((one) => one.id === place.user || one.name === place.user);
  return html`<div class="acting">
    <label>Acting as
      <select value=${me?.name} onChange=${(event: Chosen) => onGo({ user: event.currentTarget.value, thread: '' })}>
        ${people.map((one) => html`<option value=${one.name}>${one.real_name}</option>`)}
      </select>
    </label>
    <div class="others" role="group" aria-label="Open another person in a new tab">
      <small aria-hidden="true">In a new tab:</small>
      ${people
        .filter((one) => one !== me)
        .slice(0, MOST_TABS)
        .map(
          (
            one,
          ) => html`<a href=${addressOf({ ...place, user: one.name })} target="_blank" aria-label=${`Open as ${one.real_name} in a new tab`} title=${`Open as ${one.real_name} in a new tab`}>
            <${Avatar} id=${one.id} name=${one.real_name} small=${true} />
          </a>`,
        )}
    </div>
  </div>`;
}

function RoomButton({ room, text, props }: { room: Room; text: string; props: Props }): ComponentChildren {
  const here = !props.place.home && room.id === props.here;
  const fresh = props.unread.has(room.id);
  const go = () => props.onGo({ channel: room.is_im ? room.id : room.name, thread: '', home: false });
  return html`<li><button class=${`room${here ? ' here' : ''}${fresh ? ' unread' : ''}`} aria-current=${here ? 'page' : undefined} onClick=${go}>
    ${text}${fresh ? html`<span class="dot" aria-hidden="true"></span><span class="unseen"> (unread)</span>` : null}
  </button></li>`;
}

/** Channels, the direct conversation with the app, the app's home, and what concerns the page itself. */
export function Sidebar(props: Props): ComponentChildren {
  const { sight, place, theme, onHome, onTheme, onTraffic, traffic } = props;
  const { rooms, info } = sight;
  const room = (one: Room) =>
    html`<${RoomButton} key=${one.id} room=${one} text=${one.is_im ? 'Podium' : `# ${one.name}`} props=${props} />`;
  const connected = info.connections > 0;
  return html`<nav aria-label="Workspace" id="sidebar">
    <div class="brand"><${Avatar} id="app" name="Podium" /><div><strong>Podium</strong><small>local workspace</small></div></div>
    <${ActingAs} ...${props} />
    <h2>Channels</h2>
    <ul>${rooms.filter((one) => !one.is_im).map(room)}</ul>
    <h2>Apps and direct messages</h2>
    <ul>
      <li><button class=${place.home ? 'room here' : 'room'} aria-current=${place.home ? 'page' : undefined} onClick=${onHome}>⌂ Podium home</button></li>
      ${rooms.filter((one) => one.is_im).map(room)}
    </ul>
    <div class="foot">
      <small class=${connected ? 'status on' : 'status'}>${connected ? 'App connected' : 'App not connected'}</small>
      ${info.commands.length > 0 ? html`<small>Commands: ${info.commands.join(', ')}</small>` : null}
      <label class="inline">Colours
        <select value=${theme} onChange=${(event: Chosen) => onTheme(event.currentTarget.value === 'dark' ? 'dark' : event.currentTarget.value === 'light' ? 'light' : 'system')}>
          <option value="system">as the system</option><option value="light">light</option><option value="dark">dark</option>
        </select>
      </label>
      <button class="room" aria-expanded=${traffic} onClick=${onTraffic}>⇅ Raw traffic</button>
    </div>
  </nav>`;
}
