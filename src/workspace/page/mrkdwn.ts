import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useContext } from 'preact/hooks';
import type { Text } from '../shapes.ts';
import { DeskContext, nameOf, useReading } from './context.ts';
import { dateText, type Reading } from './dates.ts';
import { emojiOf, withEmoji } from './emoji.ts';

type Node = ComponentChildren;

/** Undoes the three escapes of mrkdwn. */
export const unescaped = (text: string): string =>
  text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

/** Only web addresses become links: `javascript:` and the like stay text. */
export function Link({ url, label }: { url: string; label: Node }): Node {
  if (!/^(https?|mailto):/i.test(url)) return label;
  return html`<a href=${url} target="_blank" rel="noreferrer">${label}</a>`;
}

// <!date^1700000000^{date_short} at {time}^https://optional.link|fallback>
function special(target: string, label: string | undefined, reading: Reading): Node {
  const [name, seconds = '', format = '', url] = target.split('^');
  if (name === 'date') {
    const text = unescaped(dateText(seconds, format, reading, Date.now()) ?? label ?? seconds);
    return url === undefined ? text : html`<${Link} url=${unescaped(url)} label=${text} />`;
  }
  return html`<span class="mention">@${label ?? name}</span>`;
}

// Everything between < and > in mrkdwn: links, mentions, channels, specials.
function reference(inner: string, names: (kind: string, id: string) => string, reading: Reading): Node {
  const [target = '', label] = inner.split('|');
  const kind = target[0] ?? '';
  if (kind === '@' || kind === '#') return html`<span class="mention">${kind}${names(kind, target.slice(1))}</span>`;
  if (kind === '!') return special(target.slice(1), label, reading);
  return html`<${Link} url=${unescaped(target)} label=${unescaped(label ?? target)} />`;
}

const TOKEN =
  /(```[\s\S]+?```)|(`[^`\n]+`)|<([^<>\n]+)>|(?<![\w*])\*([^*\n]+)\*(?!\w)|(?<!\w)_([^_\n]+)_(?!\w)|(?<!\w)~([^~\n]+)~(?!\w)|:([a-z0-9_+-]+):|((?:^|(?<=\n))&gt; ?[^\n]*(?:\n&gt; ?[^\n]*)*\n?)|(\n)/g;

function parse(text: string, names: (kind: string, id: string) => string, reading: Reading): Node[] {
  const nodes: Node[] = [];
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    nodes.push(unescaped(text.slice(at, match.index)));
    at = match.index + match[0].length;
    const [whole, fence, code, inner, bold, italic, strike, emoji, quote, newline] = match;
    if (fence !== undefined) nodes.push(html`<pre>${unescaped(fence.slice(3, -3))}</pre>`);
    else if (code !== undefined) nodes.push(html`<code>${unescaped(code.slice(1, -1))}</code>`);
    else if (inner !== undefined) nodes.push(reference(inner, names, reading));
    else if (bold !== undefined) nodes.push(html`<b>${parse(bold, names, reading)}</b>`);
    else if (italic !== undefined) nodes.push(html`<i>${parse(italic, names, reading)}</i>`);
    else if (strike !== undefined) nodes.push(html`<s>${parse(strike, names, reading)}</s>`);
    else if (quote !== undefined)
      nodes.push(
        html`<blockquote>${parse(quote.replace(/(^|\n)&gt; ?/g, '$1').replace(/\n$/, ''), names, reading)}</blockquote>`,
      );
    else if (newline !== undefined) nodes.push(html`<br />`);
    else nodes.push(emojiOf(emoji ?? '') ?? whole);
  }
  nodes.push(unescaped(text.slice(at)));
  return nodes;
}

/** Text in Slack's mrkdwn. It becomes elements of the page one by one, never HTML from a string. */
export function Mrkdwn({ text }: { text: string }): Node {
  const { people, rooms } = useContext(DeskContext);
  const reading = useReading();
  const names = (kind: string, id: string) =>
    kind === '@' ? nameOf(people, id) : (rooms.find((room) => room.id === id)?.name ?? id);
  return html`<span>${parse(text, names, reading)}</span>`;
}

/** A text object of either kind, or a bare string. */
export function TextOf({ text }: { text: Text | string | undefined | null }): Node {
  if (text === undefined || text === null) return null;
  if (typeof text === 'string') return text;
  return text.type === 'mrkdwn' ? html`<${Mrkdwn} text=${text.text} />` : withEmoji(text.text);
}
