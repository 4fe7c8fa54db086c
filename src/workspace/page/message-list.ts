import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { SeenMessage } from '../driver.ts';
import { Blocks } from './blocks.ts';
import type { Info } from './client.ts';
import { DeskContext, nameOf } from './context.ts';
import { Mrkdwn } from './mrkdwn.ts';

interface ListProps {
  channel: string;
  messages: SeenMessage[];
  shortcuts: Info['message_shortcuts'];
  onThread?: (ts: string) => void;
  onShortcut: (ts: string, callback: string) => void;
}

const timeOf = (ts: string) =>
  new Date(Number(ts) * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

function Message({
  channel,
  message,
  shortcuts,
  onThread,
  onShortcut,
}: ListProps & { message: SeenMessage }): ComponentChildren {
  const { people } = useContext(DeskContext);
  const surface = { target: { channel, ts: message.ts }, values: message.state?.values ?? {}, errors: {} };
  const name = nameOf(people, message.user);
  const menu = (event: { currentTarget: HTMLSelectElement }) => {
    onShortcut(message.ts, event.currentTarget.value);
    event.currentTarget.value = '';
  };
  return html`<article class=${message.is_ephemeral ? 'message ephemeral' : 'message'} data-ts=${message.ts}>
    <div class="avatar" aria-hidden="true">${name[0]}</div>
    <div class="grow">
      <div class="by"><b>${name}</b>${message.bot_id ? html` <span class="app">APP</span>` : null} <time>${timeOf(message.ts)}</time></div>
      ${message.is_ephemeral ? html`<small class="hint only-you">Only visible to you</small>` : null}
      ${message.blocks ? html`<${Blocks} blocks=${message.blocks} surface=${surface} />` : html`<${Mrkdwn} text=${message.text} />`}
      ${message.files?.map((file) =>
        file.mimetype.startsWith('image/')
          ? html`<img class="picture" src=${`/_control/files/${file.id}`} alt=${file.name} />`
          : html`<div>📎 <a href=${`/_control/files/${file.id}`} download=${file.name}>${file.name}</a></div>`,
      )}
      <div class="reactions">${message.reactions?.map((one) => html`<span>:${one.name}: ${one.count}</span>`)}</div>
      ${onThread && !message.is_ephemeral ? html`<button class="link" onClick=${() => onThread(message.ts)}>${message.reply_count ? `${message.reply_count} ${message.reply_count === 1 ? 'reply' : 'replies'}` : 'Reply in thread'}</button>` : null}
      ${
        shortcuts.length > 0 && !message.is_ephemeral
          ? html`<select class="menu" aria-label="More actions" onChange=${menu}>
        <option value="">⋯</option>${shortcuts.map((one) => html`<option value=${one.callback_id}>${one.name}</option>`)}
      </select>`
          : null
      }
    </div>
  </article>`;
}

/** The messages of a channel or thread, kept scrolled to the newest. */
export function MessageList(props: ListProps): ComponentChildren {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [props.messages.length, props.channel]);
  return html`<div class="messages" ref=${list}>${props.messages.map((message) => html`<${Message} key=${message.ts} ...${props} message=${message} />`)}</div>`;
}

/** Where a person writes; in a channel, a text that begins with a slash is a command (Slack knows none in threads). */
export function Composer({ label, onSend }: { label: string; onSend: (text: string) => void }): ComponentChildren {
  const [text, setText] = useState('');
  const send = () => {
    if (text.trim() !== '') onSend(text.trim());
    setText('');
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    send();
  };
  return html`<div class="composer">
    <textarea rows="1" aria-label=${label} placeholder=${label} value=${text} onKeyDown=${onKeyDown}
      onInput=${(event: { currentTarget: { value: string } }) => setText(event.currentTarget.value)}></textarea>
    <button class="primary" onClick=${send}>Send</button>
  </div>`;
}
