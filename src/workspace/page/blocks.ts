import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useContext, useId } from 'preact/hooks';
import type { Block, Element, Values } from '../shapes.ts';
import { Carousel, Plan, Task } from './cards.ts';
import { ChartOf } from './chart.ts';
import type { Target } from './client.ts';
import { DeskContext } from './context.ts';
import { DataTable, Table } from './data-table.ts';
import type { Use as ElementUse } from './element-use.ts';
import { ElementOf, GROUPS } from './elements.ts';
import { Markdown } from './markdown.ts';
import { Picture, RemoteFile, Video } from './media.ts';
import { Mrkdwn, TextOf } from './mrkdwn.ts';
import { RichText } from './rich-text.ts';

export interface Surface {
  target: Target;
  values: Values;
  errors: Record<string, string>;
}

interface Props {
  block: Block;
  surface: Surface;
}

function Use({
  element,
  block,
  surface,
  names,
  picture = 'small',
}: {
  element: Element;
  block: Block;
  surface: Surface;
  names?: ElementUse['names'];
  picture?: string;
}): ComponentChildren {
  if (element.type === 'image') {
    return html`<${Picture} url=${element.image_url} file=${element.slack_file} alt=${element.alt_text} kind=${picture} />`;
  }
  const id = block.block_id ?? '';
  const value = surface.values[id]?.[element.action_id ?? ''];
  return html`<${ElementOf} element=${element} block=${id} value=${value} target=${surface.target} names=${names} />`;
}

function Section({ block, surface }: Props): ComponentChildren {
  return html`<div class="section">
    <div class="grow">
      <${TextOf} text=${block.text} />
      ${block.fields ? html`<div class="fields">${block.fields.map((field) => html`<div><${TextOf} text=${field} /></div>`)}</div>` : null}
    </div>
    ${block.accessory ? html`<div class="accessory"><${Use} element=${block.accessory} block=${block} surface=${surface} picture="thumbnail" /></div>` : null}
  </div>`;
}

function Input({ block, surface }: Props): ComponentChildren {
  const id = useId();
  const error = surface.errors[block.block_id ?? ''];
  const names = { id, labelledBy: `${id}-label`, describedBy: `${id}-about`, wrong: error !== undefined };
  const text = html`<${TextOf} text=${block.label} />${block.optional ? html` <small>(optional)</small>` : null}`;
  return html`<div class=${`input${error === undefined ? '' : ' wrong'}`} data-block=${block.block_id}>
    ${
      GROUPS.includes(block.element?.type ?? '')
        ? html`<div class="label" id=${names.labelledBy}>${text}</div>`
        : html`<label class="label" id=${names.labelledBy} for=${id}>${text}</label>`
    }
    ${block.element ? html`<${Use} element=${block.element} block=${block} surface=${surface} names=${names} />` : null}
    <div id=${names.describedBy}>
      ${block.hint ? html`<small class="hint"><${TextOf} text=${block.hint} /></small>` : null}
      ${error === undefined ? null : html`<div class="error" role="alert">${error}</div>`}
    </div>
  </div>`;
}

function Elements({ block, surface }: Props): ComponentChildren {
  const elements: Element[] = block.elements ?? [];
  return html`<div class="actions">${elements.map((element) => html`<${Use} key=${element.action_id} element=${element} block=${block} surface=${surface} />`)}</div>`;
}

function Context({ block, surface }: Props): ComponentChildren {
  const elements: Element[] = block.elements ?? [];
  return html`<div class="context">${elements.map((element) =>
    element.type === 'image'
      ? html`<${Use} element=${element} block=${block} surface=${surface} />`
      : element.type === 'mrkdwn'
        ? html`<${Mrkdwn} text=${String(element.text)} />`
        : html`<span>${String(element.text)}</span>`,
  )}</div>`;
}

