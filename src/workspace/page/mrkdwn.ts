import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useContext } from 'preact/hooks';
import type { Text } from '../shapes.ts';
import { DeskContext, nameOf } from './context.ts';

type Node = ComponentChildren;

const EMOJI: Record<string, string> = {
  trophy: '🏆',
  medal: '🏅',
  tada: '🎉',
  white_check_mark: '✅',
  warning: '⚠️',
  x: '❌',
  hourglass_flowing_sand: '⏳',
  bar_chart: '📊',
  rocket: '🚀',
  first_place_medal: '🥇',
  second_place_medal: '🥈',
  third_place_medal: '🥉',
};

const unescaped = (text: string) => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

/** Only web addresses become links: `javascript:` and the like stay text. */
export function Link({ url, label }: { url: string; label: string }): Node {
  if (!/^(https?|mailto):/i.test(url)) return label;
  return html`<a href=${url} target="_blank" rel="noreferrer">${label}</a>`;
}

// Everything between < and > in mrkdwn: links, mentions, channels, specials.
function reference(inner: string, names: (kind: string, id: string) => string): Node {
  const [target = '', label] = inner.split('|');
  const kind = target[0] ?? '';
  if (kind === '@' || kind === '#') return html`<span class="mention">${kind}${names(kind, target.slice(1))}</span>`;
  if (kind === '!') return html`<span class="mention">@${label ?? target.slice(1)}</span>`;
  return html`<${Link} url=${unescaped(target)} label=${unescaped(label ?? target)} />`;
}

const TOKEN =
  /(```[\s\S]+?```)|(`[^`\n]+`)|<([^<>\n]+)>|(?<![\w*])\*([^*\n]+)\*(?!\w)|(?<!\w)_([^_\n]+)_(?!\w)|(?<!\w)~([^~\n]+)~(?!\w)|:([a-z0-9_+-]+):|(\n)/g;

function parse(text: string, names: (kind: string, id: string) => string): Node[] {
  const nodes: Node[] = [];
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    nodes.push(unescaped(text.slice(at, match.index)));
    at = match.index + match[0].length;
    const [whole, fence, code, inner, bold, italic, strike, emoji, newline] = match;
    if (fence !== undefined) nodes.push(html`<pre>${unescaped(fence.slice(3, -3))}</pre>`);
    else if (code !== undefined) nodes.push(html`<code>${unescaped(code.slice(1, -1))}</code>`);
    else if (inner !== undefined) nodes.push(reference(inner, names));
    else if (bold !== undefined) nodes.push(html`<b>${parse(bold, names)}</b>`);
    else if (italic !== undefined) nodes.push(html`<i>${parse(italic, names)}</i>`);
    else if (strike !== undefined) nodes.push(html`<s>${parse(strike, names)}</s>`);
    else if (newline !== undefined) nodes.push(html`<br />`);
    else nodes.push(EMOJI[emoji ?? ''] ?? whole);
  }
  nodes.push(unescaped(text.slice(at)));
  return nodes;
}

/** Text in Slack's mrkdwn. It becomes elements of the page one by one, never HTML from a string. */
export function Mrkdwn({ text }: { text: string }): Node {
  const { people, rooms } = useContext(DeskContext);
  const names = (kind: string, id: string) =>
    kind === '@' ? nameOf(people, id) : (rooms.find((room) => room.id === id)?.name ?? id);
  return html`<span>${parse(text, names)}</span>`;
}

/** A text object of either kind, or a bare string. */
export function TextOf({ text }: { text: Text | string | undefined | null }): Node {
  if (text === undefined || text === null) return null;
  if (typeof text === 'string') return text;
  if (text.type === 'mrkdwn') return html`<${Mrkdwn} text=${text.text} />`;
  return text.text.replace(/:([a-z0-9_+-]+):/g, (whole, name: string) => EMOJI[name] ?? whole);
}

/** Standard Markdown as far as the bot's summaries need it: headings, lists, quotes, bold, code and links. */
export function Markdown({ text }: { text: string }): Node {
  const line = (one: string): Node => {
    const heading = /^#{1,6}\s+(.*)$/.exec(one);
    if (heading !== null) return html`<h4>${inline(heading[1] ?? '')}</h4>`;
    const bullet = /^\s*[-*]\s+(.*)$/.exec(one);
    if (bullet !== null) return html`<div class="bullet">• ${inline(bullet[1] ?? '')}</div>`;
    if (one.startsWith('> ')) return html`<blockquote>${inline(one.slice(2))}</blockquote>`;
    return html`<div class="line">${inline(one)}</div>`;
  };
  return html`<div class="markdown">${text.split('\n').map(line)}</div>`;
}

function inline(text: string): Node[] {
  const nodes: Node[] = [];
  let at = 0;
  for (const match of text.matchAll(/\*\*([^*]+)\*\*|`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)|_([^_]+)_/g)) {
    nodes.push(text.slice(at, match.index));
    at = match.index + match[0].length;
    const [, bold, code, label, url, italic] = match;
    if (bold !== undefined) nodes.push(html`<b>${bold}</b>`);
    else if (code !== undefined) nodes.push(html`<code>${code}</code>`);
    else if (label !== undefined && url !== undefined) nodes.push(html`<${Link} url=${url} label=${label} />`);
    else nodes.push(html`<i>${italic}</i>`);
  }
  nodes.push(text.slice(at));
  return nodes;
}
