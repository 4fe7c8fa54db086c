import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useContext, useEffect, useRef } from 'preact/hooks';
import type { SeenMessage } from '../driver.ts';
import { Avatar } from './avatar.ts';
import { Blocks } from './blocks.ts';
import type { Info } from './client.ts';
import { DeskContext, nameOf, useReading } from './context.ts';
import { clockText, dayText, fullText } from './dates.ts';
import { emojiOf } from './emoji.ts';
import { Menu } from './menu.ts';
import { Mrkdwn } from './mrkdwn.ts';

interface ListProps {
  label: string;
  /** Said where there is no message. */
  empty: string;
  channel: string;
  messages: SeenMessage[];
  shortcuts: Info['message_shortcuts'];
  onThread?: (ts: string) => void;
  onShortcut: (ts: string, callback: string) => void;
}

const msOf = (ts: string) => Number(ts) * 1000;

function Files({ message }: { message: SeenMessage }): ComponentChildren {
  return message.files?.map((file) =>
    file.mimetype.startsWith('image/')
      ? html`<img class="picture" src=${`/_control/files/${file.id}`} alt=${file.alt_txt ?? file.name} />`
      : html`<div class="file"><a href=${`/_control/files/${file.id}`} download=${file.name}>${file.name}</a></div>`,
  );
}

function Reactions({ message }: { message: SeenMessage }): ComponentChildren {
  const { people } = useContext(DeskContext);
  const who = (users: string[]) => users.map((user) => nameOf(people, user)).join(', ');
  return message.reactions?.length
    ? html`<div class="reactions">${message.reactions.map((one) => html`<span title=${`${who(one.users)}: ${one.name}`}>${emojiOf(one.name) ?? `:${one.name}:`} ${one.count}</span>`)}</div>`
    : null;
}

function Replies({ message, onThread }: { message: SeenMessage; onThread: (ts: string) => void }): ComponentChildren {
  const { people } = useContext(DeskContext);
  const users = Array.isArray(message.reply_users) ? message.reply_users.map(String) : [];
  return html`<button class="replies" onClick=${() => onThread(message.ts)}>
    ${users.slice(0, 4).map((user) => html`<${Avatar} id=${user} name=${nameOf(people, user)} small=${true} />`)}
    ${message.reply_count} ${message.reply_count === 1 ? 'reply' : 'replies'}
  </button>`;
}

function Message(props: ListProps & { message: SeenMessage }): ComponentChildren {
  const { channel, message, shortcuts, onThread, onShortcut } = props;
  const { people } = useContext(DeskContext);
  const reading = useReading();
  const time = clockText(reading, msOf(message.ts));
  const surface = { target: { channel, ts: message.ts }, values: message.state?.values ?? {}, errors: {} };
  const name = nameOf(people, message.user);
  const mine = message.is_ephemeral === true;
  const items = shortcuts.map((one) => ({ value: one.callback_id, label: one.name }));
  const root = message.thread_ts === undefined || message.thread_ts === message.ts;
  const broadcast = onThread !== undefined && message.subtype === 'thread_broadcast';
  return html`<article class=${mine ? 'message ephemeral' : 'message'} data-ts=${message.ts} aria-label=${`${name}, ${time}`}>
    <${Avatar} id=${message.user} name=${name} />
    <div class="grow">
      <div class="by"><b>${name}</b>${message.bot_id ? html` <span class="app">APP</span>` : null} <time title=${fullText(reading, msOf(message.ts))}>${time}</time></div>
      ${mine ? html`<small class="hint only-you">Only visible to you</small>` : null}
      ${broadcast ? html`<button class="replies" onClick=${() => onThread?.(message.thread_ts ?? '')}>replied to a thread</button>` : null}
      ${message.blocks ? html`<${Blocks} blocks=${message.blocks} surface=${surface} />` : html`<${Mrkdwn} text=${message.text} />`}
      <${Files} message=${message} />
      <${Reactions} message=${message} />
      ${onThread && message.reply_count ? html`<${Replies} message=${message} onThread=${onThread} />` : null}
    </div>
    ${
      mine
        ? null
        : html`<div class="toolbar">
            ${onThread && root ? html`<button class="icon" aria-label="Reply in thread" title="Reply in thread" onClick=${() => onThread(message.ts)}>↩</button>` : null}
            ${items.length > 0 ? html`<${Menu} label="More actions" items=${items} onChoose=${(callback: string) => onShortcut(message.ts, callback)} />` : null}
          </div>`
    }
  </article>`;
}

const NEAR_END_PX = 120;

/**
 * The messages of a channel or thread; screen readers hear of new ones, not of each update. Whoever is at the newest stays
 * there, whatever grows; whoever reads above isn't moved.
 */
export function MessageList(props: ListProps): ComponentChildren {
  const { messages, label, empty } = props;
  const list = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    const toEnd = () => {
      if (atEnd.current) list.current?.scrollTo({ top: list.current.scrollHeight });
    };
    const observer = new ResizeObserver(toEnd);
    if (content.current !== null) observer.observe(content.current);
    if (list.current !== null) observer.observe(list.current);
    return () => observer.disconnect();
  }, []);
  const onScroll = (event: { currentTarget: HTMLElement }) => {
    const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
    atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  };
  const reading = useReading();
  const dayOf = (message: SeenMessage | undefined) =>
    message === undefined ? '' : dayText(reading, msOf(message.ts), Date.now());
  const day = (index: number) => {
    const here = dayOf(messages[index]);
    return here === dayOf(messages[index - 1]) ? null : html`<div class="day" key=${here}><span>${here}</span></div>`;
  };
  return html`<div class="messages" ref=${list} onScroll=${onScroll} role="log" aria-relevant="additions" tabindex="0" aria-label=${label}>
    <div ref=${content}>
      ${messages.length === 0 ? html`<p class="empty">${empty}</p>` : null}
      ${messages.map((message, index) => [day(index), html`<${Message} key=${message.ts} ...${props} message=${message} />`])}
    </div>
  </div>`;
}