function Card({ block, surface }: Props): ComponentChildren {
  const actions = block.actions ?? [];
  return html`<div class="card">
    ${block.hero_image ? html`<${Use} element=${block.hero_image} block=${block} surface=${surface} picture="hero" />` : null}
    <div class="card-head">
      ${block.icon ? html`<${Use} element=${block.icon} block=${block} surface=${surface} />` : null}
      <div>
        ${block.title ? html`<div class="card-title"><${TextOf} text=${block.title} /></div>` : null}
        ${block.subtitle ? html`<small><${TextOf} text=${block.subtitle} /></small>` : null}
      </div>
    </div>
    ${block.body ? html`<div class="card-body"><${TextOf} text=${block.body} /></div>` : null}
    ${block.subtext ? html`<small><${TextOf} text=${block.subtext} /></small>` : null}
    ${actions.length > 0 ? html`<div class="actions">${actions.map((action) => html`<${Use} element=${action} block=${block} surface=${surface} />`)}</div>` : null}
  </div>`;
}

function Container({ block, surface }: Props): ComponentChildren {
  const children: Block[] = block.child_blocks ?? [];
  return html`<details class="container" open=${block.default_collapsed !== true}>
    <summary><b><${TextOf} text=${block.title ?? 'Details'} /></b>${block.subtitle ? html` <small><${TextOf} text=${block.subtitle} /></small>` : null}</summary>
    <${Blocks} blocks=${children} surface=${surface} />
  </details>`;
}

const ALERT_MARKS: Record<string, string> = { info: 'ℹ', warning: '⚠', error: '✕', success: '✓' };

function Alert({ block }: Props): ComponentChildren {
  const level = String(block.level ?? 'default');
  return html`<div class=${`block-alert ${level}`} role="note" aria-label=${level === 'default' ? undefined : level}>
    ${ALERT_MARKS[level] === undefined ? null : html`<span class="alert-mark" aria-hidden="true">${ALERT_MARKS[level]}</span>`}
    <div><${TextOf} text=${block.text} /></div>
  </div>`;
}

function Visualization({ block }: Props): ComponentChildren {
  const { dark } = useContext(DeskContext);
  return block.chart && html`<${ChartOf} title=${String(block.title)} chart=${block.chart} dark=${dark} />`;
}

const KINDS: Record<string, (props: Props) => ComponentChildren> = {
  section: Section,
  input: Input,
  actions: Elements,
  context_actions: Elements,
  context: Context,
  divider: () => html`<hr />`,
  header: ({ block }) => html`<h3><${TextOf} text=${block.text} /></h3>`,
  image: ({ block }) => html`<div>
    ${block.title ? html`<div class="label"><${TextOf} text=${block.title} /></div>` : null}
    <${Picture} url=${block.image_url} file=${block.slack_file} alt=${block.alt_text} />
  </div>`,
  markdown: ({ block }) => html`<${Markdown} text=${String(block.text)} />`,
  rich_text: ({ block }) => (block.elements ?? []).map((part) => html`<${RichText} part=${part} />`),
  table: ({ block }) => html`<${Table} block=${block} />`,
  data_table: ({ block }) => html`<${DataTable} block=${block} />`,
  data_visualization: Visualization,
  file: RemoteFile,
  video: Video,
  card: Card,
  carousel: ({ block, surface }) => {
    const cards: Block[] = block.elements ?? [];
    return html`<${Carousel}>${cards.map((card) => html`<${Card} block=${card} surface=${surface} />`)}<//>`;
  },
  container: Container,
  alert: Alert,
  plan: Plan,
  task_card: ({ block }) => html`<div role="list"><${Task} task=${block} /></div>`,
};

/** A list of blocks on any surface; a type that this page doesn't know shows its name. */
export function Blocks({ blocks, surface }: { blocks: Block[]; surface: Surface }): ComponentChildren {
  return blocks.map((block) => {
    const kind = KINDS[block.type];
    if (kind === undefined) return html`<div class="unknown">[${block.type}]</div>`;
    return html`<div class="block" data-type=${block.type} key=${block.block_id}><${kind} block=${block} surface=${surface} /></div>`;
  });
}
