import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import type { Block, Element, SlackFile, Values } from '../shapes.ts';
import type { Target } from './client.ts';
import { ChartOf, DataTable, Table } from './data.ts';
import { ElementOf } from './elements.ts';
import { Markdown, Mrkdwn, TextOf } from './mrkdwn.ts';
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

function Picture({
  url,
  file,
  alt,
  small = false,
}: {
  url?: string | undefined;
  file?: SlackFile | undefined;
  alt?: string | undefined;
  small?: boolean;
}): ComponentChildren {
  const id = file?.id ?? /-(F[A-Z0-9]+)\//.exec(file?.url ?? '')?.[1];
  return html`<img class=${small ? 'small' : 'picture'} src=${url ?? `/_control/files/${id}`} alt=${alt ?? ''} title=${alt} />`;
}

function Use({ element, block, surface }: { element: Element; block: Block; surface: Surface }): ComponentChildren {
  if (element.type === 'image') {
    return html`<${Picture} url=${element.image_url} file=${element.slack_file} alt=${element.alt_text} small=${true} />`;
  }
  const id = block.block_id ?? '';
  const value = surface.values[id]?.[element.action_id ?? ''];
  return html`<${ElementOf} element=${element} block=${id} value=${value} target=${surface.target} />`;
}

function Section({ block, surface }: Props): ComponentChildren {
  return html`<div class="section">
    <div class="grow">
      <${TextOf} text=${block.text} />
      ${block.fields ? html`<div class="fields">${block.fields.map((field) => html`<div><${TextOf} text=${field} /></div>`)}</div>` : null}
    </div>
    ${block.accessory ? html`<div><${Use} element=${block.accessory} block=${block} surface=${surface} /></div>` : null}
  </div>`;
}

function Input({ block, surface }: Props): ComponentChildren {
  const error = surface.errors[block.block_id ?? ''];
  return html`<div class=${`input${error === undefined ? '' : ' wrong'}`} data-block=${block.block_id}>
    <div class="label"><${TextOf} text=${block.label} />${block.optional ? html` <small>(optional)</small>` : null}</div>
    ${block.element ? html`<${Use} element=${block.element} block=${block} surface=${surface} />` : null}
    ${block.hint ? html`<small class="hint"><${TextOf} text=${block.hint} /></small>` : null}
    ${error === undefined ? null : html`<div class="error" role="alert">${error}</div>`}
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
  return html`<div class="card">
    ${block.hero_image ? html`<${Use} element=${block.hero_image} block=${block} surface=${surface} />` : null}
    <div><${TextOf} text=${block.title} /></div>
    <div><small><${TextOf} text=${block.subtitle} /></small></div>
    <div><${TextOf} text=${block.body} /></div>
    <div><small><${TextOf} text=${block.subtext} /></small></div>
    <div class="actions">${(block.actions ?? []).map((action) => html`<${Use} element=${action} block=${block} surface=${surface} />`)}</div>
  </div>`;
}

const TASK_MARKS: Record<string, string> = { pending: '○', in_progress: '◐', complete: '●', error: '✕' };

function Task({ task }: { task: Record<string, unknown> }): ComponentChildren {
  const status = String(task.status);
  const part = (value: unknown) =>
    typeof value === 'object' && value !== null ? html`<${RichText} part=${value} />` : null;
  return html`<div class=${`task ${status}`}><span title=${status}>${TASK_MARKS[status] ?? '?'}</span> ${String(task.title)}${part(task.details)}${part(task.output)}</div>`;
}

function Container({ block, surface }: Props): ComponentChildren {
  const children: Block[] = block.child_blocks ?? [];
  return html`<details class="container" open=${block.default_collapsed !== true}>
    <summary><${TextOf} text=${block.title ?? 'Details'} /></summary>
    <${Blocks} blocks=${children} surface=${surface} />
  </details>`;
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
  data_visualization: ({ block }) =>
    block.chart && html`<${ChartOf} title=${String(block.title)} chart=${block.chart} />`,
  card: Card,
  carousel: ({ block, surface }) => {
    const cards: Block[] = block.elements ?? [];
    return html`<div class="carousel">${cards.map((card) => html`<${Card} block=${card} surface=${surface} />`)}</div>`;
  },
  container: Container,
  alert: ({ block }) =>
    html`<div class=${`alert ${String(block.level ?? 'default')}`}><${TextOf} text=${block.text} /></div>`,
  plan: ({ block }) =>
    html`<div class="plan"><b>${String(block.title)}</b>${(block.tasks ?? []).map((task) => html`<${Task} task=${task} />`)}</div>`,
  task_card: ({ block }) => html`<${Task} task=${block} />`,
};

/** A list of blocks on any surface; a type that this page doesn't know shows its name. */
export function Blocks({ blocks, surface }: { blocks: Block[]; surface: Surface }): ComponentChildren {
  return blocks.map((block) => {
    const kind = KINDS[block.type];
    if (kind === undefined) return html`<div class="unknown">[${block.type}]</div>`;
    return html`<div class="block" key=${block.block_id}><${kind} block=${block} surface=${surface} /></div>`;
  });
}
