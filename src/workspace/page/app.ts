import { html } from 'htm/preact';
import { type ComponentChildren, render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Seen } from '../driver.ts';
import { Blocks } from './blocks.ts';
import { act, type Target } from './client.ts';
import { Composer } from './composer.ts';
import { type Desk, DeskContext, type Question, roomName } from './context.ts';
import { Confirmation } from './dialog.ts';
import { MessageList } from './message-list.ts';
import { Modal } from './modal.ts';
import { addressOf, type Place, placeFromAddress } from './place.ts';
import { Sidebar } from './sidebar.ts';
import { type Sight, useSight } from './sight.ts';
import { useTheme } from './theme.ts';
import { Toasts, useToasts } from './toasts.ts';
import { Traffic } from './traffic.ts';
import { unreadRooms } from './unread.ts';

// Errors that stand at the fields of the modal need no second notice.
const SHOWN_ELSEWHERE = ['view_errors', 'invalid_input'];

type Perform = (path: string, order: object) => Promise<Seen>;

/** What elements do when used: fields of a modal are filled in, everything else is pressed or chosen. */
function deskActions(user: string, perform: Perform): Pick<Desk, 'use' | 'suggest'> {
  const inModal = (target: Target) => target.ts === undefined && target.home !== true;
  return {
    use: (target, block_id, action_id, kind, value) => {
      const pressed = kind.includes('button') && kind !== 'radio_buttons';
      if (inModal(target) && !pressed && kind !== 'overflow')
        return perform('view/fill', { values: { [block_id]: { [action_id]: value } } });
      return perform('click', { ...target, block_id, action_id, value });
    },
    suggest: async (target, block_id, action_id, value) => {
      const { options, error } = await act('suggest', { user, ...target, block_id, action_id, value });
      return { options: options ?? [], error };
    },
  };
}

/** A question before the person, and who waits for its answer. */
function useQuestion(): { ask: Desk['ask']; question: Question | undefined; onAnswer: (yes: boolean) => void } {
  const [open, setOpen] = useState<{ question: Question; answer: (yes: boolean) => void } | undefined>(undefined);
  const onAnswer = (yes: boolean) => {
    open?.answer(yes);
    setOpen(undefined);
  };
  return {
    ask: (question) => new Promise((answer) => setOpen({ question, answer })),
    question: open?.question,
    onAnswer,
  };
}

/** What a person does with the modal on top. */
function useModal(
  id: string | undefined,
  perform: Perform,
): { busy: boolean; onSubmit: () => void; onClose: (all: boolean) => void } {
  const [busy, setBusy] = useState(false);
  const closed = useRef<string>(undefined);
  return {
    busy,
    onSubmit: () => {
      setBusy(true);
      void perform('view/submit', {}).finally(() => setBusy(false));
    },
    onClose: (all) => {
      // A second Escape, before the page has seen the modal go, has nothing left to close.
      if (closed.current === id) return;
      closed.current = id;
      perform('view/close', { all }).catch(() => {
        closed.current = undefined;
      });
    },
  };
}

function App(): ComponentChildren {
  const [place, setPlace] = useState(placeFromAddress);
  const [menu, setMenu] = useState(false);
  const [traffic, setTraffic] = useState(false);
  const { toasts, say, dismiss } = useToasts();
  const { ask, question, onAnswer } = useQuestion();
  const { sight, lost } = useSight(place);
  const { theme, dark, setTheme } = useTheme();
  const go = (change: Partial<Place>) => {
    setPlace({ ...place, ...change });
    setMenu(false);
  };
  useEffect(() => history.replaceState(null, '', addressOf(place)), [place]);
  const { user } = place;
  const perform: Perform = async (path, order) => {
    const seen = await act(path, { user, ...order }).catch((error: unknown) => {
      say('The workspace can’t be reached: nothing was sent.');
      throw error;
    });
    if (seen.error !== undefined && !SHOWN_ELSEWHERE.includes(seen.error)) say(seen.error);
    // What stood there when the person acted was about an earlier attempt; what was said since stays.
    if (seen.error === undefined) for (const { id } of toasts) dismiss(id);
    return seen;
  };
  const modal = useModal(sight?.seen.view?.id, perform);
  const home = () => {
    go({ home: true, thread: '' });
    void perform('home', {});
  };
  if (sight === undefined)
    return html`<p class="loading" role="status">${lost ? 'The workspace can’t be reached.' : 'Looking…'}</p>`;
  const me = sight.people.find((one) => one.id === user || one.name === user);
  const room = sight.rooms.find((one) => one.id === place.channel || one.name === place.channel);
  const here = place.home ? undefined : room?.id;
  const unread = unreadRooms(me?.id ?? user, sight.rooms, here);
  document.title = `${unread.size > 0 ? '• ' : ''}${me?.real_name ?? user} · ${place.home ? 'Podium home' : roomName(room)} · Podium workspace`;
  const desk: Desk = {
    user: me?.id ?? user,
    people: sight.people,
    rooms: sight.rooms,
    dark,
    ask,
    ...deskActions(user, perform),
  };
  const side = {
    sight,
    place,
    here,
    unread,
    theme,
    traffic,
    onGo: go,
    onHome: home,
    onTheme: setTheme,
    onTraffic: () => setTraffic(!traffic),
  };
  const notices = html`<${Toasts} toasts=${toasts} onDismiss=${dismiss} />`;
  const { view, stack } = sight.seen;
  const layout = `layout${sight.thread === undefined || place.thread === '' ? '' : ' with-thread'}${menu ? ' with-menu' : ''}${traffic ? ' with-traffic' : ''}`;
  return html`<${DeskContext.Provider} value=${desk}>
    <div class=${layout} onKeyDown=${(event: KeyboardEvent) => event.key === 'Escape' && setMenu(false)}>
      <${Sidebar} ...${side} />
      <div class="curtain" onClick=${() => setMenu(false)}></div>
      <${Room} sight=${sight} place=${place} name=${roomName(room)} menu=${menu} go=${go} perform=${perform} onMenu=${() => setMenu(!menu)} lost=${lost} />
      ${traffic ? html`<${Traffic} onClose=${() => setTraffic(false)} />` : null}
    </div>
    ${view ? html`<${Modal} view=${view} depth=${stack} ...${modal}>${notices}<//>` : notices}
    ${question === undefined ? null : html`<${Confirmation} question=${question} onAnswer=${onAnswer} />`}
  <//>`;
}

