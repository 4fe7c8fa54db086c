/** Rich text between Slack's blocks and the elements of an editable field; one direction undoes the other. */

const STYLES = ['bold', 'italic', 'strike', 'code'] as const;
type Style = Partial<Record<(typeof STYLES)[number], true>>;

interface Piece {
  type: 'text' | 'link';
  url?: string;
  text: string;
  style?: Style;
}

interface Section {
  type: 'rich_text_section';
  elements: Piece[];
}

interface List {
  type: 'rich_text_list';
  style: 'bullet' | 'ordered';
  indent: 0;
  elements: Section[];
}

/** What such a field holds: the `rich_text_value` of its state. */
interface RichTextValue {
  type: 'rich_text';
  elements: (Section | List)[];
}

const STYLE_OF_TAG: Record<string, keyof Style> = {
  B: 'bold',
  STRONG: 'bold',
  I: 'italic',
  EM: 'italic',
  S: 'strike',
  STRIKE: 'strike',
  DEL: 'strike',
  CODE: 'code',
};
const TAG_OF_STYLE = { bold: 'b', italic: 'i', strike: 's', code: 'code' } as const;
const LINES = ['DIV', 'P', 'LI', 'PRE'];

/** Holds the caret where there is no text yet; no text of the person's own. */
export const NO_WIDTH = '\u200b';

interface Format {
  style: Style;
  url?: string | undefined;
}

// Pieces that look alike are one.
function push(section: Section, text: string, { style, url }: Format): void {
  const plain = text.replaceAll(NO_WIDTH, '');
  if (plain === '') return;
  const last = section.elements.at(-1);
  const kind = url === undefined ? { type: 'text' as const } : { type: 'link' as const, url };
  const piece: Piece = { ...kind, text: plain, ...(Object.keys(style).length > 0 && { style }) };
  const alike = last?.url === url && JSON.stringify(last?.style) === JSON.stringify(piece.style);
  if (last !== undefined && alike) last.text += plain;
  else section.elements.push(piece);
}

const endsLine = (section: Section) => section.elements.at(-1)?.text.endsWith('\n') !== false;

function readInto(parts: (Section | List)[], node: Node, format: Format): void {
  const open = (): Section => {
    const last = parts.at(-1);
    if (last?.type === 'rich_text_section') return last;
    const section: Section = { type: 'rich_text_section', elements: [] };
    parts.push(section);
    return section;
  };
  if (!(node instanceof HTMLElement)) {
    push(open(), node.textContent ?? '', format);
    return;
  }
  const { tagName } = node;
  if (tagName === 'BR') {
    push(open(), '\n', { style: {} });
    return;
  }
  if (tagName === 'UL' || tagName === 'OL') {
    const elements = [...node.children].flatMap((item) => sectionsOf(readParts(item)));
    const style = tagName === 'UL' ? 'bullet' : 'ordered';
    if (elements.length > 0) parts.push({ type: 'rich_text_list', style, indent: 0, elements });
    return;
  }
  if (LINES.includes(tagName) && !endsLine(open())) push(open(), '\n', { style: {} });
  const mark = STYLE_OF_TAG[tagName];
  const style = mark === undefined ? format.style : inOrder({ ...format.style, [mark]: true });
  const url = node instanceof HTMLAnchorElement ? (node.getAttribute('href') ?? undefined) : format.url;
  for (const child of node.childNodes) readInto(parts, child, { style, url });
}

// One style has one form, in whichever order its tags lie inside each other.
const inOrder = (style: Style): Style =>
  Object.fromEntries(STYLES.filter((name) => style[name] === true).map((name) => [name, true]));

const sectionsOf = (parts: (Section | List)[]): Section[] =>
  parts.flatMap((part) => (part.type === 'rich_text_list' ? part.elements : [part]));

function readParts(holder: Node): (Section | List)[] {
  const parts: (Section | List)[] = [];
  for (const child of holder.childNodes) readInto(parts, child, { style: {} });
  for (const section of sectionsOf(parts)) {
    // The browser's own line break at the end of a block isn't the person's.
    const last = section.elements.at(-1);
    if (last !== undefined) last.text = last.text.replace(/\n+$/, '');
    if (last?.text === '') section.elements.pop();
  }
  return parts.filter((part) => part.elements.length > 0);
}

/** What a person has written in an editable field; null: nothing. */
export function readRichText(field: HTMLElement): RichTextValue | null {
  const elements = readParts(field);
  return elements.length === 0 ? null : { type: 'rich_text', elements };
}

type Part = Record<string, unknown>;
const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null;
const partsOf = (part: unknown): Part[] =>
  isPart(part) && Array.isArray(part.elements) ? part.elements.filter(isPart) : [];

function withTag(tag: string, children: (Node | string)[]): HTMLElement {
  const element = document.createElement(tag);
  element.append(...children);
  return element;
}

function pieceNode(piece: Part): Node {
  const url = typeof piece.url === 'string' ? piece.url : undefined;
  const text = String(piece.text ?? url ?? piece.name ?? '');
  const lines = text
    .split('\n')
    .flatMap((line, index) => (index === 0 ? [line] : [document.createElement('br'), line]));
  const style: Part = isPart(piece.style) ? piece.style : {};
  let node = withTag(url === undefined ? 'span' : 'a', lines);
  if (url !== undefined) node.setAttribute('href', url);
  for (const name of STYLES.toReversed()) if (style[name] === true) node = withTag(TAG_OF_STYLE[name], [node]);
  return node;
}

const partNode = (part: Part): Node => {
  if (part.type !== 'rich_text_list') return withTag('div', partsOf(part).map(pieceNode));
  const items = partsOf(part).map((item) => withTag('li', partsOf(item).map(pieceNode)));
  return withTag(part.style === 'ordered' ? 'ol' : 'ul', items);
};

/** Puts a `rich_text` into the field in place of what is there. */
export function writeRichText(field: HTMLElement, value: unknown): void {
  field.replaceChildren(...partsOf(value).map(partNode));
}
