import { html } from 'htm/preact';
import { type ComponentChildren, render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Seen } from '../driver.ts';
import { Blocks } from './blocks.ts';
import { act, follow, get, type Info, type Person, type Room, type Target } from './client.ts';
import { type Desk, DeskContext } from './context.ts';
import { Composer, MessageList } from './message-list.ts';
import { Modal } from './modal.ts';

interface Sight {
  people: Person[];
  rooms: Room[];
  info: Info;
  seen: Seen;
  thread: Seen | undefined;
}

/** Who looks at what; kept in the address, so that a reload or a second window shows the same. */
interface Place {
  user: string;
  channel: string;
  thread: string;
  home: boolean;
}

function placeFromAddress(): Place {
  const query = new URLSearchParams(location.search);
  return {
    user: query.get('user') ?? 'ana',
    channel: query.get('channel') ?? 'benchmarks',
    thread: query.get('thread') ?? '',
    home: query.has('home'),
  };
}

function keepInAddress({ user, channel, thread, home }: Place): void {
  const query = new URLSearchParams({ user, channel, ...(thread && { thread }), ...(home && { home: '1' }) });
  history.replaceState(null, '', `?${query}`);
}

async function look({ user, channel, thread }: Place): Promise<Sight> {
  const [{ users }, { channels }, info, seen, inThread] = await Promise.all([
    get<{ users: Person[] }>('users'),
    get<{ channels: Room[] }>('channels', { user }),
    get<Info>('info'),
    get<Seen>('messages', { user, channel }),
    thread === '' ? undefined : get<Seen>('messages', { user, channel, thread_ts: thread }),
  ]);
  return { people: users, rooms: channels, info, seen, thread: inThread };
}

/** Looks again whenever something changed. Answers may overtake each other: one that is older than what is shown is dropped. */
function useSight(place: Place): Sight | undefined {
  const [sight, setSight] = useState<Sight | undefined>(undefined);
  useEffect(() => {
    let asked = 0;
    let shown = 0;
    const refresh = async () => {
      asked += 1;
      const mine = asked;
      const fresh = await look(place);
      if (mine < shown) return;
      shown = mine;
      setSight(fresh);
    };
    const stop = follow(() => void refresh());
    return () => {
      shown = Number.POSITIVE_INFINITY;
      stop();
    };
  }, [place.user, place.channel, place.thread]);
  return sight;
}

// Errors that stand at the fields of the modal need no second notice.
const SHOWN_ELSEWHERE = ['view_errors', 'invalid_input'];

