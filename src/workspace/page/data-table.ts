import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { limits } from '../limits.ts';
import type { Block, Cell } from '../shapes.ts';
import { RichText } from './rich-text.ts';

function CellOf({ cell }: { cell: Cell }): ComponentChildren {
  return cell.type === 'rich_text' ? html`<${RichText} part=${cell} />` : (cell.text ?? String(cell.value ?? ''));
}

const ALIGNED = ['left', 'center', 'right'];

// Numbers stand to the right, unless the column says otherwise.
function alignOf(cell: Cell | undefined, setting?: Record<string, unknown> | null): string {
  const wanted = ALIGNED.find((one) => one === setting?.align);
  return wanted ?? (cell?.type === 'raw_number' ? 'right' : 'left');
}

/** The `table` block: the first row is its heading. */
export function Table({ block }: { block: Block }): ComponentChildren {
  const [head = [], ...body] = block.rows ?? [];
  const align = (cell: Cell, column: number) => alignOf(cell, block.column_settings?.[column]);
  return html`<div class="scroll"><table>
    <thead><tr>${head.map((cell, column) => html`<th scope="col" class=${align(cell, column)}><${CellOf} cell=${cell} /></th>`)}</tr></thead>
    <tbody>${body.map((row) => html`<tr>${row.map((cell, column) => html`<td class=${align(cell, column)}><${CellOf} cell=${cell} /></td>`)}</tr>`)}</tbody>
  </table></div>`;
}

interface Order {
  column: number;
  down: boolean;
}

// The first click sorts upwards, the second downwards, the third gives the app's own order back.
function nextOrder(order: Order | undefined, column: number): Order | undefined {
  if (order?.column !== column) return { column, down: false };
  return order.down ? undefined : { column, down: true };
}

/** Numbers by value, everything else as text, in which digits count as numbers ("v9" before "v10"). */
function compare(one: Cell | undefined, other: Cell | undefined): number {
  if (one?.value !== undefined && other?.value !== undefined) return one.value - other.value;
  const text = (cell: Cell | undefined) => cell?.text ?? JSON.stringify(cell?.elements ?? '');
  return text(one).localeCompare(text(other), undefined, { numeric: true });
}

function Heading({
  cell,
  order,
  right,
  onSort,
}: {
  cell: Cell;
  order: 'ascending' | 'descending' | 'none';
  right: boolean;
  onSort: () => void;
}): ComponentChildren {
  const mark = { ascending: '▲', descending: '▼', none: '↕' }[order];
  return html`<th scope="col" aria-sort=${order} class=${right ? 'right' : ''}>
    <button type="button" class="sort" onClick=${onSort}><${CellOf} cell=${cell} /><span class=${`mark ${order}`} aria-hidden="true">${mark}</span></button>
  </th>`;
}

/** The `data_table` block: the reader sorts by its headings and turns pages. */
export function DataTable({ block }: { block: Block }): ComponentChildren {
  const [order, setOrder] = useState<Order | undefined>(undefined);
  const [wantedPage, setPage] = useState(0);
  const [head = [], ...body] = block.rows ?? [];
  const size = block.page_size ?? limits.blocks.data_table.page_size.default;
  const pages = Math.max(1, Math.ceil(body.length / size));
  const page = Math.min(wantedPage, pages - 1); // an update may have fewer rows
  const sorted =
    order === undefined
      ? body
      : [...body].sort((a, b) => compare(a[order.column], b[order.column]) * (order.down ? -1 : 1));
  const sort = (column: number) => {
    setOrder(nextOrder(order, column));
    setPage(0);
  };
  const orderOf = (column: number) => (order?.column !== column ? 'none' : order.down ? 'descending' : 'ascending');
  const shown = sorted.slice(page * size, (page + 1) * size);
  const cellOf = (cell: Cell, column: number) =>
    column === block.row_header_column_index
      ? html`<th scope="row" class=${alignOf(cell)}><${CellOf} cell=${cell} /></th>`
      : html`<td class=${alignOf(cell)}><${CellOf} cell=${cell} /></td>`;
  return html`<figure class="data-table">
    <div class="scroll"><table>
      <caption>${block.caption}</caption>
      <thead><tr>${head.map((cell, column) => html`<${Heading} cell=${cell} order=${orderOf(column)} right=${alignOf(body[0]?.[column]) === 'right'} onSort=${() => sort(column)} />`)}</tr></thead>
      <tbody>${shown.map((row) => html`<tr>${row.map(cellOf)}</tr>`)}</tbody>
    </table></div>
    ${pages > 1 ? html`<${Pages} page=${page} pages=${pages} from=${page * size + 1} to=${page * size + shown.length} of=${body.length} onPage=${setPage} />` : null}
  </figure>`;
}

function Pages({
  page,
  pages,
  from,
  to,
  of,
  onPage,
}: {
  page: number;
  pages: number;
  from: number;
  to: number;
  of: number;
  onPage: (page: number) => void;
}): ComponentChildren {
  return html`<div class="pages" role="group" aria-label="Pages of the table">
    <button type="button" class="icon" aria-label="Previous page" disabled=${page === 0} onClick=${() => onPage(page - 1)}>‹</button>
    <span role="status">${from}–${to} of ${of}</span>
    <button type="button" class="icon" aria-label="Next page" disabled=${page + 1 === pages} onClick=${() => onPage(page + 1)}>›</button>
  </div>`;
}