interface RoomProps {
  sight: Sight;
  place: Place;
  name: string;
  menu: boolean;
  lost: boolean;
  go: (change: Partial<Place>) => void;
  perform: Perform;
  onMenu: () => void;
}

/** A channel with its thread beside it, or the app's home. */
function Room({ sight, place, name, menu, lost, go, perform, onMenu }: RoomProps): ComponentChildren {
  const { channel, thread } = place;
  const { home, messages } = sight.seen;
  const { commands } = sight.info;
  const list = {
    channel,
    empty: commands[0] === undefined ? 'Nothing here yet.' : `Nothing here yet. Type ${commands[0]} below to begin.`,
    shortcuts: sight.info.message_shortcuts,
    onShortcut: (ts: string, callback_id: string) => void perform('shortcut', { channel, ts, callback_id }),
  };
  const send = (text: string, thread_ts?: string) => {
    const command = thread_ts === undefined ? /^(\/\S+)\s*([\s\S]*)$/.exec(text) : null;
    if (command === null) void perform('message', { channel, text, ...(thread_ts && { thread_ts }) });
    else void perform('slash', { channel, command: command[1], text: command[2] });
  };
  // The focus goes back to the message, not to the top of the page.
  const closeThread = () => {
    go({ thread: '' });
    document.querySelector<HTMLElement>(`main [data-ts="${thread}"] .toolbar button`)?.focus();
  };
  const surface = { target: { home: true }, values: home?.state.values ?? {}, errors: {} };
  return html`<main>
      <header class="head">
        <button class="icon menu-button" aria-label="Channels and people" aria-controls="sidebar" aria-expanded=${menu} onClick=${onMenu}>☰</button>
        <h1>${place.home ? 'Podium home' : name}</h1>
      </header>
      ${lost ? html`<div class="lost" role="alert">The workspace can’t be reached. What you see may be old.</div>` : null}
      ${
        place.home
          ? html`<div class="messages home" tabindex="0" role="region" aria-label="Podium home">${home ? html`<${Blocks} blocks=${home.blocks} surface=${surface} />` : html`<p class="empty">Nothing here yet.</p>`}</div>`
          : html`<${MessageList} key=${`${place.user} ${channel}`} ...${list} label=${`Messages in ${name}`} messages=${messages} onThread=${(ts: string) => go({ thread: ts })} />
            <${Composer} label=${`Message ${name}, or a /command`} commands=${commands} onSend=${(text: string) => send(text)} />`
      }
    </main>
    ${
      sight.thread === undefined || thread === ''
        ? null
        : html`<aside aria-label="Thread">
            <header class="head"><h1>Thread <small>${name}</small></h1><button class="icon" aria-label="Close thread" onClick=${closeThread}>✕</button></header>
            <${MessageList} key=${thread} ...${list} label="Messages in the thread" messages=${sight.thread.messages} />
            <${Composer} key=${thread} label="Reply" commands=${[]} focused=${true} onSend=${(text: string) => send(text, thread)} />
          </aside>`
    }`;
}

const [navigation] = performance.getEntriesByType('navigation');
if (navigation instanceof PerformanceNavigationTiming && navigation.type === 'reload')
  await act('reload', { user: placeFromAddress().user }).catch(() => {}); // an unreachable workspace is told by the page
render(html`<${App} />`, document.body);
