import { html } from 'htm/preact';
import { lexer } from 'marked';
import type { ComponentChildren } from 'preact';
import { withEmoji } from './emoji.ts';
import { Link, unescaped } from './mrkdwn.ts';

type Node = ComponentChildren;

/** What this page reads of marked's tokens. */
interface Token {
  type: string;
  raw?: string | undefined;
  text?: string | undefined;
  tokens?: Token[] | undefined;
  depth?: number | undefined;
  ordered?: boolean | undefined;
  items?: Token[] | undefined;
  task?: boolean | undefined;
  checked?: boolean | undefined;
  href?: string | undefined;
}

interface Row {
  text: string;
  tokens: Token[];
}

const textOf = (token: Token) => unescaped(token.text ?? token.raw ?? '');
const inside = (token: Token): Node => (token.tokens === undefined ? withEmoji(textOf(token)) : render(token.tokens));

function Table({ head, rows }: { head: Row[]; rows: Row[][] }): Node {
  return html`<div class="scroll"><table>
    <thead><tr>${head.map((cell) => html`<th scope="col">${render(cell.tokens)}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${render(cell.tokens)}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}

function List({ token }: { token: Token }): Node {
  const tick = (item: Token) => (item.task === true ? (item.checked === true ? '☑ ' : '☐ ') : '');
  const items = (token.items ?? []).map((item) => html`<li>${tick(item)}${inside(item)}</li>`);
  return token.ordered === true ? html`<ol>${items}</ol>` : html`<ul>${items}</ul>`;
}

// Kinds without an entry, raw HTML among them, are shown as the text that they are.
const KINDS: Record<string, (token: Token) => Node> = {
  space: () => null,
  hr: () => html`<hr />`,
  br: () => html`<br />`,
  checkbox: () => null,
  heading: (token) => html`<h4 class=${`depth-${token.depth}`}>${inside(token)}</h4>`,
  paragraph: (token) => html`<p>${inside(token)}</p>`,
  blockquote: (token) => html`<blockquote>${inside(token)}</blockquote>`,
  code: (token) => html`<pre>${token.text}</pre>`,
  codespan: (token) => html`<code>${textOf(token)}</code>`,
  strong: (token) => html`<b>${inside(token)}</b>`,
  em: (token) => html`<i>${inside(token)}</i>`,
  del: (token) => html`<s>${inside(token)}</s>`,
  link: (token) => html`<${Link} url=${token.href ?? ''} label=${inside(token)} />`,
  image: (token) => html`<${Link} url=${token.href ?? ''} label=${textOf(token)} />`,
  list: (token) => html`<${List} token=${token} />`,
  text: inside,
};

function render(tokens: Token[]): Node[] {
  return tokens.map((token) => {
    if ('header' in token && 'rows' in token) return html`<${Table} head=${token.header} rows=${token.rows} />`;
    return KINDS[token.type]?.(token) ?? textOf(token);
  });
}

/** Standard Markdown, read by marked and put together from elements of the page: HTML in it stays text. */
export function Markdown({ text }: { text: string }): Node {
  return html`<div class="markdown">${render(lexer(text))}</div>`;
}