function App(): ComponentChildren {
  const [place, setPlace] = useState(placeFromAddress);
  const [notice, setNotice] = useState('');
  const [busy, setBusy] = useState(false);
  const sight = useSight(place);
  const go = (change: Partial<Place>) => setPlace({ ...place, ...change });
  useEffect(() => keepInAddress(place), [place]);

  const say = (answer: Seen): Seen => {
    setNotice(answer.error === undefined || SHOWN_ELSEWHERE.includes(answer.error) ? '' : answer.error);
    return answer;
  };
  const { user, channel } = place;
  const perform = (path: string, order: object) => act(path, { user, ...order }).then(say);
  const submit = () => {
    setBusy(true);
    void perform('view/submit', {}).finally(() => setBusy(false));
  };
  const send = (text: string, thread_ts?: string) => {
    const command = thread_ts === undefined ? /^(\/\S+)\s*([\s\S]*)$/.exec(text) : null;
    if (command === null) void perform('message', { channel, text, ...(thread_ts && { thread_ts }) });
    else void perform('slash', { channel, command: command[1], text: command[2] });
  };
  if (sight === undefined) return html`<p class="loading">Looking…</p>`;
  const desk: Desk = { user, people: sight.people, rooms: sight.rooms, ...deskActions(user, perform) };
  const list = {
    channel,
    shortcuts: sight.info.message_shortcuts,
    onShortcut: (ts: string, callback_id: string) => void perform('shortcut', { channel, ts, callback_id }),
  };
  const { view, home } = sight.seen;
  return html`<${DeskContext.Provider} value=${desk}>
    <div class=${place.thread === '' ? 'layout' : 'layout with-thread'}>
      <${Sidebar} sight=${sight} place=${place} go=${go} onHome=${() => void perform('home', {})} />
      <main>
        ${
          place.home
            ? html`<h1>Podium</h1><div class="messages home">${home ? html`<${Blocks} blocks=${home.blocks} surface=${{ target: { home: true }, values: home.state.values, errors: {} }} />` : 'Nothing here yet.'}</div>`
            : html`<h1># ${sight.rooms.find((room) => room.id === channel || room.name === channel)?.name}</h1>
              <${MessageList} ...${list} messages=${sight.seen.messages} onThread=${(thread: string) => go({ thread })} />
              <${Composer} label=${`Message #${channel}, or a /command`} onSend=${(text: string) => send(text)} />`
        }
        ${notice === '' ? null : html`<div class="notice" role="alert" onClick=${() => setNotice('')}>${notice}</div>`}
      </main>
      ${
        sight.thread === undefined
          ? null
          : html`<aside aria-label="Thread">
              <h1>Thread <button aria-label="Close thread" onClick=${() => go({ thread: '' })}>✕</button></h1>
              <${MessageList} ...${list} messages=${sight.thread.messages} />
              <${Composer} label="Reply" onSend=${(text: string) => send(text, place.thread)} />
            </aside>`
      }
    </div>
    ${view ? html`<${Modal} view=${view} depth=${sight.seen.stack} busy=${busy} onSubmit=${submit} onClose=${(all: boolean) => void perform('view/close', { all })} />` : null}
  <//>`;
}

/** What elements do when used: fields of a modal are filled in, everything else is pressed or chosen. */
function deskActions(
  user: string,
  perform: (path: string, order: object) => Promise<Seen>,
): Pick<Desk, 'use' | 'suggest'> {
  const inModal = (target: Target) => target.ts === undefined && target.home !== true;
  return {
    use: (target, block_id, action_id, kind, value) => {
      const pressed = kind.includes('button') && kind !== 'radio_buttons';
      if (inModal(target) && !pressed && kind !== 'overflow')
        void perform('view/fill', { values: { [block_id]: { [action_id]: value } } });
      else void perform('click', { ...target, block_id, action_id, value });
    },
    suggest: async (target, block_id, action_id, value) => {
      const { options } = await act('suggest', { user, ...target, block_id, action_id, value });
      return options ?? [];
    },
  };
}

function Sidebar({
  sight,
  place,
  go,
  onHome,
}: {
  sight: Sight;
  place: Place;
  go: (change: Partial<Place>) => void;
  onHome: () => void;
}): ComponentChildren {
  const here = (room: Room) => !place.home && (room.id === place.channel || room.name === place.channel);
  const onUser = (event: { currentTarget: { value: string } }) => go({ user: event.currentTarget.value, thread: '' });
  return html`<nav>
    <strong>Podium <small>local workspace</small></strong>
    <label>Acting as
      <select value=${sight.people.find((one) => one.id === place.user || one.name === place.user)?.name} onChange=${onUser}>
        ${sight.people.filter((one) => !one.is_bot).map((one) => html`<option value=${one.name}>${one.real_name}</option>`)}
      </select>
    </label>
    ${sight.rooms.map((room) => html`<button class=${here(room) ? 'room here' : 'room'} onClick=${() => go({ channel: room.is_im ? room.id : room.name, thread: '', home: false })}>${room.is_im ? '✉ Podium' : `# ${room.name}`}</button>`)}
    <button class=${place.home ? 'room here' : 'room'} onClick=${() => {
      go({ home: true, thread: '' });
      onHome();
    }}>⌂ Podium home</button>
    <small class="status">${sight.info.connections > 0 ? 'App connected' : 'App not connected'}</small>
    ${sight.info.commands.length > 0 ? html`<small>Commands: ${sight.info.commands.join(', ')}</small>` : null}
  </nav>`;
}

render(html`<${App} />`, document.body);
