import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useContext } from 'preact/hooks';
import { DeskContext, nameOf, useReading } from './context.ts';
import { dateText } from './dates.ts';
import { emojiOf } from './emoji.ts';
import { Link } from './mrkdwn.ts';

type Part = Record<string, unknown>;

const partsOf = (part: Part): Part[] => (Array.isArray(part.elements) ? part.elements : []);
const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function Piece({ part }: { part: Part }): ComponentChildren {
  const { people, rooms } = useContext(DeskContext);
  const reading = useReading();
  const style: Part = typeof part.style === 'object' && part.style !== null ? { ...part.style } : {};
  const text = stringOf(part.text);
  if (part.type === 'user') return html`<span class="mention">@${nameOf(people, stringOf(part.user_id))}</span>`;
  if (part.type === 'channel') {
    return html`<span class="mention">#${rooms.find((room) => room.id === part.channel_id)?.name}</span>`;
  }
  if (part.type === 'link') return html`<${Link} url=${stringOf(part.url)} label=${text || stringOf(part.url)} />`;
  if (part.type === 'emoji') return emojiOf(stringOf(part.name)) ?? `:${stringOf(part.name)}:`;
  if (part.type === 'broadcast') return html`<span class="mention">@${stringOf(part.range)}</span>`;
  if (part.type === 'date') {
    return dateText(String(part.timestamp), stringOf(part.format), reading, Date.now()) ?? stringOf(part.fallback);
  }
  if (part.type !== 'text') return `[${stringOf(part.type)}]`;
  const classes = ['bold', 'italic', 'strike', 'code'].filter((name) => style[name] === true);
  return html`<span class=${['rich', ...classes].join(' ')}>${text}</span>`;
}

/** One part of a rich_text block: a section, a list, a quote or preformatted text. */
export function RichText({ part }: { part: Part }): ComponentChildren {
  const pieces = () => partsOf(part).map((one) => html`<${Piece} part=${one} />`);
  const nested = () => partsOf(part).map((one) => html`<${RichText} part=${one} />`);
  switch (part.type) {
    case 'rich_text':
      return html`<div>${nested()}</div>`;
    case 'rich_text_section':
      return html`<div class="rich-section">${pieces()}</div>`;
    case 'rich_text_quote':
      return html`<blockquote>${pieces()}</blockquote>`;
    case 'rich_text_preformatted':
      return html`<pre>${pieces()}</pre>`;
    case 'rich_text_list':
      return html`<${part.style === 'ordered' ? 'ol' : 'ul'}>${partsOf(part).map((one) => html`<li><${RichText} part=${one} /></li>`)}<//>`;
    default:
      return html`<span class="unknown">[${stringOf(part.type)}]</span>`;
  }
}
